"""The events of the coming days, and what they lack."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.office import office_zone
from responder.core.permissions import Actor
from responder.core.times import end_of_day, local
from responder.planning import service as planning
from responder.planning.events.models import PreparationTask
from responder.planning.models import PressEvent

DAYS = 7
MOST = 20


@dataclass(frozen=True)
class Coming:
    """An event to come.

    :param overdue: how much of its checklist should have been done by now.
    :param unprepared: it has no checklist at all.
    """

    event: PressEvent
    overdue: int
    unprepared: bool

    @property
    def lacks(self) -> bool:
        return self.unprepared or self.overdue > 0


def coming(session: Session, actor: Actor, now: datetime) -> list[Coming]:
    """The events of this day and the seven that follow; where there are none, the next one."""
    zone = office_zone()
    today = local(now, zone).date()
    last = end_of_day(today + timedelta(days=DAYS), zone)
    upcoming = planning.upcoming_events(session, now, limit=MOST)
    events = [one for one in upcoming if one.starts_at <= last] or upcoming[:1]
    yesterday = today - timedelta(days=1)
    overdue = Counter(one.event_id for one in planning.due_tasks(session, yesterday, actor))
    prepared = _with_checklist(session, [event.id for event in events])
    return [Coming(event, overdue[event.id], event.id not in prepared) for event in events]


def _with_checklist(session: Session, event_ids: list[int]) -> set[int]:
    query = select(func.distinct(PreparationTask.event_id))
    return set(session.scalars(query.where(PreparationTask.event_id.in_(event_ids))))
