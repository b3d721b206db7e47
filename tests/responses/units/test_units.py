"""Units are asked, and answer; a liaison sees the own unit's part alone, and never a report."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.times import local, utc_now
from responder.intake.models import Nature
from responder.responses import service as responses
from responder.responses.models import ItemState
from responder.responses.sourcing.service import attach
from responder.responses.units import service
from responder.responses.units.service import Ask
from responder.web.paging import PAGE_SIZE
from tests.factories import NOW, unit
from tests.orders.factories import liaison, message
from tests.planning.queries import queries
from tests.responses.factories import WAY, brought_to, drafted, opened, reload, take
from tests.responses.pages import strict

DAY = timedelta(days=1)
SWJ = ("swj", "市水务局")
CONCERN = "业主反映地下车位只售不租，无处停车。"


def asked(item, person, of=None, at=NOW, task="请说明车位租售的规定和办理情况"):
    attempt = Attempt(person.actor, at)
    with transaction(attempt.actor, at) as session:
        item = responses.find_item(session, item.id)
        ask = Ask(session.merge(of or unit()), task, at + DAY)
        return service.assign(session, item, ask, attempt)


def sent(part, person, text="已约谈开发企业，限期整改。", at=NOW, version=None):
    attempt = Attempt(person.actor, at)
    with transaction(attempt.actor, at) as session:
        found = service.outline_for(session, part.id, attempt.actor).part
        seen = version or found.version_id
        return service.send(session, found, text, attempt, seen)


def test_the_items_unit_leads_and_each_is_asked_once(people):
    item = opened()
    other = asked(item, people.analyst, unit(*SWJ))
    own = asked(item, people.analyst)
    assert [part.leads for part in (own, other)] == [True, False]
    assert service.parts_of(db.session, reload(item))[0].id == own.id
    with pytest.raises(Invalid, match="已经交办过"):
        asked(item, people.analyst)
    with pytest.raises(Forbidden):
        asked(item, people.first_reviewer, unit("gaj", "市公安局"))
    with pytest.raises(Invalid, match="时限已过"):
        attempt = Attempt(people.analyst.actor, NOW)
        service.assign(db.session, item, Ask(unit("gaj", "市公安局"), "说明", NOW), attempt)
    late = NOW + timedelta(days=732)
    with pytest.raises(Invalid, match="最多定在两年以内"):
        service.assign(db.session, item, Ask(unit("gaj", "市公安局"), "说明", late), attempt)


def test_a_liaison_sees_the_part_of_the_own_unit_alone(client, people):
    item = drafted()
    part, other = (
        asked(item, people.editor),
        asked(item, people.editor, unit(*SWJ), task="管网情况"),
    )
    people.sign_in(client, liaison())
    listed = client.get("/unit-materials").text
    strict(listed)
    assert item.title in listed
    page = client.get(f"/unit-materials/{part.id}").text
    strict(page)
    assert CONCERN in page
    assert "市住建局已约谈" not in page  # the draft is the office's
    assert client.get(f"/unit-materials/{other.id}").status_code == 404
    assert client.post(f"/unit-materials/{other.id}", data={"text": "无关"}).status_code == 404
    for path in ("", "/drafts", "/judgement", "/parts/new", "/edit"):
        assert client.get(f"/responses/{item.id}{path}").status_code == 403
    people.sign_in(client, people.liaison)  # of no unit
    assert client.get(f"/unit-materials/{part.id}").status_code == 404


def test_a_list_of_parts_is_a_page_long_and_reads_no_text(client, people):
    parts = [asked(opened(), people.analyst, at=NOW + n * DAY) for n in range(PAGE_SIZE + 1)]
    person = liaison()
    sent(parts[0], person)
    people.sign_in(client, person)
    with queries() as asked_for:
        first = client.get("/unit-materials").text
    strict(first)
    rest = client.get("/unit-materials?page=2").text
    links = [re.findall(r"/unit-materials/(\d+)", page) for page in (first, rest)]
    # The soonest due first; what was sent is the last of all.
    assert links[0] == [str(part.id) for part in parts[1:]]
    assert links[1] == [str(parts[0].id)]
    read = " ".join(one for one in asked_for if "count(" not in one)
    for text in ("response_part.task", "response_material.text", "item.answer", "item.concern"):
        assert text not in read, text
    assert len(asked_for) < 15
    owed = service.owed(db.session, person.actor, 5)
    assert [one.part.id for one in owed] == [part.id for part in parts[1:6]]


def test_what_is_out_is_owed_no_more_and_stands_behind(people):
    owing, out = opened(), drafted()
    late = asked(owing, people.analyst, at=NOW + DAY)
    gone = asked(out, people.analyst)
    for role, action in WAY[:-1]:
        take(out, action, people.holding(role))
    actor = liaison().actor
    assert [one.part.id for one in service.owed(db.session, actor, 9)] == [late.id]
    assert [part.id for part in db.session.scalars(service.asked_of(actor))] == [late.id, gone.id]


def test_the_list_tells_where_each_part_stands(client, people):
    owing, out, person = opened(title="甲事"), drafted(title="乙事"), liaison()
    parts = {
        "owed": asked(owing, people.analyst, at=NOW + DAY),
        "closed": asked(out, people.analyst),
    }
    parts["sent"] = asked(opened(title="丙事"), people.analyst)
    sent(parts["sent"], person)
    for role, action in WAY[:-1]:
        take(out, action, people.holding(role))
    people.sign_in(client, person)
    for state, part in parts.items():
        page = client.get(f"/unit-materials?state={state}").text
        strict(page)
        assert re.findall(r"/unit-materials/(\d+)", page) == [str(part.id)], state
        with client.get(f"/unit-materials/list.csv?state={state}") as answer:
            _head, *rows = answer.data.decode("utf-8-sig").splitlines()
        assert [service.STATE_LABELS[state] in row for row in rows] == [True], state
        assert f'{service.STATE_LABELS[state]} <span class="figures">1</span>' in page
    last = local(parts["owed"].due_at).date()
    assert "共 1 件" in client.get(f"/unit-materials?from={last}").text
    assert "共 2 件" in client.get(f"/unit-materials?to={last - DAY}").text


def test_what_a_unit_sends_is_kept_and_shown_to_the_office(client, people):
    item = drafted()
    part = asked(item, people.editor, at=utc_now())
    people.sign_in(client, liaison())
    today = client.get("/").text
    assert item.title in today
    path = f"/unit-materials/{part.id}"
    assert client.post(path, data={"text": "", "version": 1}).status_code == 422
    data = {"text": "已约谈开发企业，十二月底前公布方案。", "version": 1}
    assert client.post(path, data=data).status_code == 302
    overtaken = client.post(path, data={**data, "text": "同事不知道的另一版本。"})
    assert overtaken.status_code == 409
    strict(overtaken.text)
    assert "同事不知道的另一版本。" in overtaken.text
    assert "十二月底前公布方案" in overtaken.text
    assert item.title not in client.get("/").text
    people.sign_in(client, people.editor)
    page = client.get(f"/responses/{item.id}").text
    strict(page)
    assert "十二月底前公布方案" in page
    assert "单位报送材料" in page


def test_of_a_report_a_unit_reads_the_offices_own_words_alone(client, people):
    item = opened(title="关于某工地举报的回应", concern="有人举报工地夜间偷排。")
    part = asked(item, people.analyst, task="请说明工地排水许可情况")
    report = message(title="举报工地", body="我举报工地夜间偷排污水", nature=Nature.REPORT)
    with transaction(people.analyst.actor) as session:
        attach(session, responses.find_item(session, item.id), report)
    people.sign_in(client, liaison())
    files = ("/unit-materials/list.csv", "/unit-materials/list.print")
    for path in ("/unit-materials", f"/unit-materials/{part.id}", "/", *files):
        page = client.get(path, buffered=True).text
        if not path.endswith("csv"):
            strict(page)
        assert "举报" not in page
        assert "偷排" not in page
    assert "请说明工地排水许可情况" in client.get(f"/unit-materials/{part.id}").text
    people.sign_in(client, people.analyst)
    assert "来源中有举报" in client.get(f"/responses/{item.id}/parts/new").text


def test_versions_are_numbered_and_the_same_text_is_no_new_one(people):
    item = opened()
    part = asked(item, people.analyst)
    first = sent(part, liaison())
    assert sent(part, liaison()) is None
    late = sent(part, liaison(), "补充：方案已报审。", at=NOW + 2 * DAY)
    assert (first.number, late.number) == (1, 2)
    assert not service.find_part(db.session, item.id, part.id).sent_late
    with pytest.raises(NotFound):
        sent(part, liaison(unit(*SWJ)))
    with pytest.raises(Stale):
        sent(part, liaison(), "旧页面", version=1)
    with pytest.raises(GuardRefused, match="已经报送"):
        attempt = Attempt(people.analyst.actor, NOW)
        kept = service.find_part(db.session, item.id, part.id)
        service.withdraw(db.session, kept, attempt, kept.version_id)


def test_the_lead_changes_only_before_the_reviews(people):
    other = unit(*SWJ)

    def lead(item, note="职责在水务"):
        attempt = Attempt(people.analyst.actor, NOW, note)
        with transaction(attempt.actor, NOW) as session:
            found = responses.find_item(session, item.id)
            service.lead(session, found, session.merge(other), attempt)

    item = opened()
    with pytest.raises(GuardRefused, match="理由"):
        lead(item, " ")
    lead(item)
    assert reload(item).unit.name == "市水务局"
    with pytest.raises(WrongState, match="审签"):
        lead(brought_to(ItemState.FIRST_REVIEW))


def test_nothing_is_asked_or_sent_once_the_answer_is_out(client, people):
    item = brought_to(ItemState.SIGNED)
    part = asked(item, people.analyst)
    sent(part, liaison())
    attempt = Attempt(people.press_officer.actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        responses.mark_published(session, responses.find_item(session, item.id), attempt)
    with pytest.raises(WrongState):
        sent(part, liaison(), "又有新情况")
    with pytest.raises(WrongState):
        asked(item, people.analyst, unit(*SWJ))
    people.sign_in(client, liaison())
    page = client.get(f"/unit-materials/{part.id}").text
    strict(page)
    assert "不再收材料" in page


def test_the_pages_ask_change_withdraw_and_change_the_lead(client, people):
    item = opened()
    people.sign_in(client, people.analyst)
    path = f"/responses/{item.id}/parts"
    strict(client.get(f"{path}/new").text)
    due = (utc_now() + DAY).strftime("%Y-%m-%dT%H:%M")
    data = {"unit_id": unit(*SWJ).id, "task": "管网情况", "due_at": due}
    assert client.post(f"{path}/new", data={**data, "task": ""}).status_code == 422
    assert client.post(f"{path}/new", data=data).status_code == 302
    assert client.post(f"{path}/new", data=data).status_code == 422  # a second click asks no twice
    [part] = service.parts_of(db.session, reload(item))
    strict(client.get(f"{path}/{part.id}").text)
    changed = {**data, "task": "管网和水表情况", "version": 1}
    assert client.post(f"{path}/{part.id}", data=changed).status_code == 302
    assert client.post(f"{path}/{part.id}", data=changed).status_code == 409
    strict(client.get(f"/responses/{item.id}").text)
    seen = {"version": reload(item).version_id, "unit_id": unit(*SWJ).id, "note": "职责在水务"}
    assert client.post(f"/responses/{item.id}/lead", data=seen).status_code == 302
    assert client.post(f"{path}/{part.id}/withdraw", data={"version": 2}).status_code == 302
    assert service.parts_of(db.session, reload(item)) == []
