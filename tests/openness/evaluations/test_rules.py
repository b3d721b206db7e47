"""Totals, places and changes, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from responder.openness.evaluations import rules
from responder.openness.evaluations.rules import Change, Scored

D = Decimal


def scored(*rows: tuple[str, str, str | None]) -> list[Scored]:
    return [Scored(D(w), D(f), None if s is None else D(s)) for w, f, s in rows]


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        ([("60", "60", "54"), ("40", "40", "36")], "90.00"),
        ([("50", "100", "100"), ("50", "100", "0")], "50.00"),
        # What does not apply leaves the base: 45 of 60 is three quarters.
        ([("60", "60", "45"), ("40", "40", None)], "75.00"),
        # Weights that do not sum to 100 are reckoned as they are.
        ([("30", "10", "10"), ("30", "10", "5")], "75.00"),
        ([("100", "3", "1")], "33.33"),
        ([("100", "3", "2")], "66.67"),
        ([("33.33", "100", "80"), ("66.67", "100", "90")], "86.67"),
        ([("60", "60", None), ("40", "40", None)], None),
        ([("0", "60", "30")], None),
        ([], None),
    ],
)
def test_a_total_is_what_was_reached_of_what_applies(rows, total) -> None:
    expected = None if total is None else D(total)
    assert rules.weighted_total(scored(*rows)) == expected


@pytest.mark.parametrize(
    ("totals", "places"),
    [
        ({"a": "90", "b": "88", "c": "88", "d": "70"}, {"a": 1, "b": 2, "c": 2, "d": 4}),
        ({"a": "90", "b": "90"}, {"a": 1, "b": 1}),
        ({"a": "90", "b": None}, {"a": 1}),
        ({"a": "0", "b": "-1"}, {"a": 1, "b": 2}),
        ({}, {}),
    ],
)
def test_equal_totals_share_a_place_and_use_it_up(totals, places) -> None:
    known = {key: None if total is None else D(total) for key, total in totals.items()}
    assert rules.ranks(known) == places


@pytest.mark.parametrize(
    ("totals", "count", "last"),
    [
        ({"a": 90, "b": 80, "c": 70}, 1, {"c"}),
        ({"a": 90, "b": 70, "c": 70}, 1, {"b", "c"}),
        ({"a": 90, "b": 80, "c": 70}, 0, set()),
        ({"a": 90, "b": 80}, 5, {"b"}),  # never the first
        ({"a": 90, "b": 90}, 1, set()),
        ({}, 3, set()),
    ],
)
def test_the_last_ones_take_in_equals_and_spare_the_first(totals, count, last) -> None:
    assert rules.last_ones({k: D(v) for k, v in totals.items()}, count) == last


@pytest.mark.parametrize(
    ("now", "before", "comparable", "moved"),
    [
        ((2, "80"), (5, "75.5"), True, Change(3, D("4.5"))),
        ((5, "70"), (2, "80"), True, Change(-3, D("-10"))),
        ((2, "80"), (2, "80"), True, Change(0, D(0))),
        ((2, "80"), (5, "75"), False, Change(None, D(5))),
        ((2, "80"), None, True, Change(None, None, new=True)),
        ((2, "80"), (None, None), True, Change(None, None)),
    ],
)
def test_a_change_is_against_the_round_before(now, before, comparable, moved) -> None:
    old = before and (before[0], None if before[1] is None else D(before[1]))
    assert rules.change(now[0], D(now[1]), old, comparable) == moved


@pytest.mark.parametrize(
    ("weights", "said"),
    [(["60", "40"], ""), ([], ""), (["60", "30"], "90"), (["60.5", "40"], "100.5")],
)
def test_weights_that_do_not_sum_to_a_hundred_are_told(weights, said) -> None:
    problem = rules.weights_problem([D(one) for one in weights])
    assert (said in problem) if said else problem == ""


def test_a_line_of_the_template_that_has_nothing_to_say_is_left_out() -> None:
    text = "共{单位数}个。\n{靠后单位}须发言。\n照旧{没有}。"
    assert rules.fill(text, {"单位数": "4", "靠后单位": ""}) == "共4个。\n照旧{没有}。"
    assert rules.unknown_placeholders(text) == ["没有"]
