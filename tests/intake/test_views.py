from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.intake import service
from responder.intake.models import Message
from tests.factories import NOW, People
from tests.intake.factories import new_message

CALL = {
    "token": "t1",
    "body": "滨江路工地夜里打桩。孩子睡不着。",
    "author": "王小明",
    "phone": "13812345678",
    "occurred_at": "2026-03-05T09:30",
    "nature": "complaint",
    "urgent": "y",
}


def store(*messages: service.NewMessage) -> None:
    with transaction(CONSOLE) as session:
        service.store_messages(session, messages, NOW)


def only_message(session: Session) -> Message:
    return session.scalars(select(Message)).one()


def test_lists_and_pages_hide_personal_data(
    client: FlaskClient, people: People, session: Session
) -> None:
    store(
        new_message(1, title="致电13812345678", body="我叫李大山，打13987654321", author="李大山")
    )
    people.sign_in(client, people.editor)
    for page in (client.get("/messages"), client.get(f"/messages/{only_message(session).id}")):
        assert page.status_code == 200
        assert "138******78" in page.text
        assert "13987654321" not in page.text
        assert "李**" in page.text


def test_a_caller_is_shown_to_who_may_and_asks(
    client: FlaskClient, people: People, session: Session
) -> None:
    people.sign_in(client, people.operator)
    client.post("/messages/new", data=CALL)
    address = f"/messages/{only_message(session).id}"
    hidden = client.get(address).text
    assert "查看来电人身份" in hidden
    assert "王小明" not in hidden
    shown = client.post(f"{address}/identity").text
    assert "王小明" in shown
    assert "13812345678" in shown
    assert "13812345678" not in client.get(address).text
    people.sign_in(client, people.editor)
    assert "查看来电人身份</button>" not in client.get(address).text
    assert client.post(f"{address}/identity").status_code == 403


@pytest.mark.parametrize("author", ["", "王小明"])
def test_who_may_see_a_caller_reads_the_whole_text_once(
    client: FlaskClient, people: People, session: Session, author: str
) -> None:
    said = {
        "title": "请回电13912345678",
        "body": "水管爆了，电话13912345678，家住槐荫巷45号",
        "place": "槐荫巷3号楼2单元501",
    }
    store(new_message(1, author=author, phone="", **said))
    address = f"/messages/{only_message(session).id}"
    people.sign_in(client, people.operator)
    hidden = client.get(address).text
    assert "查看来电人身份</button>" in hidden
    shown = client.post(f"{address}/identity").text
    for text in said.values():
        assert text not in hidden
        assert text in shown
    assert said["body"] not in client.get(address).text
    looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal")).all()
    assert len(looks) == 1
    people.sign_in(client, people.editor)
    assert "查看来电人身份</button>" not in client.get(address).text
    assert client.post(f"{address}/identity").status_code == 403


def test_where_nothing_is_hidden_there_is_nothing_to_look_at(
    client: FlaskClient, people: People, session: Session
) -> None:
    store(new_message(1, author="", phone="", body="路灯坏了"))
    people.sign_in(client, people.operator)
    page = client.get(f"/messages/{only_message(session).id}").text
    assert "没有留下姓名和电话" in page
    assert "查看来电人身份</button>" not in page


def test_filters_stand_in_the_address_and_in_the_form(client: FlaskClient, people: People) -> None:
    store(new_message(1, title="路灯坏了"), new_message(2, title="公交太少"))
    people.sign_in(client, people.editor)
    page = client.get("/messages?q=路灯&channel=mailbox&from=2026-01-01&to=nonsense").text
    assert "<mark>路灯</mark>坏了" in page
    assert "公交太少" not in page
    assert 'value="2026-01-01"' in page
    assert "没有符合条件的留言" in client.get("/messages?channel=weibo").text


def test_a_list_page_costs_the_same_however_many_messages(
    client: FlaskClient, people: People
) -> None:
    people.sign_in(client, people.editor)
    statements: list[str] = []

    def note(*given: object) -> None:
        statements.append(str(given[2]))

    costs = []
    client.get("/messages")  # what is kept from page to page is asked once
    event.listen(db.engine, "before_cursor_execute", note)
    for upto in (1, 70):
        store(*(new_message(number) for number in range(upto)))
        statements.clear()
        page = client.get("/messages").text
        costs.append(len(statements))
    event.remove(db.engine, "before_cursor_execute", note)
    assert costs[0] == costs[1] > 0
    assert "共 70 条" in page
    assert "第 1 / 3 页" in page


def test_imports_are_listed_for_who_may_import(client: FlaskClient, people: People) -> None:
    people.sign_in(client, people.monitor)
    page = client.get("/imports").text
    assert "还没有导入过文件" in page
    assert "responder import" in page


def test_a_message_that_is_not_there_says_where_to_go(client: FlaskClient, people: People) -> None:
    people.sign_in(client, people.editor)
    answer = client.get("/messages/999999")
    assert answer.status_code == 404
    assert "留言列表" in answer.text
