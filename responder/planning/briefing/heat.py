"""Heat and volume of an event's topics before and after it, for the event's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.charts import ChartKind, Figures, Mark
from responder.core.times import local
from responder.planning.briefing import reading, rules
from responder.planning.briefing.pack import confirmed
from responder.planning.briefing.reading import Standpoint
from responder.planning.models import PressEvent
from responder.topics import service as topics
from responder.topics.models import Topic
from responder.topics.rules import FULL


@dataclass(frozen=True)
class Around:
    """One topic around an event's day.

    :param days: (day, heat or None, messages), from 14 days before to 14 days after, as far
        as they are known.
    """

    topic: Topic
    event_day: date
    days: tuple[tuple[date, float | None, int], ...]
    comparison: rules.Comparison


def around(session: Session, event: PressEvent, at: Standpoint) -> list[Around]:
    """Each confirmed topic around the event's day, the hottest first; a merged one once."""
    ids = set(topics.survivors(session, [link.topic_id for link in confirmed(event)]).values())
    query = select(Topic).where(Topic.id.in_(ids)).order_by(Topic.heat.desc(), Topic.id)
    day = local(event.starts_at, at.zone).date()
    span = timedelta(days=rules.SHOWN_DAYS)
    first, last = day - span, day + span
    spoken = reading.messages_by_day(session, ids, first, last, at.zone)
    heats = reading.heat_by_day(session, ids, first, last)
    known = reading.known_day(session, at)
    return [
        Around(
            topic,
            day,
            tuple(
                (one, heats[topic.id].get(one), spoken[topic.id][one])
                for one in reading.days_of(first, min(last, known))
            ),
            # The last day is still going on.
            rules.compare(day, known - timedelta(days=1), spoken[topic.id], heats[topic.id]),
        )
        for topic in session.scalars(query)
    ]


AROUND_LABELS = {
    "heat": "每日热度",
    "messages": "每日留言",
    "event": "活动当天",
    "before": "会前",
    "after": "活动当天及以后",
}


def heat_drawn(one: Around) -> Figures:
    """Heat by day, with the event marked on it."""
    heats = tuple(heat for _day, heat, _count in one.days)
    known = one.event_day in {day for day, _heat, _count in one.days}
    marks = (Mark(_name(one.event_day), AROUND_LABELS["event"]),) if known else ()
    return Figures(
        ChartKind.LINES, AROUND_LABELS["heat"], "热度", _names(one), (("热度", heats),),
        marks=marks, top=FULL,
    )  # fmt: skip


def messages_drawn(one: Around) -> Figures:
    """Messages by day, before the event and from its day on."""
    before = tuple(float(count) if day < one.event_day else 0 for day, _heat, count in one.days)
    after = tuple(float(count) if day >= one.event_day else 0 for day, _heat, count in one.days)
    series = ((AROUND_LABELS["before"], before), (AROUND_LABELS["after"], after))
    return Figures(ChartKind.DAYS, AROUND_LABELS["messages"], "留言（条）", _names(one), series)


def _names(one: Around) -> tuple[str, ...]:
    return tuple(_name(day) for day, _heat, _count in one.days)


def _name(day: date) -> str:
    return day.strftime("%m-%d")
