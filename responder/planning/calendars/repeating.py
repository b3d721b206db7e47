"""The dates of a recurrence rule (RFC 5545, 3.3.10), found in a bounded number of steps.

A rule may ask for a day that never comes (the 30th of February); whoever looks for it until
it is found looks until the end of the calendar. Here nothing is looked at after the last moment
that is wanted, and all rules of one file share a :class:`Budget`.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum


class Frequency(StrEnum):
    """What a rule counts. Nothing is released every hour."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True)
class Rule:
    """An RRULE. An empty set asks for nothing; numbers below 0 count from the end.

    :param last: the last moment, by the clock of the entry.
    :param count: how many dates there are from the first on; None: as many as there are.
    :param weekdays: (which of them in the month or year, or 0 for each; Monday is 0).
    :param places: which of the days of each period are taken (BYSETPOS).
    :param week_start: the first day of a week, Monday is 0.
    :param at: the time of day; None is that of the entry.
    """

    frequency: Frequency
    last: datetime
    interval: int = 1
    count: int | None = None
    months: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()
    places: frozenset[int] = frozenset()
    week_start: int = 0
    at: time | None = None


class Exhausted(Exception):
    """The rules of a file ask for more days to be looked at than anybody waits for."""


class Budget:
    """How many days may still be looked at."""

    def __init__(self, days: int) -> None:
        self._left = days

    def spend(self, days: int) -> None:
        """:raises Exhausted: that is more than there are left."""
        self._left -= days
        if self._left < 0:
            raise Exhausted


def dates_by(rule: Rule, first: datetime, opens: datetime, budget: Budget) -> list[datetime]:
    """When a rule has an entry take place, in time order; what lies before ``opens`` may lack.

    :param first: the entry's own beginning, by its clock; nothing is before it.
    :raises Exhausted: the budget is used up.
    """
    rule = _completed(rule, first)
    at = first.time() if rule.at is None else rule.at
    found: list[datetime] = []
    for days in _periods(rule, first.date(), opens.date()):
        budget.spend(len(days))
        for day in _placed(rule, [day for day in days if _fits(rule, day)]):
            moment = datetime.combine(day, at)
            if moment > rule.last:
                return found
            if moment >= first:
                found.append(moment)
            if len(found) == rule.count:
                return found
    return found


def _completed(rule: Rule, first: datetime) -> Rule:
    """What the rule leaves open, taken from the entry's own beginning."""
    if rule.weeks or rule.year_days or rule.month_days or rule.weekdays:
        return rule
    if rule.frequency is Frequency.WEEKLY:
        return replace(rule, weekdays=frozenset({(0, first.weekday())}))
    if rule.frequency is Frequency.DAILY:
        return rule
    months = rule.months
    if rule.frequency is Frequency.YEARLY and not months:
        months = frozenset({first.month})
    return replace(rule, months=months, month_days=frozenset({first.day}))


def _periods(rule: Rule, first: date, opens: date) -> Iterator[list[date]]:
    """The days of each period that the rule counts. A count runs from the beginning."""
    index, days = _COUNTED[rule.frequency](rule)
    start = index(first)
    if rule.count is None:
        start += max(0, index(opens) - start) // rule.interval * rule.interval
    return (days(number) for number in range(start, index(rule.last.date()) + 1, rule.interval))


_Counting = tuple[Callable[[date], int], Callable[[int], list[date]]]


def _by_day(_rule: Rule) -> _Counting:
    return date.toordinal, lambda number: [date.fromordinal(number)]


def _by_week(rule: Rule) -> _Counting:
    begins = 1 + rule.week_start  # the first day of the calendar is a Monday
    return (
        lambda day: (day.toordinal() - begins) // 7,
        lambda number: [date.fromordinal(number * 7 + begins + n) for n in range(7)],
    )


def _by_month(_rule: Rule) -> _Counting:
    return lambda day: day.year * 12 + day.month - 1, lambda number: _month(*divmod(number, 12))


def _by_year(_rule: Rule) -> _Counting:
    return (
        lambda day: day.year,
        lambda number: [day for month in range(12) for day in _month(number, month)],
    )


_COUNTED = {
    Frequency.DAILY: _by_day,
    Frequency.WEEKLY: _by_week,
    Frequency.MONTHLY: _by_month,
    Frequency.YEARLY: _by_year,
}


def _month(year: int, index: int) -> list[date]:
    month = index + 1
    return [date(year, month, n + 1) for n in range(calendar.monthrange(year, month)[1])]


def _fits(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and not rule.month_days & _both_ways(day.day, _length_of_month(day)):
        return False
    if rule.year_days and not rule.year_days & _both_ways(_day_of_year(day), _length_of_year(day)):
        return False
    if rule.weeks and not rule.weeks & _week_numbers(day, rule.week_start):
        return False
    return not rule.weekdays or bool(rule.weekdays & _weekdays(rule, day))


def _weekdays(rule: Rule, day: date) -> set[tuple[int, int]]:
    """What a day is called: each Tuesday, the second one, the last but one."""
    called = {(0, day.weekday())}
    if rule.frequency in (Frequency.MONTHLY, Frequency.YEARLY):
        place, length = day.day, _length_of_month(day)
        if rule.frequency is Frequency.YEARLY and not rule.months:
            place, length = _day_of_year(day), _length_of_year(day)
        called |= {
            ((place - 1) // 7 + 1, day.weekday()),
            (-((length - place) // 7 + 1), day.weekday()),
        }
    return called


def _placed(rule: Rule, days: list[date]) -> list[date]:
    if not rule.places:
        return days
    return [
        day for place, day in enumerate(days, start=1) if rule.places & _both_ways(place, len(days))
    ]


def _both_ways(place: int, length: int) -> set[int]:
    """A place counted from the beginning, from 1, and from the end, from -1."""
    return {place, place - length - 1}


def _length_of_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _length_of_year(day: date) -> int:
    return 366 if calendar.isleap(day.year) else 365


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday


def _week_numbers(day: date, week_start: int) -> set[int]:
    """The number of its week, which belongs to the year that holds its fourth day."""
    number, year = _week(day, week_start)
    last, of_year = _week(date(year, 12, 31), week_start)
    if of_year != year:
        last, _ = _week(date(year, 12, 24), week_start)
    return _both_ways(number, last)


def _week(day: date, week_start: int) -> tuple[int, int]:
    fourth = date.fromordinal(day.toordinal() - (day.weekday() - week_start) % 7 + 3)
    return (_day_of_year(fourth) - 1) // 7 + 1, fourth.year
