"""Clocks of items that are suspended, extended, started anew and added: by whom, when, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.clocks import ClockRule, find_rule
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Role, permissions_of
from responder.core.times import SHANGHAI, local
from responder.core.work_calendar import load_calendar, set_day
from responder.planning.models import EventState
from responder.responses import service
from responder.responses.clock_lifecycle import ITEM_CLOCK
from responder.responses.models import ClockState, ItemClock, ItemState, Level, ResponseItem
from responder.responses.service import ClockFacts
from tests.factories import NOW, People
from tests.planning import factories as planned
from tests.responses.factories import ANSWER, brought_to, drafted, opened, reload, save, take

S = ClockState
DECIDERS = frozenset({Role.SUPERVISOR, Role.SIGNER, Role.PRESS_OFFICER})
ASKERS = DECIDERS | {Role.EDITOR, Role.ANALYST}

# Written by hand, not derived from the code's table.
ALLOWED = {
    (S.RUNNING, "pause"): (DECIDERS, S.PAUSED),
    (S.PAUSED, "resume"): (DECIDERS, S.RUNNING),
    (S.RUNNING, "restart"): (DECIDERS, S.RUNNING),
    (S.RUNNING, "ask"): (ASKERS, S.RUNNING),
    (S.PAUSED, "ask"): (ASKERS, S.PAUSED),
    (S.RUNNING, "grant"): (DECIDERS, S.RUNNING),
    (S.PAUSED, "grant"): (DECIDERS, S.PAUSED),
    (S.RUNNING, "deny"): (DECIDERS, S.RUNNING),
    (S.PAUSED, "deny"): (DECIDERS, S.PAUSED),
}
ACTIONS = ("ask", "deny", "grant", "pause", "restart", "resume")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def holder(*roles: Role) -> Actor:
    return Actor(None, "某人", permissions_of(roles))


def do(
    clock: ItemClock,
    action: str,
    actor: Actor,
    now: datetime = NOW,
    note: str = "有理由",
    **facts: object,
) -> ItemClock:
    with transaction(actor, now) as session:
        found = session.get_one(ItemClock, clock.id)
        service.change_clock(
            session, found, action, Attempt(actor, now, note), ClockFacts(**facts), SHANGHAI
        )
    return found


def add(item: ResponseItem, code: str, actor: Actor, note: str = "来信") -> ItemClock:
    with transaction(actor, NOW) as session:
        rule = session.scalar(select(ClockRule).where(ClockRule.code == code))
        return service.add_clock(session, item, rule.id, Attempt(actor, NOW, note))


def clock_of(item: ResponseItem) -> ItemClock:
    return reload(item).clocks[0]


def ends(clock: ItemClock) -> str:
    return f"{local(clock.due_at):%Y-%m-%d %H:%M}"


def standing(state: ClockState, asked: bool = False) -> ItemClock:
    """A clock in this state, with a request that somebody else made."""
    clock = clock_of(opened())
    if asked:
        do(clock, "ask", People().editor.actor, length=5)
    if state is S.PAUSED:
        do(clock, "pause", People().supervisor.actor)
    if state is S.STOPPED:
        with transaction(CONSOLE, NOW) as session:
            session.get_one(ItemClock, clock.id).stopped_at = NOW
    return clock


def test_the_table_knows_exactly_these_steps() -> None:
    assert tuple(sorted(t.action for t in ITEM_CLOCK.transitions)) == ACTIONS


@pytest.mark.parametrize(("state", "action"), ALLOWED)
def test_a_step_is_open_to_its_roles_alone(people: People, state, action) -> None:
    roles, target = ALLOWED[state, action]
    clock = standing(state, asked=action in ("grant", "deny"))
    facts = {"length": 5} if action == "ask" else {}
    facts |= {"started_at": NOW - timedelta(hours=1)} if action == "restart" else {}
    for role in set(Role) - roles:
        with pytest.raises(Forbidden):
            do(clock, action, holder(role), **facts)
    assert do(clock, action, people.holding(min(roles)).actor, **facts).state is target


@pytest.mark.parametrize("state", ClockState)
def test_every_other_step_is_refused_even_to_whoever_may_do_all(app, state) -> None:
    clock = standing(state)
    for action in ACTIONS:
        if (state, action) not in ALLOWED:
            with pytest.raises(WrongState):
                do(clock, action, holder(*Role), length=5, started_at=NOW)


@pytest.mark.parametrize("action", ["pause", "ask", "restart", "deny"])
def test_a_reason_must_be_given(people: People, action) -> None:
    clock = standing(S.RUNNING, asked=action == "deny")
    with pytest.raises(GuardRefused, match="理由"):
        do(clock, action, people.signer.actor, note=" ", length=5, started_at=NOW)


@pytest.mark.parametrize("action", ["pause", "restart"])
def test_nobody_alone_turns_back_the_clock_of_their_own_work(people: People, action) -> None:
    item = drafted()
    save(item, ANSWER + "后续另行通报。", people.holding(Role.EDITOR, "other"))
    clock, start = clock_of(item), NOW - timedelta(hours=1)
    for user in (people.analyst, people.editor, people.holding(Role.EDITOR, "other")):
        author = Actor(user.id, user.display_name, permissions_of(Role))
        with pytest.raises(GuardRefused, match="由您发起或起草"):
            do(clock, action, author, started_at=start)
    do(clock, action, people.supervisor.actor, started_at=start)


@pytest.mark.parametrize("action", ["pause", "restart"])
def test_what_is_overdue_stays_overdue(session: Session, people: People, action) -> None:
    item = opened()
    clock, late = clock_of(item), NOW + timedelta(hours=60)
    with pytest.raises(GuardRefused, match="逾期照实计入"):
        do(clock, action, people.supervisor.actor, late, started_at=late)
    assert [one.id for one in service.due(session)] == [clock.id]
    assert ends(clock_of(item)) == "2026-11-22 09:00"


def test_what_is_suspended_is_not_due_and_moves_by_as_long(session: Session, people) -> None:
    item = opened()
    clock = clock_of(item)
    do(clock, "pause", people.supervisor.actor, at("2026-11-20 10:00"), "等第三方意见")
    assert service.due(session) == []
    assert service.next_clock(item) is None
    assert service.is_suspended(item)
    assert session.scalars(service.board()).all() == [item]
    do(clock, "resume", people.supervisor.actor, at("2026-11-21 13:30"), "")
    assert ends(clock_of(item)) == "2026-11-23 12:30"  # 48 h from the 20th 09:00, and 27.5 h
    assert [one.id for one in service.due(session)] == [clock.id]
    lines = audit.history(session, item)[-2:]
    assert [(line.action, line.note) for line in lines] == [
        ("clock_pause", "等第三方意见"),
        ("clock_resume", ""),
    ]
    assert lines[1].changes["duty"] == "作出回应"
    assert [local(datetime.fromisoformat(t)).hour for t in lines[1].changes["due_at"]] == [9, 12]


def test_time_asked_for_by_one_is_granted_by_another(session: Session, people) -> None:
    item = opened()
    clock = clock_of(item)
    do(clock, "ask", people.signer.actor, note="须现场检测", length=24)
    assert ends(clock_of(item)) == "2026-11-22 09:00"
    with pytest.raises(GuardRefused, match="您申请的"):
        do(clock, "grant", people.signer.actor)
    with pytest.raises(GuardRefused, match="已有一份"):
        do(clock, "ask", people.editor.actor, length=1)
    do(clock, "grant", people.press_officer.actor, note="同意")
    extended = clock_of(item)
    assert ends(extended) == "2026-11-23 09:00"
    assert any("signer 某申请，press_officer 某于" in step for step in extended.steps)
    assert [line.action for line in audit.history(session, item)[-2:]] == [
        "clock_ask",
        "clock_grant",
    ]


def test_time_that_is_denied_moves_nothing(people) -> None:
    item = opened()
    do(clock_of(item), "ask", people.editor.actor, length=24)
    do(clock_of(item), "deny", people.supervisor.actor, note="可以按期")
    clock = clock_of(item)
    assert ends(clock) == "2026-11-22 09:00"
    assert (clock.asked_extension, clock.extensions[0].granted) == (None, False)
    with pytest.raises(GuardRefused, match="没有等待批准"):
        do(clock, "grant", people.supervisor.actor)


@pytest.mark.parametrize("length", [None, 0, 61])
def test_an_extension_has_a_length_within_bounds(people, length) -> None:
    with pytest.raises(Invalid, match="1 到 60"):
        do(clock_of(opened()), "ask", people.editor.actor, length=length)


def test_nobody_asks_for_more_of_a_time_that_is_over(people) -> None:
    with pytest.raises(GuardRefused, match="时限已过"):
        do(clock_of(opened()), "ask", people.editor.actor, NOW + timedelta(days=3), length=5)


def test_a_clock_that_is_started_anew_forgets_the_time_that_was_granted(
    session: Session, people
) -> None:
    item = opened()
    do(clock_of(item), "ask", people.editor.actor, length=24)
    do(clock_of(item), "grant", people.supervisor.actor)
    later = at("2026-11-21 12:00")
    beginning = datetime(1, 1, 1, tzinfo=SHANGHAI)
    for started_at in (None, later + timedelta(hours=1), beginning):
        with pytest.raises(Invalid, match="起算"):
            do(clock_of(item), "restart", people.signer.actor, later, started_at=started_at)
    new_start = at("2026-11-21 08:00")
    do(clock_of(item), "restart", people.signer.actor, later, "情况有变", started_at=new_start)
    clock = clock_of(item)
    assert ends(clock) == "2026-11-23 08:00"
    assert "由signer 某确定" in clock.steps[0]
    assert (clock.start_reason, clock.granted_extensions) == ("情况有变", [])
    line = audit.history(session, item)[-1]
    assert (line.action, line.note) == ("clock_restart", "情况有变")
    assert local(datetime.fromisoformat(line.changes["started_at"][1])) == new_start


def test_a_clock_is_added_by_rule_and_counts_from_the_rules_moment(
    session: Session, people
) -> None:
    item = opened()
    clock = add(item, "mailbox_suggestion", people.supervisor.actor)
    # Fri 20 Nov does not count: 23(1) 24(2) 25(3) 26(4) 27(5) 30(6) 1 Dec(7)
    assert ends(clock) == "2026-12-01 23:59"
    assert (clock.start_set_by, clock.start_reason) == ("supervisor 某", "来信")
    assert audit.history(session, item)[-1].action == "clock_add"
    with pytest.raises(Invalid, match="还没有用在"):
        add(reload(item), "mailbox_suggestion", people.supervisor.actor)
    with pytest.raises(Invalid, match="还没有用在"):
        add(reload(item), "order_inquiry", people.supervisor.actor)
    with pytest.raises(GuardRefused, match="理由"):
        add(reload(item), "mailbox_inquiry", people.supervisor.actor, note="")
    with pytest.raises(Forbidden, match="督查、签发人或新闻办"):
        add(reload(item), "mailbox_inquiry", people.editor.actor)


def test_a_duty_to_hold_a_conference_that_was_held_stops_as_it_is_added(people) -> None:
    held = planned.event(starts_at=NOW + timedelta(hours=1), state=EventState.HELD)
    item = opened(event=held)
    clock = add(item, "emergency_conference", people.supervisor.actor)
    assert clock.stopped_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("state", [ItemState.PUBLISHED, ItemState.ARCHIVED])
def test_nobody_changes_the_clocks_of_what_is_out(session: Session, people, state) -> None:
    item = brought_to(state, level=Level.MAJOR_EMERGENCY)
    supervisor = people.supervisor.actor
    attempt = Attempt(supervisor, NOW)
    for clock in reload(item).clocks:
        if state is ItemState.PUBLISHED and clock.stopped_at is None:
            continue
        assert service.clock_choices(clock, attempt) == []
        for action in ("pause", "ask", "restart"):
            with pytest.raises((GuardRefused, WrongState)):
                do(clock, action, supervisor, length=1, started_at=NOW)
    with pytest.raises(WrongState, match="已发布"):
        add(item, "mailbox_inquiry", supervisor)
    assert service.addable_rules(session, item, attempt) == []


def test_a_conference_still_to_be_held_may_be_put_off_after_publication(people: People) -> None:
    item = brought_to(ItemState.PUBLISHED, level=Level.MAJOR_EMERGENCY)
    (waiting,) = [one for one in reload(item).clocks if one.stopped_at is None]
    supervisor, end = people.supervisor.actor, waiting.due_at
    choices = service.clock_choices(waiting, Attempt(supervisor, NOW))
    assert {one.transition.action for one in choices} == {"ask", "pause", "restart"}
    do(waiting, "ask", supervisor, length=2)
    do(waiting, "grant", people.signer.actor)
    do(waiting, "pause", supervisor, NOW + timedelta(hours=1))
    do(waiting, "resume", supervisor, NOW + timedelta(hours=2))
    (waiting,) = [one for one in reload(item).clocks if one.stopped_at is None]
    assert waiting.due_at == end + timedelta(hours=3)


def test_a_clock_that_runs_on_ends_as_the_rule_stands_by_then(session: Session, people) -> None:
    held = planned.event(starts_at=NOW + timedelta(hours=3), state=EventState.HELD)
    item = opened(level=Level.MAJOR_EMERGENCY, event=held)
    officer = people.press_officer.actor
    with transaction(officer, NOW) as writing:
        service.stop_held_clocks(writing, NOW + timedelta(hours=5))
    with transaction(CONSOLE, NOW) as writing:
        find_rule(writing, "emergency_conference").length = 12
        assert service.recompute_clocks(writing, load_calendar(writing)) == []
    with transaction(officer, NOW) as writing:
        service.set_event(writing, service.find_item(writing, item.id), None, officer)
    (clock,) = [c for c in reload(item).clocks if c.rule.code == "emergency_conference"]
    assert (clock.stopped_at, clock.due_at) == (None, NOW + timedelta(hours=12))
    (line,) = [one for one in audit.history(session, item) if one.action == "restart_clock"]
    assert "due_at" in line.changes


def test_publishing_ends_a_suspension_so_that_the_answer_is_in_time(people) -> None:
    item = brought_to(ItemState.SIGNED)
    do(clock_of(item), "pause", people.supervisor.actor, NOW + timedelta(hours=1))
    take(item, "publish", people.press_officer, at=NOW + timedelta(hours=60))
    clock = clock_of(item)
    assert clock.state is S.STOPPED
    assert clock.due_at == NOW + timedelta(hours=48 + 59)
    assert clock.stopped_at < clock.due_at
    assert not any("尚未恢复" in step for step in clock.steps)


def test_a_new_calendar_heeds_suspensions_and_extensions(people) -> None:
    item = opened()
    clock = add(item, "mailbox_suggestion", people.supervisor.actor)
    do(clock, "pause", people.supervisor.actor, at("2026-11-23 09:00"))
    do(clock, "resume", people.supervisor.actor, at("2026-11-25 09:00"))
    do(clock, "ask", people.editor.actor, at("2026-11-25 10:00"), length=1)
    do(clock, "grant", people.signer.actor, at("2026-11-25 11:00"))
    # 25(1) 26(2) 27(3) 30(4) 1(5) 2(6) 3(7), and 4(8)
    (clock,) = [c for c in reload(item).clocks if c.rule.code == "mailbox_suggestion"]
    assert ends(clock) == "2026-12-04 23:59"
    with transaction(CONSOLE, NOW) as session:
        set_day(session, at("2026-11-26 12:00").date(), False, "市庆日")
        (moved,) = service.recompute_clocks(session, load_calendar(session))
    assert (moved.clock.id, ends(moved.clock)) == (clock.id, "2026-12-07 23:59")
    assert f"{local(moved.before):%m-%d}" == "12-04"


def test_an_archived_clock_is_not_reckoned_anew(people) -> None:
    brought_to(ItemState.ARCHIVED, level=Level.MAJOR_EMERGENCY)
    with transaction(CONSOLE, NOW) as session:
        for rule in session.scalars(select(ClockRule)):
            rule.length += 1
        assert service.recompute_clocks(session, load_calendar(session)) == []


def test_of_two_who_change_a_clock_the_second_is_told(people) -> None:
    item = opened()
    clock = clock_of(item)
    seen = clock.version_id
    do(clock, "ask", people.editor.actor, length=5)
    with pytest.raises(Stale, match="已有变化"), transaction(CONSOLE) as session:
        service.find_clock(session, item.id, clock.id, seen)
