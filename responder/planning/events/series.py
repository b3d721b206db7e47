"""Events that recur: made from one, changed one at a time, from one on, or all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Invalid, WrongState
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, local
from responder.planning.events.clashes import Clash, clashes_of, slot_of, span_of
from responder.planning.events.lifecycle import CLOSED, TOOK_PLACE
from responder.planning.events.models import EventSeries
from responder.planning.events.rules import Slot, Span
from responder.planning.events.service import EventFacts, edit_event, enter
from responder.planning.models import EventState, PressEvent

MOST_EVENTS = 60
_RULE_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# What belongs to one occurrence alone, whatever else is changed with it.
_OWN = frozenset(
    {"starts_at", "ends_at", "all_day", "transcript", "evaluation", "spokesperson_opinion",
     "leader_opinion"}
)  # fmt: skip


class Every(StrEnum):
    """How often something recurs."""

    WEEK = "week"
    MONTH_WEEKDAY = "month_weekday"
    MONTH_DAY = "month_day"
    QUARTER = "quarter"


class Scope(StrEnum):
    """Which events of a series something is meant for."""

    THIS = "this"
    LATER = "later"
    ALL = "all"


SCOPE_LABELS = {
    Scope.THIS: "仅这一场",
    Scope.LATER: "这一场及以后",
    Scope.ALL: "全部",
}


def nth_of(day: date) -> int:
    """Which such weekday of its month a day is; a fifth one is the last."""
    nth = (day.day - 1) // 7 + 1
    return nth if nth < 5 else -1


def rule_of(every: Every, day: date, count: int | None, until: date | None) -> str:
    """The RRULE for an event of ``day`` and what follows it, always with its COUNT.

    :param count: how many, the first among them; None: as many as begin by ``until``.
    :raises Invalid: fewer than 2 or more than 60.
    """
    by_weekday = f"{nth_of(day)}{_RULE_DAYS[day.weekday()]}"
    rule = {
        Every.WEEK: "FREQ=WEEKLY",
        Every.MONTH_WEEKDAY: f"FREQ=MONTHLY;BYDAY={by_weekday}",
        Every.MONTH_DAY: f"FREQ=MONTHLY;BYMONTHDAY={day.day}",
        Every.QUARTER: f"FREQ=MONTHLY;INTERVAL=3;BYDAY={by_weekday}",
    }[every]
    if count is None:
        if until is None:
            raise Invalid("请填写共几次，或到哪一天为止", {"count": "必填"})
        bounded = rrulestr(
            f"{rule};COUNT={MOST_EVENTS + 1}", dtstart=datetime.combine(day, time.min)
        )
        count = sum(one.date() <= until for one in bounded)
    if not 2 <= count <= MOST_EVENTS:
        raise Invalid(
            f"这样共 {count} 次：一个系列为 2 至 {MOST_EVENTS} 次，请调整次数或截止日期",
            {"count": "须为 2 至 60"},
        )
    return f"{rule};COUNT={count}"


def occurrences(rule: str, starts_at: datetime, zone: ZoneInfo = SHANGHAI) -> list[datetime]:
    """Every beginning by the rule, the first among them, at the same local hour, in UTC order.

    :param rule: an RRULE with a COUNT.
    """
    first = local(starts_at, zone).replace(tzinfo=None)
    return [one.replace(tzinfo=zone) for one in rrulestr(rule, dtstart=first)]


def planned(event: PressEvent, rule: str, zone: ZoneInfo = SHANGHAI) -> list[Slot]:
    """What a series made from ``event`` would take besides the event itself."""
    span = span_of(event)
    return [
        replace(slot_of(event), span=_like(span, moment, zone), event_id=None)
        for moment in occurrences(rule, event.starts_at, zone)[1:]
    ]


def make_series(
    session: Session,
    event: PressEvent,
    rule: str,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> list[PressEvent]:
    """Have an event recur: it is the first; the others begin as proposals of ``actor``.

    :return: the new events.
    :raises WrongState: it belongs to a series already, or is over.
    """
    if event.series_id is not None:
        raise WrongState("这项活动已属于一个系列：请在系列中修改，或另建一项活动")
    if event.state in CLOSED | {EventState.POSTPONED}:
        raise WrongState("活动已结束、取消或推迟，不能据此建立系列：请选择时间确定的活动")
    series = EventSeries(rule=rule, starts_at=event.starts_at, created_at=now)
    session.add(series)
    session.flush()
    event.series_id, event.series_at = series.id, event.starts_at
    made = []
    for slot in planned(event, rule, zone):
        facts = replace(
            facts_of(event),
            starts_at=slot.span.starts_at,
            ends_at=slot.span.ends_at,
            plan_entry=None,
            transcript="",
            evaluation="",
            spokesperson_opinion="",
            leader_opinion="",
        )
        one = enter(session, facts, actor)
        one.series_id, one.series_at = series.id, slot.span.starts_at
        made.append(one)
    session.flush()
    return made


def events_of(session: Session, event: PressEvent) -> list[PressEvent]:
    """All events of the series that an event belongs to, by time; none without a series."""
    if event.series_id is None:
        return []
    query = (
        select(PressEvent)
        .where(PressEvent.series_id == event.series_id)
        .options(joinedload(PressEvent.unit), joinedload(PressEvent.plan_entry))
        .order_by(PressEvent.starts_at, PressEvent.id)
    )
    return list(session.scalars(query))


def meant(session: Session, event: PressEvent, scope: Scope) -> list[PressEvent]:
    """The other events of the series that a scope means, and that can still be changed."""
    if scope is Scope.THIS:
        return []
    return [
        one
        for one in events_of(session, event)
        if one is not event
        and one.state not in CLOSED | TOOK_PLACE
        and (scope is Scope.ALL or one.starts_at >= event.starts_at)
    ]


def edit_series(
    session: Session,
    event: PressEvent,
    facts: EventFacts,
    version_id: int,
    scope: Scope,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> int:
    """Save an event as :func:`edit_event`, and what was changed of it in those that are meant.

    Another time shifts each by as many days and to the same hour. What belongs to one
    occurrence alone (实录, 评估, opinions) stays there. Errors as :func:`edit_event`.

    :return: how many others were changed.
    """
    others = meant(session, event, scope)
    shared = {
        name: getattr(facts, name)
        for name, value in vars(facts_of(event)).items()
        if name not in _OWN | {"plan_entry"} and value != getattr(facts, name)
    }
    span = Span(facts.starts_at, facts.ends_at, facts.all_day)
    shifted = shift(span_of(event), span, zone)
    edit_event(session, event, facts, version_id, actor, now, zone)
    for one in others:
        moved = shifted(one)
        wanted = replace(
            facts_of(one), **shared, starts_at=moved.starts_at, ends_at=moved.ends_at,
            all_day=moved.all_day,
        )  # fmt: skip
        edit_event(session, one, wanted, one.version_id, actor, now, zone)
    return len(others)


def wanted_slots(
    session: Session, event: PressEvent, facts: EventFacts, scope: Scope, zone: ZoneInfo
) -> list[Slot]:
    """What an event, and those that are meant with it, would take after an edit.

    One that is postponed takes nothing.
    """
    span = Span(facts.starts_at, facts.ends_at, facts.all_day)
    shifted = shift(span_of(event), span, zone)
    own = replace(
        slot_of(event, span), place=facts.place, speaker=facts.speaker, unit_id=facts.unit.id
    )
    others = [
        replace(
            slot_of(one, shifted(one)),
            place=facts.place if facts.place != event.place else one.place,
            speaker=facts.speaker if facts.speaker != event.speaker else one.speaker,
            unit_id=facts.unit.id if facts.unit is not event.unit else one.unit_id,
        )
        for one in meant(session, event, scope)
        if one.state is not EventState.POSTPONED
    ]
    return [own, *others]


def series_clashes(
    session: Session, event: PressEvent, rule: str, zone: ZoneInfo = SHANGHAI
) -> list[Clash]:
    """What stands in the way of the events that a rule would add; six queries."""
    return clashes_of(session, planned(event, rule, zone), zone)


def facts_of(event: PressEvent) -> EventFacts:
    """What is written of a stored event, as it was written."""
    return EventFacts(**{name: getattr(event, name) for name in EventFacts.__dataclass_fields__})


def _like(span: Span, moment: datetime, zone: ZoneInfo) -> Span:
    """A span at another time with the same local hours, also where clocks are put forward."""
    if span.ends_at is None:
        return Span(moment, None, span.all_day)
    there = local(span.starts_at, zone).replace(tzinfo=None)
    lasts = local(span.ends_at, zone).replace(tzinfo=None) - there
    end = (local(moment, zone).replace(tzinfo=None) + lasts).replace(tzinfo=zone)
    return Span(moment, end, span.all_day)


def shift(old: Span, new: Span, zone: ZoneInfo) -> Callable[[PressEvent], Span]:
    """How a change of one event's time is carried over to another event.

    Where the time stays as it is, that of the other stays too; a postponed event has none.
    """
    before, after = local(old.starts_at, zone), local(new.starts_at, zone)
    lasts_as_before = old.moved_to(new.starts_at) == new
    days = (after.date() - before.date()).days

    def shifted(event: PressEvent) -> Span:
        own = span_of(event)
        if old == new or event.state is EventState.POSTPONED:
            return own
        day = local(own.starts_at, zone).date() + timedelta(days=days)
        hour = local(own.starts_at, zone).time() if before.time() == after.time() else after.time()
        moment = datetime.combine(day, hour, zone)
        return _like(own if lasts_as_before else new, moment, zone)

    return shifted
