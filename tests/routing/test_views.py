"""The page of categories, its versions, and the panel on a message."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
import time_machine
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Message
from responder.routing import service
from responder.routing.models import Category
from responder.routing.taxonomy import CategoryFacts, edit_category
from tests.factories import NOW, unit
from tests.routing.factories import category, confirm, message
from tests.topics.factories import refresh, two_worries


@pytest.fixture(autouse=True)
def _at_the_office():
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_message_shows_the_suggestion_and_why(client, people, taxonomy) -> None:
    said = message()
    people.sign_in(client, people.operator)
    page = client.get(f"/messages/{said.id}").text
    assert category("transport-bus").path in page
    assert "依据的字词" in page
    assert "末班车" in page
    assert "确认建议" in page


def test_a_click_confirms_and_another_choice_needs_a_reason(client, people, taxonomy) -> None:
    said = message()
    people.sign_in(client, people.operator)
    address = f"/messages/{said.id}/category"
    answer = client.post(address, data={"category_id": category("transport-bus").id})
    assert answer.location == f"/messages/{said.id}#category"
    page = client.get(f"/messages/{said.id}").text
    assert "operator 某 确认于 2026-11-20 09:00" in page
    assert "确认建议" not in page
    other = {"category_id": category("traffic-signal").id}
    assert "请写明理由" in client.post(address, data=other, follow_redirects=True).text
    answer = client.post(address, data={**other, "reason": "是红绿灯"}, follow_redirects=True)
    assert "理由：是红绿灯" in answer.text
    assert "分类的经过" in answer.text
    taxonomy.expire_all()
    assert service.of_message(taxonomy, [said.id])[said.id].category.code == "traffic-signal"


def test_nonsense_is_answered_in_a_sentence(client, people, taxonomy) -> None:
    said = message()
    people.sign_in(client, people.operator)
    for value in ("", "x", "0", "999999"):
        answer = client.post(
            f"/messages/{said.id}/category", data={"category_id": value}, follow_redirects=True
        )
        assert "这个分类不能用" in answer.text
    assert client.post("/messages/999999/category", data={"category_id": 1}).status_code == 404


def test_who_may_only_read_sees_no_form(client, people, taxonomy) -> None:
    said = message()
    people.sign_in(client, people.monitor)
    page = client.get(f"/messages/{said.id}").text
    assert category("transport-bus").path in page
    assert "确认建议" not in page
    assert client.post(f"/messages/{said.id}/category").status_code == 403
    assert client.get("/categories").status_code == 200
    assert "添加分类" not in client.get("/categories").text
    assert client.get(f"/categories/{category('transport').id}").status_code == 403


def test_reasons_are_shown_without_personal_data(client, people, taxonomy) -> None:
    said = message()
    confirm(said, "utility-water", reason="来电人 13812345678 说是停水")
    people.sign_in(client, people.operator)
    assert "13812345678" not in client.get(f"/messages/{said.id}").text


@pytest.mark.parametrize("cue", ["12345", "3号楼"])
def test_the_words_of_a_suggestion_show_no_masked_ones(client, people, taxonomy, cue) -> None:
    service_words = category("government-service")
    with transaction(people.analyst.actor, NOW) as session:
        facts = CategoryFacts(service_words.name, f"{cue}、窗口")
        edit_category(session, service_words, facts, service_words.version_id)
    said = message("窗口的人，电话13912345678打不通，住3号楼2单元501")
    people.sign_in(client, people.operator)
    page = client.get(f"/messages/{said.id}").text
    assert "窗口" in page.partition("依据的字词")[2]
    assert cue not in page
    beside = client.post("/messages/new/similar", data={"body": said.body}).text
    assert "窗口" in beside
    assert f'<mark class="heard">{cue}</mark>' not in beside


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_a_category_is_edited_and_the_version_tells_it(client, people, taxonomy, role) -> None:
    people.sign_in(client, getattr(people, role))
    bus = category("transport-bus")
    address = f"/categories/{bus.id}"
    assert bus.cue_words in client.get(address).text
    fields = {"name": "公交出行", "unit_id": 0, "cue_words": "公交 站台"}
    answer = client.post(address, data={**fields, "version_id": bus.version_id})
    assert answer.location == "/categories"
    page = client.get("/categories/versions").text
    assert "公交出行" in page
    assert f"{role} 某" in page
    taxonomy.expire_all()
    assert category("transport-bus").cue_words == "公交、站台"
    trail = select(AuditEvent).where(AuditEvent.object_type == "category")
    line = taxonomy.scalars(trail.order_by(AuditEvent.id.desc())).first()
    assert line.changes["name"][1] == "公交出行"
    answer = client.post(address, data={**fields, "version_id": 1})
    assert answer.status_code == 409


def test_a_category_is_added_and_switched_off(client, people, taxonomy) -> None:
    people.sign_in(client, people.analyst)
    parent = category("transport").id
    assert client.get(f"/categories/new?parent={parent}").status_code == 200
    fields = {"name": "滑板车", "parent_id": parent, "unit_id": 0, "cue_words": "滑板车"}
    answer = client.post("/categories/new", data=fields, follow_redirects=True)
    assert "滑板车" in answer.text
    assert client.post("/categories/new", data=fields).status_code == 422
    found = next(one for one in service.choices(taxonomy) if one.path.endswith("滑板车"))
    address = f"/categories/{found.id}/switch"
    assert "已停用分类" in client.post(address, follow_redirects=True).text
    assert "已恢复分类" in client.post(address, data={"valid": "1"}, follow_redirects=True).text
    top = client.post(f"/categories/{parent}/switch", follow_redirects=True).text
    assert "请先停用它们" in top


def test_units_are_filled_on_request(client, people, taxonomy) -> None:
    people.sign_in(client, people.analyst)
    assert "已按单位名称填上" in client.post("/categories/units", follow_redirects=True).text


def test_an_empty_taxonomy_says_what_to_do(client, people, session) -> None:
    said = message()
    people.sign_in(client, people.analyst)
    assert "responder init" in client.get("/categories").text
    assert "还没有版本" in client.get("/categories/versions").text
    assert "没有线索词指向" in client.get(f"/messages/{said.id}").text


def test_a_file_of_messages_says_topic_category_and_unit(client, people, taxonomy) -> None:
    two_worries()
    refresh()
    first = taxonomy.scalars(select(Message).where(Message.title.contains("噪音"))).first()
    confirm(first, "transport-bus", reason="先放这里")
    confirm(first, "environment-noise", reason="是噪声")
    answering = unit()
    with transaction(CONSOLE) as writing:
        writing.get_one(Category, category("environment-noise").id).unit_id = answering.id
    people.sign_in(client, people.editor)
    with client.get("/messages/list.csv?q=噪音") as answer:
        rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    said = {row["编号"]: row for row in rows}[str(first.id)]
    assert said["分类"] == category("environment-noise").path
    assert said["责任单位"] == answering.name
    assert len({row["话题"] for row in rows}) == 1
    assert "柳岸花园" in said["话题"]
    assert {row["分类"] for row in rows if row is not said} == {""}
