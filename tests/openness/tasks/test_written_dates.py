"""Times as tables write them: read where they are certain, refused with a remedy elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from responder.openness.tasks.written_dates import Uncertain, Written, last_day, milestones

D = date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3月底前", D(2026, 3, 31)),
        ("2 月 底 前", D(2026, 2, 28)),
        ("2024年2月", D(2024, 2, 29)),
        ("６月中旬", D(2026, 6, 20)),
        ("6月上旬前", D(2026, 6, 10)),
        ("9月30日前", D(2026, 9, 30)),
        ("十二月二十五日", D(2026, 12, 25)),
        ("3月至9月", D(2026, 9, 30)),
        ("3-9月", D(2026, 9, 30)),
        ("三季度", D(2026, 9, 30)),
        ("第1季度末前", D(2026, 3, 31)),
        ("上半年", D(2026, 6, 30)),
        ("年底前", D(2026, 12, 31)),
        ("全年", D(2026, 12, 31)),
        ("2027年底前", D(2027, 12, 31)),
        ("今年9月底", D(2026, 9, 30)),
        ("2026-09-30", D(2026, 9, 30)),
    ],
)
def test_a_certain_time_is_read_to_its_last_day(text, day) -> None:
    assert last_day(text, 2026) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3月前", "不确定含不含3月：请写成“3月底前”"),
        ("三季度前", "请写明到几月底"),
        ("9月初", "请写明日期"),
        ("13月", "没有这个月份"),
        ("2月30日", "没有这一天"),
        ("持续推进", "请写最后一次的日期"),
        ("每季度", "请写最后一次的日期"),
        ("尽快", "请写成 2026-09-30"),
        ("3月底前、9月底前", "看不出最后是哪一天"),
    ],
)
def test_what_may_mean_several_days_is_refused_with_a_remedy(text, said) -> None:
    with pytest.raises(Uncertain, match=said):
        last_day(text, 2026)


@pytest.mark.parametrize(
    "text",
    [
        "3月底前制定方案；9月底前完成改造",
        "1.3月底前制定方案\n2.9月底前完成改造。",
        "3月底前制定方案，9月底前完成改造",
        "制定方案（3月底前）；完成改造（9月底前）",
        "（1）３月底前，制定方案；（2）9月30日前：完成改造",
    ],
)
def test_milestones_are_parted_and_read(text) -> None:
    assert milestones(text, 2026) == [
        Written("制定方案", D(2026, 3, 31)),
        Written("完成改造", D(2026, 9, 30)),
    ]


def test_what_stands_in_brackets_stays() -> None:
    (one,) = milestones("9月底前完成（含验收）", 2026)
    assert one.what == "完成（含验收）"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("制定方案；9月底前完成", "“制定方案”看不出最后是哪一天"),
        ("3月底前", "没有写做什么"),
        ("3月底前制定方案，再于9月底前完成", "不止一个时间"),
        ("每季度通报", "写在“任务要求”"),
        ("3月前制定方案", "不确定含不含3月"),
    ],
)
def test_a_milestone_without_one_certain_time_is_refused(text, said) -> None:
    with pytest.raises(Uncertain, match=said):
        milestones(text, 2026)
