"""Events to approve, and events of the past that nobody has said were held, for Today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.permissions import Actor, Permission
from responder.core.waiting import WAITING_LABELS, Waiting
from responder.planning import service
from responder.planning.events.lifecycle import PRESS_EVENT, STATE_TONES
from responder.planning.models import EventState, PressEvent


def rows(session: Session, actor: Actor, now: datetime) -> Iterator[Waiting]:
    """What somebody proposed waits for a colleague, not for them."""
    if not actor.may(Permission.PLAN_EDIT):
        return
    proposed = service.waiting_approval(session)
    by_others = [event for event in proposed if event.proposed_by_id != actor.id]
    for event in [*service.overdue_events(session, now), *by_others]:
        yield _row(event)


def _row(event: PressEvent) -> Waiting:
    held = event.state is not EventState.PROPOSED
    return Waiting(
        label=WAITING_LABELS["event"],
        title=event.theme,
        endpoint="planning.show_event",
        values={"event_id": event.id},
        due_at=event.starts_at,
        unit=event.unit.name,
        state=WAITING_LABELS["to_tell"] if held else PRESS_EVENT.states[event.state],
        tone="late" if held else STATE_TONES.get(event.state, ""),
    )
