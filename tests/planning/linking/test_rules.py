from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from responder.planning.linking import rules

FIRST = datetime(2026, 10, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 1, tzinfo=UTC)


def around(
    days_after_last: float, unit_words: tuple[str, ...] = (), place: str = ""
) -> rules.Circumstances:
    return rules.Circumstances(
        FIRST, LAST, LAST + timedelta(days=days_after_last), "市住建局", unit_words, place
    )


WORDS = (("车位", 0.7), ("地库", 0.3))


def test_an_event_before_the_first_message_cannot_answer_the_topic() -> None:
    early = rules.Circumstances(FIRST, LAST, FIRST - timedelta(hours=1))
    assert rules.suggestion_score(0.9, WORDS, early) == (0.0, ())


def test_without_a_shared_word_no_day_makes_a_suggestion() -> None:
    assert rules.suggestion_score(0.0, (), around(1, ("车位",))) == (0.0, ())


@pytest.mark.parametrize("days", [0, 10, 44, 46, 200])
def test_shares_of_the_reasons_sum_to_one(days: float) -> None:
    _, reasons = rules.suggestion_score(0.5, WORDS, around(days, ("车位",)))
    assert sum(share for _, share in reasons) == pytest.approx(1.0)


def test_nearer_events_score_higher_and_beyond_45_days_time_says_nothing() -> None:
    scores = [rules.suggestion_score(0.5, WORDS, around(days))[0] for days in (-5, 1, 30, 45, 46)]
    assert scores == sorted(scores, reverse=True)
    assert scores[3] > scores[4] == pytest.approx(0.5 * rules.WORDS_WEIGHT)


def test_the_unit_in_charge_counts_and_is_named() -> None:
    without, _ = rules.suggestion_score(0.5, WORDS, around(60))
    score, reasons = rules.suggestion_score(0.5, WORDS, around(60, ("车位",)))
    assert score - without == pytest.approx(rules.UNIT_WEIGHT)
    assert reasons[-1][0] == "市住建局职责（车位）"


def test_a_perfect_match_scores_one() -> None:
    whole = around(0, ("车位",), "金浦华庭")
    assert rules.suggestion_score(1.0, WORDS, whole)[0] == pytest.approx(1.0)


def test_the_place_counts_and_is_named() -> None:
    without, _ = rules.suggestion_score(0.5, WORDS, around(60))
    score, reasons = rules.suggestion_score(0.5, WORDS, around(60, place="金浦华庭"))
    assert score - without == pytest.approx(rules.PLACE_WEIGHT)
    assert reasons[-1][0] == "同一地点（金浦华庭）"


def test_wordings_that_meet_by_chance_score_nothing_and_one_phrase_must_weigh_more() -> None:
    between = (rules.LEAST_SIMILARITY + rules.LEAST_OF_ONE_PHRASE) / 2
    assert rules.word_score(rules.LEAST_SIMILARITY / 2, 5) == 0
    assert rules.word_score(between, 1) == 0
    assert 0 < rules.word_score(between, 2) < rules.word_score(0.3, 1) < 1
    assert rules.word_score(0.9, 3) == 1


def test_pairs_are_kept_for_the_best_of_either_side() -> None:
    one_topic = {(1, event): 1.0 - event / 100 for event in range(9)}
    assert rules.both_ways(one_topic) == set(one_topic)  # it is the best of each event
    rival = {(2, event): 2.0 for event in range(9)}
    many = {(topic, event): 2.0 for topic in range(3, 9) for event in range(9)}
    kept = rules.both_ways({**one_topic, **rival, **many})
    assert {event for topic, event in kept if topic == 1} == {0, 1, 2}
    assert sum(event == 8 for _, event in kept) == rules.PER_EVENT


@pytest.mark.parametrize(
    ("heats", "since"),
    [
        ({1: 10.0, 2: 40.0, 3: 50.0}, 2),
        ({1: 40.0, 2: 10.0, 3: 50.0}, 3),  # it had cooled down in between
        ({1: 40.0, 3: 50.0}, 1),  # a day without a refresh breaks nothing
        ({1: 40.0, 2: 10.0}, None),  # hot since the last point: nobody knows better
        ({}, None),
    ],
)
def test_the_clock_begins_with_the_first_day_of_an_unbroken_row(
    heats: dict[int, float], since: int | None
) -> None:
    points = {date(2026, 11, day): heat for day, heat in heats.items()}
    expected = FIRST if since is None else datetime(2026, 11, since, tzinfo=UTC)
    assert rules.hot_since(points, 35, FIRST, ZoneInfo("UTC")) == expected


def test_the_clock_begins_with_the_first_message_when_that_day_had_none_yet() -> None:
    first = datetime(2026, 11, 2, 9, tzinfo=UTC)
    points = {date(2026, 11, 2): 60.0}
    assert rules.hot_since(points, 35, first, ZoneInfo("Asia/Shanghai")) == first
    earlier = datetime(2026, 10, 2, tzinfo=UTC)
    assert rules.hot_since(points, 35, earlier, ZoneInfo("Asia/Shanghai")) == datetime(
        2026, 11, 1, 16, tzinfo=UTC
    )


def test_a_topic_comes_back_when_it_is_hotter_by_a_level() -> None:
    assert rules.has_come_back(2, 3)
    assert not rules.has_come_back(2, 2)
    assert not rules.has_come_back(3, 2)


def test_only_the_heaviest_words_are_shown() -> None:
    many = tuple((f"词{n}", (10 - n) / 55) for n in range(10))
    _, reasons = rules.suggestion_score(0.5, many, around(60))
    assert [word for word, _ in reasons] == ["词0", "词1", "词2", "词3"]
