"""Which messages somebody wants to see: the filter, as it stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from responder.intake.models import Channel, Nature


class Order(StrEnum):
    """What comes first."""

    TIME = "time"
    RELEVANCE = "relevance"
    REPEATS = "repeats"


class Repeats(StrEnum):
    """What of a group of repeats is listed."""

    ALL = ""
    FIRST = "first"
    REPEATED = "repeated"


ORDER_LABELS = {Order.TIME: "时间", Order.RELEVANCE: "相关程度", Order.REPEATS: "重复次数"}
REPEATS_LABELS = {
    Repeats.ALL: "逐条列出",
    Repeats.FIRST: "每组一条",
    Repeats.REPEATED: "只看有重复的",
}


@dataclass(frozen=True)
class MessageFilter:
    """Which messages to list; what is empty does not restrict. Days are the office's.

    :param first_day: on which it was said, with ``last_day``; ``received_since``: came in.
    :param facets: name → value of what higher rooms can restrict by (see ``facets.py``).
    """

    text: str = ""
    channel: Channel | None = None
    district: str = ""
    place: str = ""
    nature: Nature | None = None
    urgent: bool = False
    replied: bool | None = None
    first_day: date | None = None
    last_day: date | None = None
    received_since: date | None = None
    batch: int | None = None
    repeats: Repeats = Repeats.ALL
    facets: Mapping[str, str] = field(default_factory=dict)
    order: Order = Order.TIME
