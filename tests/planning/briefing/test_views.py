"""The pages: who may open them, what they say, and that nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from responder.core.database import db
from responder.core.permissions import Role
from responder.core.times import utc_now
from responder.planning.briefing import statements, templates
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.views import DOCX
from responder.planning.models import EventState
from tests.factories import unit
from tests.planning import factories
from tests.planning.briefing.factories import (
    answered_event,
    edited,
    fill,
    heat_on,
    message,
    refreshed,
    say,
)
from tests.responses.pages import strict

PARKING = "小区地下车位为什么只售不租？"


def test_the_pack_as_a_page_leads_to_the_messages(client, people):
    event, of = answered_event(summary="请联系13812345678")
    fill(event, wording="先租后售。")
    say(event, "已约谈。")
    first = message(of, f"{PARKING}请回电13812345678")
    people.sign_in(client, people.press_officer)
    page = client.get(f"/planning/events/{event.id}/briefing").text
    strict(page)
    assert PARKING in page
    assert f'href="/messages/{first.id}"' in page
    assert "先租后售。" in page
    assert "已约谈。" in page
    assert "13812345678" not in page


def test_an_empty_pack_says_what_to_do(client, people):
    event = factories.event()
    people.sign_in(client, people.press_officer)
    page = client.get(f"/planning/events/{event.id}/briefing").text
    strict(page)
    assert "请在活动页确认关联" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.PRESS_OFFICER, 200),
        (Role.SPOKESPERSON, 200),
        (Role.ANALYST, 200),
        (Role.LIAISON, 403),
        (Role.MONITOR, 403),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_who_may_see_topics_and_the_plan_may_open_it(client, people, role, status):
    event, _ = answered_event()
    people.sign_in(client, people.holding(role))
    for name in ("briefing", "briefing.docx"):
        assert client.get(f"/planning/events/{event.id}/{name}").status_code == status


def test_the_word_file_comes_under_its_name(client, people):
    event, _ = answered_event()
    people.sign_in(client, people.press_officer)
    answer = client.get(f"/planning/events/{event.id}/briefing.docx")
    assert answer.mimetype == DOCX
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data[:2] == b"PK"


def test_a_template_is_uploaded_downloaded_and_put_aside(client, people):
    people.sign_in(client, people.press_officer)
    strict(client.get("/planning/briefing-template").text)
    assert client.get("/planning/briefing-template/shipped.docx").mimetype == DOCX
    mine = edited({"发布主题：": "会议主题："})
    done = client.post(
        "/planning/briefing-template",
        data={"file": (BytesIO(mine), "我的.docx")},
        follow_redirects=True,
    )
    assert "已换用新模板" in done.text
    assert "我的.docx" in done.text
    newest = templates.current(db.session)
    kept = client.get(f"/planning/briefing-template/{newest.id}.docx")
    assert kept.data == mine
    back = client.post("/planning/briefing-template/reset", follow_redirects=True)
    strict(back.text)
    assert "已改回系统模板" in back.text


def test_a_template_that_cannot_be_used_is_refused_in_words(client, people):
    people.sign_in(client, people.press_officer)
    bad = edited({"{{ 活动.名称 }}": "{{ 会名 }}"})
    answer = client.post("/planning/briefing-template", data={"file": (BytesIO(bad), "坏.docx")})
    assert answer.status_code == 422
    assert "没有“会名”这个占位符" in answer.text
    strict(answer.text)
    assert client.post("/planning/briefing-template").status_code == 422
    assert templates.current_content(db.session)[:2] == shipped_template()[:2]
    assert templates.current(db.session) is None


def test_a_statement_is_written_on_the_events_page(client, people):
    event, _ = answered_event()
    link = event.links[0]
    people.sign_in(client, people.press_officer)
    strict(client.get(f"/planning/events/{event.id}").text)
    data = {"text": "已约谈开发企业。", "seen": statements.seen(link)}
    done = client.post(f"/planning/links/{link.id}/statement", data=data, follow_redirects=True)
    assert "已保存会上回应" in done.text
    assert "已约谈开发企业。" in done.text


def test_whoever_was_second_sees_both_texts_and_saves_again(client, people):
    event, _ = answered_event()
    link = event.links[0]
    shown = statements.seen(link)
    say(event, "别人写的。")
    people.sign_in(client, people.press_officer)
    address = f"/planning/links/{link.id}/statement"
    told = client.post(address, data={"text": "我写的。", "seen": shown})
    assert told.status_code == 409
    strict(told.text)
    assert "别人写的。" in told.text
    assert "我写的。" in told.text
    db.session.expire_all()
    again = {"text": "合起来的。", "seen": statements.seen(statements.get(db.session, link.id))}
    assert again["seen"] in told.text
    assert client.post(address, data=again).status_code == 302


def test_heat_before_and_after_is_said_with_figures(client, people):
    now = utc_now()
    held = now - timedelta(days=10)
    event, of = answered_event(EventState.HELD, starts_at=held)
    refreshed(now)
    day = held.date()
    for days in range(1, 9):
        heat_on(of, day - timedelta(days=days), 56.0)
        heat_on(of, day + timedelta(days=days), 41.0)
    people.sign_in(client, people.press_officer)
    page = client.get(f"/planning/events/{event.id}").text
    strict(page)
    assert "会前 7 天日均 0 条、热度 56；会后 7 天日均 0 条、热度 41。" in page
    assert "变化可能另有原因" in page


def test_too_few_days_are_said_to_be_too_few(client, people):
    now = utc_now()
    event, _ = answered_event(EventState.HELD, starts_at=now - timedelta(days=3))
    coming, _ = answered_event(EventState.CONFIRMED, starts_at=now + timedelta(days=20))
    refreshed(now)
    people.sign_in(client, people.press_officer)
    assert "会后才有 2 天的数字，满 7 天再比较。" in client.get(f"/planning/events/{event.id}").text
    assert "数字还不够" in client.get(f"/planning/events/{coming.id}").text


def test_a_unit_sees_neither_pack_nor_statements_nor_heat(client, people):
    event, of = answered_event()
    fill(event, wording="先租后售。")
    say(event, "会上的话。")
    address = f"/planning/events/{event.id}"
    hidden = ("会上的话。", of.label, "会前会后的热度", "查看背景材料")
    people.sign_in(client, people.press_officer)
    assert all(word in client.get(address).text for word in hidden)
    factories.liaison(people, unit())
    people.sign_in(client, people.liaison)
    page = client.get(address)
    assert page.status_code == 200
    assert not any(word in page.text for word in hidden)
    assert "先租后售。" in page.text  # what the own unit will say
    factories.liaison(people, unit("jyj", "市教育局"))
    people.sign_in(client, people.liaison)
    page = client.get(address)
    assert page.status_code == 200
    assert not any(word in page.text for word in (*hidden, "先租后售。"))
