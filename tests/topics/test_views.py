"""The topic pages: found, explained, masked."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from responder.core.times import utc_now
from responder.errands.models import Errand
from responder.errands.running import Runner
from responder.intake.models import Message
from responder.topics import refreshing
from responder.topics.models import Membership, Topic, TopicRefresh
from responder.topics.views import pages
from tests.factories import NOW
from tests.topics.factories import NOISE, PARKING, PRIVATE, named_worry, refresh, store, two_worries


def topic(session, word: str) -> Topic:
    return session.scalar(select(Topic).where(Topic.label.contains(word)))


def test_an_empty_list_says_what_to_do(client, people) -> None:
    people.sign_in(client, people.analyst)
    assert "还没有话题" in client.get("/topics").text


def test_the_list_shows_topics_and_finds_them_in_either_script(client, people, session) -> None:
    two_worries()
    refresh()
    people.sign_in(client, people.analyst)
    assert "搅拌站" in client.get("/topics").text
    found = client.get("/topics?q=車位").text
    assert "车位" in found
    assert "搅拌站" not in found


def test_a_topic_shows_its_heat_in_parts_and_its_messages(client, people, session) -> None:
    two_worries()
    refresh()
    people.sign_in(client, people.analyst)
    page = client.get(f"/topics/{topic(session, '柳岸花园').id}").text
    for expected in ("人数", "增速", "3 人，3 条", "全部留言", "市民论坛 留言：3"):
        assert expected in page


def test_personal_data_in_messages_is_masked(client, people, session) -> None:
    store("云锦世家车位 电话19000001234", f"{PARKING}，请联系19000005678", "甲", NOW)
    store("云锦世家捆绑销售车位", PARKING, "乙", NOW - timedelta(days=1))
    refresh()
    people.sign_in(client, people.analyst)
    for path in ("/topics?single=1", f"/topics/{topic(session, '云锦').id}"):
        page = client.get(path).text
        assert "19000001234" not in page
        assert "19000005678" not in page


def test_a_citizen_in_every_title_is_on_no_page(client, people, session) -> None:
    named_worry()
    refresh()
    people.sign_in(client, people.analyst)
    for path in ("/topics", f"/topics/{topic(session, '翠湖').id}"):
        page = client.get(path).text
        assert "翠湖名苑停水" in page
        assert not any(private in page for private in PRIVATE[:2])


def test_a_unit_reads_no_topics_which_may_be_of_reports_on_it(client, people, session) -> None:
    two_worries()
    refresh()
    people.sign_in(client, people.liaison)
    for path in ("/topics", f"/topics/{topic(session, '柳岸花园').id}", "/alerts"):
        assert client.get(path).status_code == 403


def test_the_button_gathers_new_messages(client, people, session) -> None:
    two_worries()
    people.sign_in(client, people.analyst)
    answer = client.post("/topics/refresh", follow_redirects=True)
    assert "新话题" in answer.text


def test_gathering_that_has_nothing_to_go_on_from_is_done_behind_the_page(
    client, people, session, tmp_path
) -> None:
    two_worries()
    refresh()  # keeps nothing
    store("路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW)
    people.sign_in(client, people.analyst)
    asked = client.post("/topics/refresh")
    assert "排队中" in client.get(asked.location).text
    assert Runner(tmp_path, utc_now).run_once()
    assert "已聚合：新增留言 1 条" in client.get(asked.location).text


def test_a_backlog_is_gathered_behind_the_page_portion_by_portion(
    client, people, session, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(refreshing, "PORTION", 4)
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 6)
    two_worries()
    people.sign_in(client, people.analyst)
    asked = client.post("/topics/refresh")
    assert Runner(tmp_path, utc_now).run_once()
    assert "已聚合：新增留言 6 条" in client.get(asked.location).text
    assert session.scalars(select(TopicRefresh.messages_added)).all() == [4, 2]
    assert session.scalars(select(Errand.done)).all() == [6]


def test_a_topic_that_is_not_there_says_so(client, people) -> None:
    people.sign_in(client, people.analyst)
    answer = client.get("/topics/4711")
    assert answer.status_code == 404
    assert "没有编号为 4711 的话题" in answer.text


def test_a_topic_says_how_many_messages_name_nobody(client, people, session) -> None:
    two_worries()
    for n in range(2):
        store(f"柳岸花园旁搅拌站噪音扰民 {n}", f"{NOISE}，已经{n + 20}天了", "")
    refresh()
    people.sign_in(client, people.analyst)
    page = client.get(f"/topics/{topic(session, '柳岸花园').id}").text
    assert "5 人，5 条" in page
    assert "其中 2 条没有署名，各算一人" in page


def test_a_message_names_its_topic_to_whoever_may_read_topics(client, people, session) -> None:
    two_worries()
    refresh()
    store("路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW)
    found = topic(session, "柳岸花园")
    message = session.scalars(
        select(Membership.message_id).where(Membership.topic_id == found.id)
    ).first()
    people.sign_in(client, people.analyst)
    assert f'href="/topics/{found.id}">{found.label}</a>' in client.get(f"/messages/{message}").text
    newest = session.scalar(select(func.max(Message.id)))
    assert "还没有归入话题" in client.get(f"/messages/{newest}").text
