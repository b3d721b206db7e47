"""A filter and the part of an address behind the question mark: one from the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from responder.intake.models import Channel, Nature
from responder.intake.searching.facets import facets
from responder.intake.searching.wanted import MessageFilter, Order, Repeats

MOST_TYPED = 100
_YES_OR_NO = {"yes": True, "no": False}

Member = TypeVar("Member", bound=StrEnum)


def read_filter(args: Mapping[str, str]) -> MessageFilter:
    """The filter in an address; what makes no sense there does not restrict."""
    batch = args.get("batch", "")
    return MessageFilter(
        text=args.get("q", "").strip()[:MOST_TYPED],
        channel=_member(Channel, args.get("channel", "")),
        district=args.get("district", "").strip()[:64],
        place=args.get("place", "").strip()[:64],
        nature=_member(Nature, args.get("nature", "")),
        urgent=args.get("urgent") == "yes",
        replied=_YES_OR_NO.get(args.get("replied", "")),
        first_day=_day(args.get("from", "")),
        last_day=_day(args.get("to", "")),
        batch=int(batch) if batch.isascii() and batch.isdigit() and len(batch) < 10 else None,
        repeats=_member(Repeats, args.get("repeats", "")) or Repeats.ALL,
        facets={name: args[name][:64] for name in facets() if args.get(name)},
        order=_member(Order, args.get("order", "")) or Order.TIME,
    )


def unread_days(args: Mapping[str, str]) -> list[str]:
    """The days in an address that no calendar has, as they were typed; they do not restrict."""
    typed = (args.get(name, "").strip() for name in ("from", "to"))
    return [text[:20] for text in typed if text and _day(text) is None]


def address_of(wanted: MessageFilter) -> dict[str, str]:
    """What stands in the address of a filter; nothing that does not restrict."""
    told = {
        "q": wanted.text,
        "channel": wanted.channel,
        "district": wanted.district,
        "place": wanted.place,
        "nature": wanted.nature,
        "urgent": "yes" if wanted.urgent else "",
        "replied": {True: "yes", False: "no", None: ""}[wanted.replied],
        "from": wanted.first_day,
        "to": wanted.last_day,
        "batch": wanted.batch,
        "repeats": wanted.repeats,
        **wanted.facets,
        "order": "" if wanted.order is Order.TIME else wanted.order,
    }
    return {name: str(value) for name, value in told.items() if value}


def written(wanted: MessageFilter) -> str:
    """A filter as it is kept."""
    return urlencode(address_of(wanted))


def kept(text: str) -> MessageFilter:
    """The filter that was kept; what the product no longer knows has fallen away."""
    return read_filter(dict(parse_qsl(text)))


def _member(kind: type[Member], text: str) -> Member | None:
    return kind(text) if text in set(kind) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
