"""The summary's template."""

from __future__ import annotations

import pytest

from responder.reports.annual.rules import (
    HEADING,
    PARAGRAPH,
    SUBHEADING,
    TITLE,
    Piece,
    lines,
    problems,
)

NAMES = {"回应关切", "新闻发布活动"}


def say(name: str, manner: str) -> str:
    return f"<{name}{manner}>"


def test_marks_make_titles_and_headings_and_figures_keep_their_names() -> None:
    template = "# {年}年总结\n\n## 一、回应\n### （一）发布\n公开{回应关切|约}条，好。\n#不是标题"
    found = lines(template, say, {"年": "2026"}, {})
    assert [one.kind for one in found] == [TITLE, HEADING, SUBHEADING, PARAGRAPH, PARAGRAPH]
    assert found[0].text == "2026年总结"
    assert found[3].pieces == (
        Piece("公开"),
        Piece("<回应关切约>", "回应关切"),
        Piece("条，好。"),
    )


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("# 总结\n公开{回应}条", "第 2 行：“{回应}”不是统计指标的名称"),
        ("# 总结\n公开{回应关切|大约}条", "“大约”不能用：可用的有 约、上年、比上年、名称"),
        ("# 总结\n公开{回应关切条", "第 2 行：花括号没有成对"),
        ("# 总结\n公开{{回应关切}}条", "花括号没有成对"),
        ("# 总结\n{年|约}", "“{年}”不是统计指标的名称"),
        ("# 总结\n{回应关切|名称}", "“{回应关切|名称}”不能用：这些记录的名称含群众原话"),
        ("没有标题的一行", "没有标题"),
        ("# " + "长" * 30_000, "最多 30000 字"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(template: str, told: str) -> None:
    found = problems(template, NAMES, {"年"}, {"新闻发布活动"})
    assert len(found) == 1
    assert told in found[0]


def test_a_good_template_has_no_problems() -> None:
    assert problems("# {年}年\n{回应关切}、{ 新闻发布活动 | 比上年 }", NAMES, {"年"}, NAMES) == []


def test_of_no_data_the_measure_is_left_out() -> None:
    (line,) = lines("办理{工单}件，公开{回应关切}条。", lambda *_: "无数据", {}, {"工单": "件"})
    assert line.text == "办理无数据，公开无数据条。"
