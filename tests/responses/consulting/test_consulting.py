"""What was settled together is kept beside the item, each version of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.responses import service as responses
from responder.responses.consulting import service
from responder.responses.consulting.service import ReferenceFacts
from responder.responses.models import ItemState
from tests.factories import NOW
from tests.responses.factories import brought_to, drafted, opened
from tests.responses.pages import strict


def do(verb, item, person, **facts):
    attempt = Attempt(person.actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        found = responses.find_item(session, item.id)
        return getattr(service, verb)(session, found, attempt=attempt, **facts)


def consulted(item, person, **facts):
    told = {"held_at": NOW, "units": "市住建局、金浦区", "people": "", "conclusion": "由住建局牵头"}
    return do("consult", item, person, **{**told, **facts})


def agreed(item, person, text="车位租售方案十二月底前公布。", seen=0, **facts):
    return do("agree", item, person, text=text, agreed_by="市住建局分管副局长", seen=seen, **facts)


def test_wordings_are_versions_and_the_last_one_stands(people):
    item = opened()
    meeting = consulted(item, people.editor)
    assert agreed(item, people.editor, consultation_id=meeting.id).number == 1
    assert agreed(item, people.editor, seen=0) is None  # the same again
    with pytest.raises(Stale, match="新的版本"):
        agreed(item, people.editor, "另一个说法", seen=0)
    assert agreed(item, people.editor, "方案十二月二十日前公布。", seen=1).number == 2
    kept = service.beside(db.session, item.id)
    assert [one.number for one in kept.wordings] == [2, 1]
    assert kept.wordings[1].consultation.conclusion == "由住建局牵头"
    assert service.wordings_now(db.session, [item.id, 0]) == {item.id: "方案十二月二十日前公布。"}


def test_what_is_missing_foreign_or_ahead_is_refused(people):
    item, other = opened(), opened(title="另一件")
    elsewhere = consulted(other, people.editor)
    for facts in ({"units": " "}, {"conclusion": ""}, {"held_at": NOW + timedelta(minutes=1)}):
        with pytest.raises(Invalid):
            consulted(item, people.editor, **facts)
    with pytest.raises(Invalid, match="本事项的会商"):
        agreed(item, people.editor, consultation_id=elsewhere.id)
    with pytest.raises(Invalid, match="https"):
        do("refer", item, people.editor, facts=ReferenceFacts("办法", url="javascript:alert(1)"))
    with pytest.raises(Forbidden):
        consulted(item, people.first_reviewer)
    with pytest.raises(WrongState):
        consulted(brought_to(ItemState.ARCHIVED), people.editor)


def test_a_reference_is_noted_and_dropped_with_a_line_in_the_trail(people):
    item, other = opened(), opened(title="另一件")
    facts = ReferenceFacts("停车场管理办法", "市政府令第 12 号", date(2024, 5, 1), passage="第八条")
    reference = do("refer", item, people.editor, facts=facts)
    with pytest.raises(NotFound):
        do("drop_reference", other, people.editor, reference_id=reference.id)
    do("drop_reference", item, people.editor, reference_id=reference.id)
    assert service.beside(db.session, item.id).references == []


def test_the_pages_take_down_and_the_item_shows_it_beside_the_draft(client, people):
    item = drafted()
    people.sign_in(client, people.editor)
    path = f"/responses/{item.id}"
    for part in ("consultations", "wordings", "references"):
        strict(client.get(f"{path}/{part}/new").text)
        refused = client.post(f"{path}/{part}/new", data={})
        assert refused.status_code == 422
        strict(refused.text)
    meeting = {"held_at": "2026-11-20T08:30", "units": "市住建局", "conclusion": "限期公布方案"}
    assert client.post(f"{path}/consultations/new", data=meeting).status_code == 302
    wording = {"text": "方案月底前公布。", "agreed_by": "张局", "consultation_id": 0, "seen": 0}
    assert client.post(f"{path}/wordings/new", data=wording).status_code == 302
    late = client.post(f"{path}/wordings/new", data={**wording, "text": "别的说法"})
    assert late.status_code == 409
    strict(late.text)
    assert "别的说法" in late.text
    assert 'value="1"' in late.text  # so that the second decision is taken on what stands
    document = {
        "title": "停车场管理办法",
        "number": "市政府令第 12 号",
        "url": "https://example.gov.cn/",
    }
    assert client.post(f"{path}/references/new", data=document).status_code == 302
    page = client.get(path).text
    strict(page)
    for told in ("限期公布方案", "方案月底前公布。", "停车场管理办法", "由张局商定"):
        assert told in page
    [reference] = service.beside(db.session, item.id).references
    assert client.post(f"{path}/references/{reference.id}/remove").status_code == 302
