"""RSS, Atom and JSON Feed (订阅源): one fetch, its items as messages."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

import feedparser
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from responder.core.texts import whole
from responder.intake.rules import Unreadable
from responder.sources import harvest, moments, plain_text
from responder.sources.fetching import Answer, FetchFailed, Network
from responder.sources.harvest import Harvest, Item, Look, Unusable
from responder.sources.kinds import FeedSettings

log = logging.getLogger(__name__)

ACCEPTS = ("xml", "json", "text/plain", "application/octet-stream")
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
# While a long feed is read in portions: how far, and what it was when that began.
TAKEN, BEGAN = "taken", "began"
NOT_A_FEED = "这个地址给出的不是 RSS、Atom 或 JSON Feed：请核对订阅地址"


@dataclass(frozen=True)
class Entry:
    """One entry of a feed as it came, texts already plain. ``moment`` is as written."""

    identifier: str
    title: str
    body: str
    author: str
    url: str
    moment: str


def collect(wanted: FeedSettings, look: Look, network: Network) -> Harvest:
    """What a feed has to say; of a long one a portion, and the next look the next.

    :raises FetchFailed: nothing usable came.
    """
    answer = network.get(wanted.url, _conditions(look.cursor), ACCEPTS)
    if answer.status == 304:
        return Harvest(cursor=dict(look.cursor))
    found, taken = Harvest(), int(look.cursor.get(TAKEN, 0))
    for entry in islice(read(answer), taken, None):
        if len(found.items) >= look.most_items:
            found.more = True
            break
        taken += 1
        try:
            found.items.append(_item(entry, look))
        except Unusable as error:
            found.refused.append(str(error))
    found.cursor = _cursor(answer, look.cursor, taken if found.more else 0)
    return found


def look(
    url: str, cursor: Mapping[str, Any], network: Network, most: int
) -> tuple[list[Entry], dict[str, Any]]:
    """What a feed has, for who keeps no messages of it, and what the next look should know.

    :param cursor: what the last look returned; nothing at the first.
    :param most: so many at once; of a longer feed the next look reads on (:func:`goes_on`).
    :raises FetchFailed: nothing usable came.
    """
    answer = network.get(url, _conditions(cursor), ACCEPTS)
    if answer.status == 304:
        return [], dict(cursor)
    taken = int(cursor.get(TAKEN, 0))
    found = list(islice(read(answer), taken, taken + most + 1))
    more = len(found) > most
    return found[:most], _cursor(answer, cursor, taken + most if more else 0)


def goes_on(cursor: Mapping[str, Any]) -> bool:
    """Whether a feed was too long for one look, and the rest is still to be read."""
    return TAKEN in cursor


def _cursor(answer: Answer, before: Mapping[str, Any], taken: int) -> dict[str, Any]:
    """What the next look should know: only of a feed that was read whole, how to ask for news.

    :param taken: how many of its entries were read so far; 0 when all were.
    """
    validators = {name: answer.headers[name] for name in VALIDATORS if name in answer.headers}
    began = before.get(BEGAN)
    if taken:
        return {TAKEN: taken, BEGAN: validators if began in (None, validators) else {}}
    return validators if began in (None, validators) else {}


def _conditions(cursor: Mapping[str, Any]) -> dict[str, str]:
    """Headers that let the other side say that nothing is new."""
    return {header: str(cursor[name]) for name, header in VALIDATORS.items() if cursor.get(name)}


def _item(entry: Entry, look: Look) -> Item:
    identifier = entry.identifier or f"{entry.title}\n{entry.moment}\n{entry.body}"
    try:
        occurred_at = _moment(entry.moment, look)
    except Unreadable as error:
        raise Unusable(f"{entry.title[:40] or identifier[:60]}：{error}") from error
    return harvest.item(
        look, identifier, entry.title, entry.body, occurred_at, entry.author, entry.url
    )


def _moment(text: str, look: Look) -> datetime:
    """When it was written; where the feed does not say, when it is first seen."""
    return moments.read(text, look.zone, look.now) if text else look.now.replace(microsecond=0)


def read(answer: Answer) -> Iterator[Entry]:
    """The entries of a feed of any of the three kinds, in its order.

    :raises FetchFailed: it is none of them.
    """
    start = answer.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    return _json_entries(answer) if start.startswith(b"{") else _xml_entries(answer)


def _xml_entries(answer: Answer) -> Iterator[Entry]:
    kind = {"content-type": answer.headers.get("content-type", "application/xml")}
    try:
        # A stream, not the text: feedparser takes a text that looks like an address for one.
        parsed = feedparser.parse(
            BytesIO(answer.body),
            response_headers=kind,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # whatever a parser of what is found anywhere may stumble over
        log.exception("a feed that cannot be parsed")
        raise FetchFailed(NOT_A_FEED) from error
    if not parsed.get("version") and not parsed.entries:
        raise FetchFailed(NOT_A_FEED)
    return (_xml_entry(entry, answer.url) for entry in parsed.entries)


def _xml_entry(entry: Any, base: str) -> Entry:
    contents = entry.get("content") or (
        [entry["summary_detail"]] if "summary_detail" in entry else []
    )
    texts = [_plain(content) for content in contents]
    link = web_link(base, entry.get("link") or "")
    title = _plain(entry["title_detail"]) if "title_detail" in entry else ""
    author = entry.get("author_detail", {})
    return Entry(
        identifier=entry.get("id") or link,
        title=title.replace("\n", " "),
        body=max(texts, key=len, default=""),
        author=author.get("name") or entry.get("author") or "",
        url=link,
        moment=entry.get("published") or entry.get("updated") or "",
    )


def _plain(content: Any) -> str:
    value = content.get("value") or ""
    if content.get("type") == "text/plain":
        return plain_text.from_either(value)  # RSS writers escape twice or not at all
    return plain_text.from_html(value)


def web_link(base: str, link: str) -> str:
    """A link a person may follow; empty when it is none."""
    link = link.replace("\0", "")  # which no database takes
    try:
        whole = urljoin(base, link.strip()) if link.strip() else ""
        return whole if urlsplit(whole).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


class _Author(BaseModel):
    name: str = ""


_Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]


class _JsonItem(BaseModel):
    """An item of JSON Feed 1.0 or 1.1 (jsonfeed.org); what is not used is let pass."""

    model_config = ConfigDict(extra="ignore")

    id: _Text = ""
    url: _Text = ""
    title: _Text = ""
    content_html: _Text = ""
    content_text: _Text = ""
    summary: _Text = ""
    date_published: _Text = ""
    date_modified: _Text = ""
    author: _Author | None = None
    authors: list[_Author] | None = None


class _JsonFeed(BaseModel):
    model_config = ConfigDict(extra="ignore")

    version: str
    items: list[dict[str, Any]]


def document(answer: Answer) -> Any:
    """The JSON of an answer.

    :raises FetchFailed: it is none.
    """
    try:
        found = json.loads(answer.body)
        return json.loads(whole(json.dumps(found, ensure_ascii=False)))
    except (ValueError, RecursionError) as error:
        raise FetchFailed("给出的内容不是有效的 JSON：请核对地址") from error


def _json_entries(answer: Answer) -> Iterator[Entry]:
    try:
        feed = _JsonFeed.model_validate(document(answer))
    except ValidationError as error:
        raise FetchFailed(NOT_A_FEED) from error
    if "jsonfeed.org/version/" not in feed.version:
        raise FetchFailed(NOT_A_FEED)
    return (_json_entry(item, answer.url) for item in feed.items)


def _json_entry(values: dict[str, Any], base: str) -> Entry:
    try:
        item = _JsonItem.model_validate(values)
    except ValidationError:
        return Entry(str(values.get("id") or "（没有编号）"), "", "", "", "", "")
    authors = [*(item.authors or []), *([item.author] if item.author else [])]
    link = web_link(base, item.url)
    return Entry(
        identifier=item.id or link,
        title=plain_text.tidy(item.title).replace("\n", " "),
        body=plain_text.from_html(item.content_html)
        or plain_text.tidy(item.content_text or item.summary),
        author=next((author.name for author in authors if author.name), ""),
        url=link,
        moment=item.date_published or item.date_modified,
    )
