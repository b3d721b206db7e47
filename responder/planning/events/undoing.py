"""Taking a move back: the event is again where it was, and as it was."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from responder.core.errors import WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, chinese_date, local
from responder.planning.events.advancing import take
from responder.planning.events.clashes import clashes_of, hold_dates, slot_of
from responder.planning.events.lifecycle import PRESS_EVENT, RESTORE
from responder.planning.events.models import EventMove
from responder.planning.events.moving import put, told
from responder.planning.events.preparing import restore_approvals
from responder.planning.events.rules import Span
from responder.planning.models import PressEvent

UNDONE = "撤销改期"


def undo_move(
    session: Session, move: EventMove, actor: Actor, now: datetime, zone: ZoneInfo = SHANGHAI
) -> str:
    """Put an event back to where it was; what became of it, as a sentence.

    An event that the move sent back for approval is again what had been approved, and so
    takes up its former state. The move stays in the list, and this one after it.

    :raises WrongState: there is a later move, or something else has changed since.
    """
    hold_dates(session)
    event = move.event
    latest = select(func.max(EventMove.id)).where(EventMove.event_id == event.id)
    if refusal := why_not_undone(move, is_latest=session.scalar(latest) == move.id):
        raise WrongState(refusal)
    restored = _take_back(session, move, actor, now, zone)
    span = Span(event.starts_at, event.ends_at, event.all_day)
    back = f"已改回{told(span, zone)}"
    if restored:
        back += f"，恢复为“{PRESS_EVENT.states[event.state]}”"
    return f"{back}。{_in_the_way(session, [event], zone)}"


def undo_together(
    session: Session, move: EventMove, actor: Actor, now: datetime, zone: ZoneInfo = SHANGHAI
) -> str:
    """Take back all moves of a series that were made with this one, and not taken back yet.

    :raises WrongState: of one of them something else has changed since; none is taken back.
    """
    hold_dates(session)
    moves = moved_with(session, move)
    if not moves:
        raise WrongState("这次改期已经撤销：请刷新页面查看最新的日期")
    latest = select(func.max(EventMove.id)).where(
        EventMove.event_id.in_([one.event_id for one in moves])
    )
    last = set(session.scalars(latest.group_by(EventMove.event_id)))
    for one in moves:
        if refusal := why_not_undone(one, is_latest=one.id in last):
            day = chinese_date(local(one.to_at, zone).date())
            raise WrongState(f"改到{day}的一场不能撤销，其余各场也没有改动。{refusal}")
    for one in moves:
        _take_back(session, one, actor, now, zone)
    return f"已撤销 {len(moves)} 场改期。{_in_the_way(session, [o.event for o in moves], zone)}"


def moved_with(session: Session, move: EventMove) -> list[EventMove]:
    """The moves that were made at once with this one and still stand, by time; itself included."""
    other = aliased(EventMove)
    query = (
        select(EventMove)
        .where(
            EventMove.id == move.id
            if move.together_id is None
            else EventMove.together_id == move.together_id,
            ~exists().where(other.undoes_id == EventMove.id),
        )
        .options(joinedload(EventMove.event).joinedload(PressEvent.unit))
    )
    return list(session.scalars(query.order_by(EventMove.to_at, EventMove.id)))


def why_not_undone(move: EventMove, is_latest: bool) -> str:
    """Why a move cannot be taken back; empty when it can.

    Everything that calendars elsewhere show (time, state, theme, place …) makes the event's
    ``sequence`` grow: while it is what the move left, nothing of that has changed.

    :param is_latest: whether the event has not been put to another time after it.
    """
    if not is_latest or move.undoes_id is not None:
        return "只能撤销最近一次改期：如需其他日期，请直接改期"
    if move.left_sequence is None:
        return "改期时还改了其他内容，或当时没有留存原来的安排，不能单独撤销：请打开“修改”页改回"
    if move.left_sequence != move.event.sequence:
        return "改期之后活动又有变化，不能撤销：如需改回，请直接改期"
    return ""


def _take_back(
    session: Session, move: EventMove, actor: Actor, now: datetime, zone: ZoneInfo
) -> bool:
    """Write what the move had changed as it was before; whether the event changed its state."""
    event, state = move.event, move.from_state
    span = Span(move.from_at, move.from_ends_at, bool(move.from_all_day))
    back = put(session, event, span, actor, now, UNDONE, zone)
    back.undoes_id = move.id
    restored = state is not None and state is not event.state
    if state is not None and restored:
        take(session, event, RESTORE[state], Attempt(actor, now), zone)
        restore_approvals(session, event, move.from_approvals or {})
    event.proposed_by_id = move.from_proposed_by_id
    session.flush()
    return restored


def _in_the_way(session: Session, events: list[PressEvent], zone: ZoneInfo) -> str:
    """What has come in the way meanwhile, as a sentence, or empty."""
    found = clashes_of(session, [slot_of(event) for event in events], zone)
    others = [clash.sentence for clash in found if clash.other_id is not None]
    return f"请核对：{'；'.join(others)}。" if others else ""
