"""Whether an installation can be worked with, in the fewest words: for whatever watches it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from responder.core import heartbeat
from responder.core.database import alembic
from responder.settings import Settings


def lacking(session: Session, settings: Settings, now: datetime) -> Iterator[str]:
    """Why it is not ready, without a word about where things are; nothing when it is."""
    try:
        session.execute(sa.text("SELECT 1"))
        if alembic.needs_upgrade():
            yield "schema: not current"
    except DBAPIError:
        yield "database: no answer"
    if not scheduler_is_alive(settings, now):
        yield "scheduler: no sign of life"


def scheduler_is_alive(settings: Settings, now: datetime) -> bool:
    interval = timedelta(seconds=settings.scheduler_interval_seconds)
    return heartbeat.is_alive(heartbeat.last_beat(settings.state_dir), now, interval)
