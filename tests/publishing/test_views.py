"""What citizens read, what caches keep, and the buttons that publish."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import local, utc_now
from responder.publishing.models import Entry
from responder.responses.models import ItemState
from tests.factories import NOW
from tests.responses.factories import ANSWER, brought_to, opened, reload, take
from tests.responses.pages import HTML, strict

S = ItemState
ATOM = "{http://www.w3.org/2005/Atom}"


def published(**facts) -> Entry:
    item = brought_to(S.PUBLISHED, **facts)
    return db.session.scalar(select(Entry).where(Entry.item_id == item.id))


def test_the_empty_column_and_the_empty_feed_answer(client):
    page = client.get("/concerns").text
    strict(page)
    assert "还没有公开的回应" in page
    assert client.get("/concerns/feed.xml").status_code == 200


def test_an_entry_shows_every_element_of_the_form(client):
    entry = published(text=f"{ANSWER}\n第二段。")
    page = strict(client.get(f"/concerns/{entry.id}").text)
    text = "".join(page.itertext())
    for expected in (
        entry.title,
        entry.concern,
        "来源：市长热线",
        "回应单位：市住房和城乡建设局",
        "回应时间：2026-11-20 09:00",
        entry.index_number,
        "本市人民政府新闻办公室",
        "发布日期",
    ):
        assert expected in text
    paragraphs = [p.text for p in page.iter(f"{HTML}p")]
    assert ANSWER in paragraphs
    assert "第二段。" in paragraphs


def test_the_column_is_searched_paged_and_split_by_year(client, people):
    take(brought_to(S.SIGNED, title="去年的停水"), "publish", people.press_officer)
    next_year = NOW + timedelta(days=60)
    take(brought_to(S.SIGNED, title="今年的路灯"), "publish", people.press_officer, at=next_year)
    page = client.get("/concerns").text
    strict(page)
    assert page.index("今年的路灯") < page.index("去年的停水")
    assert "今年的路灯" not in client.get("/concerns?year=2026").text
    assert "去年的停水" not in client.get("/concerns?q=路灯").text
    assert "没有找到" in client.get("/concerns?q=地铁").text
    for nonsense in ("year=x", "year=99999999", "page=-1", "q=%25"):
        assert client.get(f"/concerns?{nonsense}").status_code == 200


def test_a_search_of_very_many_words_asks_for_the_first_few_and_says_so(client, people):
    take(brought_to(S.SIGNED, title="去年的停水"), "publish", people.press_officer)
    few = client.get("/concerns?q=停水+停水+去年")
    assert "去年的停水" in few.text
    assert "太多" not in few.text
    words = "+".join(["停水", *map(str, range(1500))])
    answer = client.get(f"/concerns?q={words}")
    assert answer.status_code == 200
    strict(answer.text)
    assert "太多" in answer.text
    assert "前 8 个词" in answer.text
    assert "1499" not in answer.text.split("<main")[1]


def test_what_the_office_is_working_on_is_not_public(client):
    secret = brought_to(S.SIGNED, title="尚未发布的标题")
    for path in ("/concerns", "/concerns/feed.xml", "/concerns?q=尚未发布"):
        assert "尚未发布的标题" not in client.get(path).text
    answer = client.get(f"/concerns/{secret.id}")
    assert answer.status_code == 404
    assert "尚未发布" not in answer.text


def test_nobody_of_the_staff_is_named_in_public(client):
    entry = published()
    for path in ("/concerns", f"/concerns/{entry.id}", "/concerns/feed.xml"):
        text = client.get(path).text
        assert " 某" not in text
        for role in Role:
            assert role.value not in text


def test_markup_in_a_text_stays_text(client):
    entry = published(text="<img src=x onerror=alert(1)> 情况已经核实。", title="<b>标题</b>")
    for path in ("/concerns", f"/concerns/{entry.id}"):
        page = client.get(path).text
        strict(page)
        assert "<img" not in page
        assert "<b>" not in page
    content = feed_of(client).find(f"{ATOM}entry/{ATOM}content").text
    assert "&lt;img" in content


def test_strangers_share_one_cached_page_without_a_cookie(client):
    entry = published()
    for path in ("/concerns", f"/concerns/{entry.id}", "/concerns/feed.xml"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=60", path
        assert "Set-Cookie" not in answer.headers
        assert "csrf_token" not in answer.text


def test_a_visitor_with_a_cookie_gets_a_page_of_their_own(client, people):
    published()
    form = client.get("/concerns?languages=1")
    assert form.headers["Cache-Control"] == "no-store"
    strict(form.text)
    assert "繁體" in form.text
    client.post("/language", data={"language": "zh_Hant", "next": "/concerns"})
    answer = client.get("/concerns")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert 'lang="zh-Hant"' in answer.text
    client.post("/scheme", data={"scheme": "dark", "next": "/concerns"})
    assert re.search(r'dark\.css[^"]*" media="screen"', client.get("/concerns").text)
    people.sign_in(client, people.editor)
    assert "返回工作台" in client.get("/concerns").text


def feed_of(client):
    return ElementTree.fromstring(client.get("/concerns/feed.xml").data)


def test_the_feed_is_valid_atom(client):
    entry = published(text=f"{ANSWER}\n第二段。")
    answer = client.get("/concerns/feed.xml")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}title") == "本市回应关切"
    assert feed.findtext(f"{ATOM}id").startswith("tag:localhost,")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "本市人民政府新闻办公室"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": "http://localhost/concerns/feed.xml",
        "alternate": "http://localhost/concerns",
    }
    [item] = feed.findall(f"{ATOM}entry")
    assert item.findtext(f"{ATOM}id") == f"tag:localhost,2026-11-20:{entry.index_number}"
    assert item.find(f"{ATOM}link").get("href") == f"http://localhost/concerns/{entry.id}"
    for moment in (feed, item):
        assert datetime.fromisoformat(moment.findtext(f"{ATOM}updated")) == NOW
    assert item.findtext(f"{ATOM}title") == entry.title
    content = item.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert content.text.split() == [f"<p>{ANSWER}</p>", "<p>第二段。</p>"]


def test_the_feed_names_an_entry_the_same_way_every_time_and_saves_traffic(client):
    published()
    first = client.get("/concerns/feed.xml")
    again = client.get("/concerns/feed.xml", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_feed_carries_the_newest_fifty(client):
    items = [opened() for _ in range(51)]
    with transaction(CONSOLE, NOW) as session:
        for number, item in enumerate(items):
            session.add(
                Entry(
                    item_id=item.id,
                    index_number=f"HY-2026-{number}",
                    title=f"第{number}条",
                    concern="关切",
                    concern_source="",
                    unit_name="某局",
                    answer="回应",
                    publisher="某办",
                    published_at=NOW + timedelta(minutes=number),
                )
            )
    titles = [entry.findtext(f"{ATOM}title") for entry in feed_of(client).findall(f"{ATOM}entry")]
    assert (len(titles), titles[0], titles[-1]) == (50, "第50条", "第1条")


def test_the_press_officer_schedules_by_the_offices_clock(client, people):
    item = brought_to(S.SIGNED)
    people.sign_in(client, people.press_officer)
    page = strict(client.get(f"/responses/{item.id}").text)
    actions = {form.get("action") for form in page.iter(f"{HTML}form")}
    base = f"/publishing/items/{item.id}"
    assert {f"{base}/schedule", f"{base}/publish"} <= actions
    hour = f"{local(utc_now() + timedelta(days=30)):%Y-%m-%d} 09:30"
    data = {"publish_at": hour.replace(" ", "T"), "version": item.version_id}
    assert client.post(f"{base}/schedule", data=data).location == f"/responses/{item.id}"
    assert reload(item).publish_at == datetime.fromisoformat(f"{hour}+08:00")
    page = client.get(f"/responses/{item.id}").text
    assert hour in page
    assert "定时晚于回应时限" in page
    client.post(f"{base}/unschedule", data={"version": item.version_id})
    assert reload(item).state is S.SIGNED


def test_publishing_at_once_shows_the_entry_on_the_items_page(client, people):
    item = brought_to(S.SIGNED)
    people.sign_in(client, people.press_officer)
    client.post(f"/publishing/items/{item.id}/publish", data={"version": item.version_id})
    assert reload(item).state is S.PUBLISHED
    [entry] = db.session.scalars(select(Entry))
    assert utc_now() - entry.published_at < timedelta(minutes=1)
    assert entry.index_number in client.get(f"/responses/{item.id}").text
    assert client.get(f"/concerns/{entry.id}").status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({}, 422, "请选择发布时间"),
        ({"publish_at": "明天"}, 422, "请填写 2000 年至 2100 年之间的日期和时间"),
        ({"publish_at": "9999-12-31T09:00"}, 422, "请填写 2000 年至 2100 年之间的日期和时间"),
        ({"publish_at": "2099-01-01T09:00"}, 422, "最多定在两年以内"),
        ({"publish_at": "2020-01-01T09:00"}, 422, "已过"),
        ({"publish_at": "2099-01-01T09:00", "version": "1"}, 409, "看过最新内容"),
        ({"publish_at": "2099-01-01T09:00", "version": None}, 409, "看过最新内容"),
    ],
)
def test_a_wrong_hour_schedules_nothing(client, people, data, status, sentence):
    item = brought_to(S.SIGNED)
    people.sign_in(client, people.press_officer)
    sent = {"version": item.version_id, **data}
    sent = {name: value for name, value in sent.items() if value is not None}
    answer = client.post(f"/publishing/items/{item.id}/schedule", data=sent)
    assert answer.status_code == status
    assert sentence in answer.text
    assert reload(item).state is S.SIGNED


@pytest.mark.parametrize("action", ["schedule", "unschedule", "publish"])
def test_only_who_may_publish_reaches_the_buttons(client, people, action):
    item = brought_to(S.SCHEDULED if action == "unschedule" else S.SIGNED)
    before = item.state
    for role in set(Role) - {Role.PRESS_OFFICER}:
        people.sign_in(client, people.holding(role))
        assert client.post(f"/publishing/items/{item.id}/{action}").status_code == 403
    assert reload(item).state is before
