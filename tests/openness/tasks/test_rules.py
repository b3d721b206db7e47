"""What is late, how far a group has come, what a milestone may say."""

from __future__ import annotations

from datetime import date

import pytest

from responder.openness.tasks import rules
from responder.openness.tasks.rules import Step

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("due_on", "done_on", "void", "code", "days"),
    [
        (date(2026, 11, 19), None, False, "late", -1),
        (date(2026, 11, 20), None, False, "soon", 0),
        (date(2026, 12, 4), None, False, "soon", 14),
        (date(2026, 12, 5), None, False, "running", 15),
        (None, None, False, "running", None),
        (date(2026, 11, 1), date(2026, 10, 30), False, "done", 2),
        (date(2026, 11, 1), date(2026, 11, 3), False, "done", -2),
        (None, date(2026, 11, 3), False, "done", None),
        (date(2026, 11, 1), None, True, "void", None),
    ],
)
def test_how_something_stands_with_its_date(due_on, done_on, void, code, days) -> None:
    found = rules.standing(due_on, done_on, TODAY, void)
    assert (found.code, found.days) == (code, days)
    assert found.was_late == (code == "done" and (days or 0) < 0)


@pytest.mark.parametrize(
    ("percents", "mean"), [([], None), ([50], 50), ([100, 99], 99), ([0, 1], 0), ([100, 100], 100)]
)
def test_a_mean_says_100_only_of_what_is_whole(percents, mean) -> None:
    assert rules.mean(percents) == mean


@pytest.mark.parametrize(
    ("percents", "left"), [([], 0), ([100], 0), ([30, 60, 100], 60), ([30, 100, 100], 30)]
)
def test_a_task_opened_again_stands_where_it_last_stood(percents, left) -> None:
    assert rules.progress_before(percents) == left


@pytest.mark.parametrize(
    ("due_on", "ok"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2027, 12, 31), True),
        (date(2028, 1, 2), False),
    ],
)
def test_a_task_is_due_in_its_year_or_the_next(due_on, ok) -> None:
    assert (rules.due_problem(2026, due_on) is None) == ok


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step("方案", date(2026, 12, 21)), "晚于任务的完成时限"),
        (Step("方案", date(2026, 3, 31), date(2026, 11, 21)), "还没有到"),
        (Step("方案", date(2026, 12, 20), date(2026, 11, 20)), None),
    ],
)
def test_a_milestone_lies_before_its_task_and_is_done_in_the_past(step, said) -> None:
    problem = rules.step_problem(step, date(2026, 12, 20), TODAY)
    assert (problem is None) if said is None else (said in str(problem))
