"""When a recurring entry of a calendar file takes place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Component
from icalendar.error import BrokenCalendarProperty

AHEAD = timedelta(days=366)
MOST_OCCURRENCES = 366

# Nothing is released every hour; and such rules have more dates than a machine can count.
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
MOST_OCCURRENCES = 366


class BadRule(Exception):
    """A rule that cannot be followed; the message tells the person who sent it."""


def occurrences(
    component: Component, begins: date | datetime, today: date
) -> list[date] | list[datetime]:
    """The dates of a recurring entry from ``today`` on, for a year, the earliest first.

    Counted by the clock of the entry's own zone, so that nine o'clock stays nine o'clock. A day
    gives days, a moment moments in its zone.

    :param begins: its DTSTART, aware if it is a moment.
    :raises BadRule: the rule is none, or goes too far.
    """
    zone = begins.tzinfo if isinstance(begins, datetime) else None
    first = _clock(begins, zone)
    opens = datetime.combine(today, time.min)
    closes = opens + AHEAD
    moments = {first, *_added(component, zone)}
    for rule in _listed(component.get("RRULE")):
        moments.update(_by_rule(rule, first, closes, zone))
    moments -= _excluded(component, moments, zone)
    chosen = sorted(one for one in moments if opens <= one < closes)
    if len(chosen) > MOST_OCCURRENCES:
        raise BadRule(f"重复太多：一年最多 {MOST_OCCURRENCES} 次，请在原日历中分开")
    if zone is None:
        return [one.date() for one in chosen]
    return [one.replace(tzinfo=zone) for one in chosen]


def _by_rule(
    rule: Any, first: datetime, closes: datetime, zone: tzinfo | None
) -> Iterable[datetime]:
    try:
        parts = {name.upper(): list(values) for name, values in rule.items()}
        frequency = str(parts["FREQ"][0]).upper()
        interval = int(parts.get("INTERVAL", [1])[0])
        count = int(parts["COUNT"][0]) if "COUNT" in parts else None
        until = parts.get("UNTIL", [None])[0]
    except (BrokenCalendarProperty, AttributeError, KeyError, IndexError, ValueError) as error:
        raise BadRule("重复规则（RRULE）无法识别") from error
    often = any(len(parts.get(name, [])) > 1 for name in TIMES_OF_DAY)
    known = frequency in FREQUENCIES and interval >= 1 and (count is None or count >= 1)
    if often or not known:
        raise BadRule("重复规则（RRULE）无法识别，只支持按日、周、月、年重复")
    last = closes if until is None else min(closes, _end(until, zone))
    kept = [
        part
        for part in rule.to_ical().decode().split(";")
        if part.partition("=")[0].upper() not in {"COUNT", "UNTIL"}
    ]
    try:
        dates = rrulestr(";".join([*kept, f"UNTIL={last:%Y%m%dT%H%M%S}"]), dtstart=first)
        # The count runs from the beginning, also over what has passed.
        return list(islice(dates, count))
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRule("重复规则（RRULE）无法识别") from error


def _end(until: Any, zone: tzinfo | None) -> datetime:
    """The last moment of a rule by the entry's own clock; a day counts to its end."""
    if isinstance(until, datetime):
        return _clock(until, zone)
    return datetime.combine(until, time.max.replace(microsecond=0))


def _added(component: Component, zone: tzinfo | None) -> set[datetime]:
    return {_clock(one, zone) for one in _dates(component.get("RDATE"))}


def _excluded(
    component: Component, moments: Iterable[datetime], zone: tzinfo | None
) -> set[datetime]:
    """Those of ``moments`` that EXDATE names, by the moment or by the day."""
    named = _dates(component.get("EXDATE"))
    exact = {_clock(one, zone) for one in named}
    days = {one for one in named if not isinstance(one, datetime)}
    return {one for one in moments if one in exact or one.date() in days}


def _dates(value: Any) -> list[date | datetime]:
    """All dates of a property that may be there several times and hold several each."""
    found: list[Any] = []
    for one in _listed(value):
        try:
            found.extend(each.dt for each in one.dts)
        except (BrokenCalendarProperty, AttributeError) as error:
            raise BadRule("重复日期（RDATE 或 EXDATE）无法识别") from error
    return [one[0] if isinstance(one, tuple) else one for one in found]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _clock(moment: date | datetime, zone: tzinfo | None) -> datetime:
    """What the clock shows in the entry's zone; a day begins at its midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min)
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(zone or UTC).replace(tzinfo=None)
