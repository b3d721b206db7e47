from __future__ import annotations

from datetime import date

import pytest

from responder.planning.plans import rules
from responder.planning.plans.rules import Progress


@pytest.mark.parametrize(
    ("month", "day", "possible"),
    [(2, 28, True), (2, 29, False), (4, 31, False), (12, 31, True), (2, None, True), (3, 0, False)],
)
def test_only_days_that_exist_are_possible(month: int, day: int | None, possible: bool) -> None:
    assert rules.is_possible_day(2026, month, day) is possible


@pytest.mark.parametrize(
    ("took_place", "month", "day", "expected"),
    [
        ([], 12, None, Progress.WAITING),
        ([], 11, None, Progress.WAITING),  # the month is not over yet
        ([], 10, None, Progress.OVERDUE),
        ([], 11, 19, Progress.OVERDUE),
        ([], 11, 20, Progress.WAITING),
        ([False], 12, None, Progress.UNDER_WAY),
        ([False], 10, None, Progress.OVERDUE),
        ([False, True], 10, None, Progress.HELD),
    ],
)
def test_a_row_of_the_plan_is_where_its_events_and_the_day_put_it(
    took_place: list[bool], month: int, day: int | None, expected: Progress
) -> None:
    assert rules.entry_progress(took_place, 2026, month, day, date(2026, 11, 20)) is expected


def test_the_tally_names_every_kind() -> None:
    counts = rules.tally([Progress.HELD, Progress.HELD, Progress.OVERDUE])
    assert counts[Progress.HELD] == 2
    assert counts[Progress.WAITING] == 0
    assert set(counts) == set(Progress)
