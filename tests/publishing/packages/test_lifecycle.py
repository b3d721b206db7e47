"""The whole table of packages: every state, action and post; and what stands in the way."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from responder.accounts.models import UserRole
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Role, permissions_of
from responder.publishing.packages import steps
from responder.publishing.packages.lifecycle import PACKAGE
from responder.publishing.packages.models import Duty, Gate, PackageState
from responder.responses.drafting import lists
from responder.responses.drafting.models import SensitiveWord, Severity
from responder.settings import Settings
from tests.factories import NOW, People, unit
from tests.publishing.packages.factories import (
    brought_to,
    complete,
    out,
    planned,
    proposed,
    take,
    written,
)

S = PackageState
R = Role
REVIEWERS = {R.FIRST_REVIEWER, R.SECOND_REVIEWER, R.THIRD_REVIEWER}
DESK = {R.EDITOR, R.PRESS_OFFICER}
OFFICE = {R.PRESS_OFFICER}
OPEN = (S.COLLECTING, S.RETURNED)

# Written by hand from the office's order of work: state, action → who, and where it leads.
ALLOWED = {
    **{(state, "edit"): (DESK | {R.LIAISON}, state) for state in OPEN},
    (S.RETURNED, "resubmit"): (DESK | {R.LIAISON}, S.COLLECTING),
    (S.COLLECTING, "organise"): (DESK, S.ORGANISED),
    (S.ORGANISED, "review"): (REVIEWERS, S.REVIEWED),
    (S.REVIEWED, "sign"): ({R.SIGNER}, S.SIGNED),
    (S.SIGNED, "schedule"): (OFFICE, S.SCHEDULED),
    (S.SIGNED, "release"): (OFFICE, S.RELEASED),
    (S.SCHEDULED, "release"): (OFFICE, S.RELEASED),
    (S.SCHEDULED, "unschedule"): (OFFICE, S.SIGNED),
    (S.COLLECTING, "return"): (DESK, S.RETURNED),
    (S.ORGANISED, "return"): (REVIEWERS, S.RETURNED),
    (S.REVIEWED, "return"): ({R.SIGNER}, S.RETURNED),
    (S.SIGNED, "return"): ({R.SIGNER}, S.RETURNED),
    **{
        (state, "drop"): (DESK, S.WITHDRAWN) for state in (*OPEN, S.ORGANISED, S.REVIEWED, S.SIGNED)
    },
    (S.RELEASED, "withdraw"): ({R.SIGNER}, S.WITHDRAWN),
}
ACTIONS = sorted({action for _, action in ALLOWED})


def attempt_of(role: Role, note: str = "理由") -> Attempt:
    """Somebody new with one post; a liaison of the unit that drafts."""
    home = unit().id if role is R.LIAISON else None
    return Attempt(Actor(-1, "某人", permissions_of([role]), home), NOW, note)


def test_the_table_knows_exactly_these_actions():
    assert sorted({t.action for t in PACKAGE.transitions}) == ACTIONS


@pytest.mark.parametrize("state", PackageState)
def test_a_step_is_open_in_its_states_to_the_right_posts_alone(people, state):
    package = brought_to(state)
    for action in ACTIONS:
        right, target = ALLOWED.get((state, action), (set(), None))
        for role in Role:
            attempt = attempt_of(role)
            if role in right:
                step = PACKAGE.allow(package, action, attempt)
                assert (step.target or state) == target, (action, role)
            else:
                with pytest.raises((Forbidden, WrongState)):
                    PACKAGE.allow(package, action, attempt)


def test_the_way_through_the_four_gates_keeps_who_and_when(people):
    package = brought_to(S.RELEASED)
    passed = package.passed
    assert list(passed) == list(Gate)
    assert [gate.by_name for gate in passed.values()] == [
        person.display_name
        for person in (people.press_officer, people.second_reviewer, people.signer,
                       people.press_officer)
    ]  # fmt: skip
    assert {gate.at for gate in passed.values()} == {NOW}
    take(package, "withdraw", people.signer, "数据有误。")
    assert package.state is S.WITHDRAWN


def test_what_is_incomplete_passes_no_gate_and_goes_back_with_a_slip(people):
    package = proposed()
    with pytest.raises(GuardRefused, match="还缺解读方案、解读材料"):
        take(package, "organise", people.press_officer)
    planned(package)
    written(package)
    with pytest.raises(GuardRefused, match="还缺专家解读的材料"):
        take(package, "organise", people.press_officer)
    with pytest.raises(GuardRefused, match="请写明退件的理由"):
        take(package, "return", people.press_officer, " ")
    slip = take(package, "return", people.press_officer, "请补专家解读。")
    assert slip.number == f"TJ-2026-{slip.id:04d}"
    assert (slip.missing, slip.addressee) == ("专家解读的材料", unit().name)
    assert (slip.reason, slip.issued_at) == ("请补专家解读。", NOW)
    with pytest.raises(GuardRefused, match="还缺专家解读的材料"):
        take(package, "resubmit", people.editor)
    written(package, "experts")
    take(package, "resubmit", people.editor)
    take(package, "organise", people.press_officer)
    take(package, "review", people.first_reviewer)
    # Returned once more, the gates of the earlier round no longer count.
    second = take(package, "return", people.signer, "第二条与上位法不一致。")
    assert (second.missing, package.passed) == ("", {})
    assert second.number != slip.number
    take(package, "resubmit", people.editor)
    take(package, "organise", people.press_officer)
    take(package, "review", people.first_reviewer)
    assert list(package.passed) == [Gate.ORGANISED, Gate.REVIEWED]


def give(user, role):
    """One post more for somebody."""
    with transaction(CONSOLE):
        user.posts.append(UserRole(role=role))
    return user


@pytest.mark.parametrize(
    ("state", "action", "role"),
    [
        (S.ORGANISED, "review", R.THIRD_REVIEWER),
        (S.REVIEWED, "sign", R.SIGNER),
    ],
)
def test_nobody_approves_what_they_wrote_or_let_pass_before(people, state, action, role):
    package = brought_to(state)
    writer = give(people.editor, role)
    with pytest.raises(GuardRefused, match="填写过其中的内容"):
        take(package, action, writer)
    organiser = give(people.press_officer, role)
    with pytest.raises(GuardRefused, match="组织、审核、签发须由不同的人"):
        take(package, action, organiser)


def test_private_data_in_any_outgoing_text_is_not_signed(people):
    for spoilt in (
        lambda: complete(body="请联系13812345678。"),
        lambda: written(complete(), body="请联系张三先生，电话13812345678。"),
    ):
        package = spoilt()
        take(package, "organise", people.press_officer)
        take(package, "review", people.first_reviewer)
        with pytest.raises(GuardRefused, match=r"含有个人信息：.*手机号码 138") as refused:
            take(package, "sign", people.signer)
        assert "13812345678" not in refused.value.message
    assert out() == ([], [])


def barred(word: str = "绝对安全") -> str:
    """A word that the office bars from now on."""
    keeper = People().press_officer.actor
    with transaction(keeper, NOW) as session:
        lists.put_word(session, None, word, "如实说明", Severity.BLOCK, keeper)
    return word


@pytest.mark.parametrize("part", ["title", "document_number", "issuer", "body"])
def test_a_barred_word_in_the_document_passes_neither_the_first_gate_nor_the_signature(
    people, part
):
    word = "绝对安全"
    fresh, waiting = complete(**{part: f"保证{word}"}), complete(**{part: f"保证{word}"})
    take(waiting, "organise", people.press_officer)
    take(waiting, "review", people.first_reviewer)
    barred(word)
    for package, action, person in (
        (fresh, "organise", people.press_officer),
        (waiting, "sign", people.signer),
    ):
        with pytest.raises(GuardRefused, match=f"不许使用的词：{word}"):
            take(package, action, person)


@pytest.mark.parametrize("between", [" ", "\u200b", "\u3000"])
def test_a_barred_word_passes_no_gate_by_a_blank_within_it(people, between):
    barred("刁民")
    package = written(complete(), body=f"对少数刁{between}民要教育")
    with pytest.raises(GuardRefused, match="刁民"):
        take(package, "organise", people.press_officer)


@pytest.mark.parametrize("part", ["title", "author", "body"])
def test_a_barred_word_in_an_interpretation_passes_no_gate(people, part):
    package = written(complete(), **{part: f"保证{barred()}"})
    with pytest.raises(GuardRefused, match="不许使用的词"):
        take(package, "organise", people.press_officer)


def test_a_word_that_is_barred_after_the_signature_is_not_released(people):
    for state in (S.SIGNED, S.SCHEDULED):
        package = brought_to(state, body="保证绝对安全。")
        word = barred("绝对安全" if state is S.SIGNED else "保证")
        with pytest.raises(GuardRefused, match=word):
            take(package, "release", people.press_officer)
        with transaction(CONSOLE) as session:
            session.execute(delete(SensitiveWord))
    assert out() == ([], [])


def test_a_word_that_is_only_to_be_minded_bars_nothing(people):
    package, keeper = complete(body="保证绝对安全。"), people.press_officer.actor
    with transaction(keeper, NOW) as session:
        lists.put_word(session, None, "绝对安全", "", Severity.REMIND, keeper)
    take(package, "organise", people.press_officer)
    assert package.state is S.ORGANISED


def test_nobody_takes_back_alone_what_they_wrote(people):
    package = brought_to(S.RELEASED)
    give(people.editor, R.SIGNER)
    with pytest.raises(GuardRefused, match="您填写过其中的内容"):
        take(package, "withdraw", people.editor, "数据有误。")
    assert package.state is S.RELEASED


def test_the_reason_of_a_withdrawal_uses_no_barred_word_either(people):
    package, word = brought_to(S.RELEASED), barred()
    with pytest.raises(GuardRefused, match=f"撤回说明含有.*{word}"):
        take(package, "withdraw", people.signer, f"原文称{word}，有误。")
    assert package.state is S.RELEASED


def test_an_exempt_document_needs_its_reason_and_no_interpretation(people):
    for duty in (Duty.LATER, Duty.NONE):
        with pytest.raises(Invalid, match="请写明理由"):
            proposed(duty=duty)
        package = proposed(duty=duty, duty_reason="人事任免，按规定不解读")
        assert package.lacks == []
        # What is planned all the same must be written.
        planned(package, "media")
        assert package.lacks == ["媒体解读的材料"]


def test_only_the_forms_edit_and_schedule(people):
    package = brought_to(S.SIGNED)
    actor = people.press_officer.actor
    for action in ("schedule", "edit", "nonsense"):
        with pytest.raises(Invalid), transaction(actor, NOW) as session:
            steps.advance(session, package, action, Attempt(actor, NOW), Settings())
    assert package.state is S.SIGNED
