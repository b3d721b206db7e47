"""Putting an event to another time: what it will do, doing it, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.audit import AuditEvent
from responder.core.errors import Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, chinese_date, local, start_of_day
from responder.core.work_calendar import load_calendar
from responder.planning.events.advancing import (
    advance_event,
    needs_approval_again,
    propose_anew,
    seen_elsewhere,
    take,
)
from responder.planning.events.clashes import ACCEPTED, Clash, clashes, span_of
from responder.planning.events.lifecycle import (
    CLOSED,
    PRESS_EVENT,
    RESTORE,
    RESUBMIT,
    RESUME,
    TOOK_PLACE,
)
from responder.planning.events.models import EventMove, PreparationTask
from responder.planning.events.preparing import reschedule, restore_approval, tasks_of
from responder.planning.events.rules import ClashKind, Span, due_day
from responder.planning.models import EventState, PressEvent

UNDONE = "撤销改期"
LONGEST_REASON = 300

# Columns that a move writes, by their names in the trail.
_TIMES = frozenset({"starts_at", "ends_at", "all_day"})

# Who changes one of these proposes the event anew, by their names in the trail.
_PROPOSING = frozenset({"theme", "form", "starts_at", "unit_id"})


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
    """What a move will do, told before it is done.

    :param refusal: why it cannot be done at all, or empty.
    :param tasks: the whole checklist, in its order.
    :param back_to_approval: whether somebody else has to approve the event again.
    :param sentences: all of it in words, one line each.
    """

    span: Span
    refusal: str
    tasks: tuple[TaskShift, ...]
    clashes: tuple[Clash, ...]
    back_to_approval: bool
    sentences: tuple[str, ...]

    @property
    def not_working(self) -> bool:
        """Whether the new day, or one of them, is off."""
        return any(clash.kind is ClashKind.DAY_OFF for clash in self.clashes)


def move_event(
    session: Session,
    event: PressEvent,
    starts_at: datetime,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    all_day: bool | None = None,
    version_id: int | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> EventMove:
    """Put an event to another time; it lasts as long as before, and its checklist moves with it.

    What was approved for a day goes back for approval (:func:`propose_anew`).

    :param starts_at: aware; of an event that takes the whole day, any moment of that day.
    :param all_day: whether it takes the whole day from now on; None leaves it as it is.
    :param version_id: the version that the person had before them; None when nobody saw one.
    :raises Stale: somebody else saved in between.
    :raises WrongState: the event was held, evaluated or cancelled.
    :raises Invalid: it is at that time already, or the reason is too long.
    """
    if version_id is not None and event.version_id != version_id:
        raise Stale("这项活动刚被别人修改过：请刷新页面，看过最新内容后再改期")
    if refusal := why_not(event):
        raise WrongState(refusal)
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(f"改期理由超过 {LONGEST_REASON} 字：请缩短", {"reason": "太长"})
    span = _moved_span(event, starts_at, all_day, zone)
    if span == span_of(event):
        raise Invalid("活动已经在这个时间：请选择另一个时间", {"starts_at": "没有变化"})
    move = put(session, event, span, actor, now, reason, zone)
    if move.from_at != move.to_at:
        propose_anew(session, event, actor, now, zone)
    return move


def resume_event(
    session: Session,
    event: PressEvent,
    starts_at: datetime,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> None:
    """Give a postponed event its new date. What was approved was the old one: see ``move_event``.

    :raises WrongState: it was not postponed.
    :raises Invalid: the date has passed.
    """
    PRESS_EVENT.find(RESUME, event.state)
    if starts_at <= now:
        raise Invalid("新的时间已经过去：请填写今后的日期和时间", {"starts_at": "已经过去"})
    if starts_at == event.starts_at:
        advance_event(session, event, RESUME, actor, now, zone=zone)
    else:
        move_event(session, event, starts_at, actor, now, reason="恢复举行", zone=zone)


def moves_of(session: Session, event: PressEvent) -> list[EventMove]:
    """Each time that an event was put to another time, the latest first."""
    query = select(EventMove).where(EventMove.event_id == event.id)
    return list(session.scalars(query.order_by(EventMove.id.desc())))


def put(
    session: Session,
    event: PressEvent,
    span: Span,
    actor: Actor,
    now: datetime,
    reason: str,
    zone: ZoneInfo,
) -> EventMove:
    """Write another time and keep the old one; asks nobody. See :func:`move_event`."""
    move = EventMove(
        event=event, from_at=event.starts_at, to_at=span.starts_at, reason=reason.strip(),
        at=now, by_id=actor.id, by_name=actor.name,
    )  # fmt: skip
    session.add(move)
    event.starts_at, event.ends_at, event.all_day = span.starts_at, span.ends_at, span.all_day
    seen_elsewhere(event, now)
    session.flush()
    reschedule(session, event, zone)
    return move


def why_not(event: PressEvent) -> str:
    """Why an event cannot be put to another time; empty when it can."""
    if event.state in TOOK_PLACE | CLOSED:
        return f"活动{PRESS_EVENT.states[event.state]}，不能改期：如需再办，请新建一项活动"
    return ""


def undo_move(
    session: Session, move: EventMove, actor: Actor, now: datetime, zone: ZoneInfo = SHANGHAI
) -> str:
    """Put an event back to where it was; what became of it, as a sentence.

    An event that the move sent back for approval is again what had been approved, and so
    takes up its former state. The move stays in the list, and this one after it.

    :raises WrongState: there is a later move, or something else has changed since.
    """
    event = move.event
    latest = session.scalar(
        select(EventMove.id)
        .where(EventMove.event_id == event.id)
        .order_by(EventMove.id.desc())
        .limit(1)
    )
    if latest != move.id or move.reason == UNDONE:
        raise WrongState("只能撤销最近一次改期：如需其他日期，请直接改期")
    before, deed, after = _around(session, move)
    if any(line.action not in (RESUBMIT, ACCEPTED) for line in after):
        raise WrongState("改期之后活动又有变化，不能撤销：如需改回，请直接改期")
    times = {name: pair[0] for name, pair in deed.changes.items()}
    ends_at = times.get("ends_at", event.ends_at)
    span = Span(move.from_at, _moment(ends_at), times.get("all_day", event.all_day))
    put(session, event, span, actor, now, UNDONE, zone)
    event.proposed_by_id = _proposer(before)
    former = [line.changes["state"][0] for line in after if line.action == RESUBMIT]
    if former:
        action = RESTORE[EventState(former[0])]
        take(session, event, action, Attempt(actor, now), zone)
        restore_approval(session, event)
    session.flush()
    back = _told(span, zone)
    if former:
        return f"已改回{back}，恢复为“{PRESS_EVENT.states[event.state]}”。"
    return f"已改回{back}。"


def _around(
    session: Session, move: EventMove
) -> tuple[list[AuditEvent], AuditEvent, list[AuditEvent]]:
    """The trail of the event before the move, the line of the move, and the trail since."""
    query = select(AuditEvent).where(
        AuditEvent.object_type == PressEvent.__tablename__,
        AuditEvent.object_id == move.event_id,
    )
    lines = list(session.scalars(query.order_by(AuditEvent.id)))
    for index in reversed(range(len(lines))):
        line = lines[index]
        if line.action != "update" or not _TIMES & set(line.changes):
            continue
        if set(line.changes) <= _TIMES:
            return lines[:index], line, lines[index + 1 :]
        break
    raise WrongState("改期时还改了其他内容，不能单独撤销：请打开“修改”页改回")


def _proposer(lines: list[AuditEvent]) -> int | None:
    """Who proposed the event as these lines leave it."""
    proposing = [
        line
        for line in lines
        if line.action in ("create", RESUBMIT)
        or (line.action == "update" and _PROPOSING & set(line.changes))
    ]
    return proposing[-1].actor_id if proposing else None


def _moment(stored: Any) -> datetime | None:
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored


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
    span = _moved_span(event, starts_at, all_day, zone)
    day = local(span.starts_at, zone).date()
    calendar = load_calendar(session)

    def shift(task: PreparationTask) -> TaskShift:
        new = due_day(day, task.days, calendar.is_working)
        return TaskShift(task.name, task.due_on, new, task.done_at is None and new < today)

    tasks = tuple(shift(task) for task in tasks_of(session, event))
    found = clashes(
        session, span.starts_at, ends_at=span.ends_at, all_day=span.all_day, place=event.place,
        speaker=event.speaker, unit_id=event.unit_id, event_id=event.id, zone=zone,
    )  # fmt: skip
    refusal = why_not(event)
    again = not refusal and span.starts_at != event.starts_at and needs_approval_again(event)
    told = [refusal] if refusal else _sentences(span, tasks, again, zone)
    if day < today and not refusal:
        told.append("新的日期早于今天")
    told += (clash.sentence for clash in found)
    return Consequences(span, refusal, tasks, tuple(found), again, tuple(told))


def _sentences(span: Span, tasks: tuple[TaskShift, ...], again: bool, zone: ZoneInfo) -> list[str]:
    told = [f"改到{_told(span, zone)}"]
    if again:
        told.append("活动回到“待审批”，须由其他同事重新审批")
    moved = [task for task in tasks if task.old != task.new]
    if moved:
        told.append(f"筹备清单的 {len(moved)} 个事项随之改期")
    if late := [task.name for task in tasks if task.is_past]:
        told.append(f"按新的日期，这些事项已经过期：{'、'.join(late)}")
    return told


def _told(span: Span, zone: ZoneInfo) -> str:
    there = local(span.starts_at, zone)
    return chinese_date(there.date()) + ("" if span.all_day else f" {there:%H:%M}")


def _moved_span(
    event: PressEvent, starts_at: datetime, all_day: bool | None, zone: ZoneInfo
) -> Span:
    """Where a move puts an event: as long as before, whole days beginning with midnight."""
    whole = event.all_day if all_day is None else all_day
    if whole:
        starts_at = start_of_day(local(starts_at, zone).date(), zone)
    if whole != event.all_day:
        return Span(starts_at, None, whole)  # hours say nothing of days, nor days of hours
    return span_of(event).moved_to(starts_at)
