"""How counts become points, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from responder.openness.assessment import rules
from responder.openness.assessment.rules import Rule, Scoring

D = Decimal
S = Scoring


def rule(scoring: Scoring, points: str = "2", **changed) -> Rule:
    made = {name: D(v) if isinstance(v, str) else v for name, v in changed.items()}
    return Rule(scoring, D(points), **made)


@pytest.mark.parametrize(
    ("given", "count", "points", "said"),
    [
        (rule(S.TARGET, target="4"), "0", "0", "0 场 ÷ 目标 4"),
        (rule(S.TARGET, target="4"), "1", "0.5", "得 0.5 分"),
        (rule(S.TARGET, target="4"), "4", "2", "得 2 分"),
        (rule(S.TARGET, target="4"), "9", "2", "得 2 分"),
        (rule(S.TARGET, "1", target="3"), "1", "0.33", "得 0.33 分"),
        (rule(S.TARGET, "1", target="3"), "2", "0.67", "得 0.67 分"),
        (rule(S.EACH, each="0.5"), "3", "1.5", "3 场 × 每件 0.5 分，得 1.5 分"),
        (rule(S.EACH, each="0.5"), "5", "2", "最多 2 分，得 2 分"),
        (rule(S.EACH, each="0.5", deduction=True), "3", "-1.5", "扣 1.5 分"),
        (rule(S.EACH, each="0.5", deduction=True), "9", "-2", "最多扣 2 分，扣 2 分"),
        (rule(S.SHARE), "87.5", "1.75", "87.5 场 ÷ 100 × 2 分，得 1.75 分"),
        (rule(S.SHARE), "0", "0", "得 0 分"),
        (rule(S.SHARE), "100", "2", "得 2 分"),
        (rule(S.HAND), "1.5", "1.5", "人工评定 1.5 分，得 1.5 分"),
        (rule(S.HAND, deduction=True), "0.5", "-0.5", "人工评定扣 0.5 分，扣 0.5 分"),
        (rule(S.HAND), None, "0", "尚未评定"),
        (rule(S.SHARE), None, "0", "没有可计量的事项，得 0 分"),
        (rule(S.SHARE, idle_full=True), None, "2", "按满分计"),
        (rule(S.SHARE, idle_full=True, deduction=True), None, "0", "扣 0 分"),
    ],
)
def test_points_come_of_a_count_with_their_arithmetic(given, count, points, said) -> None:
    found = rules.score(given, None if count is None else D(count), "场")
    assert found.points == D(points)
    assert said in found.arithmetic
    low, high = rules.bounds(given)
    assert low <= found.points <= high


@pytest.mark.parametrize(
    ("given", "points", "changes", "after"),
    [
        (rule(S.TARGET, target="4"), "1", ["0.5"], "1.5"),
        (rule(S.TARGET, target="4"), "1", ["5"], "2"),
        (rule(S.TARGET, target="4"), "1", ["-5"], "0"),
        (rule(S.TARGET, target="4"), "1", ["1", "-0.5"], "1.5"),
        (rule(S.EACH, each="1", deduction=True), "-1", ["3"], "0"),
        (rule(S.EACH, each="1", deduction=True), "-1", ["-3"], "-2"),
    ],
)
def test_what_people_adjust_stays_within_the_criterion(given, points, changes, after) -> None:
    assert rules.adjusted(given, D(points), [D(one) for one in changes]) == D(after)


@pytest.mark.parametrize(
    ("points", "most", "total"),
    [(["2", "1.5"], "8", "3.5"), (["7", "2"], "8", "8"), (["1", "-2"], "8", "0"), ([], "8", "0")],
)
def test_a_total_is_between_nothing_and_all(points, most, total) -> None:
    assert rules.total([D(one) for one in points], D(most)) == D(total)


@pytest.mark.parametrize(
    ("given", "measured", "percent", "field"),
    [
        (rule(S.TARGET, target="1"), True, False, None),
        (rule(S.TARGET), True, False, "target"),
        (rule(S.TARGET, target="0"), True, False, "target"),
        (rule(S.EACH, each="1"), True, False, None),
        (rule(S.EACH), True, False, "each"),
        (rule(S.SHARE), True, True, None),
        (rule(S.SHARE), True, False, "scoring"),
        (rule(S.SHARE), False, False, "measure"),
        (rule(S.HAND), False, False, None),
        (rule(S.HAND), True, False, "measure"),
        (rule(S.HAND, "0"), False, False, "points"),
    ],
)
def test_a_rule_that_does_not_fit_is_told_by_field(given, measured, percent, field) -> None:
    assert list(rules.rule_problem(given, measured, percent)) == ([field] if field else [])


def test_what_may_still_be_adjusted_counts_what_was() -> None:
    assert rules.allowance_left(D("1"), [D("0.6"), D("-0.1")]) == (D("-1.5"), D("0.5"))


def test_points_of_openness_are_a_part_of_the_overall_assessment() -> None:
    assert rules.of_overall(D("6.4"), D("8"), D("5")) == D("4.00")
    assert rules.of_overall(D("6.4"), D("0"), D("5")) == 0


def test_a_percent_is_said_as_one() -> None:
    said = rules.score(rule(S.SHARE), D("87.5"), "%").arithmetic
    assert said == "87.5% × 2 分，得 1.75 分"
