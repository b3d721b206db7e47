"""What a move will bring about, told before it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI, local
from responder.core.work_calendar import WorkCalendar, load_calendar
from responder.planning.events.advancing import needs_approval_again
from responder.planning.events.clashes import Clash, clashes_by_slot, slot_of
from responder.planning.events.models import PreparationTask
from responder.planning.events.moving import moved_span, told, why_not
from responder.planning.events.rules import Span, due_day
from responder.planning.models import PressEvent


@dataclass(frozen=True)
class TaskShift:
    """A task of the checklist with the day on which it is due, before and after a move.

    ``is_past``: it is open, and would have been due before today.
    """

    name: str
    old: date | None
    new: date
    is_past: bool


@dataclass(frozen=True)
class Consequences:
    """What a move will do to one event.

    :param refusal: why it cannot be done at all, or empty.
    :param tasks: the whole checklist, in its order.
    :param clashes: what somebody has to accept; what is only told is among the sentences.
    :param back_to_approval: whether somebody else has to approve the event again.
    :param sentences: the rest in words, one line each.
    """

    event: PressEvent
    span: Span
    refusal: str
    tasks: tuple[TaskShift, ...]
    clashes: tuple[Clash, ...]
    back_to_approval: bool
    sentences: tuple[str, ...]

    @property
    def shifted(self) -> int:
        """How many tasks fall due on another day."""
        return sum(task.old != task.new for task in self.tasks)


def consequences(
    session: Session,
    event: PressEvent,
    starts_at: datetime,
    today: date,
    *,
    all_day: bool | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> Consequences:
    """What :func:`move_event` would do; changes nothing, and takes a fixed number of queries.

    :param today: the local day, to tell which tasks are due already.
    """
    span = moved_span(event, starts_at, all_day, zone)
    return foresee(session, [(event, span)], today, zone)[0]


def foresee(
    session: Session,
    wanted: Sequence[tuple[PressEvent, Span]],
    today: date,
    zone: ZoneInfo = SHANGHAI,
) -> list[Consequences]:
    """The same of several that move at once, in their order; as many queries as for one.

    Units of the events should be loaded.
    """
    tasks = _checklists(session, [event.id for event, _ in wanted])
    calendar = load_calendar(session)
    found = clashes_by_slot(session, [slot_of(event, span) for event, span in wanted], zone)
    return [
        _of_one(event, span, tasks[event.id], clashes, calendar, today, zone)
        for (event, span), clashes in zip(wanted, found, strict=True)
    ]


def _checklists(session: Session, ids: Iterable[int]) -> dict[int, list[PreparationTask]]:
    query = select(PreparationTask).where(PreparationTask.event_id.in_(ids))
    found: defaultdict[int, list[PreparationTask]] = defaultdict(list)
    for task in session.scalars(query.order_by(PreparationTask.position, PreparationTask.id)):
        found[task.event_id].append(task)
    return found


def _of_one(
    event: PressEvent,
    span: Span,
    checklist: Iterable[PreparationTask],
    clashes: Sequence[Clash],
    calendar: WorkCalendar,
    today: date,
    zone: ZoneInfo,
) -> Consequences:
    day = local(span.starts_at, zone).date()

    def shift(task: PreparationTask) -> TaskShift:
        new = due_day(day, task.days, calendar.is_working)
        return TaskShift(task.name, task.due_on, new, task.done_at is None and new < today)

    tasks = tuple(shift(task) for task in checklist)
    refusal = why_not(event)
    again = not refusal and span.starts_at != event.starts_at and needs_approval_again(event)
    lines = [refusal] if refusal else _sentences(span, tasks, again, zone)
    if day < today and not refusal:
        lines.append("新的日期早于今天")
    lines += (clash.sentence for clash in clashes if not clash.must_be_accepted)
    to_accept = tuple(clash for clash in clashes if clash.must_be_accepted)
    return Consequences(event, span, refusal, tasks, to_accept, again, tuple(lines))


def _sentences(span: Span, tasks: tuple[TaskShift, ...], again: bool, zone: ZoneInfo) -> list[str]:
    lines = [f"改到{told(span, zone)}"]
    if again:
        lines.append("活动回到“待审批”，须由其他同事重新审批")
    moved = [task for task in tasks if task.old != task.new]
    if moved:
        lines.append(f"筹备清单的 {len(moved)} 个事项随之改期")
    if late := [task.name for task in tasks if task.is_past]:
        lines.append(f"按新的日期，这些事项已经过期：{'、'.join(late)}")
    return lines
