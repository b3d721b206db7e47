"""Trails to be tampered with."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from tests.factories import NOW


def add_unit(number: int) -> None:
    """One event, of one transaction."""
    with transaction(CONSOLE, NOW) as session:
        session.add(Unit(code=f"u{number}", name=f"第{number}局"))


def guards_off(session: Session) -> None:
    """The database lets everybody change the trail, until this test ends."""
    for statement in _unguarding(session):
        session.execute(sa.text(statement))


def _unguarding(session: Session) -> list[str]:
    if session.get_bind().dialect.name == "postgresql":
        tables = ("audit_event", "audit_link")
        return [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables]
    found = session.scalars(
        sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'")
    )
    return ["PRAGMA defer_foreign_keys = ON", *(f"DROP TRIGGER {name}" for name in found)]
