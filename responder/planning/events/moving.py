"""Putting an event to another time, alone or with others of its series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, Stale, WrongState
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, chinese_date, local, start_of_day
from responder.planning.events.advancing import advance_event, propose_anew, seen_elsewhere
from responder.planning.events.clashes import (
    clashes_of,
    demand_acceptance,
    hold_dates,
    slot_of,
    span_of,
)
from responder.planning.events.lifecycle import CLOSED, PRESS_EVENT, RESUME, TOOK_PLACE
from responder.planning.events.models import EventMove
from responder.planning.events.preparing import approvals_done, reschedule
from responder.planning.events.rules import Span
from responder.planning.models import PressEvent

LONGEST_REASON = 300


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
    accepted: bool = False,
    zone: ZoneInfo = SHANGHAI,
) -> EventMove:
    """Put an event to another time; it lasts as long as before, and its checklist moves with it.

    What was approved for a day goes back for approval (:func:`propose_anew`).

    :param starts_at: aware; of an event that takes the whole day, any moment of that day.
    :param all_day: whether it takes the whole day from now on; None leaves it as it is.
    :param version_id: the version that the person had before them; None when nobody saw one.
    :param accepted: whether the person accepted what stands in the way there.
    :raises Stale: somebody else saved in between.
    :raises WrongState: the event was held, evaluated or cancelled.
    :raises Invalid: it is at that time already, or the reason is too long.
    :raises GuardRefused: something stands in the way, and nobody accepted it.
    """
    refuse(event, reason, version_id)
    span = moved_span(event, starts_at, all_day, zone)
    return carry_out(session, [(event, span)], actor, now, reason, accepted, zone)[0]


def resume_event(
    session: Session,
    event: PressEvent,
    starts_at: datetime,
    actor: Actor,
    now: datetime,
    *,
    accepted: bool = False,
    zone: ZoneInfo = SHANGHAI,
) -> None:
    """Give a postponed event its new date. What was approved was the old one: see ``move_event``.

    :raises WrongState: it was not postponed.
    :raises Invalid: the date has passed.
    :raises GuardRefused: something stands in the way there, and nobody accepted it.
    """
    hold_dates(session)
    PRESS_EVENT.find(RESUME, event.state)
    span = moved_span(event, starts_at, None, zone)
    begun_by = span.starts_at + timedelta(days=1) if span.all_day else span.starts_at
    if begun_by <= now:
        raise Invalid("新的时间已经过去：请填写今后的日期和时间", {"starts_at": "已经过去"})
    if span == span_of(event):
        found = clashes_of(session, [slot_of(event)], zone)
        demand_acceptance(session, event, found, accepted, actor)
        advance_event(session, event, RESUME, actor, now, zone=zone)
    else:
        carry_out(session, [(event, span)], actor, now, "恢复举行", accepted, zone)


def moves_of(session: Session, event: PressEvent) -> list[EventMove]:
    """Each time that an event was put to another time, the latest first."""
    query = select(EventMove).where(EventMove.event_id == event.id)
    return list(session.scalars(query.order_by(EventMove.id.desc())))


def refuse(event: PressEvent, reason: str, version_id: int | None) -> None:
    """Let only what may move be moved; errors as :func:`move_event`."""
    if version_id is not None and event.version_id != version_id:
        raise Stale("这项活动刚被别人修改过：请刷新页面，看过最新内容后再改期")
    if refusal := why_not(event):
        raise WrongState(refusal)
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(f"改期理由超过 {LONGEST_REASON} 字：请缩短", {"reason": "太长"})


def why_not(event: PressEvent) -> str:
    """Why an event cannot be put to another time; empty when it can."""
    if event.state in TOOK_PLACE | CLOSED:
        return f"活动{PRESS_EVENT.states[event.state]}，不能改期：如需再办，请新建一项活动"
    return ""


def carry_out(
    session: Session,
    wanted: Sequence[tuple[PressEvent, Span]],
    actor: Actor,
    now: datetime,
    reason: str,
    accepted: bool,
    zone: ZoneInfo,
) -> list[EventMove]:
    """Move each event to its span; what stands in the way is accepted for all of them, or none.

    :param wanted: the event that the person took hold of first.
    :raises Invalid: that one is at that time already.
    :raises GuardRefused: something stands in the way, and nobody accepted it.
    """
    hold_dates(session)
    leading, span = wanted[0]
    if span == span_of(leading):
        raise Invalid("活动已经在这个时间：请选择另一个时间", {"starts_at": "没有变化"})
    found = clashes_of(session, [slot_of(event, there) for event, there in wanted], zone)
    demand_acceptance(session, leading, found, accepted, actor)
    moves = []
    for event, there in wanted:
        move = put(session, event, there, actor, now, reason, zone)
        if move.from_at != move.to_at:
            propose_anew(session, event, actor, now, zone)
        move.left_sequence = event.sequence
        moves.append(move)
    if len(moves) > 1:
        for move in moves:
            move.together_id = moves[0].id
    session.flush()
    return moves


def put(
    session: Session,
    event: PressEvent,
    span: Span,
    actor: Actor,
    now: datetime,
    reason: str,
    zone: ZoneInfo,
) -> EventMove:
    """Write another time and keep all that the move may change; asks nobody."""
    with session.no_autoflush:  # what is changed with the time is one line of the trail with it
        approvals = approvals_done(session, event)
    move = EventMove(
        event=event, from_at=event.starts_at, to_at=span.starts_at, reason=reason.strip(),
        at=now, by_id=actor.id, by_name=actor.name, from_ends_at=event.ends_at,
        from_all_day=event.all_day, from_state=event.state,
        from_proposed_by_id=event.proposed_by_id, from_approvals=approvals,
    )  # fmt: skip
    session.add(move)
    event.starts_at, event.ends_at, event.all_day = span.starts_at, span.ends_at, span.all_day
    seen_elsewhere(event, now)
    session.flush()
    reschedule(session, event, zone)
    return move


def moved_span(
    event: PressEvent, starts_at: datetime, all_day: bool | None, zone: ZoneInfo
) -> Span:
    """Where a move puts an event: as long as before, whole days beginning with midnight."""
    whole = event.all_day if all_day is None else all_day
    if whole:
        starts_at = start_of_day(local(starts_at, zone).date(), zone)
    if whole != event.all_day:
        return Span(starts_at, None, whole)  # hours say nothing of days, nor days of hours
    return span_of(event).moved_to(starts_at)


def told(span: Span, zone: ZoneInfo) -> str:
    """When something begins, in words."""
    there = local(span.starts_at, zone)
    return chinese_date(there.date()) + ("" if span.all_day else f" {there:%H:%M}")
