from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from responder.planning.linking import rules

FIRST = datetime(2026, 10, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 1, tzinfo=UTC)


def around(days_after_last: float, unit_words: tuple[str, ...] = ()) -> rules.Circumstances:
    return rules.Circumstances(
        FIRST, LAST, LAST + timedelta(days=days_after_last), "市住建局", unit_words
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
    assert rules.suggestion_score(1.0, WORDS, around(0, ("车位",)))[0] == pytest.approx(1.0)


def test_only_the_heaviest_words_are_shown() -> None:
    many = tuple((f"词{n}", (10 - n) / 55) for n in range(10))
    _, reasons = rules.suggestion_score(0.5, many, around(60))
    assert [word for word, _ in reasons] == ["词0", "词1", "词2", "词3"]
