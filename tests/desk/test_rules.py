from __future__ import annotations

from datetime import timedelta

import pytest

from responder.desk import rules
from responder.desk.rules import Told
from tests.factories import NOW


def told(
    words: str = "烧烤摊 油烟", places: str = "", district: str = "", days_ago: float = 0
) -> Told:
    at = NOW - timedelta(days=days_ago)
    return Told(tuple(words.split()), frozenset(places.split()), district, at)


ASKED = told("白鹭湾 烧烤摊 油烟 投诉", "白鹭湾", "青矶区")


@pytest.mark.parametrize(
    ("better", "worse", "wording"),
    [
        (told(), told(), (0.6, 0.4)),
        (told(), told("投诉"), (0.5, 0.5)),
        (told(places="白鹭湾小区"), told(places="润芳园小区"), (0.5, 0.5)),
        (told(places="白鹭湾小区"), told(places="润芳园小区"), (0.5, 0.9)),
        (told(district="青矶区"), told(district="东泊区"), (0.5, 0.5)),
        (told(), told(places="润芳园小区"), (0.5, 0.5)),
        (told(days_ago=1), told(days_ago=60), (0.5, 0.55)),
        (told(days_ago=60), told(days_ago=1), (0.7, 0.2)),
    ],
    ids=[
        "rare words", "words", "place", "place before wording", "district",
        "no place before another", "time",
        "wording before time",
    ],
)  # fmt: skip
def test_wording_place_and_time_all_count(
    better: Told, worse: Told, wording: tuple[float, float]
) -> None:
    found = rules.best(ASKED, {1: worse, 2: better}, {2: wording[0], 1: wording[1]}, {})
    assert next(iter(found)) == 2


def test_what_shares_hardly_a_word_is_not_suggested_however_near_and_new() -> None:
    found = rules.best(ASKED, {1: told("公交", "白鹭湾", "青矶区")}, {1: 0.05}, {})
    assert found == {}


def test_where_no_word_is_rare_yet_shared_words_are_enough() -> None:
    assert list(rules.best(ASKED, {1: told(), 2: told("公交 延长")}, {}, {})) == [1]


def test_at_most_five_are_suggested() -> None:
    many = {n: told("烧烤摊 油烟") for n in range(9)}
    assert len(rules.best(ASKED, many, dict.fromkeys(many, 0.5), {})) == 5


def test_one_topic_leaves_room_for_others_as_long_as_there_are_others() -> None:
    many = {n: told() for n in range(6)}
    wording = {n: 0.9 - n / 10 for n in many}
    found = rules.best(ASKED, many, wording, dict.fromkeys(range(5), 7))
    assert list(found) == [0, 1, 2, 5, 3]


def test_reasons_tell_place_words_and_age_apart() -> None:
    near = told("油烟 烧烤摊", "白鹭湾二期", "青矶区", days_ago=3)
    far = told("投诉", "润芳园", "青矶区")
    found = {number: rules.likeness(ASKED, one, 0.5) for number, one in ((1, near), (2, far))}
    assert (found[1].place, found[1].age.days, found[1].elsewhere) == ("白鹭湾", 3, False)
    assert found[1].words == ("烧烤摊", "油烟")
    assert (found[2].place, found[2].elsewhere) == ("", True)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("白鹭湾", "白鹭湾小区", True),
        ("白鹭湾小区二期", "白鹭湾", True),
        ("锦堤苑", "锦堤苑北门", True),
        ("魅力之城", "润芳园小区", False),
        ("槐荫路", "槐荫小区", False),
        ("鼓楼", "鼓楼前街", False),
    ],
)
def test_names_of_one_place(one: str, other: str, same: bool) -> None:
    assert bool(rules.same_place({one}, [other])) is same


@pytest.mark.parametrize(
    ("street", "place", "joined"),
    [
        ("槐荫街道", "梧桐里", "槐荫街道梧桐里"),
        ("", "梧桐里", "梧桐里"),
        ("城关镇", "", "城关镇"),
        ("槐荫街道", "槐荫街道梧桐里", "槐荫街道梧桐里"),
    ],
)
def test_street_and_place_come_apart_as_they_went_together(
    street: str, place: str, joined: str
) -> None:
    assert rules.joined_place(street, place) == joined
    assert "".join(rules.split_place(joined)) == joined


def test_marked_text_is_whole_and_takes_the_longest_word() -> None:
    parts = rules.marked("烧烤摊的油烟", ["烧烤", "烧烤摊", "油烟"])
    assert parts == [("烧烤摊", True), ("的", False), ("油烟", True)]
    assert rules.marked("a.b", ["."]) == [("a", False), (".", True), ("b", False)]


def test_an_excerpt_holds_a_shared_word() -> None:
    text = "开头很长的话。" * 30 + "烧烤摊油烟呛人。" + "结尾。" * 30
    cut = rules.excerpt(text, ["烧烤摊"], 60)
    assert "烧烤摊" in cut
    assert (cut[0], cut[-1], len(cut)) == ("…", "…", 62)


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678", "138 1234 5678", "１３８１２３４５６７８", "+86 138-1234-5678",
        "013812345678", "10086",
        "0553-5550123", "（0553）5550123", "010-66551234转801", "05535550123", "5550123",
        "66551234",
        "400-810-1234", "8008101234", "110", "12345", "95588", "+852 2123 4567",
        "0044 20 7946 0958", "13812345678/0553-5550123", "13812345678、13912345678",
    ],
)  # fmt: skip
def test_what_can_be_called_is_a_telephone(typed: str) -> None:
    assert rules.may_be_telephone(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "139123",
        "abc",
        "1391234567",
        "139123456789",
        "12",
        "没有留",
        "0553",
        "13812345678或abc",
        "?",
    ],
)
def test_what_cannot_be_called_is_none(typed: str) -> None:
    assert not rules.may_be_telephone(typed)
