"""The pages of alerts: read by each person, rules edited by those who may."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from responder.alerts import service
from responder.alerts.models import AlertRule, Kind
from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Message
from responder.topics.models import Membership
from responder.topics.restating import restate
from tests.alerts.factories import alerts, look, refresh_and_look, rule, topic
from tests.factories import NOW
from tests.topics.factories import refresh, two_worries

EVENING = NOW.replace(hour=15)  # 23:00 in Shanghai


@pytest.fixture(autouse=True)
def _at_the_office():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def two_alerts(session) -> None:
    rule(Kind.NEW, people=3, name="多人反映")
    two_worries()
    assert refresh_and_look() == 2


def test_the_list_names_topic_figures_and_rule(client, people, two_alerts) -> None:
    people.sign_in(client, people.editor)
    page = client.get("/alerts").text
    for expected in ("柳岸花园", "已达到 3 人反映", "3 人，3 条", "规则“多人反映”", "未阅"):
        assert expected in page
    assert f'href="/topics/{topic("柳岸花园").id}"' in page


def test_each_person_reads_for_themselves(client, people, two_alerts) -> None:
    people.sign_in(client, people.analyst)
    first = alerts()[0].id
    answer = client.post(f"/alerts/{first}/read", data={"next": "/alerts?unread=1"})
    assert answer.location == "/alerts?unread=1"
    client.post(f"/alerts/{first}/read")  # a second click changes nothing
    page = client.get("/alerts").text
    assert page.count(">未阅<") == 1
    assert "analyst 某（11-20 09:00）" in page
    assert client.get("/alerts?unread=1").text.count("已达到") == 1
    people.sign_in(client, people.editor)
    page = client.get("/alerts").text
    assert page.count(">未阅<") == 2
    assert "analyst 某" in page


def test_the_navigation_counts_what_i_have_not_read(client, people, two_alerts) -> None:
    people.sign_in(client, people.analyst)
    badge = '<span class="tag tag--late">2</span><span class="visually-hidden">条未阅'
    assert badge in client.get("/topics").text
    assert "已阅 2 条提醒" in client.post("/alerts/read", follow_redirects=True).text
    assert "条未阅" not in client.get("/topics").text


def test_what_is_older_than_a_fortnight_is_no_news(client, people, session, two_alerts) -> None:
    actor = people.analyst.actor
    assert service.open_count(session, actor, NOW + timedelta(days=13)) == 2
    assert service.open_count(session, actor, NOW + timedelta(days=14)) == 0


def test_alerts_of_a_dismissed_topic_count_no_more(client, people, session, two_alerts) -> None:
    with transaction(CONSOLE, NOW):
        topic("柳岸花园").dismissed = True
    assert service.open_count(session, people.analyst.actor, NOW) == 1
    people.sign_in(client, people.analyst)
    assert "已判为不是话题" in client.get("/alerts").text


def test_today_shows_open_alerts_to_whoever_reads_topics(client, people, two_alerts) -> None:
    people.sign_in(client, people.spokesperson)
    assert 'id="alerts"' in client.get("/").text
    client.post("/alerts/read")
    assert 'id="alerts"' not in client.get("/").text
    people.sign_in(client, people.administrator)
    page = client.get("/").text
    assert 'id="alerts"' not in page
    assert "条未阅" not in page


def test_what_is_held_is_on_no_page_and_cannot_be_read(client, people, session) -> None:
    rule(Kind.NEW, people=3, quiet_from=time(22), quiet_to=time(7))
    two_worries()
    refresh()
    assert look(EVENING) == 2
    morning, actor = EVENING + timedelta(hours=8), people.analyst.actor
    assert service.open_count(session, actor, morning - timedelta(seconds=1)) == 0
    assert service.open_count(session, actor, morning) == 2
    with time_machine.travel(EVENING + timedelta(hours=7, minutes=59), tick=False):
        people.sign_in(client, people.analyst)
        page = client.get("/alerts").text
        assert "另有 2 条在免打扰时段提出，11-21 07:00 起显示" in page
        assert "柳岸花园" not in page
        assert client.post(f"/alerts/{alerts()[0].id}/read").status_code == 404
    with time_machine.travel(morning, tick=False):
        people.sign_in(client, people.analyst)
        page = client.get("/alerts").text
    assert "柳岸花园" in page
    assert "11-20 23:00 提出，免打扰结束后显示" in page


def test_an_empty_list_says_what_to_do(client, people, session) -> None:
    people.sign_in(client, people.analyst)
    assert "没有启用的规则" in client.get("/alerts").text
    rule(Kind.NEW, people=3)
    assert "每次聚合后，系统会按规则检查话题" in client.get("/alerts").text
    assert "没有符合条件的提醒" in client.get("/alerts?kind=level").text


@pytest.mark.parametrize(
    ("kind", "fields", "shown"),
    [
        ("new", {"people": 8}, "达到 8 人反映"),
        ("rising", {"speed_points": 12, "heat_rise": ""}, "增速与突增合计达到 12 分"),
        ("level", {"level": 3}, "热度等级达到“高热”"),
        ("keyword", {"words": "漏電、起火"}, "7 天内的留言提到：漏電、起火"),
    ],
)
def test_a_rule_of_each_kind_is_made_on_its_page(client, people, session, kind, fields, shown):
    people.sign_in(client, people.press_officer)
    address = f"/alerts/rules/new?kind={kind}"
    assert client.get(address).status_code == 200
    hours = {"quiet_from": "22:00", "quiet_to": "07:00"}
    answer = client.post(address, data={"name": "我的规则", **fields, **hours})
    assert answer.location == "/alerts/rules"
    page = client.get("/alerts/rules").text
    assert shown in page
    assert "免打扰 22:00 至 07:00" in page


def test_a_rule_is_edited_and_its_changes_are_in_the_trail(client, people, session) -> None:
    made = rule(Kind.NEW, people=3, name="旧名", quiet_from=time(22), quiet_to=time(7))
    people.sign_in(client, people.analyst)
    address = f"/alerts/rules/{made.id}"
    page = client.get(address).text
    assert 'value="旧名"' in page
    assert 'value="22:00"' in page
    version = {"version_id": made.version_id}
    answer = client.post(address, data={"name": "新名", "people": 9, **version})
    assert answer.status_code == 302
    session.expire_all()
    assert (made.name, made.people, made.quiet_from) == ("新名", 9, None)
    trail = select(AuditEvent).where(AuditEvent.object_type == "alert_rule")
    line = session.scalars(trail.order_by(AuditEvent.id.desc())).first()
    assert line.changes["people"] == [3, 9]
    assert line.changes["quiet_from"] == ["22:00:00", None]


def test_an_old_page_does_not_undo_a_colleagues_rule(client, people, session) -> None:
    made = rule(Kind.NEW, people=3)
    people.sign_in(client, people.analyst)
    answer = client.post(
        f"/alerts/rules/{made.id}", data={"name": "x", "people": 5, "version_id": 7}
    )
    assert answer.status_code == 409
    assert "别人保存过这一项" in answer.text


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("new", {"name": "", "people": 3}, "请填写名称"),
        ("new", {"name": "规则", "people": ""}, "请填写多少人反映时提醒"),
        ("new", {"name": "规则", "people": "很多"}, "请填写 1 到 10000 之间的数"),
        ("rising", {"name": "规则"}, "请至少填写一项"),
        ("keyword", {"name": "规则", "words": "火"}, "请写成两个字以上的词"),
        ("level", {"name": "规则", "level": 9}, "不是有效的选择"),
        ("new", {"name": "规则", "people": 3, "quiet_from": "22:00"}, "须一起填写"),
    ],
)
def test_a_rule_that_cannot_be_says_why(client, people, session, kind, fields, sentence) -> None:
    people.sign_in(client, people.analyst)
    answer = client.post(f"/alerts/rules/new?kind={kind}", data=fields)
    assert sentence in answer.text
    assert session.scalars(select(AlertRule)).all() == []


def test_a_rule_is_switched_off_and_on(client, people, session) -> None:
    made = rule(Kind.NEW, people=3, name="多人反映")
    people.sign_in(client, people.analyst)
    switch = f"/alerts/rules/{made.id}/switch"
    assert (
        "已停用规则“多人反映”"
        in client.post(switch, data={"active": 0}, follow_redirects=True).text
    )
    assert "没有启用的规则" in client.get("/alerts").text
    assert (
        "已启用规则“多人反映”"
        in client.post(switch, data={"active": 1}, follow_redirects=True).text
    )


def test_rules_are_shown_to_all_and_changed_by_those_who_may(client, people, session) -> None:
    made = rule(Kind.NEW, people=3, name="多人反映")
    people.sign_in(client, people.editor)
    page = client.get("/alerts/rules").text
    assert "多人反映" in page
    assert "停用" not in page
    for address in (f"/alerts/rules/{made.id}", "/alerts/rules/new?kind=new"):
        assert client.get(address).status_code == 403
        assert client.post(address, data={"name": "x", "people": 1}).status_code == 403
    assert client.post(f"/alerts/rules/{made.id}/switch").status_code == 403


def test_an_unknown_kind_or_rule_says_so(client, people) -> None:
    people.sign_in(client, people.analyst)
    assert client.get("/alerts/rules/new?kind=gossip").status_code == 404
    assert client.get("/alerts/rules/4711").status_code == 404


def test_what_was_raised_by_messages_that_are_gone_is_not_shown(
    client, people, two_alerts, session
) -> None:
    people.sign_in(client, people.editor)
    empty = topic("柳岸花园")
    with transaction(CONSOLE) as writing:
        of_topic = select(Membership.message_id).where(Membership.topic_id == empty.id)
        writing.execute(delete(Message).where(Message.id.in_(of_topic)))
        restate(writing, [empty], NOW)
    assert [one.topic_id for one in service.open_alerts(session, people.editor.actor, NOW, 9)] == [
        topic("云锦世家").id
    ]
    assert "柳岸花园" not in client.get("/alerts").text
    page = client.get(f"/topics/{empty.id}").text
    assert "已没有留言" in page
    assert "发起回应" not in page.partition("<main")[2]
