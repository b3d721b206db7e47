"""Pure arithmetic of the calendar's pages: which days a page shows, and which page is next."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

Week = tuple[date, ...]


class View(StrEnum):
    """How a stretch of the calendar is shown."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    AGENDA = "agenda"


VIEW_LABELS = {
    View.MONTH: "月",
    View.QUARTER: "季",
    View.YEAR: "年",
    View.AGENDA: "日程",
}

_MONTHS = {View.MONTH: 1, View.QUARTER: 3, View.YEAR: 12, View.AGENDA: 1}


def month_grid(year: int, month: int) -> list[list[date]]:
    """The weeks of a month, Monday first, each of seven days; spill-over days included."""
    return calendar.Calendar(firstweekday=0).monthdatescalendar(year, month)


def next_month(year: int, month: int, step: int = 1) -> tuple[int, int]:
    """The (year, month) that lies ``step`` months away."""
    index = year * 12 + month - 1 + step
    return index // 12, index % 12 + 1


@dataclass(frozen=True)
class Span:
    """What one page shows.

    ``month`` is the month that was asked for; it stays while the view changes, so that the
    way from a month to its year and back ends where it began.
    """

    view: View
    year: int
    month: int

    @property
    def months(self) -> tuple[int, ...]:
        """The months of the page; they never lie in two years."""
        length = _MONTHS[self.view]
        first = (self.month - 1) // length * length + 1
        return tuple(range(first, first + length))

    @property
    def quarter(self) -> int:
        """1–4."""
        return (self.month - 1) // 3 + 1

    @property
    def first(self) -> date:
        """The first day that is drawn: the Monday of the first month's first week."""
        return month_grid(self.year, self.months[0])[0][0]

    @property
    def last(self) -> date:
        """The last day that is drawn."""
        return month_grid(self.year, self.months[-1])[-1][-1]

    def moved(self, step: int) -> Span:
        """The page of the same view ``step`` pages away."""
        return Span(self.view, *next_month(self.year, self.month, step * _MONTHS[self.view]))

    def shown_as(self, view: View) -> Span:
        """The same time in another view."""
        return Span(view, self.year, self.month)


def days_between(first: date, last: date) -> Iterable[date]:
    """Each day from the first to the last, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def last_day(starts_at: datetime, ends_at: datetime | None) -> date:
    """The last day that something touches. An end at midnight does not touch that day.

    :param starts_at: local; so is ``ends_at``, which None leaves open.
    """
    if ends_at is None or ends_at <= starts_at:
        return starts_at.date()
    return (ends_at - timedelta(microseconds=1)).date()


@dataclass(frozen=True)
class Lane:
    """One topic under a row of days: its heat of each day, None where it had none."""

    topic_id: int
    label: str
    heats: tuple[tuple[date, float | None], ...]

    @property
    def top(self) -> float:
        """Its hottest day."""
        return max(heat for _, heat in self.heats if heat is not None)


def hottest(
    heats: Mapping[int, Mapping[date, float]], days: Iterable[date], limit: int
) -> list[int]:
    """Ids of the topics that gave these days the most heat, the most first.

    :param heats: topic id → day → heat 0–100.
    """
    among = set(days)
    sums = {
        topic_id: sum(heat for day, heat in of_days.items() if day in among)
        for topic_id, of_days in heats.items()
    }
    warm = [topic_id for topic_id, total in sums.items() if total > 0]
    return sorted(warm, key=lambda topic_id: (-sums[topic_id], topic_id))[:limit]


def lane(topic_id: int, label: str, heats: Mapping[date, float], days: Iterable[date]) -> Lane:
    """The lane of a topic under these days."""
    return Lane(topic_id, label, tuple((day, heats.get(day)) for day in days))
