"""Moving an event, what it does to the checklist and to its approval, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused, Invalid, Stale, WrongState
from responder.core.permissions import CONSOLE, Actor, Role
from responder.core.times import start_of_day
from responder.planning import service
from responder.planning.events import moving, preparing
from responder.planning.events.clashes import ACCEPTED
from responder.planning.events.lifecycle import APPROVED
from responder.planning.events.models import EventMove
from responder.planning.events.rules import ClashKind
from responder.planning.events.series import facts_of
from responder.planning.models import EventState, Form, PressEvent
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries

TODAY = date(2026, 11, 20)
LATER = datetime(2026, 12, 9, 7, 0, tzinfo=UTC)


def move(event: PressEvent, to: datetime, who: Actor = CONSOLE, **how: object) -> EventMove:
    with transaction(who, NOW) as session:
        return service.move_event(session, event, to, who, NOW, **how)


def undo(one: EventMove, who: Actor = CONSOLE) -> str:
    with transaction(who, NOW) as session:
        return service.undo_move(session, one, who, NOW)


def with_tasks(event: PressEvent, *days: int) -> PressEvent:
    with transaction(CONSOLE, NOW) as session:
        for count in days:
            preparing.add_task(session, event, f"第{count}日的事", count)
    return event


def due(event: PressEvent) -> list[date | None]:
    return [task.due_on for task in preparing.tasks_of(db.session, event)]


def test_an_event_moves_with_its_length_and_its_checklist(session: Session) -> None:
    event = with_tasks(make.event(), 5, 0, -1)
    with transaction(CONSOLE, NOW):
        event.ends_at = event.starts_at + timedelta(minutes=90)
    assert due(event) == [date(2026, 11, 20), date(2026, 11, 27), date(2026, 11, 30)]
    made = move(event, LATER, reason="数据未齐")
    assert (event.starts_at, event.ends_at) == (LATER, LATER + timedelta(minutes=90))
    assert due(event) == [date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 10)]
    assert (made.from_at, made.to_at, made.reason, made.by_name) == (
        NOW + timedelta(days=7), LATER, "数据未齐", CONSOLE.name,
    )  # fmt: skip
    assert (event.sequence, event.changed_at) == (1, NOW)


@pytest.mark.parametrize("state", [EventState.HELD, EventState.EVALUATED, EventState.CANCELLED])
def test_what_is_over_does_not_move(session: Session, state: EventState) -> None:
    event = make.event(state=state)
    with pytest.raises(WrongState, match="不能改期"):
        move(event, LATER)
    told = service.consequences(session, event, LATER, TODAY)
    assert "不能改期" in told.refusal
    assert session.scalar(select(EventMove)) is None


def test_who_moves_what_somebody_else_saved_is_told(session: Session) -> None:
    event = make.event()
    with pytest.raises(Stale):
        move(event, LATER, version_id=event.version_id - 1)
    with pytest.raises(Invalid, match="已经在这个时间"):
        move(event, event.starts_at, version_id=event.version_id)
    with pytest.raises(Invalid, match="改期理由超过"):
        move(event, LATER, reason="长" * 301)


@pytest.mark.parametrize("state", sorted(APPROVED))
def test_what_was_approved_goes_back_and_an_undo_restores_it(
    session: Session, people: People, state: EventState
) -> None:
    mover = people.press_officer.actor
    event = with_tasks(make.event(state=state), 5)
    before = due(event), event.starts_at
    made = move(event, LATER, mover)
    assert (event.state, event.proposed_by_id) == (EventState.PROPOSED, mover.id)
    assert "恢复为" in undo(made, mover)
    assert event.state is state
    assert (event.starts_at, event.sequence) == (before[1], 2)
    if state is not EventState.POSTPONED:
        assert due(event) == before[0]
    moves = session.scalars(select(EventMove).order_by(EventMove.id)).all()
    assert [one.to_at for one in moves] == [LATER, before[1]]


def test_an_undo_gives_a_proposal_back_to_who_proposed_it(people: People) -> None:
    proposer, mover = people.press_officer, people.holding(Role.PRESS_OFFICER, "deputy")
    facts = service.EventFacts("车位租售", Form.BRIEFING, NOW, unit())
    with transaction(proposer.actor, NOW) as session:
        event = service.propose_event(session, facts, None, proposer.actor, NOW)
    made = move(event, LATER, mover.actor)
    assert event.proposed_by_id == mover.id
    undo(made, mover.actor)
    assert event.proposed_by_id == proposer.id


def test_only_the_latest_move_is_undone_and_only_once(session: Session) -> None:
    event = make.event()
    first = move(event, LATER)
    second = move(event, LATER + timedelta(days=1))
    with pytest.raises(WrongState, match="最近一次"):
        undo(first)
    undo(second)
    assert event.starts_at == LATER
    for one in session.scalars(select(EventMove)).all():
        with pytest.raises(WrongState, match="只能撤销最近一次改期"):
            undo(one)
    assert event.starts_at == LATER


def edit(event: PressEvent, **changes: object) -> None:
    facts = replace(facts_of(event), **changes)
    with transaction(CONSOLE, NOW) as writing:
        service.edit_event(writing, event, facts, event.version_id, CONSOLE, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        None,
        {"place": "线上"},
        {"theme": "另一个主题"},
        {"ends_at": LATER + timedelta(hours=3)},
        {"all_day": True, "starts_at": start_of_day(date(2026, 12, 9)), "ends_at": None},
    ],
)
def test_a_move_is_not_undone_once_something_else_has_changed(
    session: Session, changes: dict[str, object] | None
) -> None:
    event = make.event(state=EventState.CONFIRMED)
    with transaction(CONSOLE, NOW):
        event.ends_at = event.starts_at + timedelta(hours=2)
    made = move(event, LATER)
    if changes is None:
        with transaction(CONSOLE, NOW) as writing:
            service.advance_event(writing, event, "approve", CONSOLE, NOW)
    else:
        edit(event, **changes)
    left = event.starts_at, event.ends_at, event.all_day, event.state
    with pytest.raises(WrongState, match=r"又有变化|最近一次"):
        undo(made)
    assert (event.starts_at, event.ends_at, event.all_day, event.state) == left


def test_an_end_that_was_set_before_the_move_comes_back_with_it(session: Session) -> None:
    """Of several changes of times it is the move's own that is taken back."""
    event = make.event(state=EventState.PREPARING)
    edit(event, ends_at=event.starts_at + timedelta(hours=2))
    before = event.starts_at, event.ends_at
    made = move(event, event.starts_at - timedelta(days=3))
    undo(made)
    assert (event.starts_at, event.ends_at) == before


def test_an_undo_makes_a_whole_day_hours_again(session: Session) -> None:
    event = make.event()
    edit(event, ends_at=event.starts_at + timedelta(hours=2))
    before = event.starts_at, event.ends_at, event.all_day
    made = move(event, LATER, all_day=True)
    assert event.all_day
    undo(made)
    assert (event.starts_at, event.ends_at, event.all_day) == before


def test_words_that_nobody_approves_do_not_stand_in_the_way_of_an_undo(session: Session) -> None:
    event = make.event(state=EventState.CONFIRMED)
    made = move(event, LATER)
    edit(event, wording="写了很久的口径")
    undo(made)
    assert (event.state, event.wording) == (EventState.CONFIRMED, "写了很久的口径")


def test_an_undo_tells_what_now_stands_in_the_way_on_the_old_day(session: Session) -> None:
    event = make.event(state=EventState.CONFIRMED)
    made = move(event, LATER)
    make.event("后来定的另一项", event.starts_at - (LATER - (NOW + timedelta(days=7))))
    told = undo(made)
    assert "后来定的另一项" in told


def test_a_move_into_other_arrangements_is_refused_until_somebody_accepts_them(
    session: Session,
) -> None:
    event = make.event()
    make.event("另一项", LATER)
    with pytest.raises(GuardRefused, match="冲突"):
        move(event, LATER)
    assert event.starts_at == NOW + timedelta(days=7)
    move(event, LATER, accepted=True)
    assert event.starts_at == LATER
    (accepted,) = [line for line in audit.history(session, event) if line.action == ACCEPTED]
    assert "另一项" in accepted.note


def resume(event: PressEvent, at: datetime, now: datetime = NOW, accepted: bool = False) -> None:
    with transaction(CONSOLE, now) as writing:
        moving.resume_event(writing, event, at, CONSOLE, now, accepted=accepted)


@pytest.mark.parametrize("days", [0, 3])
def test_a_postponed_event_does_not_resume_into_other_arrangements(
    session: Session, days: int
) -> None:
    event = make.event(state=EventState.POSTPONED)
    at = event.starts_at + timedelta(days=days)
    make.event("另一项", at)
    with pytest.raises(GuardRefused, match="冲突"):
        resume(event, at)
    assert event.state is EventState.POSTPONED
    resume(event, at, accepted=True)
    assert event.state is (EventState.PROPOSED if days else EventState.PREPARING)
    assert ACCEPTED in [line.action for line in audit.history(session, event)]


def test_a_postponed_event_of_a_whole_day_resumes_on_that_day(session: Session) -> None:
    day = date(2026, 12, 1)
    event = make.event(starts_at=start_of_day(day), state=EventState.POSTPONED)
    with transaction(CONSOLE, NOW):
        event.all_day = True
    on_the_day = start_of_day(day) + timedelta(hours=9)
    resume(event, on_the_day, now=on_the_day + timedelta(hours=1))
    assert (event.state, event.starts_at) == (EventState.PREPARING, start_of_day(day))
    assert session.scalar(select(EventMove)) is None


def test_a_whole_day_that_is_over_is_past(session: Session) -> None:
    event = make.event(starts_at=start_of_day(date(2026, 12, 1)), state=EventState.POSTPONED)
    with transaction(CONSOLE, NOW):
        event.all_day = True
    with pytest.raises(Invalid, match="已经过去"):
        resume(event, event.starts_at, now=start_of_day(date(2026, 12, 2)))


@pytest.mark.parametrize("name", ["theme", "form", "unit"])
def test_correcting_a_postponed_event_leaves_it_postponed_and_is_approved_on_its_new_day(
    session: Session, people: People, name: str
) -> None:
    event = with_tasks(make.event(state=EventState.PREPARING), 5)
    with transaction(CONSOLE, NOW) as writing:
        service.advance_event(writing, event, "postpone", CONSOLE, NOW, "核实")
    editor = people.press_officer.actor
    changes = {"theme": "改一个字", "form": Form.CONFERENCE, "unit": unit("jyj", "市教育局")}
    facts = replace(facts_of(event), **{name: changes[name]})
    with transaction(editor, NOW) as writing:
        service.edit_event(writing, event, facts, event.version_id, editor, NOW)
    assert event.state is EventState.POSTPONED
    assert due(event) == [None]
    resume(event, event.starts_at)
    assert (event.state, event.proposed_by_id) == (EventState.PROPOSED, editor.id)
    with transaction(CONSOLE, NOW) as writing:
        service.advance_event(writing, event, "approve", CONSOLE, NOW)
        service.advance_event(writing, event, "postpone", CONSOLE, NOW, "再核实")
    resume(event, event.starts_at)
    assert event.state is EventState.PREPARING


def test_a_move_that_came_with_another_theme_is_not_undone_alone(session: Session) -> None:
    event = make.event()
    facts = service.EventFacts("另一个主题", event.form, LATER, event.unit, event.place)
    with transaction(CONSOLE, NOW) as writing:
        service.edit_event(writing, event, facts, event.version_id, CONSOLE, NOW)
    made = session.scalars(select(EventMove)).one()
    with pytest.raises(WrongState, match="其他内容"):
        undo(made)


def test_editing_the_time_is_a_move(session: Session) -> None:
    event = with_tasks(make.event(state=EventState.PREPARING), 1)
    facts = service.EventFacts(
        event.theme, event.form, LATER, event.unit, event.place, event.speaker
    )
    with transaction(CONSOLE, NOW) as writing:
        service.edit_event(writing, event, facts, event.version_id, CONSOLE, NOW)
    assert due(event) == [date(2026, 12, 8)]
    made = session.scalars(select(EventMove)).one()
    assert event.state is EventState.PROPOSED
    undo(made)
    assert (event.state, event.starts_at) == (EventState.PREPARING, NOW + timedelta(days=7))


def test_correcting_when_something_was_held_is_no_move(session: Session) -> None:
    event = with_tasks(make.event(state=EventState.HELD, starts_at=NOW - timedelta(days=2)), -1)
    earlier = NOW - timedelta(days=3)
    facts = service.EventFacts(event.theme, event.form, earlier, event.unit, event.place)
    with transaction(CONSOLE, NOW) as writing:
        service.edit_event(writing, event, facts, event.version_id, CONSOLE, NOW)
    assert (event.starts_at, event.state) == (earlier, EventState.HELD)
    assert due(event) == [date(2026, 11, 18)]
    assert session.scalar(select(EventMove)) is None


def test_a_whole_day_begins_with_its_midnight(session: Session) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW):
        event.ends_at = event.starts_at + timedelta(hours=1)
    move(event, LATER, all_day=True)
    midnight = start_of_day(date(2026, 12, 9))
    assert (event.starts_at, event.ends_at, event.all_day) == (midnight, None, True)
    move(event, LATER + timedelta(days=1))
    assert event.starts_at == midnight + timedelta(days=1)


def test_the_approval_in_the_checklist_goes_and_comes_back_with_its_name(
    session: Session, people: People
) -> None:
    chief, mover = people.press_officer.actor, people.holding(Role.PRESS_OFFICER, "deputy").actor
    event = make.event()
    with transaction(chief, NOW) as writing:
        task = preparing.add_task(writing, event, "审批", 5)
        service.advance_event(writing, event, "approve", chief, NOW)
    assert (task.done_by_name, task.done_at) == (chief.name, NOW)
    made = move(event, LATER, mover)
    assert task.done_at is None
    undo(made, mover)
    assert (task.done_by_name, task.done_by_id, task.done_at) == (chief.name, chief.id, NOW)


def test_consequences_are_told_and_nothing_is_done(session: Session) -> None:
    event = with_tasks(make.event(state=EventState.APPROVED), 5, 1)
    saturday = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
    told = service.consequences(session, event, saturday, TODAY)
    assert told.back_to_approval
    assert any(clash.kind is ClashKind.DAY_OFF for clash in told.clashes)
    assert [(task.old, task.new, task.is_past) for task in told.tasks] == [
        (date(2026, 11, 20), date(2026, 11, 23), False),
        (date(2026, 11, 26), date(2026, 11, 27), False),
    ]
    assert any("重新审批" in line for line in told.sentences)
    assert "2026年11月28日（星期六）不是工作日" in [clash.sentence for clash in told.clashes]
    assert (event.state, event.starts_at) == (EventState.APPROVED, NOW + timedelta(days=7))
    soon = service.consequences(session, event, NOW + timedelta(days=3), TODAY)
    assert [task.is_past for task in soon.tasks] == [True, False]
    assert any("已经过期：第5日的事" in line for line in soon.sentences)


def test_consequences_take_the_same_queries_however_much_there_is(session: Session) -> None:
    event = with_tasks(make.event(), 1)
    event_id = event.id

    def look() -> None:
        session.expire_all()
        found = service.get_event(session, event_id)
        service.consequences(session, found, LATER, TODAY)

    few = count_queries(look)
    with_tasks(event, *range(1, 12))
    for n in range(12):
        make.event(f"另一项{n}", LATER)
    assert count_queries(look) == few


days = st.integers(-300, 300)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(there=days, tasks=st.lists(st.integers(-20, 20), max_size=5))
def test_moving_to_a_day_and_back_restores_all_due_days(
    session: Session, there: int, tasks: list[int]
) -> None:
    event = with_tasks(make.event(), *tasks)
    home, before = event.starts_at, due(event)
    if there:
        move(event, home + timedelta(days=there), accepted=True)
        undo(move(event, home, accepted=True))
        move(event, home, accepted=True)
    assert due(event) == before
