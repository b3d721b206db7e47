"""Whether an installation can be worked with, in the fewest words: for whatever watches it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from responder.core import disk
from responder.core.database import Schema, schema
from responder.intake.identity.models import IdentityRule
from responder.operating.place import folders
from responder.scheduling.turns import scheduler_is_alive
from responder.settings import Settings


def lacking(session: Session, settings: Settings, now: datetime) -> Iterator[str]:
    """Why it is not ready, without a word about where things are; nothing when it is."""
    if not os.path.isdir(settings.state_dir):
        yield "state folder: missing"
    free = _least_free(settings)
    if free is not None and free < disk.NONE:
        yield "disk: full"
    try:
        session.execute(sa.text("SELECT 1"))
        if schema() is not Schema.CURRENT:
            yield "schema: not current"
            return
        # A network folder that is not mounted leaves an empty one.
        has_keys = os.path.isfile(settings.resolved_identity_keys)
        if not has_keys and session.scalar(sa.select(IdentityRule.id)) is not None:
            yield "identity keys: missing"
        if not scheduler_is_alive(session, now):
            yield "scheduler: no sign of life"
    except DBAPIError:
        yield "database: no answer"


def foreseen(settings: Settings) -> Iterator[str]:
    """What will stop the work if nobody acts."""
    free = _least_free(settings)
    if free is not None and disk.NONE <= free < disk.SCARCE:
        yield "disk: nearly full"


def _least_free(settings: Settings) -> int | None:
    """Bytes; None where the folders themselves are gone."""
    return min((disk.free_bytes(folder) for folder in folders(settings)), default=None)
