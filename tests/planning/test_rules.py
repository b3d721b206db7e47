from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from responder.planning import rules
from responder.planning.rules import EventFate, Progress

FIRST = datetime(2026, 10, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "month", "first", "last", "weeks"),
    [
        (2026, 11, date(2026, 10, 26), date(2026, 12, 6), 6),  # begins on a Sunday
        (2027, 2, date(2027, 2, 1), date(2027, 2, 28), 4),  # fills four weeks exactly
        (2028, 2, date(2028, 1, 31), date(2028, 3, 5), 5),  # leap year
        (2026, 12, date(2026, 11, 30), date(2027, 1, 3), 5),  # runs over into the next year
        (2026, 1, date(2025, 12, 29), date(2026, 2, 1), 5),  # and in from the last
    ],
)
def test_a_month_is_whole_weeks_from_monday(
    year: int, month: int, first: date, last: date, weeks: int
) -> None:
    grid = rules.month_grid(year, month)
    days = [day for week in grid for day in week]
    assert (days[0], days[-1], len(grid)) == (first, last, weeks)
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in grid)
    assert days == [first + timedelta(days=n) for n in range(len(days))]


@pytest.mark.parametrize(
    ("year", "month", "step", "expected"),
    [
        (2026, 12, 1, (2027, 1)),
        (2026, 1, -1, (2025, 12)),
        (2026, 6, 1, (2026, 7)),
        (2026, 6, -18, (2024, 12)),
    ],
)
def test_the_next_month_may_lie_in_another_year(
    year: int, month: int, step: int, expected: tuple[int, int]
) -> None:
    assert rules.next_month(year, month, step) == expected


@pytest.mark.parametrize(
    ("month", "day", "possible"),
    [(2, 28, True), (2, 29, False), (4, 31, False), (12, 31, True), (2, None, True), (3, 0, False)],
)
def test_only_days_that_exist_are_possible(month: int, day: int | None, possible: bool) -> None:
    assert rules.is_possible_day(2026, month, day) is possible


HELD = EventFate(took_place=True, cancelled=False)
ALIVE = EventFate(took_place=False, cancelled=False)
GONE = EventFate(took_place=False, cancelled=True)


@pytest.mark.parametrize(
    ("fates", "month", "day", "expected"),
    [
        ([], 12, None, Progress.WAITING),
        ([], 11, None, Progress.WAITING),  # the month is not over yet
        ([], 10, None, Progress.OVERDUE),
        ([], 11, 19, Progress.OVERDUE),
        ([], 11, 20, Progress.WAITING),
        ([ALIVE], 12, None, Progress.UNDER_WAY),
        ([ALIVE], 10, None, Progress.OVERDUE),
        ([ALIVE, HELD], 10, None, Progress.HELD),
        ([GONE], 12, None, Progress.CANCELLED),
        ([GONE, ALIVE], 12, None, Progress.UNDER_WAY),
        ([GONE, HELD], 1, None, Progress.HELD),
    ],
)
def test_a_row_of_the_plan_is_where_its_events_and_the_day_put_it(
    fates: list[EventFate], month: int, day: int | None, expected: Progress
) -> None:
    assert rules.entry_progress(fates, 2026, month, day, date(2026, 11, 20)) is expected


def test_the_tally_names_every_kind() -> None:
    counts = rules.tally([Progress.HELD, Progress.HELD, Progress.OVERDUE])
    assert counts[Progress.HELD] == 2
    assert counts[Progress.WAITING] == 0
    assert set(counts) == set(Progress)


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
