"""What a demo world consists of: plain frozen values, no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

CHANNELS = ("hotline", "mailbox", "weibo", "wechat", "forum")
NATURES = ("咨询", "求助", "投诉", "举报", "建议", "表扬", "其他")
FORMS = (
    "新闻发布会",
    "新闻通气会",
    "政策吹风会",
    "记者招待会",
    "媒体座谈会",
    "网络发布",
    "在线访谈",
)
EVENT_STATES = (
    "proposed",
    "approved",
    "preparing",
    "confirmed",
    "held",
    "evaluated",
    "postponed",
    "cancelled",
)
ITEM_STATES = (
    "draft",
    "first_review",
    "second_review",
    "third_review",
    "secrecy_review",
    "signing",
    "signed",
    "scheduled",
    "published",
    "archived",
)
LEVELS = ("ordinary", "major_emergency")


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit that answers (责任单位)."""

    code: str
    name: str
    short_name: str
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A named place; ``kind``: street, estate, school, kindergarten, road, site or works."""

    district: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoStoryline:
    """One matter at one place; start, peak and end are days before today."""

    key: str
    headline: str
    district: str
    place: str
    unit_code: str
    category: str
    nature: str
    start: int
    peak: int
    end: int
    target: int


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """A citizen's message.

    ``storyline`` is the key of its storyline (or of the flood), None for a single;
    ``copy_of`` is the external id of the message that it forwards, if it does.
    """

    external_id: str
    channel: str
    title: str
    body: str
    author: str
    phone: str | None
    district: str | None
    place: str | None
    category: str | None
    nature: str
    occurred_at: dt.datetime
    likes: int
    comments: int
    shares: int
    source_url: str | None
    storyline: str | None
    copy_of: str | None


@dataclass(frozen=True, slots=True)
class DemoPlanEntry:
    """A row of the year's release plan (年度发布计划); ``day`` is often unknown."""

    number: int
    year: int
    month: int
    day: int | None
    theme: str
    form: str
    unit_code: str
    speaker: str
    basis: str
    remark: str


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """A press event; ``storyline`` names the one that it fits, if it fits one."""

    key: str
    theme: str
    form: str
    state: str
    starts_at: dt.datetime
    place: str
    unit_code: str
    speaker: str
    summary: str
    plan_number: int | None
    storyline: str | None


@dataclass(frozen=True, slots=True)
class DemoReview:
    """One decision on an item: ``step`` first/second/third/secrecy_review or signing."""

    step: str
    decision: str  # pass or return
    comment: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class DemoItem:
    """A response item (回应事项)."""

    key: str
    storyline: str
    title: str
    concern: str
    concern_source: str
    unit_code: str
    level: str
    state: str
    answer: str
    opened_at: dt.datetime
    scheduled_for: dt.datetime | None
    published_at: dt.datetime | None
    reviews: tuple[DemoReview, ...]


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """Everything the demo knows, as of one morning (08:00, Asia/Shanghai)."""

    today: dt.date
    city: str
    units: tuple[DemoUnit, ...]
    places: tuple[DemoPlace, ...]
    storylines: tuple[DemoStoryline, ...]
    flood: DemoStoryline
    messages: tuple[DemoMessage, ...]
    plan: tuple[DemoPlanEntry, ...]
    events: tuple[DemoEvent, ...]
    items: tuple[DemoItem, ...]
