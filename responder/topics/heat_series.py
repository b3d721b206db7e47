"""A topic's heat day by day, for its curve."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI, local
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic

FROM_MESSAGES = 2
KEPT_UP_FOR = timedelta(days=90)  # after the last message; then the curve ends


def record(
    session: Session, topics: Iterable[Topic], as_of: datetime, zone: ZoneInfo = SHANGHAI
) -> int:
    """Set each topic's point of the local day of ``as_of``; returns how many.

    Topics of one message have none, nor have those of which nobody speaks any more.
    """
    day = local(as_of, zone).date()
    rows = [
        {
            "topic_id": topic.id,
            "day": day,
            "heat": topic.heat,
            "level": topic.level,
            "people": topic.people_count,
            "messages": topic.message_count,
        }
        for topic in topics
        if topic.message_count >= FROM_MESSAGES and topic.last_seen > as_of - KEPT_UP_FOR
    ]
    held = set(session.scalars(select(TopicDay.topic_id).where(TopicDay.day == day)))
    new = [row for row in rows if row["topic_id"] not in held]
    known = [row for row in rows if row["topic_id"] in held]
    if new:
        session.execute(insert(TopicDay), new)
    if known:
        session.execute(update(TopicDay), known)
    return len(rows)


def series(session: Session, topic_id: int, last_day: date, days: int) -> list[TopicDay]:
    """The points of the ``days`` days that end with ``last_day``, oldest first.

    A day without a refresh has none.
    """
    query = (
        select(TopicDay)
        .where(
            TopicDay.topic_id == topic_id,
            TopicDay.day > last_day - timedelta(days=days),
            TopicDay.day <= last_day,
        )
        .order_by(TopicDay.day)
    )
    return list(session.scalars(query))
