"""Versions compared: paragraphs paired, characters marked so that a person can read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.responses import rules
from responder.responses.drafting import comparing
from responder.responses.drafting.comparing import compare

OLD = "路灯已经修复。\n该路段共有 12 盏路灯，计划三月底前全部更换。\n感谢您的来信。"
NEW = "路灯已经修复。\n该路段共有 15 盏路灯，计划四月底前全部更换。\n如有问题请拨打12345。"


def marked(old: str, new: str) -> list[tuple[str, str]]:
    marks = {"removed": "-{}-", "added": "+{}+", "same": "{}"}
    return [
        (row.kind, "".join(marks[c.kind].format(c.text) for c in row.changes))
        for row in compare(old, new).rows
    ]


def test_paragraphs_are_paired_and_changes_marked_within_a_clause():
    assert marked(OLD, NEW) == [
        ("same", "路灯已经修复。"),
        ("changed", "该路段共有 1-2-+5+ 盏路灯，计划-三-+四+月底前全部更换。"),
        ("removed", "-感谢您的来信。-"),
        ("added", "+如有问题请拨打12345。+"),
    ]
    comparison = compare(OLD, NEW)
    assert (comparison.added, comparison.removed) == (15, 9)
    assert comparison.count("changed") == 1


def test_a_paragraph_put_in_front_leaves_the_others_as_they_were():
    assert [kind for kind, _ in marked(OLD, f"您好。\n{OLD}")] == ["added", "same", "same", "same"]
    assert [kind for kind, _ in marked("", OLD)] == ["added"] * 3


def test_a_clause_that_is_another_is_not_pulled_to_pieces():
    assert marked("今天下雨，我们在家。", "今天下雨，他出门了。") == [
        ("changed", "今天下雨，-我们在家。-+他出门了。+")
    ]


@given(st.text("甲乙丙，。\n", max_size=60), st.text("甲乙丙，。\n", max_size=60))
def test_both_versions_can_be_read_out_of_the_comparison(old, new):
    rows = compare(old, new).rows
    for kind, text in (("added", old), ("removed", new)):
        read = ["".join(c.text for c in row.changes if c.kind != kind) for row in rows]
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        assert [line for line in read if line] == lines


def looked_at(matcher) -> int:
    """The most places that one step of a matching goes through for each piece."""
    return max(map(len, matcher.b2j.values()), default=0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["甲，"] * 10_000, ["乙，", "甲，"] * 5_000),
        (["甲，"] * 10_000, ["甲，"] * 199),
        (["甲"] * 201, ["甲"] * 200),
    ],
)
def test_what_repeats_in_a_long_text_is_not_matched_piece_by_piece(old, new):
    assert looked_at(rules.matcher(old, new)) <= rules.OFTEN


def test_a_text_of_usual_length_is_matched_exactly_however_it_repeats():
    assert looked_at(rules.matcher(["甲，"] * 200, ["甲，"] * 200)) == 200
    assert [one.kind for one in rules.difference("甲，" * 20, "甲，" * 19)] == ["same", "removed"]


@pytest.mark.parametrize("joint", ["\n", "，", ""], ids=["lines", "clauses", "characters"])
def test_every_matching_of_two_very_long_texts_is_bounded(monkeypatch, joint):
    made = []

    class Counting(rules.SequenceMatcher):
        def __init__(self, *args, **named):
            super().__init__(*args, **named)
            made.append((len(self.a) * len(self.b), looked_at(self)))

    monkeypatch.setattr(rules, "SequenceMatcher", Counting)
    old, new = f"甲乙{joint}" * 5_000, f"乙丙甲{joint}" * 5_000
    compare(f"头{old}尾", new)
    exact = [size for size, places in made if places > rules.OFTEN]
    assert made
    assert all(size <= rules.MOST_MATCHED for size in exact)


def test_paragraphs_are_paired_only_while_there_are_few(monkeypatch):
    compared = []
    monkeypatch.setattr(comparing, "likeness", lambda a, b: compared.append((a, b)) or 0.0)
    many = [f"第{n}段全部改写" for n in range(61)]
    compare("\n".join(many), "\n".join(f"{one}过" for one in many))
    assert compared == []
    compare("\n".join(many[:60]), "\n".join(f"{one}过" for one in many[:60]))
    assert len(compared) == 60 * 60
