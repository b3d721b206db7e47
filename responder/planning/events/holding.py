"""An event held, so that what several people do with it happens one after the other."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.planning.models import PressEvent


def hold_event(session: Session, event: PressEvent) -> None:
    """Read an event anew; until this transaction ends nobody else changes it.

    Whoever waited here sees what the one before has stored, not what was there before the wait.
    What hangs on an event (tasks, media) is added under the same hold.
    """
    query = (
        select(PressEvent)
        .where(PressEvent.id == event.id)
        .options(joinedload(PressEvent.unit))
        .with_for_update(of=PressEvent, key_share=True)
        .execution_options(populate_existing=True)
    )
    session.scalars(query).one()
