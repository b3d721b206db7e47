"""The response pages: shown, guarded, and nothing typed is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event as db_event
from sqlalchemy import inspect, select

from responder.core.clocks import all_rules
from responder.core.database import db
from responder.core.permissions import Role
from responder.core.times import local, utc_now
from responder.planning.models import EventState
from responder.responses import service
from responder.responses.models import FILED, Draft, ItemState, Level, ResponseItem
from responder.topics.heat_models import TopicDay
from tests.factories import NOW, unit
from tests.orders.factories import message
from tests.planning import factories as planned
from tests.planning.queries import count_queries
from tests.responses.factories import (
    ANSWER,
    brought_to,
    drafted,
    opened,
    reload,
    save,
    take,
    topic,
)
from tests.responses.pages import HTML, strict

# Two days ago, as a form sends it.
FOUND = f"{local(utc_now() - timedelta(days=2)):%Y-%m-%dT%H:%M}"


def test_the_empty_board_says_what_to_do(client, people):
    people.sign_in(client, people.editor)
    page = client.get("/responses").text
    strict(page)
    assert "还没有回应事项" in page


def test_the_board_filters_by_state_unit_and_word(client, people):
    drafted(title="关于停车的回应")
    brought_to(ItemState.FIRST_REVIEW, title="关于停水的回应", unit=unit("swj", "市水务局"))
    people.sign_in(client, people.editor)
    whole = client.get("/responses").text
    strict(whole)
    assert "关于停车的回应" in whole
    for filters in ("state=first_review", f"unit={unit('swj').id}", "q=停水"):
        found = client.get(f"/responses?{filters}").text
        assert "关于停水的回应" in found
        assert "关于停车的回应" not in found
    assert client.get("/responses?state=nonsense&unit=x&page=99").status_code == 200
    assert "没有符合条件" in client.get("/responses?q=地铁").text


def test_the_board_and_an_item_cost_the_same_however_much_there_is(client, people):
    people.sign_in(client, people.editor)
    item = drafted()

    def costs() -> list[int]:
        counted = []
        for path in ("/responses", f"/responses/{item.id}"):
            db.session.expunge_all()
            counted.append(count_queries(lambda path=path: client.get(path)))
        return counted

    costs()  # whoever signs in is looked up once more the first time
    few = costs()
    for number in range(5):
        drafted()
        save(reload(item), f"第{number}稿，情况已经核实清楚。", people.editor)
    assert costs() == few


@pytest.mark.parametrize("state", ItemState)
def test_an_item_reads_well_in_every_state(client, people, state):
    item = brought_to(state)
    for role in (Role.EDITOR, Role.SIGNER, Role.PRESS_OFFICER, Role.AUDITOR):
        people.sign_in(client, people.holding(role))
        strict(client.get(f"/responses/{item.id}").text)


def test_an_item_explains_its_clock_and_tells_its_history(client, people):
    item = brought_to(ItemState.SIGNED)
    people.sign_in(client, people.auditor)
    page = client.get(f"/responses/{item.id}").text
    for expected in (
        "怎样算出来的",
        "连续计时 48 小时，不扣除夜间和节假日",
        "国办发〔2016〕61号",
        "发起回应",
        "初审通过",
        "签发",
    ):
        assert expected in page


def test_private_data_is_marked_for_staff_with_its_kind(client, people):
    item = drafted("请联系13812345678，尽快办理。")
    people.sign_in(client, people.auditor)
    page = strict(client.get(f"/responses/{item.id}").text)
    marks = ["".join(mark.itertext()) for mark in page.iter(f"{HTML}mark")]
    assert "13812345678（手机号码）" in marks
    assert "发现 1 处个人信息" in "".join(page.itertext())


def test_what_a_person_writes_is_never_markup(client, people):
    item = drafted("<script>alert(1)</script> 情况已经核实。", concern="<b>停水</b>")
    people.sign_in(client, people.editor)
    page = client.get(f"/responses/{item.id}").text
    strict(page)
    assert "<script>alert" not in page
    assert "<b>停水" not in page


def test_buttons_come_from_the_table_and_blocked_ones_say_why(client, people):
    item = brought_to(ItemState.SIGNING, "请联系13812345678，尽快办理。")
    people.sign_in(client, people.signer)
    page = strict(client.get(f"/responses/{item.id}").text)
    buttons = {
        "".join(button.itertext()): button.get("disabled") is not None
        for button in page.iter(f"{HTML}button")
    }
    assert buttons["签发"] is True
    assert buttons["退回"] is False
    assert "初审通过" not in buttons
    assert "含有个人信息：回应内容中的手机号码 138" in "".join(page.itertext())


def test_an_item_opens_from_a_topic_with_the_topics_figures(client, people):
    matter, responsible = topic(), unit()
    people.sign_in(client, people.analyst)
    page = client.get(f"/responses/open?topic_id={matter.id}").text
    strict(page)
    assert "10 人通过 12 条留言反映" in page
    assert "已有回应事项" not in page
    answer = client.post(
        "/responses/open",
        data={
            "topic_id": matter.id,
            "title": "关于车位的回应",
            "concern": "车位只售不租",
            "concern_source": "市长热线 7 条",
            "unit_id": responsible.id,
            "level": "major_emergency",
            "found_at": FOUND,
            "event_id": "0",
        },
    )
    item = db.session.scalar(select(ResponseItem))
    assert answer.location == f"/responses/{item.id}"
    assert (item.topic_id, item.level) == (matter.id, Level.MAJOR_EMERGENCY)
    assert item.found_at == datetime.fromisoformat(f"{FOUND}+08:00")
    assert len(item.clocks) == 2
    again = client.get(f"/responses/open?topic_id={matter.id}").text
    assert "已有回应事项" in again
    assert f"/responses/{item.id}" in again


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "请填写标题"),
        ("concern", "", "请填写群众反映了什么"),
        ("unit_id", "0", "请选择回应单位"),
        ("found_at", "2099-01-01T00:00", "尚未到来：请填写实际发现的时间"),
        ("found_at", "2019-08-01T10:30", "太早：最多早于现在一年"),
        ("found_at", "昨天", "请填写 2000 年至 2100 年之间的日期和时间"),
        ("title", "长" * 201, "最多 200 字"),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_the_rest_is_kept(
    client, people, field, value, sentence
):
    good = {
        "title": "关于车位的回应",
        "concern": "车位只售不租",
        "unit_id": unit().id,
        "level": "ordinary",
        "found_at": FOUND,
        "event_id": "0",
        "concern_source": "独一无二的来源",
    }
    people.sign_in(client, people.analyst)
    answer = client.post("/responses/open", data={**good, field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "独一无二的来源" in answer.text
    assert db.session.scalar(select(ResponseItem)) is None


def proposed(client, where: str) -> tuple[str, str]:
    """What the form proposes as the moment of finding, and its whole page."""
    text = client.get(f"/responses/open?{where}").text
    found = strict(text).find(f".//{HTML}input[@name='found_at']")
    return found.get("value") or "", text


def test_the_moment_of_finding_is_not_now_but_when_the_topic_or_message_began(client, people):
    people.sign_in(client, people.analyst)
    now, week_ago = utc_now(), (utc_now() - timedelta(days=7)).replace(second=30)
    call, matter, cold, old = message(), topic("停车"), topic("停水"), topic("地铁")
    cold.first_seen, cold.heat = week_ago, 1.0
    old.first_seen, old.heat = now - timedelta(days=400), 1.0
    matter.first_seen = week_ago
    day = local(now).date() - timedelta(days=3)
    figures = {"heat": 60.0, "level": 1, "people": 9, "messages": 9}
    db.session.add(TopicDay(topic_id=matter.id, day=day, **figures))
    db.session.commit()
    assert proposed(client, f"topic_id={matter.id}")[0] == f"{day} 00:00:00"
    value, text = proposed(client, f"topic_id={cold.id}")
    assert value == f"{local(week_ago):%Y-%m-%d %H:%M}:00"
    assert "不是现在；确实更晚才发现的，请改为实际发现的时间" in text
    value, text = proposed(client, f"topic_id={old.id}")
    assert value == ""
    assert "已超过一年：请填写实际发现的时间" in text
    value = proposed(client, f"message_id={call.id}")[0]
    assert value == f"{local(call.received_at):%Y-%m-%d %H:%M}:00"
    value, text = proposed(client, "")
    assert value >= f"{local(now):%Y-%m-%d %H:%M}:00"
    assert "不是现在" not in text


def test_an_unknown_topic_is_not_found(client, people):
    people.sign_in(client, people.analyst)
    assert client.get("/responses/open?topic_id=4711").status_code == 404


def test_a_draft_is_saved_once_however_often_it_is_sent(client, people):
    item = opened()
    people.sign_in(client, people.editor)
    address, version = f"/responses/{item.id}/draft", item.version_id
    assert client.post(address, data={"text": ANSWER, "version": version}).status_code == 302
    version = reload(item).version_id
    client.post(address, data={"text": ANSWER, "version": version})
    assert len(reload(item).drafts) == 1
    assert "没有变化" in client.get(f"/responses/{item.id}").text


def test_when_two_write_at_once_neither_text_is_lost(client, people):
    item = drafted("原来的稿件，情况正在核实之中。")
    seen = item.version_id
    save(item, "同事先保存的稿件，情况已经核实。", people.holding(Role.EDITOR, "other"))
    people.sign_in(client, people.editor)
    address = f"/responses/{item.id}/draft"
    answer = client.post(address, data={"text": "我后写的稿件，另有补充。", "version": seen})
    assert answer.status_code == 409
    page = strict(answer.text)
    assert page.find(f".//{HTML}textarea").text == "我后写的稿件，另有补充。"
    assert "同事先保存的稿件，情况已经核实。" in answer.text
    assert "other 某" in answer.text
    version = page.find(f".//{HTML}input[@name='version']").get("value")
    client.post(address, data={"text": "我后写的稿件，另有补充。", "version": version})
    assert [draft.text for draft in reload(item).drafts] == [
        "原来的稿件，情况正在核实之中。",
        "同事先保存的稿件，情况已经核实。",
        "我后写的稿件，另有补充。",
    ]


def test_a_text_sent_after_the_review_began_is_shown_to_be_copied(client, people):
    item = drafted()
    seen = item.version_id
    take(item, "submit", people.editor)
    people.sign_in(client, people.editor)
    answer = client.post(
        f"/responses/{item.id}/draft", data={"text": "迟到的稿件，另有补充。", "version": seen}
    )
    assert answer.status_code == 409
    textarea = strict(answer.text).find(f".//{HTML}textarea")
    assert textarea.text == "迟到的稿件，另有补充。"
    assert textarea.get("readonly") is not None
    assert reload(item).answer == ANSWER


def test_an_oversized_text_comes_back_whole(client, people):
    item = opened()
    people.sign_in(client, people.editor)
    text = "长" * 20_001
    answer = client.post(
        f"/responses/{item.id}/draft", data={"text": text, "version": item.version_id}
    )
    assert answer.status_code == 422
    assert strict(answer.text).find(f".//{HTML}textarea").text == text


def test_the_concern_is_corrected_on_its_own_page(client, people):
    item = opened(concern="王建国先生反映停水")
    people.sign_in(client, people.editor)
    address = f"/responses/{item.id}/edit"
    strict(client.get(address).text)
    new = {"title": item.title, "concern": "居民反映停水", "concern_source": ""}
    seen = item.version_id
    assert client.post(address, data={**new, "version": seen}).status_code == 302
    assert reload(item).concern == "居民反映停水"
    late = client.post(address, data={**new, "concern": "迟到的改动", "version": seen})
    assert late.status_code == 409
    strict(late.text)
    assert "迟到的改动" in late.text


def test_all_versions_can_be_read(client, people):
    item = drafted()
    for number in range(12):
        save(item, f"第{number}次修改，情况已经核实清楚。", people.editor)
    people.sign_in(client, people.auditor)
    strict(client.get(f"/responses/{item.id}/drafts").text)
    assert "第 1 版" in client.get(f"/responses/{item.id}/drafts?page=2").text


def test_a_step_is_taken_by_its_button(client, people):
    item = brought_to(ItemState.FIRST_REVIEW)
    people.sign_in(client, people.first_reviewer)
    address = f"/responses/{item.id}/approve_first"
    answer = client.post(address, data={"note": "同意", "version": item.version_id})
    assert answer.location == f"/responses/{item.id}"
    assert reload(item).state is ItemState.SECOND_REVIEW
    assert item.reviews[-1].comment == "同意"
    assert "已办理：初审通过" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("action", "data", "status"),
    [
        ("approve_second", {}, 403),
        ("submit", {}, 409),
        ("return", {"note": " "}, 422),
        ("approve_first", {"version": "1"}, 409),
        ("publish", {}, 422),
        ("melt", {}, 422),
    ],
)
def test_a_refused_step_changes_nothing(client, people, action, data, status):
    item = brought_to(ItemState.FIRST_REVIEW)
    people.sign_in(client, people.first_reviewer)
    if action == "approve_second":
        take(item, "approve_first", people.first_reviewer)
    before = reload(item).state
    seen = {"version": str(item.version_id)}
    answer = client.post(f"/responses/{item.id}/{action}", data={**seen, **data})
    assert answer.status_code == status
    assert reload(item).state is before


@pytest.mark.parametrize("seen", [{}, {"version": ""}, {"version": "x"}])
def test_a_step_on_what_nobody_says_to_have_seen_is_refused(client, people, seen):
    item = brought_to(ItemState.FIRST_REVIEW)
    people.sign_in(client, people.first_reviewer)
    answer = client.post(f"/responses/{item.id}/approve_first", data=seen)
    assert answer.status_code == 409
    assert "看过最新内容再办理" in answer.text
    assert reload(item).state is ItemState.FIRST_REVIEW


def opening(**changes):
    good = {
        "title": "关于车位的回应",
        "concern": "车位只售不租",
        "unit_id": unit().id,
        "level": "major_emergency",
        "found_at": FOUND,
        "event_id": "0",
    }
    return {**good, **changes}


def test_a_double_click_opens_one_item(client, people):
    matter, data = topic(), opening()
    people.sign_in(client, people.analyst)
    first = client.post("/responses/open", data=data)
    assert client.post("/responses/open", data=data).location == first.location
    others = [opening(title="另一个标题"), opening(topic_id=matter.id)]
    opened_at = {first.location, *(client.post("/responses/open", data=d).location for d in others)}
    people.sign_in(client, people.editor)
    opened_at.add(client.post("/responses/open", data=data).location)
    assert len(opened_at) == 4


@pytest.mark.parametrize("state", [s for s in ItemState if s not in FILED])
def test_the_press_event_is_chosen_at_any_time(client, people, state):
    event = planned.event("车位新闻通气会", starts_at=utc_now() + timedelta(days=1))
    item = brought_to(state, level=Level.MAJOR_EMERGENCY)
    people.sign_in(client, people.press_officer)
    page = client.get(f"/responses/{item.id}").text
    strict(page)
    assert "举行发布会后停止计时" in page
    data = {"event_id": event.id, "version": item.version_id}
    answer = client.post(f"/responses/{item.id}/event", data=data)
    assert answer.location == f"/responses/{item.id}"
    assert reload(item).event_id == event.id
    page = client.get(answer.location).text
    assert "修改要素</strong>（发布活动）" in page
    assert f'<option value="{event.id}" selected>' in page
    data = {"event_id": 0, "version": item.version_id}
    client.post(f"/responses/{item.id}/event", data=data)
    assert reload(item).event_id is None


def test_an_event_already_held_stops_its_clock_when_it_is_chosen(client, people):
    held = NOW - timedelta(hours=1)
    event = planned.event("通气会", starts_at=held, state=EventState.HELD)
    item = opened(level=Level.MAJOR_EMERGENCY, found_at=held - timedelta(hours=3))
    people.sign_in(client, people.analyst)
    data = {"event_id": event.id, "version": item.version_id}
    path = f"/responses/{item.id}/event"
    assert "停止计时" in client.post(path, data=data, follow_redirects=True).text
    stopped = {c.rule.stopped_by: c.stopped_at for c in reload(item).clocks}
    assert stopped == {"published": None, "event_held": held}
    assert "停止计时</strong>" in client.get(f"/responses/{item.id}").text


@pytest.mark.parametrize(
    ("data", "status"),
    [({"event_id": "0", "version": ""}, 409), ({}, 422), ({"event_id": "4711"}, 404)],
)
def test_a_choice_of_event_that_cannot_be_is_refused(client, people, data, status):
    item = drafted()
    people.sign_in(client, people.analyst)
    sent = {"version": item.version_id, **data}
    assert client.post(f"/responses/{item.id}/event", data=sent).status_code == status


def test_who_neither_opens_nor_publishes_chooses_no_event(client, people):
    planned.event(starts_at=utc_now() + timedelta(days=1))
    item = opened()
    for role in set(Role) - {Role.ANALYST, Role.EDITOR, Role.PRESS_OFFICER}:
        people.sign_in(client, people.holding(role))
        assert client.post(f"/responses/{item.id}/event").status_code == 403
    people.sign_in(client, people.signer)
    assert "event-id" not in client.get(f"/responses/{item.id}").text


def test_an_item_reads_no_more_versions_than_it_shows(client, people):
    item = drafted("最早的一版，情况正在核实。")
    for number in range(5):
        save(item, f"第{number}次修改，情况已经核实清楚。", people.editor)
    people.sign_in(client, people.auditor)
    address = f"/responses/{item.id}"
    db.session.expunge_all()
    read = []
    remember = lambda draft, _context: read.append(draft)  # noqa: E731
    db_event.listen(Draft, "load", remember)
    try:
        client.get(address)
    finally:
        db_event.remove(Draft, "load", remember)
    assert len(read) == 6
    assert sum("text" not in inspect(draft).unloaded for draft in read) == 4


def test_the_topic_page_may_ask_for_its_items(app):
    matter = topic()
    item = opened(topic=matter)
    assert app.jinja_env.globals["topic_response_items"](matter.id) == [item]


def test_a_late_answer_says_so_after_publication(client, people):
    item = brought_to(ItemState.SIGNED, found_at=NOW - timedelta(hours=60))
    take(item, "publish", people.press_officer)
    people.sign_in(client, people.auditor)
    assert "超时完成" in client.get(f"/responses/{item.id}").text
    assert service.due(db.session) == []


def test_the_page_offers_each_what_they_may_do_to_a_clock(client, people):
    item = opened()
    offered = {}
    for role in (Role.EDITOR, Role.SUPERVISOR, Role.AUDITOR):
        people.sign_in(client, people.holding(role))
        page = client.get(f"/responses/{item.id}").text
        strict(page)
        offered[role] = [word for word in ("申请延期", "重新起算", "增加时限") if word in page]
    assert offered == {
        Role.EDITOR: ["申请延期"],
        Role.SUPERVISOR: ["申请延期", "重新起算", "增加时限"],
        Role.AUDITOR: [],
    }


def test_a_clock_goes_its_way_on_the_page_with_everybodys_reasons(client, people):
    item = opened(at=utc_now() - timedelta(hours=1))  # pages know the present alone
    clock = item.clocks[0]

    def post(action: str, **values: object) -> str:
        url = f"/responses/{item.id}/clocks/{clock.id}/{action}"
        values["version"] = reload(item).clocks[0].version_id
        answer = client.post(url, data=values, follow_redirects=True)
        assert answer.status_code == 200
        strict(answer.text)
        return answer.text

    people.sign_in(client, people.editor)
    assert "到期时间不变" in post("ask", length=24, note="须检测，电话13812345678")
    people.sign_in(client, people.supervisor)
    page = post("grant", note="同意一次")
    assert "到期由" in page
    assert "批准的延期" in page
    assert "13812345678" not in page.split("经过")[0]
    assert "同意一次" in page
    page = post("pause", note="等第三方意见")
    assert "尚未恢复" in page
    assert "恢复计时" in page
    board = client.get("/responses").text
    strict(board)
    assert "挂起" in board
    post("resume")
    start = (utc_now() + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    page = post("restart", started_at=start, note="情况有变")
    assert "起算由supervisor 某于" in page
    assert "情况有变" in page


def test_a_clock_is_added_on_the_page(client, people):
    item = opened()
    people.sign_in(client, people.signer)
    rule = next(one for one in all_rules(db.session) if one.code == "mailbox_inquiry")
    url = f"/responses/{item.id}/clocks"
    values = {"rule_id": rule.id, "note": "信箱来信", "version": item.version_id}
    page = client.post(url, data=values, follow_redirects=True).text
    strict(page)
    assert "已增加时限" in page
    assert "信箱来信" in page
    assert client.post(url, data={**values, "version": 77}).status_code == 409


def test_a_wrong_moment_and_an_old_page_are_refused_with_what_was_typed(client, people):
    item = opened()
    people.sign_in(client, people.signer)
    url = f"/responses/{item.id}/clocks/{item.clocks[0].id}/restart"
    version = item.clocks[0].version_id
    for values, status in (
        ({"started_at": "明天", "version": version}, 422),
        ({"started_at": "2026-11-20T08:00", "version": 77}, 409),
    ):
        answer = client.post(url, data={"note": "我写的理由", **values})
        assert answer.status_code == status
        assert "我写的理由" in answer.text
    other = f"/responses/{item.id + 1}/clocks/{item.clocks[0].id}/restart"
    assert client.post(other, data={"version": version}).status_code == 404
