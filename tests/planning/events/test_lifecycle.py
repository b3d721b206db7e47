"""Every state × every action, derived from the table."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.planning import service
from responder.planning.events import preparing
from responder.planning.events.lifecycle import PRESS_EVENT, RESTORE
from responder.planning.models import EventState
from tests.factories import NOW, People
from tests.planning import factories as make

UNDOING = set(RESTORE.values())  # reached by undoing a move alone: see test_moving
ACTIONS = sorted({t.action for t in PRESS_EVENT.transitions} - UNDOING)
ARROWS = {
    (s, t.action): t.target
    for t in PRESS_EVENT.transitions
    for s in t.sources
    if t.action not in UNDOING
}
MATRIX = list(product(EventState, ACTIONS))


def test_every_state_is_labelled_and_reachable() -> None:
    assert set(PRESS_EVENT.states) == set(EventState)
    reached = {PRESS_EVENT.initial} | {t.target for t in PRESS_EVENT.transitions}
    assert reached == set(EventState)


def test_the_table_is_what_the_office_agreed() -> None:
    assert ARROWS == {
        ("proposed", "approve"): "approved",
        ("approved", "prepare"): "preparing",
        ("preparing", "confirm"): "confirmed",
        ("confirmed", "hold"): "held",
        ("held", "evaluate"): "evaluated",
        ("approved", "postpone"): "postponed",
        ("preparing", "postpone"): "postponed",
        ("confirmed", "postpone"): "postponed",
        ("postponed", "resume"): "preparing",
        ("proposed", "cancel"): "cancelled",
        ("approved", "cancel"): "cancelled",
        ("preparing", "cancel"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
        ("postponed", "cancel"): "cancelled",
        ("approved", "resubmit"): "proposed",
        ("preparing", "resubmit"): "proposed",
        ("confirmed", "resubmit"): "proposed",
        ("postponed", "resubmit"): "proposed",
    }


@pytest.mark.parametrize(("state", "action"), MATRIX, ids=[f"{s}-{a}" for s, a in MATRIX])
def test_each_action_leads_where_the_table_says_or_is_refused(
    session: Session, people: People, state: EventState, action: str
) -> None:
    actor = people.press_officer.actor
    event = make.event(state=state, starts_at=NOW - timedelta(hours=2), evaluation="效果良好")
    target = ARROWS.get((state, action))
    if target is None:
        with pytest.raises(WrongState), transaction(actor, NOW) as writing:
            service.advance_event(writing, event, action, actor, NOW, "原因")
        assert event.state is state
        return
    with transaction(actor, NOW) as writing:
        service.advance_event(writing, event, action, actor, NOW, "原因")
    assert event.state is EventState(target)
    line = audit.history(session, event)[-1]
    assert (line.action, line.changes["state"]) == (action, [state.value, target])


@pytest.mark.parametrize(("state", "action"), [("confirmed", "postpone"), ("proposed", "cancel")])
def test_postponing_and_cancelling_need_a_reason(
    session: Session, people: People, state: str, action: str
) -> None:
    actor = people.press_officer.actor
    event = make.event(state=EventState(state))
    with pytest.raises(GuardRefused, match="理由"), transaction(actor, NOW) as writing:
        service.advance_event(writing, event, action, actor, NOW, "  ")


def test_an_event_cannot_be_held_before_it_starts(session: Session, people: People) -> None:
    actor = people.press_officer.actor
    event = make.event(state=EventState.CONFIRMED, starts_at=NOW + timedelta(minutes=1))
    with pytest.raises(GuardRefused, match="尚未开始"), transaction(actor, NOW) as writing:
        service.advance_event(writing, event, "hold", actor, NOW)
    (blocked,) = [
        choice
        for choice in PRESS_EVENT.choices(event, Attempt(actor, NOW))
        if choice.transition.action == "hold"
    ]
    assert "尚未开始" in blocked.obstacles[0]
    with transaction(actor, NOW) as writing:
        service.advance_event(writing, event, "hold", actor, NOW + timedelta(minutes=1))
    assert event.state is EventState.HELD


def test_who_may_only_read_the_plan_moves_nothing(session: Session, people: People) -> None:
    actor = people.editor.actor
    event = make.event()
    assert PRESS_EVENT.choices(event, Attempt(actor, NOW)) == []
    with pytest.raises(Forbidden), transaction(actor, NOW) as writing:
        service.advance_event(writing, event, "approve", actor, NOW)


def test_nobody_approves_what_they_proposed(session: Session, people: People) -> None:
    proposer = people.press_officer.actor
    event = make.event(proposer=proposer)
    with pytest.raises(GuardRefused, match="其他同事审批"), transaction(proposer, NOW) as writing:
        service.advance_event(writing, event, "approve", proposer, NOW)
    assert event.state is EventState.PROPOSED
    other = people.holding(Role.PRESS_OFFICER, "deputy").actor
    with transaction(other, NOW) as writing:
        service.advance_event(writing, event, "approve", other, NOW)
    assert event.state is EventState.APPROVED


def test_who_sends_an_event_back_to_approval_cannot_approve_it(people: People) -> None:
    actor = people.press_officer.actor
    event = make.event(state=EventState.CONFIRMED)
    with transaction(actor, NOW) as writing:
        service.advance_event(writing, event, "resubmit", actor, NOW)
    with pytest.raises(GuardRefused, match="其他同事"), transaction(actor, NOW) as writing:
        service.advance_event(writing, event, "approve", actor, NOW)


def test_the_console_is_nobody_and_approves_its_own(session: Session) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as writing:
        service.advance_event(writing, event, "approve", CONSOLE, NOW)
    assert event.state is EventState.APPROVED


@pytest.mark.parametrize("action", sorted(UNDOING))
def test_nobody_restores_an_approval_but_by_undoing_a_move(
    session: Session, people: People, action: str
) -> None:
    actor = people.press_officer.actor
    event = make.event(proposer=actor)
    with pytest.raises(Invalid, match="撤销改期"), transaction(actor, NOW) as writing:
        service.advance_event(writing, event, action, actor, NOW)
    assert event.state is EventState.PROPOSED


def test_a_day_is_not_certain_while_a_task_is_open_that_comes_before(session: Session) -> None:
    event = make.event(state=EventState.PREPARING)
    with transaction(CONSOLE, NOW) as writing:
        check = preparing.add_task(writing, event, "内容把关", 2, before_confirmation=True)
        preparing.add_task(writing, event, "保密审查", 1)
    with pytest.raises(GuardRefused, match="“内容把关”尚未完成"), transaction(CONSOLE, NOW) as w:
        service.advance_event(w, event, "confirm", CONSOLE, NOW)
    with transaction(CONSOLE, NOW) as writing:
        preparing.finish_task(writing, check, CONSOLE, NOW)
        service.advance_event(writing, event, "confirm", CONSOLE, NOW)
    assert event.state is EventState.CONFIRMED


def test_an_evaluation_is_a_text(session: Session) -> None:
    event = make.event(state=EventState.HELD, evaluation="  ")
    with pytest.raises(GuardRefused, match="效果评估"), transaction(CONSOLE, NOW) as writing:
        service.advance_event(writing, event, "evaluate", CONSOLE, NOW)
