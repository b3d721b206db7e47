from __future__ import annotations

from datetime import date, datetime, timedelta

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


@pytest.mark.parametrize(
    ("view", "forward", "back"),
    [
        (rules.View.MONTH, (2026, 12), (2026, 10)),
        (rules.View.AGENDA, (2026, 12), (2026, 10)),
        (rules.View.QUARTER, (2027, 2), (2026, 8)),
        (rules.View.YEAR, (2027, 11), (2025, 11)),
    ],
)
def test_a_page_is_followed_by_the_next_of_its_kind(
    view: rules.View, forward: tuple[int, int], back: tuple[int, int]
) -> None:
    span = rules.Span(view, 2026, 11)
    assert span.moved(1) == rules.Span(view, *forward)
    assert span.moved(-1) == rules.Span(view, *back)


def test_the_month_stays_while_the_view_changes() -> None:
    month = rules.Span(rules.View.MONTH, 2026, 11)
    assert month.shown_as(rules.View.YEAR).shown_as(rules.View.MONTH) == month
    assert month.shown_as(rules.View.QUARTER).months == (10, 11, 12)
    assert month.quarter == 4


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour)


@pytest.mark.parametrize(
    ("starts", "ends", "last"),
    [
        (at(20, 9), None, 20),
        (at(20, 9), at(20, 11), 20),
        (at(20), at(21), 20),  # an end at midnight is the end of the day before
        (at(20, 22), at(21, 1), 21),
        (at(20, 9), at(19), 20),
    ],
)
def test_an_end_at_midnight_does_not_touch_the_next_day(
    starts: datetime, ends: datetime | None, last: int
) -> None:
    assert rules.last_day(starts, ends) == date(2026, 11, last)


def test_the_topics_that_gave_the_days_most_heat_are_chosen() -> None:
    days = [date(2026, 11, n) for n in (1, 2, 3)]
    heats = {
        1: {days[0]: 90.0},
        2: dict.fromkeys(days, 40.0),
        3: {date(2026, 10, 1): 99.0},
        4: {days[1]: 90.0},
    }
    assert rules.hottest(heats, days, 2) == [2, 1]
    assert rules.hottest(heats, days, 9) == [2, 1, 4]
