"""Whether an installation can be worked with, in the fewest words: for whatever watches it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from responder.core.database import schema_is_current
from responder.scheduling.turns import scheduler_is_alive


def lacking(session: Session, now: datetime) -> Iterator[str]:
    """Why it is not ready, without a word about where things are; nothing when it is."""
    try:
        session.execute(sa.text("SELECT 1"))
        if not schema_is_current():
            yield "schema: not current"
        elif not scheduler_is_alive(session, now):
            yield "scheduler: no sign of life"
    except DBAPIError:
        yield "database: no answer"
