"""Pure arithmetic of the calendar's pages."""

from __future__ import annotations

import calendar
from datetime import date


def month_grid(year: int, month: int) -> list[list[date]]:
    """The weeks of a month, Monday first, each of seven days; spill-over days included."""
    return calendar.Calendar(firstweekday=0).monthdatescalendar(year, month)


def next_month(year: int, month: int, step: int = 1) -> tuple[int, int]:
    """The (year, month) that lies ``step`` months away."""
    index = year * 12 + month - 1 + step
    return index // 12, index % 12 + 1
