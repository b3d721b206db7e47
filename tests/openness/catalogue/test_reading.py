"""The site's feeds, read for their columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.openness.catalogue import reading
from responder.openness.catalogue.models import ColumnFeed, FeedState, Publication, Way
from responder.sources.fetching import Network
from tests.factories import NOW
from tests.openness.catalogue.factories import changed, column, published
from tests.sources.web_server import WebServer, web_server

LATER = NOW + timedelta(hours=1)
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>栏目</title>{}</channel></rss>"""


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as serving:
        yield serving


def item(title: str, link: str = "", at: str = "Fri, 20 Nov 2026 08:00:00 +0800") -> str:
    parts = [f"<title>{title}</title>", f"<link>{link}</link>" if link else ""]
    return f"<item>{''.join(parts)}{f'<pubDate>{at}</pubDate>' if at else ''}</item>"


def feed(one, url: str, minutes: int = 60, paused: bool = False) -> ColumnFeed | None:
    with transaction(CONSOLE, NOW) as session:
        return reading.save_feed(session, one, url, minutes, paused, Attempt(CONSOLE, NOW))


def turn(network: Network, now=NOW) -> int:
    looked = reading.read_due(now, current_app.extensions["settings"], network)
    db.session.expire_all()
    return looked


def titles(session) -> list[str]:
    return list(session.scalars(select(Publication.title).order_by(Publication.id)))


def test_a_feed_is_read_when_it_is_due_and_each_item_once(session, web) -> None:
    one = column()
    published(one, "早已登记", url="http://www.example.gov.cn/1")
    body = RSS.format(
        item("早已登记（改过标题）", "http://www.example.gov.cn/1")
        + item("新的一条", "http://www.example.gov.cn/2", "Thu, 19 Nov 2026 23:30:00 +0000")
        + item("没有网址也没有日期", "", "")
        + item("没有日期", "http://www.example.gov.cn/3", "")
    )
    made = feed(one, web.put("/rss", body))
    assert made is not None
    assert turn(web.network()) == 1
    assert titles(session) == ["早已登记", "新的一条", "没有日期"]
    rows = session.scalars(select(Publication).where(Publication.way == Way.FEED)).all()
    assert [(row.published_on, row.url) for row in rows] == [
        (date(2026, 11, 20), "http://www.example.gov.cn/2"),
        (date(2026, 11, 20), "http://www.example.gov.cn/3"),
    ]
    assert (made.fetched, made.created, made.refused, made.state) == (4, 2, 1, FeedState.ACTIVE)
    assert (made.last_success_at, made.next_run_at) == (NOW, LATER)
    assert turn(web.network()) == 0
    assert turn(web.network(), LATER) == 1
    assert len(titles(session)) == 3


def test_a_long_feed_is_read_on_in_portions_until_it_is_whole(session, web, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MOST_ITEMS", 2)
    links = [f"http://www.example.gov.cn/{number}" for number in range(5)]
    body = RSS.format("".join(item(f"第{n}条", link) for n, link in enumerate(links)))
    made = feed(column(), web.put("/rss", body, headers={"ETag": '"v1"'}))
    now = NOW
    for known in (2, 4, 5):
        assert turn(web.network(), now) == 1
        assert len(titles(session)) == known
        assert ("etag" in made.cursor) is (known == 5)
        soon, now = made.next_run_at, made.next_run_at
        assert (soon < NOW + timedelta(minutes=10)) is (known < 5)
    assert not any("if-none-match" in headers for _path, headers in web.asked)


def test_one_that_fails_says_so_waits_ever_longer_and_recovers(session, web) -> None:
    made = feed(column(), web.url("/gone"))
    assert made is not None
    for number, hours in enumerate((2, 4, 6), 1):
        at = made.next_run_at
        assert turn(web.network(), at) == 1
        assert (made.state, made.errors) == (FeedState.FAILING, number)
        assert made.next_run_at == at + timedelta(hours=hours)
    assert "404" in made.last_error
    assert made.last_success_at is None
    at = made.next_run_at
    web.put("/gone", RSS.format(item("恢复", "http://www.example.gov.cn/9")))
    assert turn(web.network(), at) == 1
    assert (made.state, made.errors, made.last_error) == (FeedState.ACTIVE, 0, "")
    assert titles(session) == ["恢复"]


def test_one_that_is_no_feed_and_an_inner_address_are_refused(session, web) -> None:
    page = feed(column(), web.put("/page", "<html><body>栏目</body></html>", "text/html"))
    inner = feed(column(code="B", name="乙"), "http://127.0.0.1/rss")
    assert turn(Network(resolve=web.network().resolve)) == 2
    assert page is not None
    assert inner is not None
    assert "内部网络" in inner.last_error
    assert page.state is inner.state is FeedState.FAILING
    assert titles(session) == []


def test_a_retired_column_takes_nothing_from_its_feed(session, web) -> None:
    one = changed(column(), valid_to=date(2026, 11, 19))
    made = feed(one, web.put("/rss", RSS.format(item("之后的", "http://www.example.gov.cn/2"))))
    turn(web.network())
    assert made is not None
    assert (made.created, made.refused) == (0, 1)


def test_a_paused_feed_rests_and_a_new_address_begins_anew(session, web) -> None:
    one = column()
    made = feed(
        one, web.put("/rss", RSS.format(item("甲", "http://www.example.gov.cn/1"))), 60, True
    )
    assert turn(web.network()) == 0
    seen = made.version_id
    feed(one, web.put("/new", RSS.format(item("乙", "http://www.example.gov.cn/2"))))
    assert turn(web.network()) == 1
    assert titles(session) == ["乙"]
    assert made.version_id == seen + 1
    feed(one, "")
    assert session.scalars(select(ColumnFeed)).all() == []
    assert turn(web.network(), LATER) == 0


def test_what_was_changed_while_it_was_read_is_not_stored(session, web) -> None:
    one = column()
    made = feed(one, web.url("/rss"))
    claimed = reading._claim(NOW)
    assert claimed is not None
    assert reading._claim(NOW) is None
    feed(one, web.url("/other"))
    reading._succeed(claimed, [], 0, {"etag": "old"}, NOW)
    session.refresh(made)
    assert (made.cursor, made.last_success_at) == ({}, None)


@pytest.mark.parametrize(
    ("url", "minutes", "field"),
    [("ftp://example.gov.cn", 60, "url"), ("http://example.gov.cn/rss", 1, "interval_minutes")],
)
def test_a_feed_that_cannot_be_is_refused_by_its_field(session, url, minutes, field) -> None:
    with pytest.raises(Invalid) as refused:
        feed(column(), url, minutes)
    assert list(refused.value.fields) == [field]


def test_only_the_office_sets_feeds(session, people) -> None:
    one, attempt = column(), Attempt(people.liaison.actor, NOW)
    with transaction(attempt.actor, NOW) as writing, pytest.raises(Forbidden):
        reading.save_feed(writing, one, "http://example.gov.cn/rss", 60, False, attempt)
