"""Another way to sign in than by name and password, which a room above may bring (OIDC)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy.orm import Session

WAY_IN = "way_in"


@dataclass(frozen=True)
class WayIn:
    """What the pages of accounts must know of it.

    :ivar label: of the button at the sign-in, in the words of the office; empty has the usual ones.
    :ivar begin: the endpoint where it begins; takes ``next``.
    :ivar overview: the endpoint of who may come in by it, for whoever manages accounts.
    :ivar of_person: the same of one person; takes ``user_id``.
    :ivar admit: in the transaction that lets a person in: session, number of what was kept of their
        coming, person, sign-in; raises Forbidden where they may not come in by it any more.
    :ivar farewell: where to send whoever came in by it and signs out; takes the sign-in, None is
        nowhere.
    """

    label: str
    begin: str
    overview: str
    of_person: str
    admit: Callable[[Session, int, int, int], None]
    farewell: Callable[[int], str | None]


def open_way_in(app: Flask, way: WayIn) -> None:
    """Let people come in by it."""
    app.extensions[WAY_IN] = way


def way_in() -> WayIn | None:
    """For templates and views: the other way in, where there is one."""
    found: WayIn | None = current_app.extensions.get(WAY_IN)
    return found


def init_app(app: Flask) -> None:
    app.add_template_global(way_in)
