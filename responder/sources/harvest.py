"""What one look at a source gives: plain values, not yet stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from responder.intake.models import Channel
from responder.intake.new_message import NewMessage
from responder.intake.rules import COLUMN_LIMITS, headline, parse_text
from responder.settings import Settings
from responder.sources.rules import external_id

MOST_ITEMS = 1000


class Unusable(ValueError):
    """One item of a stream that cannot be a message. ``str()`` says which and why."""


@dataclass(frozen=True)
class Look:
    """The circumstances of a look: what the source is, what it remembers, what time it is.

    :param cursor: what the last look left; empty at the first, and for a trial.
    :param seconds: how long the look may take in all.
    :param most_items: how many items are enough.
    """

    channel: Channel
    district: str
    zone: ZoneInfo
    now: datetime
    cursor: Mapping[str, Any]
    seconds: float
    most_characters: int
    most_items: int = MOST_ITEMS
    secret: str = ""

    @classmethod
    def of(
        cls, channel: Channel, district: str, settings: Settings, now: datetime, **rest: Any
    ) -> Look:
        return cls(
            channel=channel,
            district=district,
            zone=settings.zone,
            now=now,
            seconds=settings.source_fetch_seconds,
            most_characters=settings.import_max_cell_characters,
            **{"cursor": {}, **rest},
        )


@dataclass(frozen=True)
class Item:
    """One message of a stream, by whatever the source calls it."""

    identifier: str
    message: NewMessage


@dataclass(frozen=True)
class HotRow:
    """One line of a hot-search list. ``rank`` counts from 1."""

    rank: int
    title: str
    heat: int | None = None
    url: str = ""


@dataclass
class Harvest:
    """What a look gave.

    :ivar refused: a sentence for each item that could not be taken.
    :ivar cursor: what the next look should know.
    :ivar more: there is more than one look takes; come back at once.
    """

    items: list[Item] = field(default_factory=list)
    rows: list[HotRow] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    cursor: dict[str, Any] = field(default_factory=dict)
    more: bool = False


def item(
    look: Look,
    identifier: str,
    title: str,
    body: str,
    occurred_at: datetime,
    author: str = "",
    url: str = "",
) -> Item:
    """An item cut to what the columns hold; one of title and body stands for the other.

    :raises Unusable: it says nothing.
    """
    title, body = parse_text(title), parse_text(body)
    if not title and not body:
        raise Unusable(f"{identifier[:60]}：标题和内容都是空的")
    message = NewMessage(
        channel=look.channel,
        title=cut(title or headline(body), COLUMN_LIMITS["title"]),
        body=cut(body or title, look.most_characters),
        occurred_at=occurred_at,
        external_id=external_id(identifier),
        author=cut(parse_text(author), COLUMN_LIMITS["author"]),
        district=look.district,
        source_url=url if len(url) <= COLUMN_LIMITS["source_url"] else "",
    )
    return Item(identifier, message)


def cut(text: str, most: int) -> str:
    """At most so many characters; what is missing is marked."""
    return text if len(text) <= most else text[: most - 1] + "…"
