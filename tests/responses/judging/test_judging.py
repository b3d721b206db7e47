"""How grave it is, whether it must be answered: kept for good, with what it does to the clocks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Role, permissions_of
from responder.responses import service as responses
from responder.responses.judging import kinds, rules, service
from responder.responses.judging.models import PriorityKind
from responder.responses.judging.queries import judgements_of
from responder.responses.judging.rules import Colour, Grade
from responder.responses.judging.service import Opinion
from responder.responses.models import ItemState, Level
from tests.factories import NOW
from tests.responses.factories import brought_to, opened, reload
from tests.responses.pages import strict

HOUR = timedelta(hours=1)


def judge(item, person, grade=Grade.NONE, *, kinds_=(), must=True, note="影响面大", at=NOW):
    attempt = Attempt(person.actor, at, note)
    with transaction(attempt.actor, at) as session:
        opinion = Opinion(grade, Colour.NONE, kinds_, must)
        return service.judge(session, responses.find_item(session, item.id), opinion, attempt)


def duties(item) -> list[str]:
    return sorted(clock.rule.code for clock in reload(item).clocks)


@pytest.mark.parametrize("grade", Grade)
def test_only_major_and_grave_emergencies_start_the_clocks_of_five_hours(grade):
    assert rules.is_major(grade) is (grade in (Grade.MAJOR, Grade.GRAVE))


def test_the_five_kinds_are_rows_with_their_source(session):
    shipped = kinds.all_kinds(session)
    assert [kind.code for kind in shipped] == [
        "misread_policy", "public_interest", "moral_bottom_line", "emergency", "asked_from_above",
    ]  # fmt: skip
    assert all("国办发〔2016〕61号" in kind.source for kind in shipped)
    assert kinds.seed_priority_kinds(session) == 0


def test_a_judgement_of_another_level_starts_its_clocks_and_says_so(people):
    item = opened()
    assert duties(item) == ["public_concern"]
    one = judge(item, people.press_officer, Grade.GRAVE, at=NOW + HOUR)
    assert reload(item).level is Level.MAJOR_EMERGENCY
    assert duties(item) == ["emergency_conference", "emergency_first_word"]
    first = min(reload(item).clocks, key=lambda clock: clock.due_at)
    assert first.due_at == NOW + 5 * HOUR  # from when it was found, not from when it was judged
    assert [(c["change"], c["duty"]) for c in one.clocks] == [
        ("end", "作出回应"), ("start", "发布权威信息"), ("start", "举行新闻发布会"),
    ]  # fmt: skip
    line = audit.history(db.session, reload(item))[-1]
    assert (line.action, line.note) == ("judge", "影响面大")
    assert line.changes["level"] == ["ordinary", "major_emergency"]


def test_every_judgement_is_kept_in_the_words_of_its_moment(session, people):
    item = opened()
    kind = kinds.kinds_in_use(session)[1]
    named = kind.name
    judge(item, people.analyst, Grade.GENERAL, kinds_=[kind], note="涉及上千户")
    with transaction(people.supervisor.actor) as session:
        kept = session.get_one(PriorityKind, kind.id)
        kinds.edit_kind(session, kept, "改了名称", kept.source, False, kept.version_id)
    judge(item, people.analyst, must=False, note="经核实系误传")
    last, first = judgements_of(db.session, item.id)
    assert (last.must_answer, first.must_answer) == (False, True)
    assert [one["name"] for one in first.kinds] == [named]
    assert kind.code not in [one.code for one in kinds.kinds_in_use(db.session)]


def test_what_belongs_to_a_priority_kind_must_be_answered(session, people):
    with pytest.raises(GuardRefused, match="应当回应"):
        judge(opened(), people.analyst, kinds_=kinds.kinds_in_use(session)[:1], must=False)


@pytest.mark.parametrize("role", Role)
def test_the_analyst_judges_the_press_office_and_whoever_decides_on_clocks(people, role):
    may = {Role.ANALYST, Role.PRESS_OFFICER, Role.SIGNER, Role.SUPERVISOR}
    assert ("response.judge" in permissions_of([role])) is (role in may)


def test_nobody_is_rid_of_a_running_clock_by_judging_alone(people):
    item = opened(level=Level.MAJOR_EMERGENCY)
    with pytest.raises(Forbidden, match="新闻办、督查或签发人"):
        judge(item, people.analyst, Grade.LARGER)
    both = people.holding(Role.SUPERVISOR)
    own = opened(level=Level.MAJOR_EMERGENCY)
    with transaction(both.actor) as session:
        responses.find_item(session, own.id).opened_by_id = both.id
    with pytest.raises(GuardRefused, match="由您发起或起草"):
        judge(own, both, Grade.LARGER)
    assert duties(own) == ["emergency_conference", "emergency_first_word"]
    judge(item, people.supervisor, Grade.LARGER)
    assert duties(item) == ["public_concern"]


def test_what_is_overdue_or_has_stopped_stays(people):
    item = opened(level=Level.MAJOR_EMERGENCY)
    judge(item, people.supervisor, Grade.GENERAL, at=NOW + 6 * HOUR)
    assert duties(item) == ["emergency_first_word", "public_concern"]
    # Judged grave again, it gets no second clock of the same rule.
    judge(item, people.supervisor, Grade.MAJOR, at=NOW + 7 * HOUR)
    assert duties(item) == ["emergency_conference", "emergency_first_word"]


def test_a_reason_is_needed_and_the_answer_must_not_be_out(people):
    item = opened()
    with pytest.raises(Invalid, match="理由"):
        judge(item, people.analyst, note=" ")
    with pytest.raises(Forbidden):
        judge(item, people.editor)
    with pytest.raises(WrongState):
        judge(brought_to(ItemState.PUBLISHED), people.analyst)


def test_of_two_who_judge_what_they_saw_the_second_is_told(people):
    item = opened()
    seen = item.version_id
    judge(item, people.analyst)
    with pytest.raises(Stale):
        responses.find_item_as_seen(db.session, item.id, seen)


def test_the_page_asks_and_the_items_page_tells(client, people):
    item = opened()
    people.sign_in(client, people.analyst)
    path = f"/responses/{item.id}/judgement"
    strict(client.get(f"/responses/{item.id}").text)
    asked = client.get(path).text
    strict(asked)
    assert "涉及公众切身利益且产生较大影响" in asked
    empty = client.post(path, data={"version": item.version_id})
    assert empty.status_code == 422
    strict(empty.text)
    kind = kinds.kinds_in_use(db.session)[1]
    data = {
        "grade": "none", "colour": "yellow", "kinds": [kind.id], "must_answer": "no",
        "reason": "涉及上千户业主", "version": item.version_id,
    }  # fmt: skip
    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert "涉及上千户业主" in refused.text
    assert client.post(path, data={**data, "must_answer": "yes"}).status_code == 302
    again = client.post(path, data={**data, "must_answer": "yes", "reason": "再说一遍"})
    assert again.status_code == 409
    assert "再说一遍" in again.text
    page = client.get(f"/responses/{item.id}").text
    strict(page)
    for told in ("黄色预警", "涉及上千户业主", "应当回应", kind.source):
        assert told in page


def test_the_kinds_are_edited_by_whoever_keeps_the_rules(client, people):
    people.sign_in(client, people.editor)
    strict(client.get("/responses/priority-kinds").text)
    people.sign_in(client, people.supervisor)
    strict(client.get("/responses/priority-kinds/new").text)
    assert client.post("/responses/priority-kinds/new", data={"name": "本市"}).status_code == 422
    data = {"name": "本市增列", "source": "市政府办〔2026〕1号", "active": "y"}
    assert client.post("/responses/priority-kinds/new", data=data).status_code == 302
    made = kinds.all_kinds(db.session)[-1]
    path = f"/responses/priority-kinds/{made.id}"
    strict(client.get(path).text)
    assert client.post(path, data={**data, "name": "改", "version": 1}).status_code == 302
    late = client.post(path, data={**data, "name": "再改", "version": 1})
    assert late.status_code == 409
    strict(late.text)
