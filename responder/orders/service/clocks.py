"""The clocks of an order: what starts and stops them, pauses, more time, reckoning anew."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.clocks import (
    UNIT_LABELS,
    ClockRule,
    Deadline,
    Extension,
    Pause,
    Unit,
    deadline,
    rules_for,
)
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.times import SHANGHAI, chinese_moment
from responder.core.work_calendar import WorkCalendar, load_calendar
from responder.orders import rules
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
    _reckon(clock, load_calendar(session), zone)
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
        _reckon(clock, load_calendar(session), zone)


def stop(order: WorkOrder, stopped_by: str, now: datetime) -> None:
    """Stop what waited for this, ``signed``, ``answered`` or ``closed``."""
    for clock in order.clocks:
        if clock.rule.stopped_by == stopped_by and clock.stopped_at is None:
            clock.stopped_at = now


def stop_all(order: WorkOrder, now: datetime) -> None:
    for clock in order.clocks:
        clock.stopped_at = clock.stopped_at or now


def run_on(order: WorkOrder, stopped_by: str) -> None:
    """What stopped the clock in force has not held: it runs on as if it never had."""
    clock = handle_clock(order)
    if clock is not None and clock.rule.stopped_by == stopped_by:
        clock.stopped_at = None


def pause(order: WorkOrder, attempt: Attempt, zone: ZoneInfo, calendar: WorkCalendar) -> None:
    """Wait for the citizen; what was asked for as a guard of the step holds."""
    clock = _in_force(order)
    clock.pauses.append(
        OrderPause(
            since=attempt.now, reason=attempt.note.strip(), paused_by_name=attempt.actor.name
        )
    )
    _reckon(clock, calendar, zone)


def resume(order: WorkOrder, now: datetime, zone: ZoneInfo, calendar: WorkCalendar) -> None:
    """The citizen has answered: the time waited does not count."""
    clock = _in_force(order)
    if clock.open_pause is not None:
        clock.open_pause.until = now
    _reckon(clock, calendar, zone)


def ask_extension(order: WorkOrder, length: int | None, attempt: Attempt) -> None:
    """A unit asks for more time.

    :raises Invalid: for how long is not said, or for too long.
    """
    if not length or not 1 <= length <= rules.LONGEST_EXTENSION:
        raise Invalid(
            f"请填写延期的长度，1 到 {rules.LONGEST_EXTENSION}", {"length": "请填写延期的长度"}
        )
    _in_force(order).extensions.append(
        OrderExtension(
            length=length,
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
    asked.granted, asked.decided_at = granted, attempt.now
    asked.decided_by_name, asked.decision = attempt.actor.name, attempt.note.strip()
    _reckon(clock, calendar, zone)
    return asked


def recompute_clocks(
    session: Session, calendar: WorkCalendar, zone: ZoneInfo = SHANGHAI
) -> list[OrderClock]:
    """Reckon the running clocks that count working days anew; those whose end has moved.

    For when a year's holidays have been announced.
    """
    query = (
        select(OrderClock)
        .join(OrderClock.rule)
        .join(OrderClock.order)
        .where(
            OrderClock.stopped_at.is_(None),
            ClockRule.unit == Unit.WORKING_DAYS,
            WorkOrder.state.in_(OPEN),
        )
        .options(joinedload(OrderClock.order))
        .order_by(OrderClock.id)
    )
    return [c for c in session.scalars(query).all() if _moved(session, c, calendar, zone)]


def _moved(session: Session, clock: OrderClock, calendar: WorkCalendar, zone: ZoneInfo) -> bool:
    before = clock.due_at
    _reckon(clock, calendar, zone)
    if clock.due_at == before:
        return False
    changes = {"due_at": [before.isoformat(), clock.due_at.isoformat()]}
    audit.record(session, "recompute", clock.order, changes, clock.rule.duty)
    return True


def _in_force(order: WorkOrder) -> OrderClock:
    clock = handle_clock(order)
    assert clock is not None, "the step is guarded"
    return clock


def _reckon(clock: OrderClock, calendar: WorkCalendar, zone: ZoneInfo) -> None:
    end = _deadline(clock, calendar, zone)
    clock.due_at, clock.provisional, clock.steps = end.due_at, end.provisional, list(end.steps)


def _deadline(clock: OrderClock, calendar: WorkCalendar, zone: ZoneInfo) -> Deadline:
    granted = [one for one in clock.extensions if one.granted and one.decided_at]
    return deadline(
        clock.started_at,
        clock.rule.length,
        clock.rule.unit,
        calendar,
        zone,
        [Pause(pause.since, pause.until) for pause in clock.pauses],
        [Extension(one.length, _grant(one, zone)) for one in granted],
    )


def _grant(one: OrderExtension, zone: ZoneInfo) -> str:
    when = chinese_moment(one.decided_at, zone) if one.decided_at else ""
    return f"{one.asked_by_name}申请，{one.decided_by_name}于 {when}批准"


def extension_label(clock: OrderClock, length: int) -> str:
    """``5 个工作日``."""
    return f"{length} {UNIT_LABELS[clock.rule.unit]}"
