"""Heat: what raises it, what must not."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from responder.topics.heat import BURST, COPIER, SPEED, aged, shares, surprise
from responder.topics.lexicon import gravity_lexicon
from responder.topics.rules import (
    PART_LABELS,
    SHIPPED,
    GraveWord,
    Share,
    heat,
    weighed,
)
from tests.factories import NOW
from tests.topics.channels import channel_past
from tests.topics.tallied import Saying, tally

WORDS = {
    "爆炸": GraveWord(10.0, "伤亡事故", "险情"),
    "漏电": GraveWord(7.0, "安全隐患", "险情"),
    "老人": GraveWord(5.0, "老年人", "人群"),
}


def voice(
    person: str = "a",
    days_ago: float = 1,
    channel: str = "hotline",
    district: str = "城东区",
    reactions: int = 0,
    words: tuple[str, ...] = (),
    repeats: bool = False,
) -> Saying:
    said_at = NOW - timedelta(days=days_ago)
    return Saying(person, channel, district, said_at, reactions, words, repeats)


def measured(
    voices: list[Saying], others: list[Saying] | tuple[()] = (), as_of: datetime = NOW
) -> dict[str, Share]:
    """The shares of a topic beside ``others``, who spoke of other things."""
    spoken = [(one.channel, one.author_key, one.occurred_at) for one in (*voices, *others)]
    past = channel_past(spoken, as_of)
    return {one.name: one for one in shares(tally(voices, as_of), as_of, past, WORDS)}


def crowd(count: int, days_ago: float, prefix: str = "p", **more) -> list[Saying]:
    return [voice(f"{prefix}{n}", days_ago, **more) for n in range(count)]


def weekly(count: int, prefix: str = "w", weeks: int = 5) -> list[Saying]:
    """``count`` different people in each of the last weeks, this one included."""
    return [
        voice(f"{prefix}{week}-{n}", days_ago=week * 7 + 3)
        for week in range(weeks)
        for n in range(count)
    ]


def test_a_flood_by_one_person_is_one_voice() -> None:
    once = measured([voice("a", days_ago=0.1)])
    flood = measured([voice("a", days_ago=n / 10) for n in range(1, 41)])
    for part in ("volume", "speed", "burst", "freshness"):
        assert flood[part].share == once[part].share
    assert flood["volume"].evidence == "1 人，40 条"


def test_one_person_everywhere_is_no_spread() -> None:
    everywhere = [
        voice("a", channel=channel, district=f"{channel}区")
        for channel in ("hotline", "weibo", "forum")
    ]
    assert measured(everywhere)["spread"].share == 0
    people_everywhere = [one._replace(author_key=one.channel) for one in everywhere]
    assert measured(people_everywhere)["spread"].share == 0.5


def test_whoever_only_sends_on_the_same_words_counts_little() -> None:
    ten = crowd(10, 1)
    copied = [ten[0], *(one._replace(repeats=True) for one in ten[1:])]
    assert measured(copied)["volume"].share < measured(ten[:3])["volume"].share
    assert measured(copied)["speed"].share < measured(ten[:3])["speed"].share
    assert measured(copied)["volume"].evidence == (
        "10 人，10 条；其中 9 人只转述相同内容，每人按 0.2 人计"
    )


def test_a_copy_beside_words_of_ones_own_takes_nothing_away() -> None:
    own = [voice("a"), voice("b")]
    assert measured([*own, voice("b", repeats=True)])["volume"].share == (
        measured(own)["volume"].share
    )


@pytest.mark.parametrize(
    ("part", "hotter", "cooler"),
    [
        ("volume", [voice("a"), voice("b")], [voice("a")]),
        ("speed", crowd(6, 2), crowd(3, 2)),
        ("burst", crowd(6, 0.5), crowd(3, 0.5)),
        ("reach", [voice(reactions=100)], [voice(reactions=10)]),
        ("spread", [voice("a"), voice("b", channel="weibo")], [voice("a"), voice("b")]),
        ("spread", [voice("a"), voice("b", district="城西区")], [voice("a"), voice("b")]),
        ("gravity", [voice(words=("爆炸",))], [voice(words=("老人",))]),
        ("gravity", [voice(words=("漏电", "老人"))], [voice(words=("漏电",))]),
        ("freshness", [voice(days_ago=1)], [voice(days_ago=20)]),
    ],
)
def test_each_part_rises_with_its_cause(part, hotter, cooler) -> None:
    assert measured(hotter)[part].share > measured(cooler)[part].share


def test_a_steady_topic_surprises_nobody() -> None:
    found = measured(weekly(3))
    assert (found["speed"].share, found["burst"].share) == (0, 0)
    assert found["speed"].evidence == (
        "近 7 天 3 人，此前每周 3.0 人；所在渠道是平时的 1.0 倍；属平常起伏"
    )


def test_speed_compares_the_week_with_the_topics_own_past() -> None:
    more = crowd(8, 2, "new")
    assert measured([*weekly(1), *more])["speed"].share > 0.5
    assert measured([*weekly(8), *more])["speed"].share < 0.5


def test_a_surge_of_the_whole_channel_surprises_less() -> None:
    topic = [*weekly(5), *crowd(5, 2, "new")]
    quiet = measured(topic, weekly(100, "other"))
    surge = measured(topic, [*weekly(100, "other"), *crowd(100, 2, "more")])
    assert surge["speed"].share < quiet["speed"].share / 2
    assert "所在渠道是平时的 1.8 倍" in surge["speed"].evidence


def test_a_surge_of_another_channel_changes_nothing() -> None:
    topic = [*weekly(5), *crowd(5, 2, "new")]
    elsewhere = [one._replace(channel="weibo") for one in crowd(300, 2, "more")]
    assert measured(topic, elsewhere)["speed"] == measured(topic)["speed"]


def test_a_topic_does_not_excuse_itself_by_filling_its_channel() -> None:
    topic = crowd(60, 2)
    assert "1.0 倍" in measured(topic)["speed"].evidence
    assert measured(topic)["speed"].share == 1


def test_burst_sees_a_day_that_speed_does_not() -> None:
    # Twenty a week are usual, but not on one day.
    topic = [*weekly(20)[20:], *crowd(20, 0.5, "today")]
    found = measured(topic)
    assert found["speed"].share == 0
    assert found["burst"].share == 1


@pytest.mark.parametrize("pace", [SPEED, BURST])
@pytest.mark.parametrize(("seen", "past"), [(1, 0), (3, 0), (7, 4), (40, 100)])
@pytest.mark.parametrize("exposure", [0.5, 1.0, 2.0])
def test_the_surprise_is_the_tail_of_the_negative_binomial(pace, seen, past, exposure) -> None:
    weight = pace.prior_periods + pace.periods
    tail = nbinom.sf(seen - 1, pace.prior_voices + past, weight / (weight + exposure))
    assert 10 ** -surprise(seen, past, pace.periods, exposure, pace) == pytest.approx(tail)


def test_the_surprise_of_a_multitude_is_a_number() -> None:
    assert surprise(1e6, 0, 4, 1.0, SPEED) == 300


def test_gravity_needs_more_than_one_voice_among_many() -> None:
    rare = [*crowd(29, 1), voice("x", words=("爆炸",))]
    assert measured(rare)["gravity"].share == pytest.approx(0.1)
    assert measured(rare)["gravity"].evidence == "1 人提到：爆炸（伤亡事故）"


def test_gravity_counts_people_and_not_their_messages() -> None:
    shouting = [*crowd(29, 1), *(voice("x", n / 10, words=("爆炸",)) for n in range(20))]
    assert measured(shouting)["gravity"].share == pytest.approx(0.1)


def test_the_lexicon_gives_the_gravest_word_of_each_group() -> None:
    lexicon = gravity_lexicon()
    found = lexicon.gravest_in("幼儿园旁燃气泄漏，曾经爆炸，老人害怕")
    assert [lexicon.words[word].group for word in found] == ["人群", "险情"]
    assert "爆炸" in found
    assert lexicon.gravest_in("路灯不亮") == ()


def test_what_nobody_spoke_of_for_a_week_only_ages() -> None:
    topic = crowd(6, 9)
    before = weighed(measured(topic).values(), SHIPPED.weights)
    later = NOW + timedelta(days=5)
    assert aged(before, topic[0].occurred_at, later) == list(measured(topic, as_of=later).values())


def test_the_order_of_messages_changes_nothing() -> None:
    topic = [*weekly(4), *crowd(5, 0.4, words=("漏电",)), *crowd(7, 1.2, "c", repeats=True)]
    shuffled = Random(3).sample(topic, len(topic))
    assert measured(shuffled) == measured(topic)


voices = st.lists(
    st.builds(
        voice,
        person=st.sampled_from("abcdefgh"),
        days_ago=st.floats(0, 400),
        channel=st.sampled_from(["hotline", "weibo", "forum"]),
        district=st.sampled_from(["", "城东区", "城西区"]),
        reactions=st.integers(0, 10**7),
        words=st.sets(st.sampled_from(list(WORDS))).map(tuple),
        repeats=st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


@given(voices)
def test_parts_stay_within_their_bounds_and_add_up(said: list[Saying]) -> None:
    found = measured(said)
    assert list(found) == list(PART_LABELS)
    assert all(0 <= one.share <= 1 for one in found.values())
    assert all(one.evidence for one in found.values())
    assert 0 <= heat(weighed(found.values(), SHIPPED.weights)) <= 100


def test_a_copier_counts_less_than_a_speaker() -> None:
    assert 0 < COPIER < 1
