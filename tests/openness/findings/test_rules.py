"""Dates of findings."""

from __future__ import annotations

from datetime import date

import pytest

from responder.core.errors import Invalid
from responder.openness.findings import rules
from responder.openness.findings.rules import Dates

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("inspected", "deadline", "field"),
    [
        (date(2026, 11, 21), None, "inspected_on"),
        (date(2026, 11, 1), date(2026, 10, 31), "deadline"),
        (date(2026, 11, 1), date(2036, 1, 1), "deadline"),
        (date(2026, 11, 20), date(2026, 11, 20), ""),
        (date(2026, 11, 1), None, ""),
    ],
)
def test_dates_of_an_inspection_and_its_deadline(inspected, deadline, field) -> None:
    if not field:
        rules.check_dates(Dates(inspected, deadline), TODAY)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_dates(Dates(inspected, deadline), TODAY)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("new", "good"),
    [
        (None, False),
        (date(2026, 12, 1), False),
        (date(2026, 12, 2), True),
        (date(2031, 1, 1), False),
    ],
)
def test_an_extension_gives_more_time(new, good) -> None:
    old = date(2026, 12, 1)
    if good:
        assert rules.check_extension(old, new, TODAY) == new
        return
    with pytest.raises(Invalid) as refused:
        rules.check_extension(old, new, TODAY)
    assert list(refused.value.fields) == ["day"]


def test_an_extension_of_what_is_late_reaches_beyond_today() -> None:
    with pytest.raises(Invalid, match="已过"):
        rules.check_extension(date(2026, 10, 1), date(2026, 11, 1), TODAY)


@pytest.mark.parametrize(
    ("day", "good"),
    [(date(2026, 11, 21), False), (date(2026, 11, 20), True), (date(2026, 11, 9), False)],
)
def test_a_closing_lies_between_the_evidence_and_today(day, good) -> None:
    if good:
        assert rules.check_closing(day, date(2026, 11, 10), TODAY) == day
        return
    with pytest.raises(Invalid):
        rules.check_closing(day, date(2026, 11, 10), TODAY)
