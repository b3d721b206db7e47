"""Events that recur: their dates, and what is changed of which."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale, WrongState
from responder.core.permissions import CONSOLE
from responder.core.times import local
from responder.planning.events import series
from responder.planning.events.models import EventSeries
from responder.planning.events.series import Every, Scope
from responder.planning.events.series_moving import cancel_series, versions
from responder.planning.models import EventState, PressEvent
from tests.factories import NOW
from tests.planning import factories as make
from tests.planning.queries import count_queries

TUESDAY = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)  # the first of December, 09:30 in Shanghai
DAY = date(2026, 12, 1)


def recur(event: PressEvent, rule: str) -> list[PressEvent]:
    with transaction(CONSOLE, NOW) as session:
        return series.make_series(session, event, rule, CONSOLE, NOW)


def a_series(count: int = 4) -> list[PressEvent]:
    event = make.event(starts_at=TUESDAY)
    return [event, *recur(event, series.rule_of(Every.MONTH_WEEKDAY, DAY, count, None))]


def edit(event: PressEvent, scope: Scope, **changes: object) -> int:
    facts = replace(series.facts_of(event), **changes)
    with transaction(CONSOLE, NOW) as session:
        return series.edit_series(session, event, facts, event.version_id, scope, CONSOLE, NOW)


def days(events: list[PressEvent]) -> list[date]:
    return [local(event.starts_at).date() for event in events]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (Every.WEEK, [DAY, date(2026, 12, 8), date(2026, 12, 15)]),
        (Every.MONTH_WEEKDAY, [DAY, date(2027, 1, 5), date(2027, 2, 2)]),
        (Every.MONTH_DAY, [DAY, date(2027, 1, 1), date(2027, 2, 1)]),
        (Every.QUARTER, [DAY, date(2027, 3, 2), date(2027, 6, 1)]),
    ],
)
def test_an_event_recurs_by_its_own_day(every: Every, expected: list[date]) -> None:
    rule = series.rule_of(every, DAY, 3, None)
    found = series.occurrences(rule, TUESDAY)
    assert [local(moment).date() for moment in found] == expected
    assert {local(moment).time().isoformat() for moment in found} == {"09:30:00"}


def test_a_fifth_weekday_is_the_last_of_its_month() -> None:
    day = date(2026, 12, 29)
    rule = series.rule_of(Every.MONTH_WEEKDAY, day, 2, None)
    assert rule == "FREQ=MONTHLY;BYDAY=-1TU;COUNT=2"


def test_the_hour_stays_where_clocks_are_put_forward() -> None:
    paris = ZoneInfo("Europe/Paris")
    start = datetime(2026, 3, 24, 9, 0, tzinfo=paris)
    found = series.occurrences("FREQ=WEEKLY;COUNT=2", start, paris)
    assert [one.hour for one in found] == [9, 9]
    assert found[1] - found[0].astimezone(UTC) == timedelta(days=7, hours=-1)


def test_a_last_day_becomes_a_count() -> None:
    assert series.rule_of(Every.WEEK, DAY, None, date(2026, 12, 15)).endswith("COUNT=3")


@pytest.mark.parametrize(
    ("count", "until"), [(1, None), (61, None), (None, None), (None, DAY), (None, date(2030, 1, 1))]
)
def test_a_series_of_one_or_of_too_many_is_refused(count: int | None, until: date | None) -> None:
    with pytest.raises(Invalid) as refusal:
        series.rule_of(Every.WEEK, DAY, count, until)
    assert "count" in refusal.value.fields


def test_a_series_is_made_of_proposals_like_the_first(session: Session) -> None:
    event = make.event(starts_at=TUESDAY, state=EventState.CONFIRMED, summary="通报进展")
    with transaction(CONSOLE, NOW):
        event.ends_at, event.evaluation = TUESDAY + timedelta(hours=1), "只属于第一场"
    made = recur(event, "FREQ=MONTHLY;BYDAY=1TU;COUNT=3")
    assert days(made) == [date(2027, 1, 5), date(2027, 2, 2)]
    assert {(one.theme, one.summary, one.state, one.evaluation) for one in made} == {
        (event.theme, "通报进展", EventState.PROPOSED, "")
    }
    assert all(one.ends_at == one.starts_at + timedelta(hours=1) for one in made)
    assert all(one.series_at == one.starts_at for one in (event, *made))
    assert len({one.uid for one in (event, *made)}) == 3
    stored = session.get_one(EventSeries, event.series_id)
    assert (stored.rule, stored.starts_at) == ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", TUESDAY)
    with pytest.raises(WrongState):
        recur(event, "FREQ=WEEKLY;COUNT=2")


@pytest.mark.parametrize(
    ("scope", "changed"),
    [(Scope.THIS, [1]), (Scope.LATER, [1, 2, 3]), (Scope.ALL, [0, 1, 2, 3])],
)
def test_a_change_reaches_as_far_as_it_is_meant(
    session: Session, scope: Scope, changed: list[int]
) -> None:
    events = a_series()
    count = edit(events[1], scope, place="线上", evaluation="只属于这一场")
    assert [n for n, one in enumerate(events) if one.place == "线上"] == changed
    assert count == len(changed) - 1
    assert [n for n, one in enumerate(events) if one.evaluation] == [1]


def test_what_differs_already_and_was_not_changed_stays(session: Session) -> None:
    events = a_series()
    edit(events[2], Scope.THIS, speaker="李四", starts_at=events[2].starts_at + timedelta(days=1))
    edit(events[0], Scope.ALL, place="线上")
    assert [one.speaker for one in events].count("李四") == 1
    assert days(events)[2] == date(2027, 2, 3)
    assert events[2].series_at == events[2].starts_at - timedelta(days=1)


def test_another_time_shifts_each_by_as_many_days_to_the_same_hour(session: Session) -> None:
    events = a_series()
    held = events[0]
    with transaction(CONSOLE, NOW):
        held.state = EventState.HELD
        events[3].state = EventState.POSTPONED
    before = held.starts_at, events[3].starts_at
    to = events[1].starts_at + timedelta(days=1, hours=5)
    edit(events[1], Scope.ALL, starts_at=to, ends_at=to + timedelta(hours=1))
    assert days(events[1:3]) == [date(2027, 1, 6), date(2027, 2, 3)]
    assert {local(one.starts_at).hour for one in events[1:3]} == {14}
    assert events[2].ends_at == events[2].starts_at + timedelta(hours=1)
    assert (held.starts_at, events[3].starts_at) == before


def test_a_postponed_one_keeps_waiting_when_the_others_are_renamed(session: Session) -> None:
    events = a_series()
    with transaction(CONSOLE, NOW):
        events[2].state = EventState.POSTPONED
    edit(events[0], Scope.ALL, theme="改名")
    assert {one.theme for one in events} == {"改名"}
    assert events[2].state is EventState.POSTPONED


def test_cancelling_reaches_as_far_as_it_is_meant(session: Session) -> None:
    events = a_series()
    with transaction(CONSOLE, NOW) as writing:
        seen = versions(events)
        count = cancel_series(writing, events[1], Scope.LATER, CONSOLE, NOW, "机构调整", seen=seen)
    assert count == 3
    assert [one.state for one in events] == [EventState.PROPOSED, *[EventState.CANCELLED] * 3]
    assert all(one.sequence == 1 for one in events[1:])


def test_what_somebody_has_changed_meanwhile_is_not_cancelled_unseen(session: Session) -> None:
    events = a_series()
    seen = versions(events)
    edit(events[0], Scope.THIS, theme="不在范围内的一场")
    edit(events[2], Scope.THIS, theme="刚改过的一场")
    with pytest.raises(Stale, match="刚被别人修改过"), transaction(CONSOLE, NOW) as writing:
        cancel_series(writing, events[1], Scope.LATER, CONSOLE, NOW, "机构调整", seen=seen)
    assert {one.state for one in events} == {EventState.PROPOSED}
    edit(events[3], Scope.THIS, theme="又一场")
    with transaction(CONSOLE, NOW) as writing:
        cancel_series(writing, events[1], Scope.THIS, CONSOLE, NOW, "机构调整", seen=seen)
    assert events[1].state is EventState.CANCELLED


def test_clashes_of_a_whole_series_take_the_queries_of_one(session: Session) -> None:
    event = make.event(starts_at=TUESDAY)
    make.event("已有的", series.occurrences("FREQ=WEEKLY;COUNT=3", TUESDAY)[2])

    def look(count: int) -> int:
        return count_queries(
            lambda: series.series_clashes(db.session, event, f"FREQ=WEEKLY;COUNT={count}")
        )

    assert event.unit.name
    assert look(50) == look(2) == 6
    found = series.series_clashes(session, event, "FREQ=WEEKLY;COUNT=4")
    assert {clash.other_theme for clash in found if clash.other_id} == {"已有的"}
