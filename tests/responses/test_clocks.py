"""What stops an item's clocks, and what moves their ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from responder import jobs
from responder.core import audit
from responder.core.clocks import ClockRule, Unit
from responder.core.database import transaction
from responder.core.errors import Forbidden, WrongState
from responder.core.permissions import CONSOLE, SYSTEM
from responder.core.times import end_of_day
from responder.core.work_calendar import load_calendar, store_year
from responder.planning.models import EventState, PressEvent
from responder.responses import rules, service
from responder.responses.models import ItemClock, ItemState, Level, ResponseItem
from responder.settings import Settings
from tests.factories import NOW, People, unit
from tests.planning import factories as planned
from tests.responses.factories import brought_to, opened, reload

LATER = NOW + timedelta(days=2)
HOUR = timedelta(hours=1)


def grave(**facts: object) -> ResponseItem:
    return opened(level=Level.MAJOR_EMERGENCY, **facts)


def stop(now: datetime = LATER) -> list[ItemClock]:
    with transaction(SYSTEM, now) as session:
        return service.stop_held_clocks(session, now)


def stopped(item: ResponseItem) -> dict[str, datetime | None]:
    return {clock.rule.stopped_by: clock.stopped_at for clock in reload(item).clocks}


def choose(item: ResponseItem, event: PressEvent | None, people: People) -> None:
    actor = people.press_officer.actor
    with transaction(actor, LATER) as session:
        service.set_event(session, item, event, actor)


def held(at: datetime = NOW + HOUR) -> PressEvent:
    return planned.event(starts_at=at, state=EventState.HELD)


@pytest.mark.parametrize(
    ("starts_at", "took_place", "expected"),
    [
        (NOW + HOUR, True, NOW + HOUR),
        (NOW, True, NOW),
        (NOW + HOUR, False, None),
        (NOW - HOUR, True, None),
    ],
)
def test_an_event_stops_a_clock_when_it_was_held_and_not_before_the_matter(
    starts_at: datetime, took_place: bool, expected: datetime | None
) -> None:
    assert rules.held_at(NOW, starts_at, took_place) == expected


def test_publishing_stops_what_waits_for_the_answer_and_no_more(session: Session) -> None:
    item = brought_to(ItemState.PUBLISHED, level=Level.MAJOR_EMERGENCY)
    assert stopped(item) == {"published": NOW, "event_held": None}
    assert [clock.rule.stopped_by for clock in service.due(session)] == ["event_held"]


@pytest.mark.parametrize("state", [EventState.HELD, EventState.EVALUATED])
def test_a_conference_stops_its_clock_when_it_began(session: Session, state: EventState) -> None:
    event = planned.event(starts_at=NOW + HOUR, state=EventState.CONFIRMED)
    item = grave(event=event)
    assert stop() == []
    with transaction(CONSOLE):
        event.state = state
    assert [clock.item for clock in stop()] == [item]
    assert stopped(item) == {"published": None, "event_held": NOW + HOUR}
    line = audit.history(session, item)[-1]
    assert (line.action, line.actor_name, line.note) == ("stop_clock", "系统", "举行新闻发布会")
    assert stop() == []


def test_a_conference_before_the_matter_was_known_stops_nothing(session: Session) -> None:
    item = grave(event=held(NOW - HOUR))
    assert stop() == []
    assert stopped(item)["event_held"] is None


def test_the_scheduler_stops_clocks_at_every_interval(session: Session) -> None:
    item = grave(event=held())
    job = jobs.JOBS["stop-held-clocks"]
    assert job.every == 1
    job.work(LATER, Settings())
    assert stopped(item)["event_held"] == NOW + HOUR


def test_choosing_a_conference_that_was_held_stops_the_clock_at_once(people: People) -> None:
    item = grave()
    choose(item, held(), people)
    assert stopped(item) == {"published": None, "event_held": NOW + HOUR}


def test_a_clock_stopped_by_a_wrong_choice_runs_again(session: Session, people: People) -> None:
    item = grave()
    choose(item, held(), people)
    choose(item, planned.event(), people)
    assert stopped(item)["event_held"] is None
    assert audit.history(session, item)[-1].action == "restart_clock"


def test_no_event_is_chosen_by_strangers_for_the_archive_or_if_cancelled(people: People) -> None:
    item, cancelled = grave(), planned.event(state=EventState.CANCELLED)
    signer = people.signer.actor
    with pytest.raises(Forbidden), transaction(signer) as session:
        service.set_event(session, item, None, signer)
    with pytest.raises(WrongState, match="已取消"):
        choose(item, cancelled, people)
    with pytest.raises(WrongState, match="已归档"):
        choose(brought_to(ItemState.ARCHIVED), held(), people)


def test_an_archived_item_is_due_no_longer(session: Session) -> None:
    item = brought_to(ItemState.ARCHIVED, level=Level.MAJOR_EMERGENCY)
    assert stopped(item)["event_held"] is None
    assert service.due(session) == []
    assert service.next_clock(item) is None


def add_rule(code: str, length: int) -> None:
    """A duty of ordinary matters that counts working days; none is shipped."""
    with transaction(CONSOLE) as session:
        session.add(
            ClockRule(
                code=code,
                level=Level.ORDINARY,
                name=code,
                duty="办结",
                starts_from="found_at",
                stopped_by="published",
                length=length,
                unit=Unit.WORKING_DAYS,
                source="试验",
            )
        )


def announce() -> list[ItemClock]:
    """27 November, a Friday, becomes a holiday; whatever runs is reckoned anew."""
    with transaction(CONSOLE, LATER) as session:
        store_year(session, 2026, [(date(2026, 11, 27), False, "校庆日")], "试验")
        return service.recompute_clocks(session, load_calendar(session))


def test_an_announced_holiday_moves_the_clocks_that_count_working_days(session: Session) -> None:
    add_rule("five_days", 5)
    add_rule("two_days", 2)
    item = opened()
    (moved,) = announce()
    assert (moved.clock.rule.code, moved.after) == ("five_days", end_of_day(date(2026, 11, 30)))
    assert any("11月27日" in step for step in moved.clock.steps)
    line = audit.history(session, item)[-1]
    assert (line.action, line.note) == ("recompute", "办结")
    assert announce() == []


def test_a_clock_that_has_stopped_is_not_reckoned_anew(session: Session) -> None:
    add_rule("five_days", 5)
    brought_to(ItemState.PUBLISHED)
    assert announce() == []


def test_an_announcement_that_moves_nothing_still_ends_what_was_provisional(
    session: Session,
) -> None:
    add_rule("five_days", 5)
    far = datetime.fromisoformat("2090-05-15T09:00+08:00")
    responsible = unit()
    with transaction(CONSOLE, far) as writing:
        item = service.open_item(
            writing, CONSOLE, far, title="远", concern="远", concern_source="",
            unit=responsible, level=Level.ORDINARY, found_at=far,
        )  # fmt: skip
    (clock,) = [c for c in item.clocks if c.rule.code == "five_days"]
    assert clock.provisional
    with transaction(CONSOLE, far) as writing:
        store_year(writing, 2090, [(date(2090, 1, 1), False, "元旦")], "试验")
        assert service.recompute_clocks(writing, load_calendar(writing)) == []
    assert not clock.provisional
    assert not any("暂定" in step for step in clock.steps)
