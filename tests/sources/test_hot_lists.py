"""Hot-search lists in the shapes that interfaces give them."""

from __future__ import annotations

import json

import pytest

from responder.sources import hot_lists
from responder.sources.fetching import FetchFailed
from responder.sources.harvest import HotRow
from responder.sources.kinds import HotListSettings
from tests.sources.test_feeds import look


def rows(web, content: object, **paths: str) -> list[HotRow]:
    text = content if isinstance(content, str) else json.dumps(content)
    kind = "application/json" if not text.startswith("<") else "text/xml"
    url = web.put("/hot", text, kind=kind)
    return hot_lists.collect(HotListSettings(url=url, **paths), look(), web.network()).rows


def test_a_list_is_found_where_it_lies(web) -> None:
    content = {
        "ok": 1,
        "data": {
            "hotgov": {"name": "置顶"},
            "ads": [{"title": "广告"}],
            "realtime": [
                {"word": "供暖", "num": 1234567, "realpos": 1, "url": "/s?q=1"},
                {"word": "#停水#", "num": "98.5万", "realpos": 2},
                {"word": "供暖", "num": 1, "realpos": 3},
            ],
        },
    }
    assert rows(web, content) == [
        HotRow(1, "供暖", 1234567, web.url("/s?q=1")),
        HotRow(2, "停水", 985000, ""),
    ]


def test_paths_say_where_things_stand(web) -> None:
    content = {"a": [{"x": [{"target": {"title": "乙", "score": {"v": "热度 2亿"}}, "no": 2},
                            {"target": {"title": "甲"}, "no": 1}, 7]}]}  # fmt: skip
    paths = {"rows_path": "a.0.x", "title_path": "target.title", "heat_path": "target.score.v"}
    assert rows(web, content, **paths, rank_path="no") == [
        HotRow(1, "甲"),
        HotRow(2, "乙", 2 * 10**8),
    ]


def test_without_ranks_the_order_counts(web) -> None:
    content = [{"title": "甲", "rank": 0}, {"title": "乙", "rank": 0}, {"title": ""}]
    assert [(row.rank, row.title) for row in rows(web, content)] == [(1, "甲"), (2, "乙")]


def test_a_feed_is_a_list_too(web) -> None:
    feed = (
        '<rss version="2.0"><channel><item><title>甲</title><description>热度 12,345</description>'
        "</item><item><title>乙</title><description>2026 年的一段较长的说明文字，里面有数字。"
        "</description></item></channel></rss>"
    )
    assert [(row.title, row.heat) for row in rows(web, feed)] == [("甲", 12345), ("乙", None)]


@pytest.mark.parametrize("content", [{}, [], {"data": [1, 2]}, {"data": [{"x": 1}]}, "<rss/>"])
def test_where_there_is_no_list_it_says_so(web, content: object) -> None:
    with pytest.raises(FetchFailed):
        rows(web, content)


def test_a_path_that_leads_nowhere_is_told(web) -> None:
    for path in ("data", "data.9", "data.x.y", "."):
        with pytest.raises(FetchFailed, match="路径"):
            rows(web, {"data": {"list": [{"title": "甲"}]}}, rows_path=path)
