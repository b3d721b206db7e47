"""When a recurring entry of a calendar file takes place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Component
from icalendar.error import BrokenCalendarProperty

from responder.planning.calendars.repeating import Budget, Frequency, Rule, dates_by

AHEAD = timedelta(days=366)
MOST_OCCURRENCES = 366

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NTH_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)

# Parts of a rule that are lists of numbers: what they are called here, and how far they go.
_NUMBERS = {
    "BYMONTH": ("months", 1, 12),
    "BYWEEKNO": ("weeks", -53, 53),
    "BYYEARDAY": ("year_days", -366, 366),
    "BYMONTHDAY": ("month_days", -31, 31),
    "BYSETPOS": ("places", -366, 366),
}
_TIMES = {"BYHOUR": "hour", "BYMINUTE": "minute", "BYSECOND": "second"}
_READ = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *_NUMBERS, *_TIMES})


class BadRule(Exception):
    """A rule that cannot be followed; the message tells the person who sent it."""


def dates_of(
    component: Component, begins: date | datetime, today: date, budget: Budget
) -> list[date] | list[datetime]:
    """The dates of a recurring entry from ``today`` on, for a year, the earliest first.

    Counted by the clock of the entry's own zone, so that nine o'clock stays nine o'clock. A day
    gives days, a moment moments in its zone.

    :param begins: its DTSTART, aware if it is a moment.
    :param budget: what the rules of the whole file may still look at.
    :raises BadRule: the rule is none, or goes too far.
    :raises Exhausted: the budget is used up.
    """
    zone = begins.tzinfo if isinstance(begins, datetime) else None
    first = _clock(begins, zone)
    opens = datetime.combine(today, time.min)
    closes = opens + AHEAD
    moments = {first, *_added(component, zone)}
    for one in _listed(component.get("RRULE")):
        rule = _rule(one, first, closes, zone)
        moments.update(dates_by(rule, first, opens, budget))
    moments -= _excluded(component, moments, zone)
    chosen = sorted(one for one in moments if opens <= one < closes)
    if len(chosen) > MOST_OCCURRENCES:
        raise BadRule(f"重复太多：一年最多 {MOST_OCCURRENCES} 次，请在原日历中分开")
    if zone is None:
        return [one.date() for one in chosen]
    return [one.replace(tzinfo=zone) for one in chosen]


def _rule(value: Any, first: datetime, closes: datetime, zone: tzinfo | None) -> Rule:
    """An RRULE as it stands in the file, understood.

    :param closes: after this nobody looks, however long the rule goes on.
    """
    try:
        parts = {name.upper(): list(values) for name, values in value.items()}
    except (BrokenCalendarProperty, AttributeError) as error:
        raise BadRule("重复规则（RRULE）无法识别") from error
    words = {name: [str(one).upper() for one in values] for name, values in parts.items()}
    often = any(len(words.get(name, [])) > 1 for name in _TIMES)
    frequency = next((one for one in Frequency if [one] == words.get("FREQ")), None)
    if frequency is None or often or words.keys() - _READ:
        raise BadRule("重复规则（RRULE）无法识别，只支持按日、周、月、年重复")
    (until,) = parts.get("UNTIL", [None])[:1]
    numbers = {
        name: frozenset(_number(word, least, most) for word in words.get(part, []))
        for part, (name, least, most) in _NUMBERS.items()
    }
    return Rule(
        frequency=frequency,
        last=closes if until is None else min(closes, _end(until, zone)),
        interval=_number(words.get("INTERVAL", ["1"])[0], 1, 2**31),
        count=_number(words["COUNT"][0], 1, 2**31) if "COUNT" in words else None,
        weekdays=frozenset(_weekday(word) for word in words.get("BYDAY", [])),
        week_start=_weekday(words.get("WKST", ["MO"])[0])[1],
        at=_time(words, first),
        **numbers,
    )


def _number(word: str, least: int, most: int) -> int:
    """A number within bounds; 0 is none, wherever a rule counts."""
    found = int(word) if re.fullmatch(r"[+-]?\d{1,10}", word, re.ASCII) else 0
    if not found or not least <= found <= most:
        raise BadRule("重复规则（RRULE）无法识别：其中的数字不在可能的范围内")
    return found


def _weekday(word: str) -> tuple[int, int]:
    """(which of them, or 0 for each; the weekday, Monday is 0)."""
    found = _NTH_WEEKDAY.fullmatch(word)
    if found is None:
        raise BadRule("重复规则（RRULE）无法识别：其中的星期写法不对")
    nth, name = found.groups()
    return _number(nth, -53, 53) if nth else 0, _WEEKDAYS.index(name)


def _time(words: Mapping[str, list[str]], first: datetime) -> time:
    """The time of day: the entry's own, but for what the rule says of it."""
    try:
        said: dict[str, Any] = {
            name: int(words[part][0]) for part, name in _TIMES.items() if part in words
        }
        return first.time().replace(**said)
    except (IndexError, ValueError) as error:
        raise BadRule("重复规则（RRULE）无法识别：其中的时刻不存在") from error


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
