"""Heat: what raises it, what must not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.topics.rules import HeatPart, Voice, heat, heat_parts, people
from tests.factories import NOW

POINTS = {"爆炸": 10.0, "老人": 5.0}


def voice(
    person: str = "a",
    days_ago: float = 1,
    channel: str = "hotline",
    district: str = "城东区",
    reactions: int = 0,
    gravity_word: str = "",
) -> Voice:
    said_at = NOW - timedelta(days=days_ago)
    return Voice(person, channel, district, said_at, reactions, gravity_word)


def parts(*voices: Voice, as_of: datetime = NOW) -> dict[str, HeatPart]:
    ordered = sorted(voices, key=lambda v: v.occurred_at)
    return {part.name: part for part in heat_parts(ordered, as_of, POINTS)}


def test_a_flood_by_one_person_is_one_voice() -> None:
    once = parts(voice("a"))
    flood = parts(*[voice("a", days_ago=n / 10) for n in range(1, 41)])
    assert flood["volume"].points == once["volume"].points
    assert flood["speed"].points == once["speed"].points
    assert flood["volume"].evidence == "1 人，40 条"


@pytest.mark.parametrize(
    ("part", "hotter", "cooler"),
    [
        ("volume", [voice("a"), voice("b")], [voice("a")]),
        ("reach", [voice(reactions=100)], [voice(reactions=10)]),
        ("spread", [voice("a"), voice("b", channel="weibo")], [voice("a"), voice("b")]),
        ("gravity", [voice(gravity_word="爆炸")], [voice(gravity_word="老人")]),
        ("freshness", [voice(days_ago=1)], [voice(days_ago=20)]),
    ],
)
def test_each_part_rises_with_its_cause(part, hotter, cooler) -> None:
    assert parts(*hotter)[part].points > parts(*cooler)[part].points


def test_speed_compares_last_week_with_the_topics_own_past() -> None:
    steady = [voice(f"p{n}", days_ago=n * 7 + 1) for n in range(5)]
    rising = [*steady, *(voice(f"new{n}", days_ago=2) for n in range(6))]
    assert parts(*steady)["speed"].points == 0
    assert parts(*rising)["speed"].points > 10
    assert parts(*rising)["speed"].evidence == "近 7 天 7 人，此前每周 1.0 人"


def test_gravity_needs_more_than_one_voice_among_many() -> None:
    rare = [voice(f"p{n}") for n in range(29)] + [voice("x", gravity_word="爆炸")]
    assert parts(*rare)["gravity"].points == 1.0
    assert parts(*rare)["gravity"].evidence == "1 条提到：爆炸"


voices = st.lists(
    st.builds(
        voice,
        person=st.sampled_from("abcdefgh"),
        days_ago=st.floats(0, 400),
        channel=st.sampled_from(["hotline", "weibo", "forum"]),
        reactions=st.integers(0, 10**7),
        gravity_word=st.sampled_from(["", "爆炸", "老人"]),
    ),
    min_size=1,
    max_size=30,
)


@given(voices)
def test_parts_stay_within_their_bounds_and_add_up(said: list[Voice]) -> None:
    found = list(parts(*said).values())
    assert all(0 <= part.points <= part.of for part in found)
    assert sum(part.of for part in found) == 100
    assert heat(found) == round(sum(part.points for part in found), 1)
    assert people(said) == len({one.author_key for one in said})
