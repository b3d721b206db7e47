"""What is asked for, and how it is called."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from responder.core.errors import Invalid
from responder.reports.documents import rules
from responder.reports.documents.rules import Needs, Request

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        (" 2025-12 ", date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_has_its_days(text, first, last) -> None:
    assert rules.of_month(text, TODAY) == Request(first, last)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-1", "十一月", "1999-01", "2026-12"])
def test_no_month_and_one_that_has_not_begun_are_refused(text) -> None:
    with pytest.raises(Invalid) as refused:
        rules.of_month(text, TODAY)
    assert "month" in refused.value.fields


def test_a_year_and_a_day_to_come_are_refused() -> None:
    assert rules.of_year(2026, TODAY) == Request(date(2026, 1, 1), date(2026, 12, 31))
    for year in (2027, 1900):
        with pytest.raises(Invalid):
            rules.of_year(year, TODAY)
    with pytest.raises(Invalid):
        rules.of_day(date(2026, 11, 21), TODAY)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01", date(2025, 12, 1), date(2025, 12, 31)),
        ("2026-03", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_the_month_before_is_whole(text, first, last) -> None:
    assert rules.month_before(rules.of_month(text, TODAY)) == Request(first, last)


def test_numbers_and_periods_are_written_as_offices_do() -> None:
    assert rules.number("舆情专报", 2026, 3) == "舆情专报〔2026〕3号"
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    assert rules.period_told(Needs.MONTH, first, last) == "2026年10月"
    assert rules.period_told(Needs.DAY, last, last) == "2026年10月31日"
    assert rules.period_told(Needs.YEAR, date(2026, 1, 1), date(2026, 12, 31)) == "2026年"
    assert rules.period_told(None, first, last) == "2026年10月1日至2026年10月31日"


@pytest.mark.parametrize(
    ("hour", "minute", "past"), [(23, 59, False), (0, 0, True), (0, 1, True), (15, 59, True)]
)
def test_the_hour_of_the_brief_is_eight_in_shanghai(hour, minute, past) -> None:
    day = 19 if hour == 23 else 20
    assert rules.is_past_hour(datetime(2026, 11, day, hour, minute, tzinfo=UTC)) is past
