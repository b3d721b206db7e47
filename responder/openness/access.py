"""Who reads and writes what of the registers: the office all, a unit what is its own."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true

from responder.core.errors import Forbidden
from responder.core.permissions import Actor, Permission

# Whoever opens a register's pages at all.
READERS = (Permission.OPENNESS_READ, Permission.OPENNESS_REPORT)


def reads_all(actor: Actor) -> bool:
    return actor.may(Permission.OPENNESS_READ)


def is_of(actor: Actor, *unit_ids: int | None) -> bool:
    """Whether a person works for one of these units."""
    return actor.unit_id is not None and actor.unit_id in unit_ids


def own_rows(actor: Actor, own: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on rows: all for the office, else what is ``own``."""
    return true() if reads_all(actor) else own


def demand_sight(actor: Actor, *unit_ids: int | None) -> None:
    """:raises Forbidden: neither of the office nor of one of these units."""
    if not reads_all(actor) and not is_of(actor, *unit_ids):
        raise Forbidden("这是其他单位的事项，不能查看：如工作需要，请联系政务公开办")
