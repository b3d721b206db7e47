"""Reports (举报) among what citizens say.

Events and their material go to units, and a report must never reach the one reported on. So
nothing that a report says is quoted, or read for what could answer it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.orm import Session

from responder.intake.models import Message, Nature
from responder.orders import service as orders
from responder.topics.models import Membership


def is_report() -> ColumnElement[bool]:
    """The condition on messages: it came as a report, or the office deals with it as one."""
    came_so = func.coalesce(Message.nature == Nature.REPORT, False)
    return or_(came_so, Message.id.in_(orders.in_reports()))


def is_no_report() -> ColumnElement[bool]:
    """The contrary of :func:`is_report`."""
    return not_(is_report())


def reports_in(session: Session, topic_ids: Iterable[int]) -> dict[int, int]:
    """Topic id → how many of its messages are reports; topics without any are left out."""
    query = (
        select(Membership.topic_id, func.count())
        .join(Membership.message)
        .where(Membership.topic_id.in_(list(topic_ids)), is_report())
        .group_by(Membership.topic_id)
    )
    found: dict[int, int] = dict(session.execute(query).all())
    return found
