"""Press events and the month as services."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import CONSOLE, Actor, Role
from responder.core.times import local, start_of_day
from responder.planning import service
from responder.planning.models import EntryState, EventState, Form, PressEvent
from tests.factories import NOW, People, unit
from tests.planning import factories as make


def facts(event: PressEvent, **changes: object) -> service.EventFacts:
    now = service.EventFacts(
        event.theme, event.form, event.starts_at, event.unit, event.place, event.speaker
    )
    return replace(now, **changes)


def edit(event: PressEvent, version: int, **changes: object) -> None:
    changed = facts(event, **changes)
    with transaction(CONSOLE, NOW) as session:
        service.edit_event(session, event, changed, version, CONSOLE, NOW)


def test_an_event_begins_as_a_proposal_and_is_in_the_trail(session: Session) -> None:
    event = make.event(theme="  车位租售管理  ")
    assert (event.state, event.theme) == (EventState.PROPOSED, "车位租售管理")
    assert audit.history(session, event)[0].action == "create"


def test_an_event_without_a_theme_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        make.event(theme="   ")
    assert refusal.value.fields == {"theme": "必填"}


def test_editing_writes_old_and_new_to_the_trail(session: Session) -> None:
    event = make.event()
    edit(event, event.version_id, place="线上")
    assert event.place == "线上"
    assert audit.history(session, event)[-1].changes == {"place": ["市政府新闻发布厅", "线上"]}


def test_whoever_saves_second_is_told_so(session: Session) -> None:
    event = make.event()
    version = event.version_id
    edit(event, version, place="甲")
    with pytest.raises(Stale):
        edit(event, version, place="乙")
    assert event.place == "甲"


@pytest.mark.parametrize("state", [EventState.EVALUATED, EventState.CANCELLED])
def test_what_is_over_is_not_changed(session: Session, state: EventState) -> None:
    event = make.event(state=state)
    with pytest.raises(WrongState):
        edit(event, event.version_id, place="线上")


def test_what_was_held_does_not_move_to_the_future(session: Session) -> None:
    event = make.event(state=EventState.HELD, starts_at=NOW - timedelta(days=1))
    edit(event, event.version_id, summary="实录已整理")
    with pytest.raises(Invalid) as refusal:
        edit(event, event.version_id, starts_at=NOW + timedelta(days=1))
    assert "starts_at" in refusal.value.fields


APPROVED_FACTS = [
    {"theme": "另一个主题"},
    {"form": Form.CONFERENCE},
    {"starts_at": NOW + timedelta(days=9)},
    {"unit": "other"},
]
ONCE_APPROVED = [EventState.APPROVED, EventState.PREPARING, EventState.CONFIRMED]


def change(event: PressEvent, who: Actor, **changes: object) -> None:
    if "unit" in changes:
        changes["unit"] = unit("jyj", "市教育局")
    changed = facts(event, **changes)
    with transaction(who, NOW) as session:
        service.edit_event(session, event, changed, event.version_id, who, NOW)


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        *product(ONCE_APPROVED, APPROVED_FACTS),
        (EventState.POSTPONED, {"starts_at": NOW + timedelta(days=9)}),  # a day again
    ],
)
def test_changing_what_was_approved_needs_approval_by_somebody_else(
    session: Session, people: People, state: EventState, changes: dict[str, object]
) -> None:
    editor = people.press_officer.actor
    event = make.event(state=state)
    change(event, editor, **changes)
    assert (event.state, event.proposed_by_id) == (EventState.PROPOSED, editor.id)
    line = audit.history(session, event)[-1]
    assert (line.action, line.changes["state"]) == ("resubmit", [state.value, "proposed"])
    with pytest.raises(GuardRefused), transaction(editor, NOW) as writing:
        service.advance_event(writing, event, "approve", editor, NOW)


@pytest.mark.parametrize("state", ONCE_APPROVED)
def test_preparing_what_was_approved_leaves_the_approval(people: People, state: EventState) -> None:
    event = make.event(state=state)
    change(event, people.press_officer.actor, place="线上", theme=f" {event.theme} ")
    assert (event.state, event.proposed_by_id) == (state, None)


def test_who_rewrites_a_proposal_cannot_approve_it(people: People) -> None:
    proposer, editor = people.press_officer, people.holding(Role.PRESS_OFFICER, "deputy")
    event = make.event(proposer=proposer.actor)
    change(event, editor.actor, summary="写明了地点")
    assert event.proposed_by_id == proposer.id
    change(event, editor.actor, theme="另一个主题")
    assert (event.state, event.proposed_by_id) == (EventState.PROPOSED, editor.id)


def test_the_same_proposal_sent_twice_is_one_event(session: Session, people: People) -> None:
    actor, other = people.press_officer.actor, people.holding(Role.PRESS_OFFICER, "deputy").actor
    topic = make.topic()
    proposal = service.EventFacts("车位租售管理", Form.BRIEFING, NOW, unit())

    def propose(who: Actor, now: datetime = NOW, **changes: object) -> PressEvent:
        with transaction(who, now) as writing:
            return service.propose_event(writing, replace(proposal, **changes), topic.id, who, now)

    event = propose(actor)
    for changes in ({"place": "另一个会场"}, {"summary": "另写的内容"}, {"speaker": "副局长"}):
        assert propose(actor, **changes) is not event
    assert propose(actor, theme=" 车位租售管理 ") is event
    assert len(make.links()) == 4
    assert propose(other) is not event
    assert propose(actor, now=NOW + timedelta(minutes=2)) is not event
    assert propose(actor, starts_at=NOW + timedelta(days=1)) is not event


def test_an_unknown_event_is_said_to_be(session: Session) -> None:
    with pytest.raises(NotFound):
        service.get_event(session, 999)


def test_upcoming_overdue_and_waiting_tell_events_apart(session: Session) -> None:
    later = make.event("后天", NOW + timedelta(days=2), EventState.CONFIRMED)
    sooner = make.event("明天", NOW + timedelta(days=1))
    make.event("不办了", NOW + timedelta(days=1), EventState.CANCELLED)
    make.event("改期", NOW + timedelta(days=1), EventState.POSTPONED)
    passed = make.event("昨天", NOW - timedelta(days=1), EventState.CONFIRMED)
    late_proposal = make.event("前天", NOW - timedelta(days=2))
    make.event("上周", NOW - timedelta(days=7), EventState.HELD)
    assert service.upcoming_events(session, NOW) == [sooner, later]
    assert service.upcoming_events(session, NOW, limit=1) == [sooner]
    assert service.overdue_events(session, NOW) == [passed]
    assert service.waiting_approval(session) == [late_proposal, sooner]


def test_what_goes_on_is_not_over(session: Session) -> None:
    """A day that has begun is neither past nor overdue; nor is an hour that has."""
    midnight = start_of_day(local(NOW).date())
    today = make.event("全天", midnight, EventState.CONFIRMED)
    days = make.event("三天", midnight - timedelta(days=2), EventState.CONFIRMED)
    over = make.event("昨日全天", midnight - timedelta(days=1), EventState.CONFIRMED)
    begun = make.event("刚开始", NOW - timedelta(minutes=30), EventState.CONFIRMED)
    ended = make.event("已散会", NOW - timedelta(minutes=30), EventState.CONFIRMED)
    long_ago = make.event("没写结束", NOW - timedelta(hours=2), EventState.CONFIRMED)
    with transaction(CONSOLE, NOW):
        today.all_day = days.all_day = over.all_day = True
        days.ends_at = midnight + timedelta(days=1)
        ended.ends_at = NOW
    assert service.upcoming_events(session, NOW) == [days, today, begun]
    assert service.overdue_events(session, NOW) == [over, long_ago, ended]


def test_an_event_is_no_longer_than_a_month(session: Session) -> None:
    event = make.event()
    edit(event, event.version_id, ends_at=event.starts_at + timedelta(days=31))
    with pytest.raises(Invalid, match="最长 31 天") as refusal:
        edit(event, event.version_id, ends_at=event.starts_at + timedelta(days=31, hours=1))
    assert "ends_at" in refusal.value.fields


def test_a_topic_can_be_linked_to_what_is_to_come_or_lately_past(session: Session) -> None:
    make.event("旧", NOW - timedelta(days=31), EventState.HELD)
    recent = make.event("近", NOW - timedelta(days=29), EventState.HELD)
    make.event("取消", state=EventState.CANCELLED)
    coming = make.event("来")
    assert service.linkable_events(session, NOW) == [recent, coming]


def test_the_list_is_filtered_and_newest_first(session: Session) -> None:
    old = make.event("供水管网改造", NOW - timedelta(days=3), EventState.HELD)
    new = make.event("供水 100%_保障", NOW + timedelta(days=3))

    def found(**filters: object) -> list[PressEvent]:
        return list(session.scalars(service.search_events(CONSOLE, **filters)))

    assert found() == [new, old]
    assert found(state=EventState.HELD) == [old]
    assert found(words="供水 管网") == [old]
    assert found(words="供水 管網") == [old]
    assert found(words="%_保") == [new]
    assert found(form=Form.CONFERENCE) == []
    assert found(unit_id=old.unit_id) == [new, old]
    assert found(unit_id=old.unit_id + 1) == []


def test_an_event_takes_no_row_that_has_just_left_the_plan(session: Session) -> None:
    row, event = make.entry(), make.event()
    with transaction(CONSOLE, NOW):
        row.state = EntryState.DROPPED
    with pytest.raises(WrongState, match="按计划外建立"):
        make.event("由取消的条目而来", plan_entry=row)
    with pytest.raises(WrongState, match="按计划外建立"):
        edit(event, event.version_id, plan_entry=row)
    kept = make.entry(month=12)
    edit(event, event.version_id, plan_entry=kept)
    with transaction(CONSOLE, NOW):
        kept.state = EntryState.DROPPED
    edit(event, event.version_id, plan_entry=kept, host="李主持")  # what it came of is no obstacle
    assert (event.plan_entry, event.host) == (kept, "李主持")
