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
    CANCELLED = "cancelled"


PROGRESS_LABELS = {
    Progress.HELD: "已举行",
    Progress.UNDER_WAY: "推进中",
    Progress.WAITING: "未到时间",
    Progress.OVERDUE: "逾期未办",
    Progress.CANCELLED: "已取消",
}


@dataclass(frozen=True)
class EventFate:
    """Of one event that a row led to: whether it took place, or was given up."""

    took_place: bool
    cancelled: bool


def entry_progress(
    fates: Sequence[EventFate], year: int, month: int, day: int | None, today: date
) -> Progress:
    """How far one row of the plan has come.

    A row is overdue when its day (its month's end, where no day is set) has passed and
    nothing was held; a postponed event does not excuse it.
    """
    if any(fate.took_place for fate in fates):
        return Progress.HELD
    if fates and all(fate.cancelled for fate in fates):
        return Progress.CANCELLED
    planned = date(year, month, day or calendar.monthrange(year, month)[1])
    if today > planned:
        return Progress.OVERDUE
    return Progress.UNDER_WAY if fates else Progress.WAITING


def tally(progress: Iterable[Progress]) -> dict[Progress, int]:
    """How many rows stand where; every kind is named, also those with none."""
    counts = dict.fromkeys(Progress, 0)
    for one in progress:
        counts[one] += 1
    return counts
