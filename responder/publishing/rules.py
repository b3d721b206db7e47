"""Pure decisions on publishing."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from responder.core import texts
from responder.core.times import is_too_far, local
from responder.web.listing.rules import MOST_TYPED

MOST_WORDS = 8


class Sought(NamedTuple):
    """What is looked for in the public column.

    :param text: as it was typed, so far as it counts.
    :param words: of which each must be there.
    :param is_cut: more was typed than is looked for.
    """

    text: str
    words: tuple[str, ...]
    is_cut: bool


def sought(typed: str) -> Sought:
    """Read the search box that everybody may use: each word costs, and so their number ends."""
    text = texts.clean(typed).strip()
    kept = text[:MOST_TYPED].strip()
    words = tuple(dict.fromkeys(kept.split()))
    return Sought(kept, words[:MOST_WORDS], kept != text or len(words) > MOST_WORDS)


def is_past(moment: datetime, now: datetime) -> bool:
    """Whether a moment chosen to the minute lies behind; the present minute does not."""
    return moment < now.replace(second=0, microsecond=0)


def wrong_hour(moment: datetime, now: datetime) -> str | None:
    """Why nothing can be set to go out at a moment; None when it can. Both aware."""
    if is_past(moment, now):
        return "所选的发布时间已过：请改选，或直接点立即发布"
    if is_too_far(moment, now):
        return "所选的发布时间太远：最多定在两年以内，请核对年份"
    return None


def index_number(item_id: int, published_at: datetime, zone: ZoneInfo) -> str:
    """The 索引号 of an entry: ``HY-2026-0042``, the year of publication and the item's id.

    The id is given out once by the database, so that two publications at the same moment
    cannot claim the same number; a counter would have to be locked. Numbers have gaps.
    """
    return f"HY-{local(published_at, zone).year}-{item_id:04d}"


def tag_uri(host: str, published_at: datetime, number: str, zone: ZoneInfo) -> str:
    """A name for an entry that outlives its address (RFC 4151)."""
    return f"tag:{host},{local(published_at, zone).date().isoformat()}:{number}"


def is_web_address(url: str) -> bool:
    """Whether a text is an address of the web, without a user's name in it."""
    try:
        parts = urlsplit(url)
        _port = parts.port  # says if it is none
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None


def paragraphs(text: str) -> list[str]:
    """Plain text as paragraphs: one a line, empty lines dropped."""
    return [line.strip() for line in text.splitlines() if line.strip()]
