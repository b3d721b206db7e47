from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.audit import AuditEvent
from responder.desk.models import CallDraft
from responder.intake.models import Message
from tests.factories import People
from tests.topics.factories import refresh, two_worries

CALL = {
    "token": "t1",
    "body": "滨江路工地夜里打桩。孩子睡不着。",
    "author": "王小明",
    "phone": "13812345678",
    "occurred_at": "2026-03-05T09:30",
    "nature": "complaint",
    "urgent": "y",
}


@pytest.fixture
def desk(app: Flask, client: FlaskClient, people: People) -> FlaskClient:
    """An operator at the desk, whose list of places is read anew."""
    app.extensions.pop("desk_places", None)
    yield people.sign_in(client, people.operator)
    app.extensions.pop("desk_places", None)


def only_message(session: Session) -> Message:
    return session.scalars(select(Message)).one()


def message_ids(page: str) -> list[str]:
    return re.findall(r'name="same_as" id="same-(\d+)"', page)


def test_the_form_starts_with_the_present_moment_and_its_own_token(desk: FlaskClient) -> None:
    pages = [desk.get("/messages/new").text for _ in range(2)]
    tokens = {re.search(r'name="token"[^>]*value="(\w{32})"', page)[1] for page in pages}
    assert len(tokens) == 2
    assert re.search(r'name="occurred_at"[^>]*value="\d{4}-\d\d-\d\dT\d\d:\d\d"', pages[0])
    assert "autofocus" in re.search(r"<textarea[^>]*>", pages[0])[0]


def test_a_saved_call_leads_back_to_an_empty_form_with_a_link(
    desk: FlaskClient, session: Session
) -> None:
    answer = desk.post("/messages/new", data={**CALL, "street": "江堤街道", "place": "梧桐里"})
    assert (answer.status_code, answer.location) == (302, "/messages/new")
    message = only_message(session)
    assert message.occurred_at.isoformat() == "2026-03-05T01:30:00+00:00"
    assert (message.title, message.urgent) == ("滨江路工地夜里打桩", True)
    assert message.place == "江堤街道梧桐里"
    page = desk.get("/messages/new").text
    assert f'href="/messages/{message.id}">第 {message.id} 号留言</a>' in page
    assert "孩子睡不着" not in page


def test_a_double_click_saves_one_call(desk: FlaskClient, session: Session) -> None:
    for _ in range(2):
        assert desk.post("/messages/new", data=CALL).status_code == 302
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_what_was_added_after_going_back_is_not_dropped(
    desk: FlaskClient, session: Session
) -> None:
    desk.post("/messages/new", data=CALL)
    again = desk.post("/messages/new", data={**CALL, "phone": "13800000000"})
    assert again.status_code == 422
    assert f"已登记为第 {only_message(session).id} 号留言" in again.text


def test_going_back_and_saving_again_asks_whether_it_is_another_call(
    desk: FlaskClient, session: Session
) -> None:
    desk.post("/messages/new", data=CALL)
    again = desk.post("/messages/new", data={**CALL, "token": "t2"})
    assert again.status_code == 422
    assert f"已登记为第 {only_message(session).id} 号留言" in again.text
    assert "这是另一通来电" in again.text
    token = re.search(r'name="token"[^>]*value="(\w+)"', again.text)[1]
    assert token not in {"t1", "t2"}
    said = desk.post("/messages/new", data={**CALL, "token": token, "another": "y"})
    assert said.status_code == 302
    assert session.scalar(select(func.count()).select_from(Message)) == 2


def test_no_draft_is_left_of_a_call_that_turns_out_to_be_stored(
    desk: FlaskClient, session: Session
) -> None:
    desk.post("/messages/new", data=CALL)
    again = {**CALL, "token": "t2"}
    assert desk.post("/messages/new/draft", data=again).json["kept"]
    assert desk.post("/messages/new", data=again).status_code == 422
    assert session.scalars(select(CallDraft)).all() == []
    assert "恢复未完成的来电" not in desk.get("/messages/new").text


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"body": ""}, "请填写诉求内容"),
        ({"body": "  "}, "请填写诉求内容"),
        ({"body": "长" * 5001}, "最多 5000 字"),
        ({"occurred_at": ""}, "请填写来电时间"),
        ({"occurred_at": "2099-01-01T00:00"}, "晚于现在"),
        ({"occurred_at": "2010-01-01T09:30"}, "早于一年前"),
        ({"phone": "1" * 33}, "最多 32 字"),
        ({"token": "x" * 40}, "还没有保存"),
    ],
)
def test_a_call_that_cannot_be_saved_comes_back_as_typed(
    desk: FlaskClient, session: Session, changes: dict, problem: str
) -> None:
    answer = desk.post("/messages/new", data={**CALL, **changes})
    assert answer.status_code == 422
    assert problem in answer.text
    assert 'value="王小明"' in answer.text
    assert session.scalars(select(Message)).all() == []


def test_without_a_script_a_button_brings_what_is_similar_and_a_choice_attaches(
    desk: FlaskClient, session: Session
) -> None:
    two_worries()
    refresh()
    typed = {**CALL, "body": "柳岸花园旁边搅拌站又在施工，粉尘大、噪音大", "action": "look"}
    page = desk.post("/messages/new", data=typed).text
    assert "同一地点：柳岸花园" in page
    assert '<mark class="heard">搅拌站</mark>' in page
    assert ">采用" in page
    chosen = message_ids(page)[0]
    assert desk.post("/messages/new", data={**typed, "action": "", "same_as": chosen}).location
    saved = desk.get("/messages/new").text
    assert re.search(r"已并入话题“.*搅拌站.*”</a> 现有 4 条", saved)


def test_similar_messages_are_open_ones_and_masked(desk: FlaskClient, session: Session) -> None:
    for number, body in enumerate(("翠湖名苑停水两天，请回13812345678", "翠湖名苑停水三天没人管")):
        desk.post("/messages/new", data={**CALL, "token": f"t{number}", "body": body})
    first, second = session.scalars(select(Message).order_by(Message.id))
    asked = {"body": "我们翠湖名苑又停水了，已经好多天"}
    page = desk.post("/messages/new/similar", data=asked).text
    assert set(message_ids(page)) == {str(first.id), str(second.id)}
    assert "13812345678" not in page
    second.replied_at = first.occurred_at
    session.flush()
    page = desk.post("/messages/new/similar", data=asked).text
    assert message_ids(page) == [str(first.id)]


def test_what_was_chosen_stays_in_the_list_while_the_text_goes_on(
    desk: FlaskClient, session: Session
) -> None:
    desk.post("/messages/new", data=CALL)
    number = str(only_message(session).id)
    asked = {"body": "完全不同的公交线路问题", "same_as": number}
    page = desk.post("/messages/new/similar", data=asked).text
    assert re.search(rf'value="{number}" checked', page)


def test_the_words_suggest_nature_and_urgency_and_set_nothing(desk: FlaskClient) -> None:
    asked = {"body": "楼道起火了，没有人员伤亡，投诉物业不作为"}
    page = desk.post("/messages/new/similar", data=asked).text
    assert '<mark class="heard">起火</mark>' in page
    assert "伤亡</mark>" not in page
    assert 'data-take="nature" data-value="complaint"' in page


def test_places_are_found_by_a_part_or_by_initials(desk: FlaskClient) -> None:
    told = {**CALL, "district": "青矶区", "street": "江堤街道", "place": "白鹭湾小区"}
    desk.post("/messages/new", data=told)
    for wanted in ("白鹭", "鹭湾", "blw", "blwxq", "bailuwan"):
        found = desk.get(f"/messages/new/places?level=place&q={wanted}").json
        assert [(one["name"], one["district"]) for one in found] == [("白鹭湾小区", "青矶区")]
    (street,) = desk.get("/messages/new/places?level=street&q=jdjd").json
    assert street["name"] == "江堤街道"
    assert desk.get("/messages/new/places?level=district&q=zz").json == []


def test_places_are_offered_without_the_doors_that_pages_mask(
    app: Flask, desk: FlaskClient
) -> None:
    for number, (street, place) in enumerate(
        [("江堤街道", "梧桐里3栋502室"), ("石桥镇", "柳湾5组12号"), ("", "滨江路12号")]
    ):
        asked = {"token": f"d{number}", "body": f"第{number}件事", "street": street, "place": place}
        assert desk.post("/messages/new", data={**CALL, **asked}).status_code == 302
    app.extensions.pop("desk_places", None)
    for tried in ("502", "3栋", "12号", "5组", "3"):
        assert desk.get(f"/messages/new/places?q={tried}").json == []
    (place,) = desk.get("/messages/new/places?level=place&q=wtl").json
    assert place["name"] == "梧桐里"
    page = desk.get("/messages/new").text
    assert "柳湾" in page
    assert not re.search("502|5组|12号", page.split("<form", 1)[1])


@pytest.mark.parametrize("tried", ["梧桐里3栋502室", "3栋502室"])
def test_what_is_similar_does_not_tell_whether_a_masked_door_is_the_one_typed(
    desk: FlaskClient, tried: str
) -> None:
    asked = {"body": "梧桐里3栋502室厨房漏水一直没有人来修", "place": "梧桐里3栋502室"}
    desk.post("/messages/new", data={**CALL, **asked})
    typed = {"token": "t9", "body": "厨房漏水一直没有人来修", "occurred_at": CALL["occurred_at"]}
    right, wrong = (
        desk.post("/messages/new/similar", data={**typed, "place": one}).text
        for one in (tried, tried.replace("502", "503"))
    )
    assert "厨房" in right
    assert right.replace("502", "503") == wrong


def test_a_draft_comes_back_after_a_closed_tab_and_goes_when_saved(
    desk: FlaskClient, session: Session
) -> None:
    half = {**CALL, "body": "滨江路工地", "street": "江堤街道"}
    kept = desk.post("/messages/new/draft", data=half).json
    assert kept["kept"]
    page = desk.get("/messages/new").text
    address = re.search(r'href="(/messages/new\?draft=\d+)">恢复未完成的来电', page)[1]
    again = desk.get(address).text
    assert "滨江路工地</textarea>" in again
    assert 'value="13812345678"' in again
    assert 'value="2026-03-05T09:30"' in again
    assert "恢复未完成的来电" not in again
    desk.post("/messages/new", data={**half, "body": CALL["body"]})
    assert "恢复未完成的来电" not in desk.get("/messages/new").text
    assert desk.post("/messages/new/draft", data=half).json["kept"] is False
    assert desk.get(address).status_code == 404


def test_a_draft_can_be_thrown_away_and_an_empty_form_is_none(
    desk: FlaskClient, session: Session
) -> None:
    empty = {"token": "t1", "occurred_at": "2026-03-05T09:30"}
    assert desk.post("/messages/new/draft", data=empty).json["kept"] is False
    desk.post("/messages/new/draft", data=CALL)
    number = session.scalars(select(CallDraft.id)).one()
    assert desk.post(f"/messages/new/drafts/{number}/discard").status_code == 302
    assert session.scalars(select(CallDraft)).all() == []


def test_earlier_calls_of_a_number_are_shown_and_the_look_is_in_the_trail(
    desk: FlaskClient, session: Session, people: People
) -> None:
    desk.post("/messages/new", data=CALL)
    number = only_message(session).id
    asked = {**CALL, "token": "t2", "body": "", "phone": "138 1234 5678"}
    page = desk.post("/messages/new/earlier", data=asked, headers={"X-Part": "1"}).text
    assert f'href="/messages/{number}"' in page
    assert "王小明" not in page
    looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal")).all()
    assert [(one.object_type, one.object_id) for one in looks] == [("message", number)]
    whole = desk.post("/messages/new/earlier", data=asked).text
    assert f'href="/messages/{number}"' in whole
    assert 'value="138 1234 5678"' in whole
    people.sign_in(desk, people.editor)
    assert desk.post("/messages/new/earlier", data=asked).status_code == 403


@pytest.mark.parametrize("typed", ["139123", "abc"])
def test_what_is_no_telephone_is_asked_about_once_and_can_be_kept(
    desk: FlaskClient, session: Session, typed: str
) -> None:
    first = desk.post("/messages/new", data={**CALL, "phone": typed})
    assert first.status_code == 422
    assert "这不像能拨通的电话号码" in first.text
    assert f'value="{typed}"' in first.text
    assert f"{CALL['body']}</textarea>" in first.text
    assert session.scalars(select(Message)).all() == []
    asked = re.search(r'name="phone_asked"[^>]*value="([^"]*)"', first.text)[1]
    other = desk.post("/messages/new", data={**CALL, "phone": "1391234", "phone_asked": asked})
    assert other.status_code == 422
    again = desk.post("/messages/new", data={**CALL, "phone": typed, "phone_asked": asked})
    assert again.status_code == 302
    assert only_message(session).phone == typed
