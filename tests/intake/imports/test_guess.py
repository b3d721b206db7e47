from __future__ import annotations

from datetime import datetime

import pytest

from responder.core.times import SHANGHAI
from responder.intake.files import Row
from responder.intake.imports.guess import guess_columns, guess_heading_row
from responder.intake.imports.mapping import load_mapping, mapping_names, unique_headings
from responder.intake.imports.rows import NO_HEADINGS
from tests.factories import NOW

KNOWN = [load_mapping(name) for name in ("default", *mapping_names())]
BODIES = (
    "滨江路工地夜里十一点还在打桩，孩子没法睡",
    "公交 12 路等了四十分钟，车上没有空调",
    "路灯三天不亮",
)
LINE = ["RX001", "2026-03-05 09:30", "13912345678", "投诉", "江南区", BODIES[0]]


def rows(*lines: list, first: int = 2) -> list[Row]:
    return [Row(number, line) for number, line in enumerate(lines, start=first)]


def guessed(headings: tuple[str, ...], found: list[Row]) -> dict[str, str]:
    guesses = guess_columns(headings, found, KNOWN, SHANGHAI, NOW)
    return {headings[place]: f"{guess.field} by {guess.by}" for place, guess in guesses.items()}


def test_known_headings_decide_whatever_stands_below() -> None:
    assert guessed(("留言时间", "主题", "备注"), rows(["x", "13912345678", ""])) == {
        "留言时间": "occurred_at by heading",
        "主题": "title by heading",
    }


def test_a_part_of_a_heading_is_enough_where_the_whole_is_unknown() -> None:
    headings = ("平台流水号", "群众联系电话", "办结答复时间", "登记时间", "身份证号码", "办件内容")
    assert guessed(headings, rows([""] * 6)) == {
        "平台流水号": "external_id by heading",
        "群众联系电话": "phone by heading",
        "办结答复时间": "replied_at by heading",
        "登记时间": "occurred_at by heading",
        "办件内容": "body by heading",
    }


def test_without_headings_the_cells_say_what_they_are() -> None:
    headings = unique_headings([], 6)
    lines = [
        LINE,
        ["RX002", "2026/3/6 08:00", "0551-62345678", "咨询", "滨湖区", BODIES[1]],
        ["RX003", datetime(2026, 3, 7, 12), "", "求助", "江南区", BODIES[2]],
    ]
    assert guessed(headings, rows(*lines, first=1)) == {
        "第 1 列": "external_id by content",
        "第 2 列": "occurred_at by content",
        "第 3 列": "phone by content",
        "第 4 列": "nature by content",
        "第 5 列": "district by content",
        "第 6 列": "body by content",
    }


def test_a_field_is_given_to_one_column_only() -> None:
    found = guessed(("时间", "来电时间", "甲"), rows(["2026-03-05", "2026-03-06", "2026-03-07"]))
    assert list(found.values()).count("occurred_at by heading") == 1
    assert "甲" not in found


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        ([["三月汇总"], ["标题", "时间"], ["路灯", "2026-03-05"]], 2),
        ([["甲", "乙", "丙"], ["路灯", "坏了", "三天"]], 1),
        ([LINE, LINE], NO_HEADINGS),
    ],
)
def test_the_row_of_headings_is_found_or_missed(lines: list[list], row: int) -> None:
    assert guess_heading_row(rows(*lines, first=1), KNOWN) == row


def test_empty_and_repeated_headings_are_told_apart() -> None:
    assert unique_headings(["备注", "", "备注"], 4) == ("备注", "第 2 列", "备注（2）", "第 4 列")


def test_a_heading_that_the_cells_contradict_is_not_believed() -> None:
    headings = ("打电话的人", "手机", "发生在哪里", "啥时候的时间", "说了什么内容")
    lines = [
        ["王女士", "13912345678", "白鹭湾小区", "2026-03-05 09:30", BODIES[0]],
        ["李先生", "0551-62345678", "滨江路", "2026-03-06 09:30", BODIES[1]],
    ]
    assert guessed(headings, rows(*lines)) == {
        "打电话的人": "author by heading",
        "手机": "phone by heading",
        "发生在哪里": "place by heading",
        "啥时候的时间": "occurred_at by heading",
        "说了什么内容": "body by heading",
    }
    assert "district by content" not in guessed(("甲", "乙"), rows(["白鹭湾小区", "1"])).values()
