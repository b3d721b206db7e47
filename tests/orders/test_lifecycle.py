"""The whole table: every state, every action, the right role and all the others."""

from __future__ import annotations

import pytest

from responder.accounts.models import UserRole
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Role, permissions_of
from responder.intake.models import Message, Nature
from responder.orders import service
from responder.orders.lifecycle import OPEN, WORK_ORDER, offered
from responder.orders.models import OrderState, PartState, Satisfaction
from tests.factories import NOW, unit
from tests.orders.factories import (
    ANSWER,
    brought_to,
    liaison,
    message,
    opened,
    person,
    reload,
    take,
)

S = OrderState
R = Role

# Written by hand from the office's order of work: (state, action) → who, and where it leads.
ARROWS = {
    (S.RECEIVED, "accept"): ({R.OPERATOR}, S.ACCEPTED),
    (S.REFUSED, "accept"): ({R.OPERATOR}, S.ACCEPTED),
    (S.RECEIVED, "refuse"): ({R.OPERATOR}, S.REFUSED),
    (S.ACCEPTED, "refuse"): ({R.OPERATOR}, S.REFUSED),
    (S.ACCEPTED, "dispatch"): ({R.OPERATOR}, S.DISPATCHED),
    (S.DISPATCHED, "sign"): ({R.LIAISON}, S.HANDLING),
    (S.DISPATCHED, "return"): ({R.LIAISON}, S.ACCEPTED),
    (S.DISPATCHED, "recall"): ({R.OPERATOR}, S.ACCEPTED),
    (S.HANDLING, "answer"): ({R.LIAISON}, S.ANSWERED),
    (S.ANSWERED, "check"): ({R.SUPERVISOR, R.ANALYST}, S.CHECKED),
    (S.ANSWERED, "send_back"): ({R.SUPERVISOR, R.ANALYST}, S.HANDLING),
    (S.CHECKED, "call_back"): ({R.OPERATOR}, S.CALLED_BACK),
    (S.CALLED_BACK, "reopen"): ({R.OPERATOR}, S.HANDLING),
    (S.CALLED_BACK, "close"): ({R.OPERATOR}, S.CLOSED),
    (S.CALLED_BACK, "close_anyway"): ({R.OPERATOR}, S.CLOSED),
    (S.CLOSED, "archive"): ({R.OPERATOR}, S.ARCHIVED),
    (S.REFUSED, "archive"): ({R.OPERATOR}, S.ARCHIVED),
}
# What is done on the way and leaves the state: action → who, and where.
BEFORE_ANSWER = {S.RECEIVED, S.ACCEPTED, S.DISPATCHED, S.HANDLING}
WITH_UNITS = {S.DISPATCHED, S.HANDLING}
ON_THE_WAY = {
    "sign_part": ({R.LIAISON}, WITH_UNITS),
    "return_part": ({R.LIAISON}, WITH_UNITS),
    "contribute": ({R.LIAISON}, WITH_UNITS),
    "pause": ({R.LIAISON}, {S.HANDLING}),
    "resume": ({R.LIAISON}, {S.HANDLING}),
    "ask_extension": ({R.LIAISON}, {S.HANDLING}),
    "grant_extension": ({R.SUPERVISOR}, {S.HANDLING}),
    "deny_extension": ({R.SUPERVISOR}, {S.HANDLING}),
    "urge": ({R.OPERATOR, R.SUPERVISOR}, WITH_UNITS),
    "supervise": ({R.SUPERVISOR}, WITH_UNITS),
    "add_unit": ({R.OPERATOR}, WITH_UNITS),
    "merge": ({R.OPERATOR}, BEFORE_ANSWER),
    "unmerge": ({R.OPERATOR}, BEFORE_ANSWER),
}
ALLOWED = ARROWS | {
    (state, action): (roles, None)
    for action, (roles, states) in ON_THE_WAY.items()
    for state in states
}
ACTIONS = sorted({action for _, action in ALLOWED})


class Somebody:
    """A stranger of the right unit with the rights of some roles."""

    def __init__(self, *roles: Role) -> None:
        self.actor = Actor(None, "某人", permissions_of(roles), unit().id)


def test_the_table_is_this_one():
    found = {
        (state, step.action): step.target
        for step in WORK_ORDER.transitions
        for state in step.sources
    }
    assert found == {key: target for key, (_roles, target) in ALLOWED.items()}


@pytest.mark.parametrize("state", OrderState)
def test_every_step_is_open_to_the_right_roles_alone_and_no_other_step_to_anybody(people, state):
    order = brought_to(state)
    for action in ACTIONS:
        known = (state, action) in ALLOWED
        # Rights only add up: what all the other roles together may not, none of them may.
        others = set(Role) - ALLOWED[state, action][0] if known else set(Role)
        with pytest.raises(Forbidden if known else WrongState):
            take(order, action, Somebody(*others), note="理由")
        assert reload(order).state is state


@pytest.mark.parametrize(("state", "action"), ARROWS)
def test_an_arrow_leads_where_the_table_says(people, state, action):
    roles, target = ARROWS[state, action]
    order = brought_to(state)
    if action in ("reopen", "close_anyway"):
        with transaction(CONSOLE):
            order.satisfaction = Satisfaction.DISSATISFIED
    take(order, action, person(min(roles)), note="理由")
    order = reload(order)
    assert order.state is target
    line = audit.history(db.session, order)[-1]
    assert (line.action, line.note) == (action, "理由")


@pytest.mark.parametrize(
    "action",
    [
        "return",
        "recall",
        "send_back",
        "close_anyway",
        "reopen",
        "pause",
        "supervise",
        "ask_extension",
    ],
)
def test_these_need_their_reason(people, action):
    (state, roles) = next(
        (at, who) for (at, name), (who, _target) in ALLOWED.items() if name == action
    )
    order = brought_to(state)
    with pytest.raises(GuardRefused, match="请写明"):
        take(order, action, person(min(roles)), note=" ")


def test_nobody_checks_what_they_answered(people):
    order = brought_to(S.HANDLING)
    writer = liaison()
    with transaction(CONSOLE):
        writer.posts.append(UserRole(role=Role.SUPERVISOR))
    take(order, "answer", writer)
    for action in ("check", "send_back"):
        with pytest.raises(GuardRefused, match="参与过本单的答复"):
            take(order, action, writer, note="理由")
    take(order, "check", people.supervisor)


def test_a_refusal_names_its_case_from_the_list(people):
    order = opened()
    with pytest.raises(Invalid, match="不予受理的情形"):
        take(order, "refuse", people.operator, refusal=None)
    assert reload(order).state is S.RECEIVED


def test_dispatching_gives_each_unit_its_own_part(people):
    water = unit("swj", "市水务局")
    order = brought_to(S.ACCEPTED)
    take(order, "dispatch", people.operator, assisting=[water, unit()])
    assert {part.unit.code: part.leads for part in order.parts} == {"zjj": True, "swj": False}
    take(order, "sign_part", liaison(water))
    order = reload(order)
    assert order.state is S.DISPATCHED
    assert order.part_of(water.id).state is PartState.SIGNED
    assert order.part_of(unit().id).state is PartState.WAITING
    take(order, "contribute", liaison(water), note="水压正常")
    assert reload(order).part_of(water.id).note == "水压正常"


def test_another_units_liaison_takes_no_step(people):
    order = brought_to(S.DISPATCHED)
    stranger = liaison(unit("swj", "市水务局"))
    with pytest.raises(GuardRefused, match="主办单位"):
        take(order, "sign", stranger)
    assert offered(order, Attempt(stranger.actor, NOW)) == []


def test_a_returned_order_is_dispatched_anew_and_both_are_kept(people):
    order = brought_to(S.DISPATCHED)
    take(order, "return", liaison(), note="不属我局职责")
    order = reload(order)
    assert (order.lead_unit, order.dispatched_at) == (None, None)
    assert order.parts[0].state is PartState.RETURNED
    take(order, "dispatch", people.operator, lead=unit("swj", "市水务局"))
    assert {part.unit.code for part in reload(order).standing_parts} == {"swj"}


def test_the_unit_reported_on_never_gets_the_report(people):
    reported = unit("cgj", "市城市管理局")
    order = brought_to(S.ACCEPTED, nature=Nature.REPORT, reported_unit=reported, brief="核查收费")
    with pytest.raises(GuardRefused, match="被举报单位"):
        take(order, "dispatch", people.operator, lead=reported)
    with pytest.raises(GuardRefused, match="被举报单位"):
        take(order, "dispatch", people.operator, assisting=[reported])
    take(order, "dispatch", people.operator)
    with pytest.raises(GuardRefused, match="被举报单位"):
        take(order, "add_unit", people.operator, assisting=[reported])


def test_a_report_is_dispatched_by_the_offices_words_alone(people):
    order = brought_to(S.ACCEPTED, nature=Nature.REPORT)
    assert order.title == "举报事项"
    with pytest.raises(GuardRefused, match="写明交办内容"):
        take(order, "dispatch", people.operator)


def test_an_answer_that_says_nothing_or_names_somebody_is_not_handed_in(people):
    order = brought_to(S.HANDLING)
    with transaction(CONSOLE):
        order.answer, order.public_answer = "已办", "已办"
    with pytest.raises(GuardRefused, match="还没有办理情况"):
        take(order, "answer", liaison())
    with transaction(CONSOLE):
        order.answer, order.public_answer = "查实并已责令改正到位", "请联系王先生13812345678即可"
    with pytest.raises(GuardRefused, match="手机号码") as refused:
        take(order, "answer", liaison())
    assert "13812345678" not in refused.value.message


def test_only_the_dissatisfied_go_back_to_handling(people):
    order = brought_to(S.CALLED_BACK)
    with pytest.raises(GuardRefused, match="不满意"):
        take(order, "reopen", people.operator, note="仍在施工")


def test_every_open_state_waits_for_somebody():
    targets = {step.target for step in WORK_ORDER.transitions} | {WORK_ORDER.initial}
    assert set(OrderState) <= targets
    left = {state for step in WORK_ORDER.transitions if step.target for state in step.sources}
    assert set(OPEN) <= left


NAMED = "王小明，您好：水管已更换，今后有事请随时来电。"


def test_an_answer_that_names_who_called_is_not_handed_in(session) -> None:
    order = brought_to(S.HANDLING, message(author="王小明"))
    merged = opened(message(2, author="李思远先生"))
    take(merged, "merge", person(R.OPERATOR), into=order)
    for named in (NAMED, NAMED.replace("王小明", "李思远")):
        order = reload(order)
        attempt = Attempt(person(R.LIAISON).actor, NOW)
        with transaction(attempt.actor, NOW) as session:
            service.save_answer(session, order, ANSWER, named, attempt, order.version_id)
        with pytest.raises(GuardRefused) as refused:
            take(order, "answer", person(R.LIAISON))
        assert "来电人的姓名（" in refused.value.message
        assert named[:3] not in refused.value.message
    with transaction(attempt.actor, NOW) as session:
        told = NAMED.replace("王小明", "市民")
        service.save_answer(session, reload(order), ANSWER, told, attempt, order.version_id)
    take(order, "answer", person(R.LIAISON))
    assert order.state is S.ANSWERED


def test_a_name_that_was_recorded_afterwards_stops_the_check(session) -> None:
    order = brought_to(S.HANDLING, message(author=""))
    attempt = Attempt(person(R.LIAISON).actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        service.save_answer(session, order, ANSWER, NAMED, attempt, order.version_id)
    take(order, "answer", person(R.LIAISON))
    with transaction(person(R.OPERATOR).actor, NOW) as session:
        session.get(Message, order.messages[0].message_id).author = "王小明"
    with pytest.raises(GuardRefused, match="来电人的姓名"):
        take(order, "check", person(R.SUPERVISOR))


def test_a_nickname_is_no_name(session) -> None:
    order = brought_to(S.HANDLING, message(author="市民"))
    attempt = Attempt(person(R.LIAISON).actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        told = NAMED.replace("王小明", "市民")
        service.save_answer(session, order, ANSWER, told, attempt, order.version_id)
    take(order, "answer", person(R.LIAISON))
    assert order.state is S.ANSWERED
