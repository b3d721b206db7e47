"""What stops the clocks of an item, and what makes them be reckoned anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from responder.core import audit
from responder.core.clock_changes import Moved, reckon_anew
from responder.core.clocks import ClockRule
from responder.core.errors import Forbidden, Invalid, WrongState
from responder.core.office import office_zone
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI
from responder.core.work_calendar import WorkCalendar, hold_calendar, load_calendar
from responder.planning import service as planning
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import EventState, PressEvent
from responder.responses import rules
from responder.responses.lifecycle import EVENT_PERMISSIONS
from responder.responses.models import FILED, ItemClock, ResponseItem
from responder.responses.rules import EVENT_HELD, PUBLISHED

STOPPED_BY = (PUBLISHED, EVENT_HELD)

# What a rule's ``starts_from`` may name: columns of the item.
STARTS_FROM = ("found_at", "opened_at")

# How far back a matter may have been found when its item is opened, and how long before that
# a clock of the item may begin.
EARLIEST_START = timedelta(days=366)


def new_clock(
    item: ResponseItem, rule: ClockRule, calendar: WorkCalendar, zone: ZoneInfo
) -> ItemClock:
    """A clock from the moment of the item that the rule names, not yet the item's.

    :raises Invalid: the rule names another.
    """
    if rule.starts_from not in STARTS_FROM:
        raise Invalid(
            f"时限规则“{rule.name}”的起算时点 {rule.starts_from} 无法识别："
            f"请改为 {'、'.join(STARTS_FROM)} 之一"
        )
    clock = ItemClock(rule=rule, started_at=getattr(item, rule.starts_from))
    clock.reckon(calendar, zone)
    return clock


def stop_published(session: Session, item: ResponseItem, now: datetime) -> None:
    """The answer is out: stop the clocks that waited for it."""
    hold_calendar(session)
    for clock in item.clocks:
        if clock.rule.stopped_by == PUBLISHED and clock.stopped_at is None:
            _set_stopped(session, clock, now)


def stop_all(session: Session, item: ResponseItem, now: datetime) -> None:
    """Nothing will be published: stop whatever runs. What is overdue has ended late."""
    hold_calendar(session)
    for clock in item.clocks:
        if clock.stopped_at is None:
            _set_stopped(session, clock, now)


def run_on(session: Session, item: ResponseItem) -> None:
    """What :func:`stop_all` stopped runs on from its own start: the time between counts."""
    hold_calendar(session)
    for clock in item.clocks:
        if clock.rule.stopped_by == PUBLISHED:
            _set_stopped(session, clock, None)
        else:
            heed_event(session, clock)


def stop_held_clocks(session: Session, now: datetime) -> list[ItemClock]:
    """Stop what waited for a press event that has been held; the clocks that stopped.

    The scheduler's job. A clock stops when its event began, however late somebody notes
    that it was held. Of several schedulers at once one stops each clock.
    """
    hold_calendar(session)
    query = (
        _running()
        .join(ResponseItem.event)
        .where(
            ClockRule.stopped_by == EVENT_HELD,
            PressEvent.state.in_(TOOK_PLACE),
            PressEvent.starts_at >= ItemClock.started_at,
            PressEvent.starts_at <= now,
        )
        .options(contains_eager(ItemClock.item).contains_eager(ResponseItem.event))
    )
    clocks = list(session.scalars(query.with_for_update(of=ItemClock, skip_locked=True)))
    for clock in clocks:
        heed_event(session, clock)
    return clocks


def set_event(
    session: Session, item: ResponseItem, event: PressEvent | None, actor: Actor
) -> list[ItemClock]:
    """Say at which press event an item is answered; the clocks that thereby stopped.

    A clock that an event stopped by mistake runs again when another is chosen.

    :raises Forbidden: the person may neither open items nor publish them.
    :raises WrongState: the item is filed away, or the event is cancelled.
    """
    if not any(actor.may(permission) for permission in EVENT_PERMISSIONS):
        raise Forbidden("您没有选择发布活动的权限，请联系新闻办办理")
    if item.state in FILED:
        raise WrongState("本事项已归档或已办结，不能再改发布活动")
    if event is not None and event.state is EventState.CANCELLED:
        raise WrongState("这项活动已取消：请选择其他活动")
    hold_calendar(session)
    item.event = event
    waiting = [clock for clock in item.clocks if clock.rule.stopped_by == EVENT_HELD]
    for clock in waiting:
        heed_event(session, clock)
    session.flush()
    return [clock for clock in waiting if clock.stopped_at is not None]


def heed_event(session: Session, clock: ItemClock) -> None:
    """Let a clock stand as its item's event says, and tell the trail when that is new."""
    event, before, due_at = clock.item.event, clock.stopped_at, clock.due_at
    took_place = event is not None and event.state in TOOK_PLACE
    held = rules.held_at(clock.started_at, event.starts_at, took_place) if event else None
    if held == before:
        return
    _set_stopped(session, clock, held)
    action = "stop_clock" if clock.stopped_at else "restart_clock"
    changes = {"stopped_at": [_text(before), _text(clock.stopped_at)]}
    if clock.due_at != due_at:
        changes["due_at"] = [_text(due_at), _text(clock.due_at)]
    audit.record(session, action, clock.item, changes, clock.rule.duty)


def _set_stopped(session: Session, clock: ItemClock, moment: datetime | None) -> None:
    """Stop it, or let it run on.

    A suspension that lasts ends with the clock, so it is reckoned. So is what runs on: rules
    and calendar may have changed while it stood.
    """
    clock.stopped_at = moment
    if clock.open_pause is not None or moment is None:
        clock.reckon(load_calendar(session), office_zone())


def events_to_choose(session: Session, item: ResponseItem, now: datetime) -> list[PressEvent]:
    """The events at which an item may be answered: to come or lately held, and its own."""
    events = planning.linkable_events(session, now)
    if item.event is not None and item.event not in events:
        events = [item.event, *events]
    return events


def recompute_clocks(
    session: Session, calendar: WorkCalendar, zone: ZoneInfo = SHANGHAI
) -> list[Moved]:
    """Reckon the clocks that have not stopped anew; those whose end has moved.

    For when a year's holidays have been announced, or a rule was edited. Nobody works on
    what is filed away.
    """
    query = _running().where(ResponseItem.state.not_in(FILED))
    clocks = session.scalars(query.options(contains_eager(ItemClock.item))).all()
    return [m for m in (_reckon_anew(session, c, calendar, zone) for c in clocks) if m]


def _reckon_anew(
    session: Session, clock: ItemClock, calendar: WorkCalendar, zone: ZoneInfo
) -> Moved | None:
    """The clock if its end has moved; its arithmetic may have changed without."""
    moved = reckon_anew(clock, calendar, zone)
    if moved is not None:
        changes = {"due_at": [_text(moved.before), _text(moved.after)]}
        audit.record(session, "recompute", clock.item, changes, clock.rule.duty)
    return moved


def _running() -> Select[ItemClock]:
    return (
        select(ItemClock)
        .join(ItemClock.rule)
        .join(ItemClock.item)
        .where(ItemClock.stopped_at.is_(None))
        .options(contains_eager(ItemClock.rule))
        .order_by(ItemClock.id)
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
