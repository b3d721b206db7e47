"""When something is due in a column, and how urgent that is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from responder.core.work_calendar import WorkCalendar
from responder.openness.catalogue import rules
from responder.openness.catalogue.rules import Cadence, LimitUnit, Obligation, Urgency

C, U = Cadence, Urgency
SINCE = date(2026, 1, 5)
FRIDAY = date(2026, 11, 20)
PLAIN = WorkCalendar({}, frozenset({2026, 2027}), frozenset())
TWO_WEEKS, HALF_A_YEAR = (14, LimitUnit.DAYS), (6, LimitUnit.MONTHS)


@pytest.mark.parametrize(
    ("cadence", "last", "by"),
    [
        (C.DAILY, date(2026, 11, 19), date(2026, 11, 20)),
        (C.DAILY, None, SINCE),
        (C.WEEKLY, date(2026, 11, 16), date(2026, 11, 29)),
        (C.WEEKLY, date(2026, 11, 22), date(2026, 11, 29)),
        (C.WEEKLY, None, date(2026, 1, 11)),
        (C.MONTHLY, date(2026, 10, 1), date(2026, 11, 30)),
        (C.MONTHLY, date(2026, 12, 31), date(2027, 1, 31)),
        (C.MONTHLY, date(2027, 1, 31), date(2027, 2, 28)),
        (C.QUARTERLY, date(2026, 9, 30), date(2026, 12, 31)),
        (C.QUARTERLY, date(2026, 10, 1), date(2027, 3, 31)),
        (C.YEARLY, date(2026, 2, 28), date(2027, 12, 31)),
        (C.YEARLY, None, date(2026, 12, 31)),
        (C.IRREGULAR, date(2026, 2, 28), None),
        (C.IRREGULAR, None, None),
    ],
)
def test_a_cadence_is_kept_until_the_end_of_the_next_period(cadence, last, by) -> None:
    assert rules.cadence_due(cadence, last, SINCE) == by


@pytest.mark.parametrize(
    ("last", "limit", "by"),
    [
        (date(2026, 11, 6), TWO_WEEKS, date(2026, 11, 20)),
        (date(2026, 5, 20), HALF_A_YEAR, date(2026, 11, 20)),
        (date(2026, 8, 31), HALF_A_YEAR, date(2027, 2, 28)),
        (date(2027, 8, 31), HALF_A_YEAR, date(2028, 2, 29)),
        (date(2026, 8, 20), (3, LimitUnit.MONTHS), date(2026, 11, 20)),
        (date(2026, 8, 20), None, None),
    ],
)
def test_the_site_check_counts_from_the_last_item(last, limit, by) -> None:
    assert rules.check_due(last, limit) == by


@pytest.mark.parametrize(
    ("by", "left", "urgency"),
    [
        (date(2026, 11, 18), -2, U.LATE),
        (date(2026, 11, 19), -1, U.LATE),
        (date(2026, 11, 20), 0, U.SOON),
        (date(2026, 11, 22), 0, U.SOON),
        (date(2026, 11, 25), 3, U.SOON),
        (date(2026, 11, 26), 4, U.FINE),
    ],
)
def test_it_warns_three_working_days_before_and_is_late_the_day_after(by, left, urgency) -> None:
    owed = Obligation(C.IRREGULAR, SINCE, by - timedelta(days=14), TWO_WEEKS)
    found = rules.due(owed, FRIDAY, PLAIN)
    assert found is not None
    assert (found.by, found.left, found.urgency) == (by, left, urgency)
    assert found.fails_check(FRIDAY) == (urgency is U.LATE)


@pytest.mark.parametrize(
    ("last", "urgency", "missed"),
    [
        (FRIDAY, U.FINE, None),
        (date(2026, 11, 19), U.SOON, None),
        (date(2026, 11, 18), U.LATE, date(2026, 11, 20)),
    ],
)
def test_what_is_due_each_day_is_told_on_that_day_alone(last, urgency, missed) -> None:
    found = rules.due(Obligation(C.DAILY, SINCE, last), FRIDAY, PLAIN)
    assert found is not None
    assert (found.urgency, found.missed_cadence(FRIDAY)) == (urgency, missed)


def test_the_earlier_of_both_dates_counts_and_the_worse_of_both_urgencies() -> None:
    owed = Obligation(C.MONTHLY, SINCE, date(2026, 11, 3), TWO_WEEKS)
    found = rules.due(owed, FRIDAY, PLAIN)
    assert found is not None
    assert (found.cadence_by, found.check_by) == (date(2026, 12, 31), date(2026, 11, 17))
    assert (found.by, found.urgency) == (date(2026, 11, 17), U.LATE)
    assert found.missed_cadence(FRIDAY) is None


def test_a_holiday_is_no_working_day() -> None:
    days = {date(2026, 11, 23): False, date(2026, 11, 24): False}
    holidays = WorkCalendar(days, frozenset({2026}), frozenset())
    owed = Obligation(C.IRREGULAR, SINCE, date(2026, 11, 13), TWO_WEEKS)
    found = rules.due(owed, FRIDAY, holidays)
    assert found is not None
    assert (found.by, found.left, found.urgency) == (date(2026, 11, 27), 3, U.SOON)


def test_a_column_without_cadence_and_check_owes_nothing() -> None:
    assert rules.due(Obligation(C.IRREGULAR, SINCE, None), FRIDAY, PLAIN) is None


def test_late_comes_before_soon_and_the_oldest_first() -> None:
    lasts = [date(2026, 11, 15), date(2026, 11, 9), date(2026, 10, 1), date(2026, 11, 1)]
    found = [
        rules.due(Obligation(C.IRREGULAR, SINCE, last, TWO_WEEKS), FRIDAY, PLAIN) for last in lasts
    ]
    ranked = sorted((one for one in found if one), key=lambda one: one.rank)
    assert [one.urgency for one in ranked] == [U.LATE, U.LATE, U.SOON, U.FINE]
    assert [one.by for one in ranked] == sorted(one.by for one in ranked)


@pytest.mark.parametrize(
    ("parents", "depth"),
    [
        ({}, 0),
        ({1: None}, 1),
        ({1: None, 2: 1, 3: 2}, 3),
        ({1: None, 2: 1, 3: 2, 4: 3}, 4),
        ({1: 2, 2: 1}, 4),
        ({1: 1}, 4),
    ],
)
def test_the_depth_of_a_tree_and_of_a_circle(parents, depth) -> None:
    assert rules.deepest(parents) == depth
