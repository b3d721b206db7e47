"""The pictures of a topic: its curve, its days, where it comes from, each with its links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from flask import Flask, url_for
from flask_babel import gettext as _

from responder.core.charts import ChartKind, Figures, Mark
from responder.core.database import db
from responder.core.office import office_zone, public_lines
from responder.core.privacy import mask
from responder.core.times import local
from responder.intake.models import CHANNEL_LABELS, Channel
from responder.topics import moving
from responder.topics.happened import happened
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from responder.topics.rules import FULL, LEVEL_LABELS
from responder.web.access import may

DISTRICTS_SHOWN = 8
MOVERS_SHOWN = 6
AXIS = "留言（条）"
PICTURE_LABELS = {
    "curve": "热度曲线",
    "days": "每日留言",
    "channels": "渠道",
    "districts": "区县",
    "movers": "一周升降",
    "heat": "热度",
    "messages": "留言",
    "before": "一周前",
    "now": "现在",
}


def register(app: Flask) -> None:
    app.add_template_global(curve, "topic_curve")
    app.add_template_global(days, "topic_days")
    app.add_template_global(channels, "topic_channels")
    app.add_template_global(districts, "topic_districts")
    app.add_template_global(movers, "topic_movers")


def curve(topic: Topic, points: Sequence[TopicDay], levels: Sequence[float]) -> Figures:
    """Heat day by day, with what was published and held about the topic marked on it.

    :param points: oldest first; days without one are gaps.
    :param levels: from which heat on each level counts, lowest first.
    """
    heats = {point.day: round(point.heat, 1) for point in points}
    first, last = points[0].day, points[-1].day
    shown = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    known = (one for one in happened(topic.id) if first <= one.day <= last)
    marks = sorted(known, key=lambda one: one.day)
    return Figures(
        ChartKind.LINES,
        PICTURE_LABELS["curve"],
        PICTURE_LABELS["heat"],
        tuple(map(name_of, shown)),
        ((PICTURE_LABELS["heat"], tuple(heats.get(day) for day in shown)),),
        marks=tuple(Mark(name_of(one.day), one.text, one.address) for one in marks),
        levels=tuple((level, LEVEL_LABELS[n]) for n, level in enumerate(levels, 1)),
        top=FULL,
    )


def days(topic: Topic, counts: Sequence[tuple[date, int]]) -> Figures:
    """Messages by day; each day leads to its messages."""
    links = tuple(_messages(topic, {"from": str(day), "to": str(day)}) for day, _count in counts)
    return Figures(
        ChartKind.DAYS,
        PICTURE_LABELS["days"],
        AXIS,
        tuple(name_of(day) for day, _count in counts),
        ((PICTURE_LABELS["messages"], tuple(float(count) for _day, count in counts)),),
        links=(links,),
    )


def channels(topic: Topic, counts: Iterable[tuple[Channel, int]]) -> Figures:
    """Messages by channel."""
    found = [(_(CHANNEL_LABELS[one]), count, {"channel": one.value}) for one, count in counts]
    return _bars(topic, PICTURE_LABELS["channels"], found)


def districts(topic: Topic, counts: Iterable[tuple[str, int]]) -> Figures:
    """Messages by district, the most first."""
    found = [(name, count, {"district": name}) for name, count in counts]
    return _bars(topic, PICTURE_LABELS["districts"], found[:DISTRICTS_SHOWN])


def movers(now: datetime) -> Figures:
    """The topics whose heat moved most within a week; each leads to its page."""
    moved = moving.movers(db.session, local(now, office_zone()).date(), MOVERS_SHOWN)
    links = tuple(url_for("topics.show", topic_id=one.topic.id) for one in moved)
    return Figures(
        ChartKind.BARS,
        PICTURE_LABELS["movers"],
        PICTURE_LABELS["heat"],
        tuple(mask(one.topic.label, public_lines()) for one in moved),
        (
            (PICTURE_LABELS["before"], tuple(round(one.before or 0.0) for one in moved)),
            (PICTURE_LABELS["now"], tuple(round(one.topic.heat) for one in moved)),
        ),
        links=(links, links),
    )


def _bars(topic: Topic, caption: str, found: Sequence[tuple[str, int, dict[str, str]]]) -> Figures:
    return Figures(
        ChartKind.BARS,
        caption,
        AXIS,
        tuple(name for name, _count, _narrowed in found),
        ((PICTURE_LABELS["messages"], tuple(float(count) for _name, count, _narrowed in found)),),
        links=(tuple(_messages(topic, narrowed) for _name, _count, narrowed in found),),
    )


def _messages(topic: Topic, narrowed: dict[str, str]) -> str:
    if not may("message.read"):
        return ""
    return url_for("intake.index", topic=topic.id, **narrowed)  # type: ignore[arg-type]


def name_of(day: date) -> str:
    return day.strftime("%m-%d")
