"""Rounds, versions, private data, wording: without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.responses import rules


@dataclass(frozen=True)
class Said:
    step: str
    reviewer_id: int | None
    returned_to: str | None = None
    on_behalf_of_id: int | None = None

    @property
    def approved(self) -> bool:
        return self.returned_to is None


@dataclass(frozen=True)
class Version:
    text: str


def test_the_first_round_is_one():
    assert rules.current_round([]) == 1


ORDER = ("first", "second", "third", "signing")


def test_each_return_to_the_draft_ends_a_round_and_no_other_does():
    said = [Said("first", 1), Said("second", 2, "draft"), Said("first", 1, "draft")]
    assert rules.current_round(said) == 3
    assert rules.current_round([Said("first", 1), Said("second", 2, "first")]) == 1


def test_a_return_to_the_draft_voids_every_approval():
    said = [Said("first", 1), Said("second", 2, "draft"), Said("first", 3)]
    assert rules.approvers(said, ORDER) == {3}


def test_a_return_to_an_earlier_step_leaves_what_came_before_it_valid():
    said = [Said("first", 1), Said("second", 2), Said("third", 3), Said("signing", 4, "second")]
    assert rules.approvers(said, ORDER) == {1}
    again = [*said, Said("second", 5)]
    assert rules.standing(again, ORDER) == {"first": said[0], "second": again[-1]}
    assert rules.approvers([*again, Said("third", 3, "first")], ORDER) == set()


def test_whoever_was_stood_in_for_has_approved_too():
    assert rules.approvers([Said("first", 1, on_behalf_of_id=9)], ORDER) == {1, 9}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("请联系13812345678", "手机号码"),
        ("身份证11010519491231002X", "身份证号"),
        ("来电人王建国先生反映", "姓名"),
        ("家住3栋2单元501室", "门牌住址"),
        ("邮箱 someone@example.com", "电子邮箱"),
        ("车辆苏A12345", "车牌号"),
    ],
)
def test_the_gate_says_field_and_kind(text, label):
    found = rules.private_data_in({"title": "无", "answer": text}, {"answer": "回应内容"})
    assert [(data.field, data.finding.label) for data in found] == [("answer", label)]
    sentence = rules.gate_sentence(found)
    assert f"回应内容中的{label}" in sentence
    assert found[0].finding.text not in sentence


def test_a_clean_text_passes_the_gate():
    assert (
        rules.gate_sentence(rules.private_data_in({"answer": "已于2026年3月5日整改到位。"})) is None
    )


def test_segments_mark_private_data_and_lose_nothing():
    text = "请联系13812345678，谢谢"
    cut = rules.segments(text)
    assert [(part.text, part.label) for part in cut] == [
        ("请联系", ""),
        ("13812345678", "手机号码"),
        ("，谢谢", ""),
    ]


def test_a_changed_clause_is_shown_as_taken_out_and_put_in():
    changes = rules.difference(
        "已约谈企业，限期整改。欢迎监督。", "已约谈企业，月底前整改。欢迎监督。"
    )
    assert [(change.kind, change.text) for change in changes] == [
        ("same", "已约谈企业，"),
        ("removed", "限期整改。"),
        ("added", "月底前整改。"),
        ("same", "欢迎监督。"),
    ]


@given(st.text("甲乙，。\n ", max_size=60), st.text("甲乙，。\n ", max_size=60))
def test_a_difference_holds_both_versions_whole(old, new):
    changes = rules.difference(old, new)
    assert "".join(c.text for c in changes if c.kind != "added") == old
    assert "".join(c.text for c in changes if c.kind != "removed") == new


def test_the_newest_versions_come_first_and_the_very_first_has_nothing_to_compare():
    shown = rules.versions([Version("一。"), Version("一。二。"), Version("二。")], 2)
    assert [draft.text for draft, _ in shown] == ["二。", "一。二。"]
    assert [change.kind for change in shown[0][1]] == ["removed", "same"]
    assert [c.kind for c in rules.versions([Version("一。")], 3)[0][1]] == ["same"]


def test_text_is_kept_without_what_xml_and_databases_refuse():
    assert rules.clean(" 一\r\n二\x00\x0b三\ud800 \n") == "一\n二三"


def test_the_summary_says_how_many_and_when_by_the_offices_calendar():
    first = datetime(2026, 8, 31, 17, 0, tzinfo=UTC)  # already 1 September in Shanghai
    last = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)
    text = rules.concern_summary("车位只售不租", 12, 10, first, last)
    assert text == "2026年9月1日至2026年9月20日，共有 10 人通过 12 条留言反映“车位只售不租”。"


def test_a_single_day_is_said_once():
    day = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)
    assert rules.concern_summary("停水", 2, 2, day, day).startswith("2026年9月20日，共有")


def test_channels_are_named_most_frequent_first():
    assert rules.source_summary({"微博": 1, "市长热线": 3}) == "市长热线 3 条、微博 1 条"
