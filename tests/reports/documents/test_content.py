"""Content as values: stored and read back, compared, numbered."""

from __future__ import annotations

import json

from responder.reports.documents.composing import building as build
from responder.reports.documents.content import (
    Column,
    Content,
    Difference,
    Figure,
    Heading,
    Paragraph,
    Run,
    Slot,
    Table,
    differences,
    from_json,
    link,
    to_json,
    with_slots,
)

PAGE = link("orders.index", month="2026-11", unit=3, outcome=None, q="")


def content(total: str = "12", name: str = "市水务局") -> Content:
    return Content(
        "二〇二六年十一月",
        "数据截至某日",
        (
            Heading(1, "一、办理情况"),
            Paragraph((Run("共 "), Run(total, PAGE), Run(" 件"))),
            Table(
                "办理情况",
                (Column("单位", 100), Column("总数", 56, True)),
                (((Run(name),), (Run(total, PAGE),)),),
                totalled=True,
            ),
            Figure("days", "每日", "条", ("11/1", "11/2"), (("留言", (1.0, None)),)),
            Slot("advice", "建议", 200, "已写", True, "逐条写明"),
        ),
    )


def test_what_is_stored_is_read_back_unchanged() -> None:
    stored = json.loads(json.dumps(to_json(content()), ensure_ascii=False))
    assert from_json(stored) == content()


def test_what_does_not_restrict_stands_in_no_address() -> None:
    assert PAGE.arguments == (("month", "2026-11"), ("unit", 3))


def test_texts_go_into_their_slots_alone() -> None:
    written = with_slots(content(), {"advice": "改派", "unknown": "x"})
    assert [slot.text for slot in written.slots] == ["改派"]
    assert written.blocks[:-1] == content().blocks[:-1]


def test_differences_name_the_place_and_leave_what_people_wrote_aside() -> None:
    later = with_slots(content("13"), {"advice": "另写"})
    assert differences(content(), later) == [
        Difference("一、办理情况", "共 12 件", "共 13 件"),
        Difference("办理情况 · 市水务局 · 总数", "12", "13"),
    ]
    assert differences(content(), content()) == []


def test_a_row_that_came_or_went_is_told() -> None:
    found = differences(content(), content(name="市住建局"))
    assert found == [
        Difference("办理情况 · 市住建局 · 总数", "", "12"),
        Difference("办理情况 · 市水务局 · 总数", "12", ""),
    ]


def test_headings_are_numbered_as_official_papers_do() -> None:
    blocks = (Heading(1, "甲"), Heading(2, "子"), Heading(2, "丑"), Heading(3, "一点"),
              Heading(1, "乙"), Heading(2, "子"))  # fmt: skip
    numbered = [block.text for block in build.numbered(blocks)]
    assert numbered == ["一、甲", "（一）子", "（二）丑", "1. 一点", "二、乙", "（一）子"]
