"""Returns to any step, deputies, the secrecy check: what counts, who may, what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from responder.accounts import absences
from responder.accounts.absence_views import today
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused
from responder.core.lifecycle import Attempt
from responder.core.permissions import Role
from responder.core.times import SHANGHAI, local
from responder.responses import rules, service
from responder.responses.lifecycle import REVIEW_STEPS
from responder.responses.models import ItemState
from responder.responses.service import StepFacts
from tests.factories import NOW
from tests.responses.factories import brought_to, drafted, reload, save, take
from tests.responses.pages import strict
from tests.responses.test_lifecycle import give

S = ItemState
NO_FACTS = StepFacts()


def away(user, deputy, day=None) -> None:
    """``deputy`` stands in for ``user`` on one day: that of NOW unless another is named."""
    day = day or local(NOW, SHANGHAI).date()
    with transaction(user.actor, NOW) as session:
        absences.declare(session, user, deputy, day, day, "", user.actor, NOW, day)


def step(item, action, person, note="", facts=NO_FACTS, at=NOW):
    """One step by whoever may take it in their own name or as a deputy."""
    with transaction(person.actor, at) as session:
        attempts = service.attempts_of(session, person.actor, at, SHANGHAI, note)
        attempt = service.attempt_for(item, action, attempts)
        service.advance(session, item, action, attempt, facts)
    return attempt


def test_a_return_to_the_second_review_keeps_the_first_and_voids_the_later(people) -> None:
    give(people.first_reviewer, Role.SECOND_REVIEWER)
    item = brought_to(S.SIGNING)
    take(item, "return_second", people.signer, note="第二段的数字请复审重新核对")
    assert item.state is S.SECOND_REVIEW
    assert set(rules.standing(item.reviews, REVIEW_STEPS)) == {S.FIRST_REVIEW}
    # The first approval counts, so whoever gave it may still give no other.
    with pytest.raises(GuardRefused, match="不同的人"):
        take(item, "approve_second", people.first_reviewer)
    for action, role in (
        ("approve_second", Role.SECOND_REVIEWER),
        ("approve_third", Role.THIRD_REVIEWER),
        ("approve_secrecy", Role.SECRECY_REVIEWER),
        ("sign", Role.SIGNER),
    ):
        take(item, action, people.holding(role))
    item = reload(item)
    assert item.state is S.SIGNED
    assert {review.round for review in item.reviews} == {1}
    returned = [review for review in item.reviews if not review.approved]
    assert [(r.step, r.returned_to) for r in returned] == [(S.SIGNING, S.SECOND_REVIEW)]
    assert audit.history(db.session, item)[-5].note == "第二段的数字请复审重新核对"
    take(item, "return", people.signer, note="情况有变")
    assert rules.standing(item.reviews, REVIEW_STEPS) == {}
    assert rules.current_round(item.reviews) == 2


def test_the_page_says_which_approvals_no_longer_count(client, people) -> None:
    item = brought_to(S.SIGNING)
    people.sign_in(client, people.signer)
    page = client.get(f"/responses/{item.id}").text
    strict(page)
    for way in ("退回修改", "退回初审", "退回复审", "退回终审", "退回保密审查"):
        assert way in page
    address = f"/responses/{item.id}/return"
    form = {"version": item.version_id, "to": "return_second", "note": "数字不一致"}
    assert client.post(address, data={**form, "note": ""}).status_code == 422
    assert client.post(address, data={**form, "to": "publish"}).status_code == 302
    assert reload(item).state is S.DRAFT
    item = brought_to(S.SIGNING)
    form["version"] = item.version_id
    assert client.post(f"/responses/{item.id}/return", data=form).status_code == 302
    assert reload(item).state is S.SECOND_REVIEW
    page = client.get(f"/responses/{item.id}").text
    assert page.count("退回后不再计入") == 3
    assert "到复审" in page


def test_a_deputy_takes_the_step_and_both_names_are_kept(people) -> None:
    absent, deputy = people.second_reviewer, people.spokesperson
    item = brought_to(S.SECOND_REVIEW)
    with pytest.raises(Forbidden):
        step(item, "approve_second", deputy)
    away(absent, deputy)
    assert service.waiting_for(db.session, deputy.actor, [absent.actor]) == [item]
    with pytest.raises(Forbidden):  # the day after, nobody is away
        step(item, "approve_second", deputy, at=NOW + timedelta(days=1))
    step(item, "approve_second", deputy)
    review = reload(item).reviews[-1]
    assert (review.reviewer_name, review.on_behalf_of_name) == (
        deputy.display_name,
        absent.display_name,
    )
    line = audit.history(db.session, item)[-1]
    assert line.actor_name == deputy.display_name
    assert line.changes["on_behalf_of"] == absent.display_name


def test_what_binds_the_deputy_or_the_absent_binds_both(people) -> None:
    first, second, third = people.first_reviewer, people.second_reviewer, people.third_reviewer
    away(second, first)
    item = brought_to(S.SECOND_REVIEW)
    with pytest.raises(GuardRefused, match="您已审过"):
        step(item, "approve_second", first)
    away(third, people.auditor)
    give(third, Role.FIRST_REVIEWER)
    item = drafted()
    take(item, "submit", people.editor)
    take(item, "approve_first", third)
    take(item, "approve_second", second)
    with pytest.raises(GuardRefused, match="您所代的同事本轮已审过"):
        step(item, "approve_third", people.auditor)
    # Whoever was stood in for has reviewed too.
    give(people.auditor, Role.SECRECY_REVIEWER)
    item = brought_to(S.THIRD_REVIEW)
    step(item, "approve_third", people.auditor)
    give(third, Role.SECRECY_REVIEWER)
    for person in (third, people.auditor):
        with pytest.raises(GuardRefused, match="您已审过"):
            step(item, "approve_secrecy", person, facts=nothing_secret())
    # Nobody's deputy approves what the absent one wrote.
    writer = give(people.holding(Role.EDITOR, "writer"), Role.FIRST_REVIEWER)
    item = drafted(editor=writer)
    take(item, "submit", people.editor)
    away(writer, people.spokesperson)
    with pytest.raises(GuardRefused, match="您所代的同事参与过"):
        step(item, "approve_first", people.spokesperson)


def test_a_deputy_gets_no_other_right(people) -> None:
    away(people.press_officer, people.spokesperson)
    away(people.editor, people.auditor)
    day = local(NOW, SHANGHAI).date()
    for deputy in (people.spokesperson, people.auditor):
        assert absences.delegated_rights(db.session, deputy.id, day) == frozenset()
    item = drafted()
    with pytest.raises(Forbidden):
        step(item, "submit", people.auditor)


def test_a_deputy_works_at_the_page(client, people) -> None:
    item = brought_to(S.FIRST_REVIEW)
    deputy = people.spokesperson
    people.sign_in(client, deputy)
    assert client.post(f"/responses/{item.id}/approve_first", data={}).status_code == 403
    away(people.first_reviewer, deputy, today())
    page = client.get(f"/responses/{item.id}").text
    strict(page)
    assert f"代{people.first_reviewer.display_name}办理" in page
    assert 'id="text"' not in page
    assert "关于金浦华庭" in client.get("/").text
    seen = {"version": item.version_id}
    assert client.post(f"/responses/{item.id}/approve_first", data=seen).status_code == 302
    assert f"代{people.first_reviewer.display_name}" in client.get(f"/responses/{item.id}").text
    assert client.post(f"/responses/{item.id}/draft", data={"text": "改"}).status_code == 403


def nothing_secret() -> StepFacts:
    return StepFacts(secrecy=dict.fromkeys(service.SECRECY_QUESTIONS, False))


def test_each_question_of_the_secrecy_check_is_answered(client, people) -> None:
    item = brought_to(S.SECRECY_REVIEW)
    checker = people.secrecy_reviewer
    attempt = Attempt(checker.actor, NOW)
    for answers, reason in (
        (None, "请逐项写明是否涉及：国家秘密、工作秘密"),
        ({"state_secret": False, "work_secret": False}, "请逐项写明是否涉及：不宜公开"),
        ({**dict.fromkeys(service.SECRECY_QUESTIONS, False), "work_secret": True}, "涉及工作秘密"),
    ):
        with pytest.raises(GuardRefused, match=reason), transaction(attempt.actor) as session:
            service.advance(session, item, "approve_secrecy", attempt, StepFacts(secrecy=answers))
        assert reload(item).state is S.SECRECY_REVIEW
    people.sign_in(client, checker)
    strict(client.get(f"/responses/{item.id}").text)
    form = {f"secrecy-{name}": "no" for name in service.SECRECY_QUESTIONS}
    address, seen = f"/responses/{item.id}/approve_secrecy", {"version": item.version_id}
    assert client.post(address, data=seen).status_code == 422
    assert client.post(address, data={**seen, **form}).status_code == 302
    review = reload(item).reviews[-1]
    assert review.secrecy == dict.fromkeys(service.SECRECY_QUESTIONS, False)
    item = brought_to(S.SECRECY_REVIEW)
    data = {"version": item.version_id, "to": "return", "note": "请删去第三段"}
    data["secrecy-work_secret"] = "yes"
    client.post(f"/responses/{item.id}/return", data=data)
    review = reload(item).reviews[-1]
    assert (review.returned_to, review.secrecy) == (S.DRAFT, {"work_secret": True})
    save(item, "改写后的稿件，不再提及内部安排，情况已经核实。", people.editor)
    take(item, "submit", people.editor)
    assert item.state is S.FIRST_REVIEW
