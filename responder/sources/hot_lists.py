"""Hot-search lists (热搜榜): a JSON document or a feed, read as rank, title and heat."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from responder.sources import feeds, rules
from responder.sources.fetching import Answer, FetchFailed, Network
from responder.sources.harvest import Harvest, HotRow, Look
from responder.sources.kinds import HotListSettings

MOST_ROWS = 200
TITLE_CHARACTERS = 200
URL_CHARACTERS = 500
MOST_NODES = 20_000

# What the usual interfaces call these things, the likelier name first.
TITLES = ("title", "word", "name", "note", "query", "keyword", "hot_word", "topic")
HEATS = ("heat", "hot", "hot_value", "hotValue", "hot_score", "hotScore", "num", "raw_hot", "score")
RANKS = ("rank", "realpos", "position", "order", "index")
LINKS = ("url", "link", "href", "mobileUrl")


def collect(wanted: HotListSettings, look: Look, network: Network) -> Harvest:
    """The list as it stands.

    :raises FetchFailed: nothing usable came.
    """
    answer = network.get(wanted.url, accepts=feeds.ACCEPTS)
    rows = list(_unique(_read(wanted, answer)))[:MOST_ROWS]
    if not rows:
        raise FetchFailed("没有在内容里找到榜单：请核对地址，或填写列表和标题的路径")
    return Harvest(rows=_ranked(rows))


def _read(wanted: HotListSettings, answer: Answer) -> Iterator[HotRow]:
    start = answer.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")):
        return _feed_rows(answer)
    content = feeds.document(answer)
    if isinstance(content, dict) and "jsonfeed.org" in str(content.get("version", "")):
        return _feed_rows(answer)
    rows = _at(content, wanted.rows_path) if wanted.rows_path else _guessed_rows(content)
    if not isinstance(rows, list):
        raise FetchFailed("没有在内容里找到榜单：请核对地址，或改正列表的路径")
    return (_row(wanted, row, answer.url) for row in rows if isinstance(row, dict))


def _feed_rows(answer: Answer) -> Iterator[HotRow]:
    for entry in feeds.read(answer):
        # The text of a line is its heat, or prose that merely contains numbers.
        heat = rules.heat(entry.body) if len(entry.body) <= 20 else None
        yield HotRow(0, entry.title, heat, entry.url)


def _row(wanted: HotListSettings, row: dict[str, Any], base: str) -> HotRow:
    rank = _value(row, wanted.rank_path, RANKS)
    return HotRow(
        rank=rank if isinstance(rank, int) and not isinstance(rank, bool) else 0,
        title=str(_value(row, wanted.title_path, TITLES) or "").strip().strip("#"),
        heat=rules.heat(_value(row, wanted.heat_path, HEATS)),
        url=feeds.web_link(base, str(_value(row, "", LINKS) or "")),
    )


def _value(row: dict[str, Any], path: str, names: Sequence[str]) -> Any:
    if path:
        return _at(row, path)
    return next((row[name] for name in names if isinstance(row.get(name), (str, int, float))), None)


def _at(content: Any, path: str) -> Any:
    """What stands at ``data.list`` or ``data.0.items``; None where nothing does."""
    for step in path.split("."):
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isascii() and step.isdigit():
            content = content[int(step)] if int(step) < len(content) else None
        else:
            return None
    return content


def _guessed_rows(content: Any) -> list[Any]:
    """The longest list of objects that have a title."""
    best: list[Any] = []
    waiting = deque([content])
    for _count in range(MOST_NODES):
        if not waiting:
            break
        node = waiting.popleft()
        if isinstance(node, list):
            titled = [one for one in node if isinstance(one, dict) and _value(one, "", TITLES)]
            best = max(best, titled, key=len)
        inner = node.values() if isinstance(node, dict) else node
        waiting.extend(one for one in inner if isinstance(one, (dict, list)))
    return best


def _unique(rows: Iterator[HotRow]) -> Iterator[HotRow]:
    seen: set[str] = set()
    for row in rows:
        title = row.title.replace("\0", "")[:TITLE_CHARACTERS]
        if title and title not in seen:
            seen.add(title)
            url = row.url if len(row.url) <= URL_CHARACTERS else ""
            yield HotRow(row.rank, title, row.heat, url)


def _ranked(rows: list[HotRow]) -> list[HotRow]:
    """The list's own ranks where they are ranks, else the order."""
    ranks = [row.rank for row in rows]
    if min(ranks) < 1 or len(set(ranks)) < len(ranks) or max(ranks) > MOST_ROWS * 2:
        return [HotRow(n, row.title, row.heat, row.url) for n, row in enumerate(rows, start=1)]
    return sorted(rows, key=lambda row: row.rank)
