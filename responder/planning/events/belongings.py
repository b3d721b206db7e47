"""What belongs to an event and stands on its page beside its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI
from responder.core.work_calendar import load_calendar
from responder.planning.events import (
    files,
    media,
    moving,
    preparing,
    rescheduling,
    series,
    undoing,
)
from responder.planning.events.models import EventFile, EventMove, PreparationTask, Reply
from responder.planning.models import PressEvent


@dataclass(frozen=True)
class Belongings:
    """``overdue`` are the ids of open tasks that should have been done before today,
    ``provisional`` of those whose day rests on holidays not announced yet;
    ``replies`` counts the media list by answer; ``siblings`` is the whole series, or empty.
    ``undoable`` is the id of the move that can be taken back, or None, and ``moved_together``
    how many of its series were made with it, itself included."""

    tasks: list[PreparationTask]
    overdue: frozenset[int]
    provisional: frozenset[int]
    invited: int
    replies: dict[Reply, int]
    files: list[EventFile]
    moves: list[EventMove]
    undoable: int | None
    moved_together: int
    siblings: list[PressEvent]


def belongings_of(
    session: Session, event: PressEvent, today: date, zone: ZoneInfo = SHANGHAI
) -> Belongings:
    """All of it, in a fixed number of queries."""
    tasks = preparing.tasks_of(session, event)
    listed = media.invitations(session, event)
    moves = moving.moves_of(session, event)
    latest = moves[0] if moves and not undoing.why_not_undone(moves[0], is_latest=True) else None
    return Belongings(
        tasks=tasks,
        overdue=frozenset(task.id for task in preparing.overdue(tasks, today)),
        provisional=rescheduling.provisional(tasks, load_calendar(session), zone),
        invited=len(listed),
        replies=media.counts(listed),
        files=files.files_of(session, event),
        moves=moves,
        undoable=latest.id if latest else None,
        moved_together=len(undoing.moved_with(session, latest)) if latest else 0,
        siblings=series.events_of(session, event),
    )
