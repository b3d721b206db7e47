"""Cells of 拟发布时间."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from responder.intake.rules import Unreadable
from responder.planning.plans.planned_time import official_words, parse_planned_time, planned_words


@pytest.mark.parametrize(
    ("cell", "month", "day"),
    [
        ("3月", 3, None),
        ("三月", 3, None),
        ("十二月", 12, None),
        ("3 月份", 3, None),
        ("拟于3月", 3, None),
        (3.0, 3, None),
        ("3", 3, None),
        ("2026年3月", 3, None),
        ("2026-03", 3, None),
        ("3月15日", 3, 15),
        ("3月15", 3, 15),
        ("三月十五日", 3, 15),
        ("十月二十三日", 10, 23),
        ("3/15", 3, 15),
        ("2026年3月5日", 3, 5),
        ("2026-03-05", 3, 5),
        ("2026.3.5", 3, 5),
        ("2026-03-05 00:00:00", 3, 5),
        ("20260305", 3, 5),
        (20260305.0, 3, 5),
        (46086.0, 3, 5),
        (date(2026, 3, 5), 3, 5),
        (datetime(2026, 3, 5, 9, 30), 3, 5),
    ],
)
def test_a_month_and_perhaps_a_day_are_read(cell: object, month: int, day: int | None) -> None:
    found = parse_planned_time(cell, 2026)
    assert (found.month, found.day, found.said) == (month, day, "")


@pytest.mark.parametrize(
    ("cell", "month", "day"),
    [
        ("3月中旬", 3, None),
        ("3月底", 3, None),
        ("3月5日至7日", 3, 5),
        ("2026年3月5日上午9时", 3, 5),
        ("2026-03-05 09:00", 3, 5),
    ],
)
def test_what_a_cell_says_beyond_that_is_kept(cell: str, month: int, day: int | None) -> None:
    found = parse_planned_time(cell, 2026)
    assert (found.month, found.day, found.said) == (month, day, cell)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("", "是空的"),
        ("二季度", "4月至6月"),
        ("第3季度", "7月至9月"),
        ("上半年", "看不出是哪个月"),
        ("待定", "看不出是哪个月"),
        ("3-4月", "每场写一行"),
        ("3月至5月", "每场写一行"),
        ("3月、6月、9月", "每场写一行"),
        ("3月下旬或4月上旬", "每场写一行"),
        ("每月", "每场写一行"),
        ("2月30日", "没有 2月30日"),
        ("13月", "没有 13月"),
        ("2025年3月", "2025 年"),
        (date(2027, 3, 5), "2027 年"),
        (3.15, "看不出"),
        ("3.15", "看不出"),
        (13, "看不出"),
        (True, "看不出"),
    ],
)
def test_what_tells_no_month_is_refused_with_what_to_write(cell: object, told: str) -> None:
    with pytest.raises(Unreadable, match=told) as refusal:
        parse_planned_time(cell, 2026)
    assert "请" in str(refusal.value)


def test_a_spreadsheets_first_of_a_month_is_the_month() -> None:
    found = parse_planned_time(datetime(2026, 3, 1), 2026)
    assert (found.month, found.day, found.first_day) == (3, None, True)


def test_words_of_a_time() -> None:
    assert (planned_words(3, None), planned_words(3, 5)) == ("3月", "3月5日")
    assert official_words(2026, 3, None) == "2026年3月"
    assert official_words(2026, 3, 5) == "2026年3月5日"
