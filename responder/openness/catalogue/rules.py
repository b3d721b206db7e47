"""Pure decisions on the catalogue: when something is due, how urgent that is, how deep a tree."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from responder.core.work_calendar import WorkCalendar

WARN_WORKING_DAYS = 3
MOST_LEVELS = 3
MOST_LEFT = 30  # working days are counted no further


class Cadence(StrEnum):
    """How often something must appear in a column (更新周期)."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"


CADENCE_LABELS = {
    Cadence.DAILY: "每日",
    Cadence.WEEKLY: "每周",
    Cadence.MONTHLY: "每月",
    Cadence.QUARTERLY: "每季",
    Cadence.YEARLY: "每年",
    Cadence.IRREGULAR: "不定期",
}


class LimitUnit(StrEnum):
    """In what the site check counts."""

    DAYS = "days"
    MONTHS = "months"


LIMIT_LABELS = {LimitUnit.DAYS: "天", LimitUnit.MONTHS: "个月"}


class Urgency(StrEnum):
    """How a column stands, the most urgent first."""

    LATE = "late"
    SOON = "soon"
    FINE = "fine"


URGENCY_LABELS = {Urgency.LATE: "已超期", Urgency.SOON: "即将超期", Urgency.FINE: "正常"}
_ORDER = {Urgency.LATE: 0, Urgency.SOON: 1, Urgency.FINE: 2}


def limit_words(limit: int, unit: LimitUnit) -> str:
    """``14 天``, ``6 个月``."""
    return f"{limit} {LIMIT_LABELS[unit]}"


@dataclass(frozen=True)
class Obligation:
    """What a column owes.

    :param since: its first day: from then on something is due even if nothing ever appeared.
    :param last: the day of its last item; None when there is none.
    :param limit: of the site check, with its unit; None where it checks nothing.
    """

    cadence: Cadence
    since: date
    last: date | None
    limit: tuple[int, LimitUnit] | None = None


@dataclass(frozen=True)
class Due:
    """Until when something must appear, and how urgent that is.

    :param cadence_by: the last day that keeps the cadence; None without one.
    :param check_by: the last day on which the site check still lets the column pass.
    :param by: the earlier of the two.
    :param left: working days after today until ``by``, at most :data:`MOST_LEFT`; below 0 the
        days that it has passed.
    """

    cadence_by: date | None
    check_by: date | None
    by: date
    left: int
    urgency: Urgency

    def missed_cadence(self, today: date) -> date | None:
        """The first day on which the cadence was broken; None while it is kept."""
        if self.cadence_by is None or self.cadence_by >= today:
            return None
        return self.cadence_by + timedelta(days=1)

    def fails_check(self, today: date) -> bool:
        return self.check_by is not None and self.check_by < today

    @property
    def rank(self) -> tuple[int, date]:
        """For sorting: late before soon, the oldest first."""
        return _ORDER[self.urgency], self.by


def due(owed: Obligation, today: date, working: WorkCalendar) -> Due | None:
    """Until when a column must show something; None when it owes nothing.

    The site check warns three working days before; a cadence, too, except that what is due each
    day is told on that day alone.
    """
    cadence_by = cadence_due(owed.cadence, owed.last, owed.since)
    check_by = check_due(owed.last or owed.since, owed.limit)
    urgencies = [_urgency(day, today, working) for day in (check_by,) if day is not None]
    if cadence_by is not None and cadence_by >= today and owed.cadence is Cadence.DAILY:
        urgencies.append(Urgency.SOON if cadence_by == today else Urgency.FINE)
    elif cadence_by is not None:
        urgencies.append(_urgency(cadence_by, today, working))
    if not urgencies:
        return None
    by = min(day for day in (cadence_by, check_by) if day is not None)
    urgency = min(urgencies, key=_ORDER.__getitem__)
    return Due(cadence_by, check_by, by, _left(by, today, working, MOST_LEFT), urgency)


def cadence_due(cadence: Cadence, last: date | None, since: date) -> date | None:
    """The last day of the period in which the next item must appear.

    After an item that is the period (day, week from Monday, month, quarter, year) that follows
    its own; before any item it is the period of the column's first day.
    """
    if cadence is Cadence.IRREGULAR:
        return None
    if last is None:
        return _end_of_period(cadence, since)
    return _end_of_period(cadence, _end_of_period(cadence, last) + timedelta(days=1))


def check_due(last: date, limit: tuple[int, LimitUnit] | None) -> date | None:
    """The last day that a column may stand still: so many days or months after its last item."""
    if limit is None:
        return None
    length, unit = limit
    if unit is LimitUnit.DAYS:
        return last + timedelta(days=length)
    return add_months(last, length)


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _end_of_period(cadence: Cadence, day: date) -> date:
    if cadence is Cadence.DAILY:
        return day
    if cadence is Cadence.WEEKLY:
        return day + timedelta(days=6 - day.weekday())
    months = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}[cadence]
    last_month = (day.month - 1) // months * months + months
    return date(day.year, last_month, calendar.monthrange(day.year, last_month)[1])


def _urgency(day: date, today: date, working: WorkCalendar) -> Urgency:
    if day < today:
        return Urgency.LATE
    near = _left(day, today, working, WARN_WORKING_DAYS + 1) <= WARN_WORKING_DAYS
    return Urgency.SOON if near else Urgency.FINE


def _left(day: date, today: date, working: WorkCalendar, most: int) -> int:
    """Working days after today until ``day``, counted up to ``most``."""
    if day < today:
        return (day - today).days
    left, current = 0, today
    while current < day and left < most:
        current += timedelta(days=1)
        left += working.is_working(current)
    return left


def level(column_id: int, parents: Mapping[int, int | None]) -> int:
    """How deep a column stands, from 1; more than :data:`MOST_LEVELS` where it goes in circles."""
    depth, current = 1, parents.get(column_id)
    while current is not None and depth <= MOST_LEVELS:
        depth += 1
        current = parents.get(current)
    return depth


def deepest(parents: Mapping[int, int | None]) -> int:
    """The depth of a whole tree, from 1; 0 of none."""
    return max((level(one, parents) for one in parents), default=0)
