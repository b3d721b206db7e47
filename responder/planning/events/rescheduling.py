"""What the calendar of working days means for checklists: announced late, and not yet announced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI, local
from responder.core.work_calendar import WorkCalendar
from responder.planning.events.lifecycle import CLOSED
from responder.planning.events.models import PreparationTask
from responder.planning.events.preparing import due_of
from responder.planning.models import PressEvent


def reschedule_all(
    session: Session, calendar: WorkCalendar, zone: ZoneInfo = SHANGHAI
) -> list[PreparationTask]:
    """Reckon the days of all checklists anew, done tasks too; those whose day has moved.

    For when a year's holidays have been announced. Events that are over keep theirs. Each
    event is held, so that one that is being moved is reckoned by its new day.
    """
    with_tasks = select(PreparationTask.event_id)
    held = (
        select(PressEvent)
        .where(PressEvent.id.in_(with_tasks), PressEvent.state.not_in(CLOSED))
        .order_by(PressEvent.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    events = {event.id: event for event in session.scalars(held)}
    tasks = select(PreparationTask).where(PreparationTask.event_id.in_(events))
    moved = []
    for task in session.scalars(tasks.order_by(PreparationTask.id)).all():
        due_on = due_of(events[task.event_id], task.days, calendar, zone)
        if due_on != task.due_on:
            task.due_on = due_on
            moved.append(task)
    session.flush()
    return moved


def provisional(
    tasks: Iterable[PreparationTask], calendar: WorkCalendar, zone: ZoneInfo = SHANGHAI
) -> frozenset[int]:
    """Ids of the open tasks whose day was counted through a year not announced yet.

    The events of the tasks should be loaded.
    """
    return frozenset(
        task.id for task in tasks if task.done_at is None and _is_provisional(task, calendar, zone)
    )


def _is_provisional(task: PreparationTask, calendar: WorkCalendar, zone: ZoneInfo) -> bool:
    if task.due_on is None or task.days == 0:
        return False
    event_day = local(task.event.starts_at, zone).date()
    if task.days > 0:
        return calendar.is_provisional(task.due_on, event_day - timedelta(days=1))
    return calendar.is_provisional(event_day + timedelta(days=1), task.due_on)
