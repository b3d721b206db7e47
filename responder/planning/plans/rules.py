"""Pure decisions on the plan: what of it was done, and what is late."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 2000, 2100


def is_possible_day(year: int, month: int, day: int | None) -> bool:
    """Whether such a day exists; a month without a day always does."""
    return day is None or 1 <= day <= calendar.monthrange(year, month)[1]


class Progress(StrEnum):
    """What became of a row of the plan (计划执行情况)."""

    HELD = "held"
    UNDER_WAY = "under_way"
    WAITING = "waiting"
    OVERDUE = "overdue"


PROGRESS_LABELS = {
    Progress.HELD: "已举行",
    Progress.UNDER_WAY: "推进中",
    Progress.WAITING: "未到时间",
    Progress.OVERDUE: "逾期未办",
}


def entry_progress(
    took_place: Sequence[bool], year: int, month: int, day: int | None, today: date
) -> Progress:
    """How far one row of the plan has come.

    :param took_place: of each event that it led to and that was not given up.

    A row is overdue when its day (its month's end, where no day is set) has passed and
    nothing was held; a postponed event does not excuse it.
    """
    if any(took_place):
        return Progress.HELD
    planned = date(year, month, day or calendar.monthrange(year, month)[1])
    if today > planned:
        return Progress.OVERDUE
    return Progress.UNDER_WAY if took_place else Progress.WAITING


def tally(progress: Iterable[Progress]) -> dict[Progress, int]:
    """How many rows stand where; every kind is named, also those with none."""
    counts = dict.fromkeys(Progress, 0)
    for one in progress:
        counts[one] += 1
    return counts


class Figure(StrEnum):
    """A column of the plan against what came of it (计划执行对照)."""

    BASELINE = "baseline"
    NOW = "now"
    HELD = "held"
    PENDING = "pending"
    LATE = "late"
    CANCELLED = "cancelled"
    OUTSIDE = "outside"


FIGURE_LABELS = {
    Figure.BASELINE: "审议通过",
    Figure.NOW: "现列计划",
    Figure.HELD: "已举行",
    Figure.PENDING: "待举行",
    Figure.LATE: "逾期未办",
    Figure.CANCELLED: "取消",
    Figure.OUTSIDE: "计划外举行",
}

FIGURE_OF = {
    Progress.HELD: Figure.HELD,
    Progress.UNDER_WAY: Figure.PENDING,
    Progress.WAITING: Figure.PENDING,
    Progress.OVERDUE: Figure.LATE,
}


class Grouping(StrEnum):
    """What the figures are counted by."""

    UNIT = "unit"
    FORM = "form"
    MONTH = "month"
    QUARTER = "quarter"


GROUPING_LABELS = {
    Grouping.UNIT: "按单位",
    Grouping.FORM: "按形式",
    Grouping.MONTH: "按月份",
    Grouping.QUARTER: "按季度",
}


@dataclass(frozen=True)
class Counted:
    """One row of the plan, of its baseline, or an event outside of it, and where it counts.

    :param source: the row or event itself.
    """

    source: object
    unit: int
    form: str
    month: int
    figures: frozenset[Figure]

    def group(self, by: Grouping) -> int | str:
        """The group that it falls into: unit id, form, month, or quarter from 1."""
        groups: dict[Grouping, int | str] = {
            Grouping.UNIT: self.unit,
            Grouping.FORM: self.form,
            Grouping.MONTH: self.month,
            Grouping.QUARTER: quarter_of(self.month),
        }
        return groups[by]


def quarter_of(month: int) -> int:
    return (month + 2) // 3


def count_figures(counted: Iterable[Counted]) -> dict[Figure, int]:
    """How many count in each column; every column is named."""
    totals = dict.fromkeys(Figure, 0)
    for one in counted:
        for figure in one.figures:
            totals[figure] += 1
    return totals


def count_by(counted: Iterable[Counted], by: Grouping) -> dict[int | str, dict[Figure, int]]:
    """Group → its figures, for the groups that have any."""
    groups: dict[int | str, list[Counted]] = {}
    for one in counted:
        groups.setdefault(one.group(by), []).append(one)
    return {group: count_figures(members) for group, members in groups.items()}


@dataclass(frozen=True)
class Term:
    """A quarter, a half or a whole year that a rule counts over; both days belong to it."""

    label: str
    first_day: date
    last_day: date


class Timing(StrEnum):
    """Whether a term is over."""

    OVER = "over"
    RUNNING = "running"
    TO_COME = "to_come"


TIMING_LABELS = {Timing.OVER: "已结束", Timing.RUNNING: "进行中", Timing.TO_COME: "未到"}


# Period → its months, and the letter that numbers it in the year.
_PERIODS = {"quarter": (3, "Q"), "half_year": (6, "H"), "year": (12, "")}


def terms_of(period: str, year: int) -> list[Term]:
    """The parts of a year by the period's code: ``2026-Q1`` to ``Q4``, two halves, or itself."""
    months, letter = _PERIODS[period]
    return [
        Term(
            f"{year}-{letter}{last // months}" if letter else str(year),
            date(year, last - months + 1, 1),
            date(year, last, calendar.monthrange(year, last)[1]),
        )
        for last in range(months, 13, months)
    ]


def timing_of(term: Term, today: date) -> Timing:
    if today > term.last_day:
        return Timing.OVER
    return Timing.RUNNING if today >= term.first_day else Timing.TO_COME


@dataclass(frozen=True)
class Quota:
    """What one unit held in one term, against what a rule asks."""

    term: Term
    timing: Timing
    held: int
    missing: int

    @property
    def is_short(self) -> bool:
        """Whether the unit failed; of a term that still runs nobody can say so."""
        return self.timing is Timing.OVER and self.missing > 0


def quotas(days: Sequence[date], period: str, least: int, year: int, today: date) -> list[Quota]:
    """A unit's standing in each term of the year.

    :param days: on which it held what counts.
    """
    found = []
    for term in terms_of(period, year):
        held = sum(term.first_day <= day <= term.last_day for day in days)
        found.append(Quota(term, timing_of(term, today), held, max(0, least - held)))
    return found
