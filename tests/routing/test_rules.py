"""Cue words, what stays with them, and when a model is refused."""

from __future__ import annotations

import pytest

from responder.routing.cues import CueRules, Cues
from responder.routing.rules import (
    Guess,
    Standing,
    cue_problem,
    decide,
    refusal,
    same_branch,
    words_in,
)

RULES = CueRules(
    [
        Cues("school", "", ("学校", "学生")),
        Cues("fee", "school", ("学费", "收费")),
        Cues("canteen", "school", ("食堂",)),
        Cues("market", "", ("商家",)),
        Cues("price", "market", ("收费", "涨价")),
    ]
)
PARENTS = RULES.parents


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("学校收费", "fee"),
        ("商家收费", "price"),
        ("学校食堂涨了", "canteen"),
        ("学生放假", "school"),
        ("学校收费，商家收费，商家涨价", "price"),
    ],
)
def test_general_words_decide_between_special_ones(text, code) -> None:
    assert RULES.guesses(text)[0].code == code


def test_evidence_names_the_words_heaviest_first() -> None:
    best = RULES.guesses("食堂食堂食堂，学校")[0]
    assert [one.word for one in best.evidence] == ["食堂", "学校"]
    assert best.evidence[0].weight > best.evidence[1].weight


def test_no_cue_word_no_guess() -> None:
    assert RULES.guesses("今天天气很好") == []
    assert RULES.guesses("") == []


def test_more_words_for_one_are_surer_than_words_for_two() -> None:
    alone, divided = RULES.guesses("学校食堂")[0], RULES.guesses("学校食堂，商家涨价")[0]
    assert 1 > alone.score > divided.score > 0


def test_parents_list_the_words_of_their_children() -> None:
    assert set(RULES.lists()["school"]) == {"学校", "学生", "学费", "收费", "食堂"}


def test_words_are_parted_as_people_part_them() -> None:
    assert words_in(" 公交、班次，公交;站台\n末班车 ") == ["公交", "班次", "站台", "末班车"]
    assert cue_problem(["公交", "车"]).startswith("“车”")
    assert cue_problem(["公交"]) == ""


CUES = [Guess("fee", 0.6), Guess("price", 0.2)]


@pytest.mark.parametrize(
    ("learned", "first"),
    [
        ([], "fee"),
        ([Guess("market", 0.9), Guess("school", 0.1)], "price"),
        ([Guess("school", 0.9), Guess("market", 0.1)], "fee"),
        ([Guess("canteen", 0.9), Guess("fee", 0.1)], "canteen"),
        ([Guess("market", 0.3), Guess("price", 0.2)], "fee"),
        ([Guess("market", 0.7), Guess("price", 0.3)], "market"),
    ],
)
def test_the_model_decides_where_it_has_learned_and_cue_words_elsewhere(learned, first) -> None:
    assert decide(CUES, learned, PARENTS)[0].code == first


def test_a_parent_and_its_child_do_not_overrule_each_other() -> None:
    assert same_branch("fee", "school", PARENTS)
    assert same_branch("school", "fee", PARENTS)
    assert same_branch("fee", "fee", PARENTS)
    assert not same_branch("fee", "canteen", PARENTS)
    assert not same_branch("school", "market", PARENTS)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing(0.6, None, 0.7), ""),
        (Standing(0.6, 0.7, 0.7), ""),
        (Standing(0.6, None, 0.6), ""),
        (Standing(0.7, None, 0.69), "低于线索词规则的 0.700"),
        (Standing(0.6, 0.8, 0.79), "低于现用模型的 0.800"),
    ],
)
def test_a_model_that_is_worse_is_refused_with_both_scores(standing, reason) -> None:
    found = refusal(standing)
    assert reason in found
    assert bool(found) == bool(reason)
