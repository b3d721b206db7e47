from __future__ import annotations

from datetime import date, timedelta

import pytest

from responder.planning.calendars import rules


@pytest.mark.parametrize(
    ("year", "month", "first", "last", "weeks"),
    [
        (2026, 11, date(2026, 10, 26), date(2026, 12, 6), 6),  # begins on a Sunday
        (2027, 2, date(2027, 2, 1), date(2027, 2, 28), 4),  # fills four weeks exactly
        (2028, 2, date(2028, 1, 31), date(2028, 3, 5), 5),  # leap year
        (2026, 12, date(2026, 11, 30), date(2027, 1, 3), 5),  # runs over into the next year
        (2026, 1, date(2025, 12, 29), date(2026, 2, 1), 5),  # and in from the last
    ],
)
def test_a_month_is_whole_weeks_from_monday(
    year: int, month: int, first: date, last: date, weeks: int
) -> None:
    grid = rules.month_grid(year, month)
    days = [day for week in grid for day in week]
    assert (days[0], days[-1], len(grid)) == (first, last, weeks)
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in grid)
    assert days == [first + timedelta(days=n) for n in range(len(days))]


@pytest.mark.parametrize(
    ("year", "month", "step", "expected"),
    [
        (2026, 12, 1, (2027, 1)),
        (2026, 1, -1, (2025, 12)),
        (2026, 6, 1, (2026, 7)),
        (2026, 6, -18, (2024, 12)),
    ],
)
def test_the_next_month_may_lie_in_another_year(
    year: int, month: int, step: int, expected: tuple[int, int]
) -> None:
    assert rules.next_month(year, month, step) == expected
