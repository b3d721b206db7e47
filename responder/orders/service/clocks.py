"""The clocks of an order: what starts and stops them, pauses, more time, reckoning anew."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.clock_changes import Moved, reckon_anew, wanted_length
from responder.core.clocks import ClockRule, rules_for
from responder.core.lifecycle import Attempt
from responder.core.times import SHANGHAI
from responder.core.work_calendar import WorkCalendar, load_calendar
from responder.orders.lifecycle import OPEN, handle_clock
from responder.orders.models import (
    ClockKind,
    OrderClock,
    OrderExtension,
    OrderPause,
    WorkOrder,
)

SIGN_LEVEL, URGENT_SIGN_LEVEL = "order_sign", "order_sign_urgent"


def handle_level(order: WorkOrder) -> str:
    """Under which level the rules of this order's answer stand."""
    return f"order_{order.nature.value}"


def is_running() -> ColumnElement[bool]:
    """Clocks that run: neither stopped nor paused."""
    paused = exists().where(OrderPause.clock_id == OrderClock.id, OrderPause.until.is_(None))
    return and_(OrderClock.stopped_at.is_(None), ~paused)


def start_handling(session: Session, order: WorkOrder, moment: str, zone: ZoneInfo) -> None:
    """Start the clock of the answer, if its rule starts it from this moment and none runs yet.

    :param moment: the column of the order that has just been filled.
    """
    if handle_clock(order) is None:
        for rule in rules_for(session, handle_level(order)):
            if rule.starts_from == moment:
                start(session, order, ClockKind.HANDLE, rule, getattr(order, moment), zone)


def start_signing(session: Session, order: WorkOrder, zone: ZoneInfo) -> None:
    """Start the clock of the signature anew: each dispatch asks for one."""
    level = URGENT_SIGN_LEVEL if order.urgent else SIGN_LEVEL
    rule = next(iter(rules_for(session, level)), None)
    if rule is not None and order.dispatched_at is not None:
        start(session, order, ClockKind.SIGN, rule, order.dispatched_at, zone)


def start_again(session: Session, order: WorkOrder, now: datetime, zone: ZoneInfo) -> None:
    """One more round of the answer, of the same length, from now."""
    rule = next(iter(rules_for(session, handle_level(order))), None)
    if rule is not None:
        start(session, order, ClockKind.HANDLE, rule, now, zone)


def start(
    session: Session,
    order: WorkOrder,
    kind: ClockKind,
    rule: ClockRule,
    started_at: datetime,
    zone: ZoneInfo,
) -> OrderClock:
    """A clock of the next round of its kind."""
    round_ = 1 + sum(clock.kind is kind for clock in order.clocks)
    clock = OrderClock(kind=kind, round=round_, rule=rule, started_at=started_at)
    clock.reckon(load_calendar(session), zone)
    order.clocks.append(clock)
    return clock


def choose_again(session: Session, order: WorkOrder, zone: ZoneInfo) -> None:
    """Another nature has another clock: replace the one that runs, from the same moment."""
    clock = handle_clock(order)
    if clock is None or clock.stopped_at is not None:
        return
    rule = next(iter(rules_for(session, handle_level(order))), None)
    if rule is not None and rule.id != clock.rule_id:
        clock.rule = rule
        clock.reckon(load_calendar(session), zone)


def stop(order: WorkOrder, stopped_by: str, now: datetime) -> None:
    """Stop what waited for this, ``signed``, ``answered`` or ``closed``."""
    for clock in order.clocks:
        if clock.rule.stopped_by == stopped_by and clock.stopped_at is None:
            clock.stopped_at = now


def stop_all(order: WorkOrder, now: datetime) -> None:
    for clock in order.clocks:
        clock.stopped_at = clock.stopped_at or now


def run_on(order: WorkOrder, stopped_by: str, zone: ZoneInfo, calendar: WorkCalendar) -> None:
    """What stopped the clock in force has not held: it runs on as if it never had.

    Rule and calendar may have changed while it stood, so it is reckoned.
    """
    clock = handle_clock(order)
    if clock is not None and clock.rule.stopped_by == stopped_by:
        clock.stopped_at = None
        clock.reckon(calendar, zone)


def pause(order: WorkOrder, attempt: Attempt, zone: ZoneInfo, calendar: WorkCalendar) -> None:
    """Wait for the citizen; what was asked for as a guard of the step holds."""
    clock = _in_force(order)
    clock.pauses.append(
        OrderPause(
            since=attempt.now, reason=attempt.note.strip(), paused_by_name=attempt.actor.name
        )
    )
    clock.reckon(calendar, zone)


def resume(order: WorkOrder, now: datetime, zone: ZoneInfo, calendar: WorkCalendar) -> None:
    """The citizen has answered: the time waited does not count."""
    clock = _in_force(order)
    if clock.open_pause is not None:
        clock.open_pause.until = now
    clock.reckon(calendar, zone)


def ask_extension(order: WorkOrder, length: int | None, attempt: Attempt) -> None:
    """A unit asks for more time.

    :raises Invalid: for how long is not said, or for too long.
    """
    _in_force(order).extensions.append(
        OrderExtension(
            length=wanted_length(length),
            reason=attempt.note.strip(),
            asked_at=attempt.now,
            asked_by_id=attempt.actor.id,
            asked_by_name=attempt.actor.name,
        )
    )


def decide_extension(
    order: WorkOrder, granted: bool, attempt: Attempt, zone: ZoneInfo, calendar: WorkCalendar
) -> OrderExtension:
    """Grant more time, which moves the end of the clock, or deny it."""
    clock = _in_force(order)
    asked = clock.asked_extension
    assert asked is not None, "the step is guarded"
    asked.decide(granted, attempt.actor, attempt.now, attempt.note)
    clock.reckon(calendar, zone)
    return asked


def recompute_clocks(
    session: Session, calendar: WorkCalendar, zone: ZoneInfo = SHANGHAI
) -> list[Moved]:
    """Reckon the running clocks of open orders anew; those whose end has moved.

    For when a year's holidays have been announced, or a rule was edited.
    """
    query = (
        select(OrderClock)
        .join(OrderClock.order)
        .where(OrderClock.stopped_at.is_(None), WorkOrder.state.in_(OPEN))
        .options(joinedload(OrderClock.order))
        .order_by(OrderClock.id)
    )
    clocks = session.scalars(query).all()
    return [m for m in (_reckon_anew(session, c, calendar, zone) for c in clocks) if m]


def _reckon_anew(
    session: Session, clock: OrderClock, calendar: WorkCalendar, zone: ZoneInfo
) -> Moved | None:
    moved = reckon_anew(clock, calendar, zone)
    if moved is not None:
        changes = {"due_at": [moved.before.isoformat(), moved.after.isoformat()]}
        audit.record(session, "recompute", clock.order, changes, clock.rule.duty)
    return moved


def _in_force(order: WorkOrder) -> OrderClock:
    clock = handle_clock(order)
    assert clock is not None, "the step is guarded"
    return clock
