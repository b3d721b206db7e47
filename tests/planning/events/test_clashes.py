"""What stands in an event's way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import store_year
from responder.planning.events.clashes import (
    Clash,
    clashes,
    clashes_by_slot,
    clashes_of,
    demand_acceptance,
    doubts_of,
    slot_of,
)
from responder.planning.events.models import AvoidedPeriod
from responder.planning.events.rules import ClashKind, Slot, Span
from responder.planning.models import EventState
from tests.factories import NOW, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries

FRIDAY = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


def kinds(found: list[Clash]) -> list[ClashKind]:
    return [clash.kind for clash in found]


def test_a_room_a_person_and_a_unit_that_are_taken_are_named(session: Session) -> None:
    taken = make.event("物业收费", FRIDAY)
    found = clashes(
        session, FRIDAY, place="市政府新闻发布厅", speaker="副局长", unit_id=taken.unit_id
    )
    assert kinds(found) == [ClashKind.ROOM, ClashKind.SPEAKER]
    assert "“市政府新闻发布厅”已安排“物业收费”" in found[0].sentence
    assert "按 2 小时计" in found[0].sentence
    assert (found[0].other_id, found[0].other_theme, found[0].day) == (
        taken.id, "物业收费", date(2026, 11, 27),
    )  # fmt: skip
    afternoon = FRIDAY + timedelta(hours=5)
    assert kinds(clashes(session, afternoon, unit_id=taken.unit_id)) == [ClashKind.UNIT]
    assert clashes(session, afternoon, place="市政府新闻发布厅", speaker="副局长") == []


@pytest.mark.parametrize("first", [True, False])
def test_a_room_is_taken_over_midnight_and_for_days_and_told_once(
    session: Session, first: bool
) -> None:
    late = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)  # 23:30, until half past one as assumed
    early = late + timedelta(hours=1)
    taken, asked = (late, early) if first else (early, late)
    make.event("另一项", taken)
    assert kinds(clashes(session, asked, place="市政府新闻发布厅")) == [ClashKind.ROOM]
    days = clashes(session, late, ends_at=late + timedelta(hours=50), place="市政府新闻发布厅")
    assert [clash.other_theme for clash in days if clash.other_id] == ["另一项"]


def test_clashes_of_several_are_told_by_each(session: Session) -> None:
    make.event("周五的", FRIDAY)
    slots = [
        Slot(Span(FRIDAY + timedelta(days=n)), "市政府新闻发布厅") for n in (3, 0, 1)
    ]  # Monday, Friday, Saturday
    found = clashes_by_slot(session, slots)
    assert [kinds(one) for one in found] == [[], [ClashKind.ROOM], [ClashKind.DAY_OFF]]
    assert clashes_of(session, slots) == [*found[1], *found[2]]
    assert clashes_by_slot(session, []) == []


@pytest.mark.parametrize("state", [EventState.CANCELLED, EventState.POSTPONED])
def test_what_has_no_day_is_in_nobodys_way(session: Session, state: EventState) -> None:
    make.event(starts_at=FRIDAY, state=state)
    assert clashes(session, FRIDAY, place="市政府新闻发布厅") == []


def test_an_event_is_not_in_its_own_way(session: Session) -> None:
    event = make.event(starts_at=FRIDAY)
    assert clashes(session, FRIDAY, place=event.place, event_id=event.id) == []
    assert clashes_of(session, [slot_of(event)]) == []


def test_what_began_before_may_still_go_on(session: Session) -> None:
    event = make.event(starts_at=FRIDAY - timedelta(days=3))
    with transaction(CONSOLE, NOW):
        event.ends_at = FRIDAY + timedelta(hours=1)
    assert kinds(clashes(session, FRIDAY, place=event.place)) == [ClashKind.ROOM]


def test_days_off_and_days_to_avoid_are_said_by_name(session: Session) -> None:
    saturday, monday = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)
    with transaction(CONSOLE, NOW) as writing:
        store_year(writing, 2026, [(date(2026, 11, 27), False, "校庆日")], "试验")
        writing.add(
            AvoidedPeriod(first_day=date(2026, 11, 30), last_day=date(2026, 12, 4), name="市两会")
        )
    (off,) = clashes(session, FRIDAY)
    assert (off.kind, off.sentence) == (
        ClashKind.DAY_OFF, "2026年11月27日（星期五）不是工作日：校庆日",
    )  # fmt: skip
    assert kinds(clashes(session, saturday)) == [ClashKind.DAY_OFF]
    (avoided,) = clashes(session, monday)
    assert avoided.kind is ClashKind.AVOIDED
    assert "“市两会”（2026年11月30日至2026年12月4日）" in avoided.sentence


def test_a_year_not_announced_is_told_and_needs_no_consent(session: Session) -> None:
    (told,) = clashes(session, datetime(2091, 5, 8, 1, tzinfo=UTC))
    assert told.kind is ClashKind.PROVISIONAL
    assert not told.must_be_accepted


def test_clashes_are_accepted_by_somebody_and_stand_in_the_trail(session: Session) -> None:
    make.event("物业收费", FRIDAY)
    event = make.event(starts_at=FRIDAY)

    def save(accepted: bool) -> None:
        with transaction(CONSOLE, NOW) as writing:
            found = clashes_of(writing, [slot_of(event)])
            demand_acceptance(writing, event, found, accepted, CONSOLE)

    with pytest.raises(GuardRefused, match="仍然保存"):
        save(False)
    save(True)
    line = audit.history(session, event)[-1]
    assert line.action == "accept_clashes"
    assert "物业收费" in line.note


def test_nothing_to_accept_leaves_no_line(session: Session) -> None:
    event = make.event(starts_at=FRIDAY)
    with transaction(CONSOLE, NOW) as writing:
        demand_acceptance(writing, event, clashes_of(writing, [slot_of(event)]), False, CONSOLE)
    assert [line.action for line in audit.history(session, event)] == ["create"]


def test_a_series_takes_the_queries_of_one(session: Session) -> None:
    responsible = unit().id
    make.event("已有的", FRIDAY + timedelta(days=14))

    def look(count: int) -> list[Clash]:
        spans = [Span(FRIDAY + timedelta(days=7 * n)) for n in range(count)]
        wanted = [Slot(span, "市政府新闻发布厅", "", responsible) for span in spans]
        return clashes_of(db.session, wanted)

    one = count_queries(lambda: look(1))
    assert count_queries(lambda: look(5)) == one == 6
    assert [(c.kind, c.day) for c in look(5) if c.kind is ClashKind.ROOM] == [
        (ClashKind.ROOM, date(2026, 12, 11))
    ]


def test_a_day_behind_or_in_another_year_than_the_plan_is_doubted(session: Session) -> None:
    row = make.entry(year=2027)
    today = FRIDAY.date()
    coming = make.event(starts_at=FRIDAY)
    assert doubts_of(coming, today) == []
    assert kinds(doubts_of(coming, today + timedelta(days=1))) == [ClashKind.PAST]
    other = make.event(starts_at=FRIDAY, plan_entry=row)
    [doubt] = doubts_of(other, today)
    assert doubt.kind is ClashKind.OTHER_YEAR
    assert "2027 年的计划条目" in doubt.sentence
    with pytest.raises(GuardRefused), transaction(CONSOLE) as writing:
        demand_acceptance(writing, other, [doubt], False, CONSOLE)
