"""The pure rules of packages: what is missing, what a plan says, of what to remind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from responder.core.errors import Invalid
from responder.core.work_calendar import WorkCalendar
from responder.publishing.packages import rules

# Eight days off in a row, from Thursday 2026-10-01.
CALENDAR = WorkCalendar({date(2026, 10, day): False for day in range(1, 9)}, frozenset({2026}))
FRIDAY = date(2026, 11, 20)
COLUMNS = {1: "部门解读", 2: "专家解读"}
ROW = {"column": "1", "form": "图解", "writer": "物业科", "due_on": "2026-11-20", "channel": ""}


@dataclass
class Waiting:
    """As much of a package as the reminders ask."""

    planned_on: date
    lacks: list[str] = field(default_factory=lambda: ["解读方案"])


@pytest.mark.parametrize(
    ("document", "needed", "planned", "written", "lacking"),
    [
        (True, True, ["部门解读"], ["部门解读"], []),
        (False, True, ["部门解读"], ["部门解读"], ["文件正文或附件"]),
        (True, True, [], [], ["解读方案", "解读材料"]),
        (True, True, [], ["部门解读"], ["解读方案"]),
        (True, True, ["部门解读", "专家解读"], ["专家解读"], ["部门解读的材料"]),
        # One text answers every line of its column, and each column is named once.
        (True, True, ["部门解读", "部门解读"], [], ["部门解读的材料"]),
        (True, True, ["部门解读"], ["部门解读", "媒体解读"], []),
        (True, False, [], [], []),
        (False, False, [], [], ["文件正文或附件"]),
        (True, False, ["媒体解读"], [], ["媒体解读的材料"]),
        (False, True, ["甲", "乙"], [], ["文件正文或附件", "甲的材料", "乙的材料"]),
    ],
)
def test_what_is_missing_is_named_in_the_offices_words(document, needed, planned, written, lacking):
    found = rules.missing(
        has_document=document, needs_interpretation=needed, planned=planned, written=written
    )
    assert found == lacking


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 11, 21), 0),  # Saturday: no working day lies between
        (date(2026, 11, 23), 1),
        (date(2026, 11, 27), 5),
        (date(2026, 11, 19), -1),
        (date(2026, 11, 13), -5),
    ],
)
def test_working_days_are_counted_either_way(day, left):
    assert rules.working_days_until(FRIDAY, day, CALENDAR) == left


def test_a_date_that_passed_on_a_weekend_has_passed():
    assert rules.working_days_until(date(2026, 11, 22), date(2026, 11, 21), CALENDAR) == -1


def test_what_goes_out_soon_and_is_incomplete_is_reminded_of_the_nearest_first():
    far, near, past = (
        Waiting(date(2026, 11, 30)),
        Waiting(date(2026, 11, 27)),
        Waiting(date(2026, 11, 18)),
    )
    whole = Waiting(date(2026, 11, 23), [])
    due = rules.reminders_due([far, near, past, whole], FRIDAY, CALENDAR)
    assert [(one.package, one.days, one.lacks) for one in due] == [
        (past, -2, ("解读方案",)),
        (near, 5, ("解读方案",)),
    ]
    longer = rules.reminders_due([far, near], FRIDAY, CALENDAR, days=6)
    assert [one.package for one in longer] == [near, far]


def test_a_long_holiday_hides_no_package():
    package, today = Waiting(date(2026, 10, 13)), date(2026, 9, 28)
    # Tuesday and Wednesday before the holiday; Friday, Monday and Tuesday after it.
    assert [one.days for one in rules.reminders_due([package], today, CALENDAR)] == [5]


def test_a_plan_is_read_as_it_was_typed_and_empty_rows_are_left_out():
    empty = dict.fromkeys(ROW, " ")
    row = {**ROW, "form": " 图  解 ", "channel": "门户网站"}
    assert rules.read_plan([empty, row, {}], COLUMNS, FRIDAY) == [
        rules.PlanRow(1, "图 解", "物业科", FRIDAY, "门户网站")
    ]
    assert rules.read_plan([], COLUMNS, FRIDAY) == []


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"column": ""}, "column", "没有填“解读栏目”"),
        ({"column": "3"}, "column", "不存在或已停用"),
        ({"column": "x"}, "column", "不存在或已停用"),
        ({"form": ""}, "form", "没有填“解读形式”"),
        ({"form": "解" * 51}, "form", "超过 50 字"),
        ({"writer": ""}, "writer", "没有填“撰写人”"),
        ({"writer": "人" * 101}, "writer", "超过 100 字"),
        ({"channel": "网" * 101}, "channel", "“发布渠道”超过 100 字"),
        ({"due_on": ""}, "due_on", "没有填“完成日期”"),
        ({"due_on": "明天"}, "due_on", "不是日期"),
        ({"due_on": "2026-02-30"}, "due_on", "不是日期"),
        ({"due_on": "2026-11-21"}, "due_on", "晚于文件的拟发布日期 2026-11-20"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_field(changed, field, said):
    with pytest.raises(Invalid) as refused:
        rules.read_plan([ROW, {**ROW, **changed}], COLUMNS, FRIDAY)
    assert list(refused.value.fields) == [f"{field}-2"]
    assert said in refused.value.message
    assert "第 2 行" in refused.value.message


def test_every_row_that_is_wrong_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        rules.read_plan([{**ROW, "form": ""}, ROW, {**ROW, "writer": ""}], COLUMNS, FRIDAY)
    assert list(refused.value.fields) == ["form-1", "writer-3"]
