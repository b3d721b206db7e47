"""The whole table: every state, every action, the right person and all the others."""

from __future__ import annotations

import pytest

from responder.accounts.models import UserRole
from responder.core.database import transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Role, permissions_of
from responder.responses import service
from responder.responses.lifecycle import RESPONSE_ITEM
from responder.responses.models import ItemState
from tests.factories import NOW
from tests.responses.factories import brought_to, drafted, opened, reload, save, take

S = ItemState
R = Role

# Written by hand from the office's order of work, not derived from the code's table.
ALLOWED = {
    (S.DRAFT, "submit"): (R.EDITOR, S.FIRST_REVIEW),
    (S.FIRST_REVIEW, "approve_first"): (R.FIRST_REVIEWER, S.SECOND_REVIEW),
    (S.SECOND_REVIEW, "approve_second"): (R.SECOND_REVIEWER, S.THIRD_REVIEW),
    (S.THIRD_REVIEW, "approve_third"): (R.THIRD_REVIEWER, S.SECRECY_REVIEW),
    (S.SECRECY_REVIEW, "approve_secrecy"): (R.SECRECY_REVIEWER, S.SIGNING),
    (S.SIGNING, "sign"): (R.SIGNER, S.SIGNED),
    (S.SIGNED, "schedule"): (R.PRESS_OFFICER, S.SCHEDULED),
    (S.SIGNED, "publish"): (R.PRESS_OFFICER, S.PUBLISHED),
    (S.SCHEDULED, "publish"): (R.PRESS_OFFICER, S.PUBLISHED),
    (S.SCHEDULED, "unschedule"): (R.PRESS_OFFICER, S.SIGNED),
    (S.PUBLISHED, "archive"): (R.PRESS_OFFICER, S.ARCHIVED),
    (S.FIRST_REVIEW, "return"): (R.FIRST_REVIEWER, S.DRAFT),
    (S.SECOND_REVIEW, "return"): (R.SECOND_REVIEWER, S.DRAFT),
    (S.THIRD_REVIEW, "return"): (R.THIRD_REVIEWER, S.DRAFT),
    (S.SECRECY_REVIEW, "return"): (R.SECRECY_REVIEWER, S.DRAFT),
    (S.SIGNING, "return"): (R.SIGNER, S.DRAFT),
    (S.SECOND_REVIEW, "return_first"): (R.SECOND_REVIEWER, S.FIRST_REVIEW),
    (S.THIRD_REVIEW, "return_first"): (R.THIRD_REVIEWER, S.FIRST_REVIEW),
    (S.THIRD_REVIEW, "return_second"): (R.THIRD_REVIEWER, S.SECOND_REVIEW),
    (S.SECRECY_REVIEW, "return_first"): (R.SECRECY_REVIEWER, S.FIRST_REVIEW),
    (S.SECRECY_REVIEW, "return_second"): (R.SECRECY_REVIEWER, S.SECOND_REVIEW),
    (S.SECRECY_REVIEW, "return_third"): (R.SECRECY_REVIEWER, S.THIRD_REVIEW),
    (S.SIGNING, "return_first"): (R.SIGNER, S.FIRST_REVIEW),
    (S.SIGNING, "return_second"): (R.SIGNER, S.SECOND_REVIEW),
    (S.SIGNING, "return_third"): (R.SIGNER, S.THIRD_REVIEW),
    (S.SIGNING, "return_secrecy"): (R.SIGNER, S.SECRECY_REVIEW),
    (S.SIGNED, "return"): (R.SIGNER, S.DRAFT),
}
# Open to whoever decides on clocks, or judges; see judging/test_closing.py.
BY_JUDGEMENT = ("close", "close_told", "reopen")
ACTIONS = sorted({action for _, action in ALLOWED})


class Somebody:
    """A stranger with the rights of some roles, as the factories expect a person."""

    def __init__(self, *roles: Role) -> None:
        self.actor = Actor(None, "某人", permissions_of(roles))


def test_the_table_knows_exactly_these_actions():
    known = {t.action for t in RESPONSE_ITEM.transitions}
    assert sorted(known) == sorted({*ACTIONS, *BY_JUDGEMENT})


@pytest.mark.parametrize(("state", "action"), ALLOWED)
def test_a_step_is_open_to_the_right_role_alone(people, state, action):
    right, target = ALLOWED[state, action]
    item = brought_to(state)
    for role in set(Role) - {right}:
        with pytest.raises(Forbidden):
            take(item, action, Somebody(role), note="理由")
        assert reload(item).state is state
    take(item, action, people.holding(right), note="理由")
    assert reload(item).state is target


@pytest.mark.parametrize("state", ItemState)
def test_every_other_action_is_refused_even_to_whoever_may_do_all(people, state):
    item = brought_to(state)
    for action in ACTIONS:
        if (state, action) not in ALLOWED:
            with pytest.raises(WrongState):
                take(item, action, Somebody(*Role), note="理由")
            assert reload(item).state is state


@pytest.mark.parametrize(
    "state",
    [S.FIRST_REVIEW, S.SECOND_REVIEW, S.THIRD_REVIEW, S.SECRECY_REVIEW, S.SIGNING],
)
def test_a_return_needs_its_reason(people, state):
    item = brought_to(state)
    with pytest.raises(GuardRefused, match="请写明退回修改的理由"):
        take(item, "return", people.holding(ALLOWED[state, "return"][0]), note="  ")


@pytest.mark.parametrize(("text", "reason"), [("", "还没有回应内容"), ("同意。", "不足 10 个字")])
def test_what_says_nothing_is_not_submitted(people, text, reason):
    item = opened()
    if text:
        save(item, text, people.editor)
    with pytest.raises(GuardRefused, match=reason):
        take(item, "submit", people.editor)


REVIEWS = [
    (S.FIRST_REVIEW, "approve_first", R.FIRST_REVIEWER),
    (S.SECOND_REVIEW, "approve_second", R.SECOND_REVIEWER),
    (S.THIRD_REVIEW, "approve_third", R.THIRD_REVIEWER),
    (S.SECRECY_REVIEW, "approve_secrecy", R.SECRECY_REVIEWER),
    (S.SIGNING, "sign", R.SIGNER),
]


def give(user, role):
    """One post more for somebody."""
    with transaction(CONSOLE):
        user.posts.append(UserRole(role=role))
    return user


@pytest.mark.parametrize(("state", "action", "role"), REVIEWS)
def test_nobody_approves_what_they_wrote(people, state, action, role):
    writer = give(people.holding(R.EDITOR, "writer"), role)
    item = drafted(editor=writer)
    save(item, "后来由另一位编辑全部重写过的稿件。", people.editor)
    walk(item, people, state)
    with pytest.raises(GuardRefused, match="参与过本事项的起草"):
        take(item, action, writer)


@pytest.mark.parametrize(("state", "action", "role"), REVIEWS)
def test_nobody_approves_a_concern_that_they_worded(people, state, action, role):
    give(people.analyst, role)
    item = brought_to(state)
    with pytest.raises(GuardRefused, match="参与过本事项的起草"):
        take(item, action, people.analyst)


@pytest.mark.parametrize(("state", "action", "role"), REVIEWS)
def test_whoever_corrects_the_concern_counts_as_a_writer(people, state, action, role):
    corrector = give(people.holding(R.EDITOR, "corrector"), role)
    item = drafted()
    with transaction(corrector.actor, NOW) as session:
        service.revise(
            session,
            item,
            title="改过的标题",
            concern=item.concern,
            concern_source="",
            actor=corrector.actor,
            now=NOW,
            version=item.version_id,
        )
    save(item, "后来由另一位编辑全部重写过的稿件。", people.editor)
    walk(item, people, state)
    with pytest.raises(GuardRefused, match="参与过本事项的起草"):
        take(item, action, corrector)


@pytest.mark.parametrize(("state", "action", "role"), REVIEWS[1:])
def test_a_round_is_reviewed_checked_and_signed_by_five_people(people, state, action, role):
    give(people.first_reviewer, role)
    item = brought_to(state)
    with pytest.raises(GuardRefused, match="不同的人"):
        take(item, action, people.first_reviewer)


def test_a_returned_text_may_be_reviewed_by_the_same_people_again(people):
    item = brought_to(S.SECOND_REVIEW)
    take(item, "return", people.second_reviewer, note="数字待核实")
    take(item, "submit", people.editor)
    take(item, "approve_first", people.first_reviewer)
    said = [(review.round, review.step, review.approved) for review in item.reviews]
    assert said == [
        (1, S.FIRST_REVIEW, True),
        (1, S.SECOND_REVIEW, False),
        (2, S.FIRST_REVIEW, True),
    ]


def test_the_console_cannot_stand_in_for_a_reviewer(people):
    item = brought_to(S.FIRST_REVIEW)
    with transaction(CONSOLE) as session:
        item.drafts[0].author_id = None
    with pytest.raises(GuardRefused), transaction(CONSOLE) as session:
        service.advance(session, item, "approve_first", Attempt(CONSOLE, NOW))


@pytest.mark.parametrize("field", ["title", "concern", "concern_source"])
def test_personal_data_in_any_outgoing_field_stops_the_signature(people, field):
    item = brought_to(S.SIGNING, **{field: "请联系13812345678"})
    with pytest.raises(GuardRefused, match="中的手机号码 138") as refused:
        take(item, "sign", people.signer)
    assert "13812345678" not in refused.value.message


def test_publishing_does_not_go_by_the_desk(people):
    item = brought_to(S.SIGNED)
    for action in ("schedule", "publish", "unschedule"):
        attempt = Attempt(people.press_officer.actor, NOW)
        with pytest.raises(Invalid), transaction(attempt.actor) as session:
            service.advance(session, item, action, attempt)
    with pytest.raises(DomainError, match="没有“melt”这个操作"):
        take(item, "melt", people.press_officer)


def walk(item, people, state) -> None:
    """By the usual people, from the draft to ``state``."""
    take(item, "submit", people.editor)
    for reached, action, role in REVIEWS:
        if reached is state:
            return
        take(item, action, people.holding(role))
