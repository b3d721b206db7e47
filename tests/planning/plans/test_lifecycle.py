"""The tables of the plan and of its rows: who may do what, from where."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.models import EntryState, PlanState, ReleasePlan
from responder.planning.plans import adopting, collecting
from responder.planning.plans.entries import edit_entry, remove_entry
from responder.planning.plans.lifecycle import PLAN_ENTRY, RELEASE_PLAN
from responder.planning.plans.service import get_plan
from tests.factories import NOW, People, unit
from tests.planning import factories as make

STEPS = [(step.action, step.needs_note) for step in RELEASE_PLAN.transitions]


def step(action: str, people: People, note: str = "") -> None:
    actor = people.press_officer.actor
    with transaction(actor, NOW) as session:
        adopting.advance_plan(session, get_plan(session, 2026), action, Attempt(actor, NOW, note))


def plan(session: Session) -> ReleasePlan:
    session.expire_all()
    return get_plan(session, 2026)


def test_a_submitted_plan_can_be_taken_back_and_returned_with_a_reason(
    session: Session, people: People
) -> None:
    make.entry()
    step("submit", people)
    assert plan(session).submitted_at == NOW
    with pytest.raises(GuardRefused, match="理由"):
        step("take-back", people)
    step("take-back", people, "补充依据")
    assert plan(session).submitted_at is None
    step("submit", people)
    step("return", people, "压减场次")
    assert (plan(session).state, plan(session).submitted_at) == (PlanState.DRAFT, None)
    notes = [event.note for event in audit.history(session, plan(session)) if event.note]
    assert notes == ["补充依据", "压减场次"]


@pytest.mark.parametrize("action", ["take-back", "return"])
def test_what_was_not_submitted_is_not_taken_back(
    session: Session, people: People, action: str
) -> None:
    make.entry()
    with pytest.raises(GuardRefused, match="还没有提交审议"):
        step(action, people, "理由")


def test_a_plan_is_submitted_once_and_not_empty(session: Session, people: People) -> None:
    with transaction(CONSOLE, NOW) as writing:
        service.get_or_create_plan(writing, 2026)
    with pytest.raises(GuardRefused, match="还没有列入的条目"):
        step("submit", people)
    make.entry()
    step("submit", people)
    with pytest.raises(GuardRefused, match="不需再次提交"):
        step("submit", people)


def test_rows_nobody_decided_on_block_submission_and_are_counted(
    session: Session, people: People
) -> None:
    make.entry()
    actor = make.liaison(people, unit())
    for month in (3, 4):
        make.send_in(actor, month=month)
    with pytest.raises(GuardRefused, match="还有 2 条单位报送的条目没有决定"):
        step("submit", people)
    with pytest.raises(GuardRefused, match="还有 2 条"):
        make.adopt()


def test_nobody_touches_the_rows_of_a_submitted_plan(session: Session, people: People) -> None:
    row = make.entry()
    step("submit", people)
    press = people.press_officer.actor
    with pytest.raises(WrongState, match="已提交审议"):
        make.entry()
    with pytest.raises(WrongState, match="已提交审议"):
        make.send_in(make.liaison(people, unit()))
    for act in (
        lambda s: edit_entry(s, s.merge(row), make.facts(), row.version_id, press),
        lambda s: remove_entry(s, s.merge(row), row.version_id, press),
    ):
        with pytest.raises(WrongState, match="撤回"), transaction(press, NOW) as writing:
            act(writing)


def test_the_console_adopts_a_draft_in_one_step_and_people_do_not(
    session: Session, people: People
) -> None:
    make.entry()
    press = people.press_officer.actor
    with pytest.raises(GuardRefused, match="先提交审议"), transaction(press, NOW) as writing:
        adopting.adopt(writing, get_plan(writing, 2026), NOW.date(), "常务会议")
    assert make.adopt() == 1
    deeds = [event.action for event in audit.history(session, plan(session))]
    assert deeds[-2:] == ["submit", "adopt"]
    assert plan(session).submitted_at is not None


@pytest.mark.parametrize("action", sorted({action for action, _ in STEPS}))
def test_only_the_office_moves_a_plan(session: Session, people: People, action: str) -> None:
    make.entry()
    actor = people.liaison.actor
    with pytest.raises(Forbidden), transaction(actor, NOW) as writing:
        found = get_plan(writing, 2026)
        RELEASE_PLAN.advance(writing, found, action, Attempt(actor, NOW, "理由"))


def decide(entry_id: int, action: str, people: People, note: str = "", version: int = 0) -> None:
    actor = people.press_officer.actor
    with transaction(actor, NOW) as session:
        entry = service.get_entry(session, entry_id)
        attempt = Attempt(actor, NOW, note)
        collecting.decide(session, entry, action, version or entry.version_id, attempt)


def test_a_row_is_listed_at_the_end_or_declined_with_a_reason(
    session: Session, people: People
) -> None:
    make.entry()
    actor = make.liaison(people, unit())
    taken, left = (make.send_in(actor, month=month).id for month in (3, 4))
    decide(taken, "list", people)
    with pytest.raises(GuardRefused, match="理由"):
        decide(left, "decline", people)
    decide(left, "decline", people, "与上半年重复")
    session.expire_all()
    listed, declined = (service.get_entry(session, one) for one in (taken, left))
    assert (listed.state, listed.number) == (EntryState.LISTED, 2)
    assert (declined.state, declined.number < 0) == (EntryState.DECLINED, True)
    assert collecting.decline_reasons(session, [declined]) == {left: "与上半年重复"}
    decide(left, "list", people)
    session.expire_all()
    assert service.get_entry(session, left).number == 3


def test_nobody_decides_on_what_they_did_not_see(session: Session, people: People) -> None:
    row = make.send_in(make.liaison(people, unit()))
    with pytest.raises(Stale):
        decide(row.id, "list", people, version=row.version_id + 1)


@pytest.mark.parametrize("state", list(EntryState))
@pytest.mark.parametrize("action", sorted({t.action for t in PLAN_ENTRY.transitions}))
def test_a_row_moves_only_from_where_the_table_says(
    session: Session, people: People, action: str, state: EntryState
) -> None:
    row = make.entry()
    with transaction(CONSOLE, NOW):
        row.state = state
    if action == "drop":
        make.adopt() if state is EntryState.LISTED else _force_adopted(session)
    allowed = any(t.action == action and state in t.sources for t in PLAN_ENTRY.transitions)
    with transaction(CONSOLE, NOW) as writing:
        entry = service.get_entry(writing, row.id)
        attempt = Attempt(CONSOLE, NOW, "理由")
        if allowed:
            PLAN_ENTRY.advance(writing, entry, action, attempt)
        else:
            with pytest.raises(WrongState):
                PLAN_ENTRY.advance(writing, entry, action, attempt)


def _force_adopted(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        get_plan(writing, 2026).state = PlanState.ADOPTED
