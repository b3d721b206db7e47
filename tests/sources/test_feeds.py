"""Feeds of three kinds, as they come."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from responder.core.times import SHANGHAI
from responder.intake.models import Channel
from responder.intake.rules import COLUMN_LIMITS
from responder.sources import feeds, moments
from responder.sources.fetching import FetchFailed
from responder.sources.harvest import Look
from responder.sources.kinds import FeedSettings
from tests.factories import NOW
from tests.sources.web_server import Reply

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>柳岸论坛</title>
<item>
  <guid isPermaLink="false">post-1</guid><title>小区停水&amp;停电</title>
  <link>/posts/1?a=1&amp;b=2</link><author>zhao@example.com (赵一)</author>
  <pubDate>Thu, 19 Nov 2026 10:00:00 +0800</pubDate>
  <description>&lt;p&gt;三天没水了。&lt;/p&gt;&lt;p&gt;物业&lt;b&gt;不管&lt;/b&gt;。&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;</description>
</item>
<item><guid>post-2</guid><title></title><pubDate>2026-11-19 11:00:00</pubDate>
  <description>路灯不亮，晚上害怕。请修一修。</description></item>
<item><title>没有编号也没有时间</title><link>javascript:alert(1)</link></item>
<item><guid>post-4</guid><title>明年的帖子</title><pubDate>2027-11-19 11:00:00</pubDate></item>
<item><guid>post-5</guid><title></title><description></description></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>公众号</title><id>urn:feed</id>
<entry><id>urn:uuid:1</id><title type="html">关于&lt;i&gt;道路&lt;/i&gt;积水</title>
  <link href="https://example.com/a"/><updated>2026-11-19T02:00:00.5Z</updated>
  <author><name>钱二</name></author>
  <summary>短</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>桥下积水</p><p>半米深</p></div></content>
</entry></feed>"""


def look(**changes) -> Look:
    usual = {
        "channel": Channel.FORUM, "district": "柳岸区", "zone": SHANGHAI, "now": NOW,
        "cursor": {}, "seconds": 5, "most_characters": 100,
    }  # fmt: skip
    return Look(**{**usual, **changes})


def collected(web, body: str | bytes, kind: str = "application/rss+xml", **changes):
    url = web.put("/feed", body, kind=kind)
    return feeds.collect(FeedSettings(url=url), look(**changes), web.network())


def test_rss_becomes_messages_and_what_cannot_is_named(web) -> None:
    found = collected(web, RSS)
    first, second, third = (item.message for item in found.items)
    assert (first.title, first.body) == ("小区停水&停电", "三天没水了。\n物业不管。")
    assert (first.external_id, first.author) == ("post-1", "赵一")
    assert first.source_url == web.url("/posts/1?a=1&b=2")
    assert first.occurred_at == datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
    assert (first.channel, first.district) == (Channel.FORUM, "柳岸区")
    assert second.title == "路灯不亮，晚上害怕"
    assert second.occurred_at == datetime(2026, 11, 19, 3, 0, tzinfo=UTC)  # the office's zone
    assert (third.source_url, third.occurred_at) == ("", NOW)
    assert found.refused == ["明年的帖子：时间 2027-11-19 晚于今天", "post-5：标题和内容都是空的"]


def test_atom_gives_its_longest_text(web) -> None:
    (item,) = collected(web, ATOM, "application/atom+xml").items
    message = item.message
    assert (message.title, message.body) == ("关于道路积水", "桥下积水\n半米深")
    assert (item.identifier, message.author) == ("urn:uuid:1", "钱二")
    assert message.occurred_at == datetime(2026, 11, 19, 2, 0, tzinfo=UTC)


def test_json_feed_is_read_item_by_item(web) -> None:
    items = [
        {"id": 7, "title": "噪音", "content_text": "夜里施工\n\n睡不着",
         "authors": [{"name": "孙三"}],
         "url": "/7", "date_published": "2026-11-19T10:00:00+08:00"},
        {"id": "8", "content_html": "<p>垃圾</p>", "date_published": None, "authors": "不是列表"},
        {"id": "9", "content_html": "<p>垃圾没人收</p>"},
    ]  # fmt: skip
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    found = collected(web, "\ufeff" + body, "application/feed+json")
    first, second = (item.message for item in found.items)
    assert (first.external_id, first.author, first.body) == ("7", "孙三", "夜里施工\n睡不着")
    assert first.source_url == web.url("/7")
    assert second.title == second.body == "垃圾没人收"
    assert found.refused == ["8：标题和内容都是空的"]


def test_a_feed_in_gb2312_is_read(web) -> None:
    body = RSS.replace('"UTF-8"', '"gb2312"').replace("停水", "停氷㐂").encode("gb18030")
    assert collected(web, body, "text/xml").items[0].message.title == "小区停氷㐂&停电"


def test_what_has_not_changed_is_not_sent_again(web) -> None:
    url = web.put("/feed", RSS, headers={"ETag": '"v1"', "Last-Modified": "yesterday"})
    found = feeds.collect(FeedSettings(url=url), look(), web.network())
    assert found.cursor == {"etag": '"v1"', "last-modified": "yesterday"}
    web.replies["/feed"] = Reply(status=304)
    again = feeds.collect(FeedSettings(url=url), look(cursor=found.cursor), web.network())
    sent = web.asked[-1][1]
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"v1"', "yesterday")
    assert (again.items, again.cursor) == ([], found.cursor)


def test_a_long_feed_is_read_in_portions_before_it_may_say_that_nothing_is_new(web) -> None:
    url = web.put("/feed", RSS, headers={"ETag": '"v1"'})
    looks, cursor = [], {}
    while not looks or looks[-1].more:
        asked = look(cursor=cursor, most_items=1)
        looks.append(feeds.collect(FeedSettings(url=url), asked, web.network()))
        cursor = looks[-1].cursor
    assert [len(one.items) for one in looks] == [1, 1, 1, 0]
    assert len({item.identifier for one in looks for item in one.items}) == 3
    assert [len(one.refused) for one in looks] == [0, 0, 0, 2]
    assert not any("if-none-match" in sent for _, sent in web.asked)
    assert cursor == {"etag": '"v1"'}


def test_a_long_feed_that_changed_meanwhile_is_read_again(web) -> None:
    url = web.put("/feed", RSS, headers={"ETag": '"v1"'})
    first = feeds.collect(FeedSettings(url=url), look(most_items=2), web.network())
    web.put("/feed", RSS, headers={"ETag": '"v2"'})
    rest = feeds.collect(FeedSettings(url=url), look(cursor=first.cursor), web.network())
    assert (first.more, rest.more, rest.cursor) == (True, False, {})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html><body>登录</body></html>", "text/html"),
        ("<html><body>登录</body></html>", "text/xml"),
        ("", "text/xml"),
        ('{"a": 1}', "application/json"),
        ("{", "application/json"),
        ('{"version": "2", "items": []}', "application/json"),
        ("{" * 100_000, "application/json"),
        ("\x89PNG", "image/png"),
    ],
)
def test_what_is_no_feed_is_refused(web, body: str, kind: str) -> None:
    with pytest.raises(FetchFailed):
        collected(web, body, kind)


def test_entities_that_multiply_are_not_expanded(web) -> None:
    entities = "".join(f'<!ENTITY a{n} "{"&a" + str(n - 1) + ";"  if n else "x"}{("&a" + str(n - 1) + ";") * 9 if n else ""}">' for n in range(9))  # fmt: skip  # noqa: E501
    outside = '<!ENTITY file SYSTEM "file:///etc/hostname">'
    body = RSS.replace("<rss", f"<!DOCTYPE rss [{entities}{outside}]><rss", 1)
    body = body.replace("小区停水", "&a8;&file;小区停水")
    titles = [item.message.title for item in collected(web, body).items]
    assert max(map(len, titles), default=0) < 100


def test_long_texts_are_cut_to_what_is_kept(web) -> None:
    body = (
        RSS.replace("post-1", "x" * 300).replace("小区停水", "水" * 400).replace("物业", "业" * 500)
    )
    message = collected(web, body).items[0].message
    assert len(message.title) == COLUMN_LIMITS["title"]
    assert len(message.external_id or "") == 64
    assert (len(message.body), message.body[-1]) == (100, "…")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Thu, 19 Nov 2026 10:00:00 GMT", 10),
        ("Thu, 19 Nov 2026 10:00:00 +0800", 2),
        ("Thu, 19 Nov 2026 10:00:00 -0000", 10),
        ("Thu, 19 Nov 2026 10:00:00 CST", 2),
        ("Thu Nov 19 10:00:00 CST 2026", 2),
        ("19 Nov 2026 10:00", 2),
        ("2026-11-19T10:00:00Z", 10),
        ("2026-11-19T10:00:00.123+08:00", 2),
        ("2026-11-19 10:00:00 +0800", 2),
        ("2026-11-19 10:00", 2),
        ("2026年11月19日 10:00", 2),
    ],
)
def test_times_as_streams_write_them(text: str, hour: int) -> None:
    assert moments.read(text, SHANGHAI, NOW) == datetime(2026, 11, 19, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["昨天", "3小时前", "", "Thu, 39 Nov 2026 10:00:00 GMT", "2028-01-01T00:00:00Z",
     "Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00+14:00", "1763517600"],
)  # fmt: skip
def test_times_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moments.read(text, SHANGHAI, NOW)


def test_an_entry_whose_link_is_empty_is_read(web) -> None:
    body = RSS.replace("<link>/posts/1?a=1&amp;b=2</link>", "<link rel='alternate'/>")
    assert len(collected(web, body).items) == len(collected(web, RSS).items)


def test_what_the_parser_stumbles_over_is_refused_in_words(web) -> None:
    body = "<rss><channel><item><title>&#xD800;</title></item>" + "<a " * 3
    with pytest.raises(FetchFailed, match="不是 RSS"):
        collected(web, body)


def test_no_database_is_given_a_link_that_it_refuses(web) -> None:
    item = {"id": "1", "title": "甲", "url": "https://example.com/a\0b"}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    (one,) = collected(web, body, "application/json").items
    assert one.message.source_url == "https://example.com/ab"


def test_half_a_character_in_a_json_feed_is_replaced(web) -> None:
    item = {"id": "1", "title": "甲\ud800", "content_text": "乙", "date_published": ""}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    (one,) = collected(web, body, "application/json").items
    assert one.message.title == "甲\ufffd"
