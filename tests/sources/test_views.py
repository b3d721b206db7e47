"""The pages of sources and of hot-search lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from responder.core.audit import MASK, AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.sources import fetching, folders, hot_series, hot_views, service
from responder.sources.harvest import HotRow
from responder.sources.models import Kind, Source, SourceState
from tests.factories import NOW
from tests.sources.factories import app_settings, feed, source, stored, turn
from tests.sources.web_server import Reply

MAILBOX = {"host": "imap.test", "port": 993, "security": "tls", "username": "u@imap.test"}


@pytest.fixture(autouse=True)
def _at_the_office() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client, people):
    return people.sign_in(client, people.analyst)


@pytest.fixture
def reachable(web, monkeypatch):
    """The test's server, as if an administrator had listed it."""
    network = web.network()
    monkeypatch.setattr(fetching.Network, "of", classmethod(lambda _class, _settings: network))
    return web


def sources() -> list[Source]:
    db.session.expire_all()
    return service.sources(db.session)


def fields(**changes) -> dict[str, object]:
    return {"name": "柳岸论坛", "channel": "forum", "interval_minutes": 15,
            "url": "http://feeds.test/rss", "submit": "1", **changes}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("feed", {"url": "https://example.com/rss"}, {"url": "https://example.com/rss"}),
        ("folder", {"folder": "热线"}, {"folder": "热线", "mapping": "default"}),
        ("hot_list", {"url": "https://e.example/hot", "rows_path": "data"}, {"rows_path": "data"}),
        ("mailbox", {**MAILBOX, "password": "s3cret", "folder": "INBOX", "days_back": 7},
         {**MAILBOX, "days_back": 7}),
    ],
)  # fmt: skip
def test_a_source_of_each_kind_is_added_on_its_page(desk, kind, said, expected) -> None:
    address = f"/sources/new?kind={kind}"
    assert desk.get(address).status_code == 200
    answer = desk.post(address, data=fields(**said))
    (made,) = sources()
    assert answer.location == f"/sources/{made.id}"
    assert expected.items() <= made.settings.items()
    assert (made.state, made.next_run_at) == (SourceState.ACTIVE, NOW)
    page = desk.get(answer.location).text
    assert "柳岸论坛" in page
    assert "还没有取过" in page
    assert "s3cret" not in page + desk.get(f"/sources/{made.id}/edit").text


@pytest.mark.parametrize(
    ("kind", "said", "sentence"),
    [
        ("feed", {"url": "ftp://x"}, "请填写以 http:// 或 https:// 开头的完整地址"),
        ("feed", {"url": "http://a:b@x/"}, "不能写用户名和密码"),
        ("feed", {"name": ""}, "请填写名称"),
        ("feed", {"interval_minutes": 0}, "1 到 10080"),
        ("feed", {"interval_minutes": "常常"}, "1 到 10080"),
        ("folder", {"folder": "../x"}, "不能含有 .."),
        ("folder", {"folder": "/etc"}, "文件夹须在"),
        ("mailbox", {**MAILBOX, "folder": "INBOX", "days_back": 1}, "请填写邮箱密码或授权码"),
        (
            "mailbox",
            {**MAILBOX, "host": "http://x/", "password": "x", "days_back": 1},
            "请只填服务器名",
        ),
        ("mailbox", {**MAILBOX, "port": 0, "password": "x", "days_back": 1}, "1 到 65535"),
    ],
)
def test_a_source_that_cannot_be_says_why(desk, kind, said, sentence) -> None:
    answer = desk.post(f"/sources/new?kind={kind}", data=fields(**said))
    assert (answer.status_code, sources()) == (422, [])
    assert sentence in answer.text


def test_a_trial_shows_what_would_come_and_stores_nothing(desk, reachable) -> None:
    url = reachable.put("/rss", feed(("1", "停水，电话 13800138000"), ("2", "停电")))
    said = {**fields(url=url), "trial": "1"}
    del said["submit"]
    page = desk.post("/sources/new?kind=feed", data=said).text
    assert "停电" in page
    assert "13800138000" not in page
    assert f'value="{url}"' in page
    assert (sources(), stored()) == ([], [])
    made = source(settings={"url": url})
    assert "停电" in desk.post(f"/sources/{made.id}/trial").text
    assert (stored(), sources()[0].last_run_at) == ([], None)
    reachable.replies["/rss"] = Reply(status=404)
    answer = desk.post(f"/sources/{made.id}/trial")
    assert (answer.status_code, "对方应答 404" in answer.text) == (422, True)


def test_a_trial_of_a_list_and_of_a_folder(desk, reachable) -> None:
    url = reachable.put("/hot", '[{"title": "供暖", "hot": "12万"}]', "application/json")
    listed = source(Kind.HOT_LIST, {"url": url})
    page = desk.post(f"/sources/{listed.id}/trial").text
    assert "供暖" in page
    assert "120000" in page
    folder = source(Kind.FOLDER, {"folder": "尚未建立"})
    assert "会自动建立" in desk.post(f"/sources/{folder.id}/trial").text


def test_a_folder_says_where_it_is_and_by_which_columns_it_reads(desk) -> None:
    made = source(Kind.FOLDER, {"folder": "街道来件"})
    page = desk.get(f"/sources/{made.id}").text
    root = folders.roots(app_settings())[0]
    assert f">{root / '街道来件'}</dd>" in page
    assert ">本系统模板</dd>" in page


def test_the_trail_calls_a_channel_by_its_name(desk, client, people) -> None:
    source(Kind.FEED)
    page = people.sign_in(client, people.auditor).get("/audit").text
    assert "市民论坛" in page
    assert "forum" not in page


def test_a_source_that_moves_forgets_where_it_was(desk, reachable) -> None:
    made = source(
        settings={"url": reachable.put("/rss", feed(("1", "停水")), headers={"ETag": "1"})}
    )
    turn(reachable.network())
    assert made.cursor == {"etag": "1"}
    edit = f"/sources/{made.id}/edit"
    renamed = fields(name="新名", url=made.settings["url"], version_id=made.version_id)
    assert desk.post(edit, data=renamed).status_code == 302
    (made,) = sources()
    assert (made.name, made.cursor) == ("新名", {"etag": "1"})
    assert made.next_run_at > NOW
    moved = fields(url="http://feeds.test/other", version_id=made.version_id)
    assert desk.post(edit, data=moved).status_code == 302
    (made,) = sources()
    assert (made.cursor, made.next_run_at) == ({}, NOW)
    stale = desk.post(edit, data=fields(version_id=1))
    assert (stale.status_code, "别人保存过这一项" in stale.text) == (409, True)


def test_a_password_is_sealed_and_goes_nowhere_else(desk, session) -> None:
    made = source(Kind.MAILBOX, MAILBOX, secret="s3cret")
    raw = session.execute(text("SELECT secret FROM source")).scalar_one()
    assert raw
    assert "s3cret" not in raw
    edit = f"/sources/{made.id}/edit"
    said = {
        **fields(),
        **MAILBOX,
        "days_back": 30,
        "folder": "INBOX",
        "version_id": 1,
        "password": "",
    }
    for name, value in (
        ("host", "evil.test"),
        ("port", 994),
        ("username", "x"),
        ("security", "none"),
    ):
        for button in ("submit", "trial"):
            asked = {key: one for key, one in said.items() if key != "submit"}
            answer = desk.post(edit, data={**asked, name: value, button: "1"})
            assert (answer.status_code, "请重新填写密码" in answer.text) == (422, True), name
    assert desk.post(edit, data=said).status_code == 302
    assert sources()[0].secret == "s3cret"
    moved = {**said, "host": "new.test", "password": "0ther", "version_id": sources()[0].version_id}
    assert desk.post(edit, data=moved).status_code == 302
    assert (sources()[0].secret, sources()[0].settings["host"]) == ("0ther", "new.test")
    trail = session.scalars(select(AuditEvent).where(AuditEvent.object_type == "source")).all()
    changes = [event.changes["secret"] for event in trail if "secret" in event.changes]
    assert changes == [[MASK, MASK]] * 2
    assert "s3cret" not in str([event.changes for event in trail])


def test_pause_resume_run_now_and_remove(desk, session) -> None:
    made = source()
    with transaction(CONSOLE):
        made.next_run_at = NOW + timedelta(hours=6)
        made.errors, made.state, made.last_error = 3, SourceState.FAILING, "对方应答 404"
    page = desk.get("/sources").text
    assert "连续出错 3 次" in page
    assert "对方应答 404" in page
    assert "已排上" in desk.post(f"/sources/{made.id}/run", follow_redirects=True).text
    assert sources()[0].next_run_at == NOW
    assert desk.post(f"/sources/{made.id}/remove").status_code == 422
    assert desk.post(f"/sources/{made.id}/resume").status_code == 409
    assert "已暂停" in desk.post(f"/sources/{made.id}/pause", follow_redirects=True).text
    assert desk.post(f"/sources/{made.id}/pause").status_code == 409
    assert desk.post(f"/sources/{made.id}/run").status_code == 409
    assert "已恢复" in desk.post(f"/sources/{made.id}/resume", follow_redirects=True).text
    assert (sources()[0].state, sources()[0].errors) == (SourceState.ACTIVE, 0)
    desk.post(f"/sources/{made.id}/pause")
    assert "已删除" in desk.post(f"/sources/{made.id}/remove", follow_redirects=True).text
    assert sources() == []
    deeds = select(AuditEvent.action).where(AuditEvent.object_type == "source")
    assert session.scalars(deeds.order_by(AuditEvent.id)).all() == [
        "create", "update", "run", "update", "update", "update", "delete",
    ]  # fmt: skip


def test_a_source_with_messages_shows_them_and_can_be_removed(desk, reachable) -> None:
    made = source(settings={"url": reachable.put("/rss", feed(("1", "停水三天")))})
    turn(reachable.network())
    page = desk.get(f"/sources/{made.id}").text
    assert "停水三天" in page
    desk.post(f"/sources/{made.id}/pause")
    desk.post(f"/sources/{made.id}/remove")
    assert (sources(), len(stored())) == ([], 1)


def test_who_may_read_and_who_may_change(client, people) -> None:
    made = source()
    people.sign_in(client, people.press_officer)
    assert "添加来源" not in client.get("/sources").text
    assert "暂停" not in client.get(f"/sources/{made.id}").text
    assert client.get("/sources/new?kind=feed").status_code == 403
    assert client.post(f"/sources/{made.id}/trial").status_code == 403
    people.sign_in(client, people.administrator)
    assert "添加来源" in client.get("/sources").text
    people.sign_in(client, people.operator)
    assert client.get("/sources").status_code == 403
    assert client.get("/hot-search").status_code == 403


def test_an_unknown_source_or_kind_says_so(desk) -> None:
    assert desk.get("/sources/new?kind=gossip").status_code == 404
    assert desk.get("/sources/4711").status_code == 404
    assert desk.get("/hot-search/4711").status_code == 404


def test_hot_search_shows_the_list_and_each_line_over_time(desk, session) -> None:
    assert "还没有热搜榜" in desk.get("/hot-search").text
    made = source(Kind.HOT_LIST, name="微博热搜")
    assert "还没有取到榜单" in desk.get("/hot-search").text
    for step in range(4):
        now = NOW - timedelta(minutes=10 * (3 - step))
        rows = [
            HotRow(4 - step, "市民广场喷泉停水引发热议", 1000 * step + 1),
            HotRow(step + 5, "供暖"),
        ]
        with transaction(CONSOLE, now) as writing:
            hot_series.record(writing, made.id, rows if step < 3 else rows[:1], now)
    page = desk.get("/hot-search").text
    assert "2026-11-20 09:00 的榜单" in page
    assert 'aria-label="最高第 1 名，最低第 4 名"' in page
    assert "3,001" in page
    assert "已下榜" in page
    entry = hot_series.current(session, made.id)[0][0]
    page = desk.get(f"/hot-search/{entry.id}").text
    assert "名次：名次 11-20 08:30 至 11-20 09:00 从 4 到 1，最高 1（11-20 09:00）" in page
    assert "热度：热度 11-20 08:30 至 11-20 09:00 从 1 到 3,001，最高 3,001" in page
    assert "/topics?q=%E5%96%B7%E6%B3%89" in page


def test_the_words_of_a_line_are_those_that_say_something() -> None:
    words = hot_views.search_words("為什麼市民廣場噴泉的水停了")
    assert "喷泉" in words
    assert "的" not in words
    assert len(words) <= hot_views.SEARCH_WORDS
