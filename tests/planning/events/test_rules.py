"""Due days, spans and collisions, as arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.core.times import SHANGHAI
from responder.planning.events.rules import (
    ClashKind,
    Slot,
    Span,
    collisions,
    due_day,
    same_person,
    same_room,
)

FRIDAY = date(2026, 11, 27)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, FRIDAY), (1, date(2026, 11, 26)), (5, date(2026, 11, 20)), (-1, date(2026, 11, 30))],
)
def test_working_days_count_back_from_the_event_and_on_from_it(days: int, expected: date) -> None:
    assert due_day(FRIDAY, days, weekdays) == expected


def test_a_make_up_saturday_counts_and_a_holiday_does_not() -> None:
    odd = {date(2026, 11, 21): True, date(2026, 11, 26): False}
    assert due_day(FRIDAY, 5, lambda day: odd.get(day, weekdays(day))) == date(2026, 11, 20)
    assert due_day(FRIDAY, 4, lambda day: odd.get(day, weekdays(day))) == date(2026, 11, 21)


@given(DAYS, st.integers(-60, 60))
def test_between_a_task_and_its_event_lie_as_many_working_days_as_said(
    day: date, days: int
) -> None:
    due = due_day(day, days, weekdays)
    first, last = min(day, due), max(day, due)
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(weekdays(one) for one in between if one != day) == abs(days)
    assert days == 0 or weekdays(due)
    assert (due < day) == (days > 0)


MORNING = datetime(2026, 11, 27, 1, tzinfo=UTC)  # 09:00 in Shanghai
HOUR = timedelta(hours=1)
ONE = Slot(Span(MORNING, MORNING + HOUR), "新闻发布厅", "王小明", 1, "住建局", 1, "甲")


def other(**changes: object) -> Slot:
    facts = {"span": ONE.span, "place": "别处", "speaker": "别人", "unit_id": 2, "event_id": 2}
    return replace(ONE, **{**facts, **changes})


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (other(), []),
        (other(place=" 新闻 发布厅 "), [ClashKind.ROOM]),
        (other(place="新闻发布厅", span=Span(MORNING + HOUR, None)), []),
        (other(place="新闻发布厅", span=Span(MORNING - HOUR, None)), [ClashKind.ROOM]),
        (other(speaker="王小明", span=Span(MORNING + 5 * HOUR)), [ClashKind.SPEAKER]),
        (other(speaker="王小明", span=Span(MORNING + 24 * HOUR)), []),
        (other(unit_id=1, span=Span(MORNING + 5 * HOUR)), [ClashKind.UNIT]),
        (other(unit_id=1, span=Span(MORNING + 15 * HOUR)), []),  # past midnight in Shanghai
        (other(unit_id=1, speaker="王小明"), [ClashKind.SPEAKER]),
        (other(place="新闻发布厅", span=Span(MORNING - 9 * HOUR, None, True)), [ClashKind.ROOM]),
    ],
)
def test_two_events_want_the_same(slot: Slot, expected: list[ClashKind]) -> None:
    assert collisions(ONE, slot, SHANGHAI) == expected
    assert collisions(slot, ONE, SHANGHAI) == expected


def test_what_is_online_takes_no_room() -> None:
    assert not same_room("线上", "线上")
    assert not same_room("", " ")


def test_a_post_without_a_name_is_one_person_only_within_one_unit() -> None:
    assert not same_person("副局长", "副局长", same_unit=False)
    assert same_person("副局长", "副局长", same_unit=True)
    assert same_person("王小明 副局长", "王小明副局长", same_unit=False)
    assert not same_person("", "", same_unit=True)


def test_whole_days_end_with_the_first_moment_after_them() -> None:
    midnight = datetime(2026, 11, 26, 16, tzinfo=UTC)
    one_day, two_days = (
        Span(midnight, None, True),
        Span(midnight, midnight + timedelta(days=2), True),
    )
    assert list(one_day.days(SHANGHAI)) == [FRIDAY]
    assert list(two_days.days(SHANGHAI)) == [FRIDAY, date(2026, 11, 28)]


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(moments, moments, st.none() | st.integers(1, 600))
def test_moving_there_and_back_is_no_move(
    start: datetime, elsewhere: datetime, minutes: int | None
) -> None:
    end = start + timedelta(minutes=minutes) if minutes else None
    span = Span(start, end)
    assert span.moved_to(elsewhere).moved_to(start) == span
