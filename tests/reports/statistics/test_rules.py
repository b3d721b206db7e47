"""How figures are said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from responder.reports.statistics import rules


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "无数据"),
        (0, "0"),
        (35, "35"),
        (99, "99"),
        (121, "100余"),
        (2_987, "近3000"),
        (2_909, "2000余"),
        (2_910, "近3000"),
        (3_000, "3000"),
        (21_034, "21000余"),
        (21_999, "近22000"),
        (20_999, "近21000"),
        (Decimal("61.5"), "61.5"),
    ],
)
def test_large_counts_are_said_about_and_small_ones_exactly(value, words: str) -> None:
    assert rules.about(value) == words


@pytest.mark.parametrize(
    ("value", "last", "words"),
    [
        (35, 30, "比上年增加5场"),
        (30, 35, "比上年减少5场"),
        (35, 35, "与上年持平"),
        (35, None, "上年无数据"),
        (None, 35, "无数据"),
        (Decimal("1.5"), 1, "比上年增加0.5场"),
    ],
)
def test_a_change_is_said_in_words(value, last, words: str) -> None:
    assert rules.change_words(value, last, "场") == words


@pytest.mark.parametrize(
    ("value", "last", "percent"),
    [(35, 30, "16.7"), (0, 30, "-100.0"), (30, 0, None), (30, None, None), (None, 3, None)],
)
def test_a_percentage_is_of_last_years(value, last, percent) -> None:
    found = rules.change_percent(value, last)
    assert (None if found is None else str(found)) == percent


def test_a_difference_carries_its_sign() -> None:
    assert [rules.signed(one) for one in (3, -3, 0, None)] == ["+3", "-3", "0", ""]


def test_names_beyond_the_eighth_are_said_to_be_more() -> None:
    assert rules.named(["甲", "乙"]) == "“甲”“乙”"
    assert rules.named([str(n) for n in range(9)]).endswith("“7”等")
