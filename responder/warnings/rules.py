"""Pure decisions on warnings: when a step comes, what may wait and until when, what goes together.

Working days begin for people when the night's quiet ends: a step counted in them comes then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from responder.core.clocks import Unit
from responder.core.times import local
from responder.core.work_calendar import WorkCalendar

MOST_REPEATS = 60
MOST_AMOUNT = 1_000
NEWS_FOR = timedelta(days=7)  # a step that came longer ago says nothing new
NEVER_WAITS_UNDER = 24  # running hours
WHOLE = 100  # per cent

# After the first failure, the second, …; then it is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))


class Timing(StrEnum):
    """Where a step lies."""

    BEFORE = "before"
    SHARE = "share"
    DUE = "due"
    AFTER = "after"


class Severity(StrEnum):
    """How grave a warning is (级别), the least first."""

    NOTICE = "notice"
    URGENT = "urgent"
    SEVERE = "severe"


GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}


class StepLike(Protocol):
    """What a step must tell to be placed in time."""

    @property
    def timing(self) -> Timing: ...
    @property
    def amount(self) -> int: ...
    @property
    def repeats(self) -> int: ...


@dataclass(frozen=True)
class Quiet:
    """When nobody is disturbed for what can wait (免打扰).

    :param night_from: equal to ``night_to``: no night.
    :param rest_days: days that are not worked are quiet as a whole.
    """

    night_from: time = time(21)
    night_to: time = time(7, 30)
    rest_days: bool = True

    def holds(self, moment: datetime, calendar: WorkCalendar) -> bool:
        """Whether this moment is quiet.

        :param moment: as the office's clocks show it.
        """
        if self.rest_days and not calendar.is_working(moment.date()):
            return True
        at, begins, ends = moment.time(), self.night_from, self.night_to
        if begins <= ends:
            return begins <= at < ends
        return at >= begins or at < ends


@dataclass(frozen=True)
class Office:
    """The days and hours by which the office lives."""

    calendar: WorkCalendar
    quiet: Quiet
    zone: ZoneInfo

    def opens(self, day: date) -> datetime:
        """When somebody looks on a working day."""
        return datetime.combine(day, self.quiet.night_to, self.zone)

    def open_from(self, moment: datetime) -> datetime:
        """The first moment from this one on that is not quiet."""
        here = local(moment, self.zone)
        if not self.quiet.holds(here, self.calendar):
            return moment
        day = here.date()
        while True:
            candidate = self.opens(day)
            if candidate >= moment and not self.quiet.holds(candidate, self.calendar):
                return candidate
            day += timedelta(days=1)

    def days_before(self, day: date, count: int) -> date:
        """The working day that lies so many working days before."""
        while count:
            day -= timedelta(days=1)
            count -= self.calendar.is_working(day)
        return day


def planned(
    step: StepLike, unit: Unit, length: int, due_at: datetime, office: Office
) -> list[tuple[int, datetime]]:
    """The moments of a step, each with its number from 1.

    :param length: of the clock, with what it was extended by, in its units.
    """
    if step.timing is Timing.DUE:
        return [(1, due_at)]
    if step.timing is Timing.AFTER:
        times = range(1, min(step.repeats, MOST_REPEATS) + 1)
        return [(n, _after(unit, n * step.amount, due_at, office)) for n in times]
    left = _left(step, unit, length) if step.timing is Timing.SHARE else step.amount
    return [(1, _before(unit, left, due_at, office))]


def _left(step: StepLike, unit: Unit, length: int) -> float:
    """How much lies before the end when a share has passed; a day passes with its evening."""
    left = length * (WHOLE - step.amount) / WHOLE
    return left if unit is Unit.HOURS else max(int(left) - 1, 0)


def _before(unit: Unit, left: float, due_at: datetime, office: Office) -> datetime:
    if unit is Unit.HOURS:
        return due_at - timedelta(hours=left)
    last_day = local(due_at, office.zone).date()
    return office.opens(office.days_before(last_day, int(left)))


def _after(unit: Unit, amount: int, due_at: datetime, office: Office) -> datetime:
    if unit is Unit.HOURS:
        return due_at + timedelta(hours=amount)
    last_day = local(due_at, office.zone).date()
    return office.opens(office.calendar.add_working_days(last_day, max(amount, 1)))


@dataclass(frozen=True)
class Come:
    """A step whose moment has come."""

    step_id: int
    number: int
    at: datetime
    severity: Severity


def latest(
    moments: Iterable[Come], started_at: datetime, last: datetime | None, now: datetime
) -> Come | None:
    """What is to be said now: the last that has come, when nothing as late was said before.

    Whatever came before it and was missed, as while nothing ran, is passed over.

    :param last: the moment of the latest step that was said of this end.
    """
    since = max(started_at, now - NEWS_FOR)
    news = [one for one in moments if since < one.at <= now and (last is None or one.at > last)]
    return max(news, key=lambda one: (one.at, GRAVITY[one.severity], one.step_id), default=None)


def may_wait(allowed: bool, unit: Unit, length: int) -> bool:
    """Whether a warning may be held at all: never when the clock gives less than a day."""
    return allowed and not (unit is Unit.HOURS and length < NEVER_WAITS_UNDER)


def send_from(now: datetime, due_at: datetime, waits: bool, office: Office) -> datetime:
    """When a warning may disturb somebody: now, or when quiet hours end.

    What would come too late when held is not held.
    """
    opens = office.open_from(now) if waits else now
    return now if now < due_at <= opens else opens


Anything = TypeVar("Anything")


def parcels(waiting: Sequence[Anything], digest_over: int) -> list[list[Anything]]:
    """What goes out to one receiver at one look: each on its own, or all in one."""
    if len(waiting) > digest_over:
        return [list(waiting)]
    return [[one] for one in waiting]


def next_try(now: datetime, tries: int) -> datetime | None:
    """When to try again after so many failures; None: not any more."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None
