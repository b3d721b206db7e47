"""The list of messages with its search box."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.search_terms import spans
from responder.accounts.saved_views.models import Audience, SavedView
from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.permissions import CONSOLE, Role
from responder.intake import service
from responder.intake.models import Message
from responder.intake.searching.facets import Facet, _facets, offer_facet
from responder.intake.searching.highlight import excerpt
from tests.factories import NOW, People
from tests.intake.factories import new_message


def store(*messages: service.NewMessage) -> None:
    with transaction(CONSOLE) as session:
        service.store_messages(session, messages, NOW)


def test_marks_stand_where_the_words_stand_in_the_text_as_it_came() -> None:
    assert spans("請瞭\u200b解！　ＡＢ棟", ["了解", "ab"]) == [(1, 4), (6, 8)]
    assert spans("停停停水", ["停停", "停水", ""]) == [(0, 4)]
    shown = excerpt("前" * 80 + "打13912345678，路燈壞了" + "后" * 200, ["路灯"])
    assert [part.text for part in shown if part.marked] == ["路燈"]
    assert "13912345678" not in "".join(part.text for part in shown)
    assert (shown[0].text, shown[-1].text) == ("…", "…")


def test_a_result_shows_why_it_was_found(client: FlaskClient, people: People) -> None:
    store(new_message(1, title="馬路壞了", body="<b>请修马路</b>"))
    people.sign_in(client, people.editor)
    page = client.get("/messages?q=马路").text
    assert "<mark>馬路</mark>壞了" in page
    assert "&lt;b&gt;请修<mark>马路</mark>&lt;/b&gt;" in page


def test_each_condition_is_a_pill_that_can_be_taken_off(
    client: FlaskClient, people: People
) -> None:
    store(new_message(1, title="路灯"))
    people.sign_in(client, people.editor)
    page = client.get("/messages?q=路灯&channel=mailbox&replied=no&nature=nonsense&batch=x").text
    assert "渠道：网站信箱" in page
    assert "没有答复" in page
    assert "没有“nonsense”这一项" in page
    assert 'href="/messages?q=%E8%B7%AF%E7%81%AF&amp;replied=no"' in page
    assert "去掉上面的某个条件" in client.get("/messages?q=路灯&channel=weibo").text


def test_a_view_is_kept_and_shared_under_its_name(
    client: FlaskClient, people: People, session: Session
) -> None:
    people.sign_in(client, people.editor)
    asked = {"q": "路灯 -公交", "channel": "mailbox", "view-name": "路灯", "order": "nonsense"}
    client.post("/lists/messages/views", data=asked)
    client.post("/lists/messages/views", data=asked | {"view-for": "role:analyst"})
    kept = session.scalars(select(SavedView)).one()
    assert (kept.audience, kept.role) == (Audience.ROLE, Role.ANALYST)
    people.sign_in(client, people.analyst)
    page = client.get("/messages").text
    assert ">路灯</a>" in page
    assert "editor 某共享" in page
    assert client.post(f"/saved-views/{kept.id}/delete").status_code == 404
    refused = client.post("/lists/messages/views", data={"q": "x"}, follow_redirects=True)
    assert "名称" in refused.text
    number = {"q": "13812345678", "view-name": "号码"}
    assert (
        "不能存进" in client.post("/lists/messages/views", data=number, follow_redirects=True).text
    )
    people.sign_in(client, people.monitor)
    assert ">路灯</a>" not in client.get("/messages").text
    people.sign_in(client, people.liaison)
    assert client.post("/lists/messages/views", data=asked).status_code == 403
    people.sign_in(client, people.editor)
    client.post(f"/saved-views/{kept.id}/delete")
    assert session.scalars(select(SavedView)).all() == []


def test_a_number_finds_its_caller_for_who_may_and_the_trail_says_so(
    client: FlaskClient, people: People, session: Session
) -> None:
    store(new_message(1, title="路灯坏了", body="致电13812345678", phone="138 1234 5678"))
    people.sign_in(client, people.editor)
    page = client.get("/messages?q=138-1234-5678").text
    assert "路灯坏了" not in page
    assert "检索不查电话" in page
    assert "查这个号码的来电人" not in page
    asked = {"phone": "138-1234-5678"}
    assert client.post("/messages/of-caller", data=asked).status_code == 403
    people.sign_in(client, people.holding(Role.OPERATOR))
    assert "查这个号码的来电人" in client.get("/messages?q=13812345678").text
    assert "路灯坏了" in client.post("/messages/of-caller", data=asked).text
    sought = session.scalars(select(AuditEvent).where(AuditEvent.action == "seek")).all()
    assert {one.object_type for one in sought} == {"user_account", "message"}
    assert "1381" not in str([one.changes for one in sought])
    assert client.post("/messages/of-caller", data={"phone": "路灯"}).status_code == 422


def test_a_higher_room_can_offer_a_field(client: FlaskClient, people: People) -> None:
    store(new_message(1, title="路灯"), new_message(2, title="公交"))
    offer_facet(
        "light",
        Facet(
            "灯光",
            lambda session: [("on", "亮着")],
            lambda value: select(Message.id).where(Message.title == "路灯", value == "on"),
            lambda session, ids: dict.fromkeys(ids, "亮着"),
        ),
    )
    people.sign_in(client, people.editor)
    try:
        page = client.get("/messages?light=on").text
        with client.get("/messages/list.csv?light=on") as answer:
            file = answer.data.decode("utf-8-sig").splitlines()
    finally:
        del _facets["light"]
    assert "灯光：亮着" in page
    assert [line.rsplit(",", 1)[-1] for line in file] == ["灯光", "亮着"]
    assert "公交" not in page


def test_a_search_for_signs_alone_says_that_it_was_not_used(
    client: FlaskClient, people: People
) -> None:
    store(new_message(1, title="路灯坏了"))
    people.sign_in(client, people.editor)
    assert "没有可以检索的字词" in client.get("/messages?q=%25_*").text
    assert "没有可以检索的字词" not in client.get("/messages?q=路灯").text


def test_days_that_no_calendar_has_are_said(client, people) -> None:
    people.sign_in(client, people.monitor)
    page = client.get("/messages?from=2026-13-01&to=2026-02-30").text
    assert "日期“2026-13-01”不存在" in page
    assert "日期“2026-02-30”不存在" in page
    assert "起止日期颠倒" in client.get("/messages?from=2026-03-02&to=2026-03-01").text
    good = client.get("/messages?from=2026-03-01&to=2026-03-01").text
    assert "不存在" not in good
    assert "颠倒" not in good
