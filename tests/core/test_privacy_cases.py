"""The finder on the cases that were written for it; see ``python -m benchmarks.privacy``."""

from __future__ import annotations

import pytest

from benchmarks import privacy as bench
from responder.core.privacy import find, kinds_in, mask, public_lines

# Whoever lets one of these pass shames a city.
NEVER_MISSED = ("id_number", "mobile", "bank_card")
LEAST_PRECISION, LEAST_RECALL = 0.98, 0.98


@pytest.mark.parametrize("kind", NEVER_MISSED)
def test_no_listed_number_is_missed(kind: str) -> None:
    missed = [
        (case.text, one) for case, gone, _ in bench.mistakes() for one in gone if one[0] == kind
    ]
    assert missed == []
    assert bench.scores()[kind]["cases"] >= 15


def test_the_finder_keeps_its_precision_and_its_recall() -> None:
    overall = bench.scores()["all"]
    assert overall["precision"] >= LEAST_PRECISION, bench.mistakes()
    assert overall["recall"] >= LEAST_RECALL, bench.mistakes()


def test_the_case_file_tempts_as_much_as_it_asks() -> None:
    cases = list(bench.cases())
    without = sum(not case.wanted for case in cases)
    assert len(cases) >= 200
    assert without >= len(cases) // 3


def test_a_long_text_without_anything_costs_little() -> None:
    # The aim is 15 microseconds; a busy machine gets ten times as many.
    assert bench.microseconds()["plain"] < 150


@pytest.mark.parametrize(
    "text",
    ["请致电0553-3832145", "请致电（0553）3832145", "请致电+86 553 3832145", "电话：3832145"],
)
def test_the_offices_own_lines_are_nobodys(text: str) -> None:
    public = public_lines("12345、0553-3832145，jianglan@example.com")
    assert find(text)
    assert find(text, public) == []
    assert mask(text, public) == text
    assert find("请致电0553-3832146", public)
    assert find("发至jianglan@example.com", public) == []


def test_kinds_are_named_once() -> None:
    assert kinds_in("王建国先生13812345678", "", "13912345678") == "mobile,name"
    assert kinds_in("路灯坏了") == ""
