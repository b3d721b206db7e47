"""A topic's heat day by day, for its curve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, insert, select, update
from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI, local
from responder.topics.gathering import portions
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic

FROM_MESSAGES = 2
KEPT_UP_FOR = timedelta(days=90)  # after the last message; then the curve ends


def record(
    session: Session, topic_ids: Iterable[int], as_of: datetime, zone: ZoneInfo = SHANGHAI
) -> int:
    """Set each topic's point of the local day of ``as_of``; returns how many.

    Cold topics and those of one message have none, nor have those of which nobody speaks any more.
    """
    day = local(as_of, zone).date()
    recorded = 0
    for ids in portions(sorted(topic_ids)):
        of_day = select(TopicDay.topic_id).where(TopicDay.day == day, TopicDay.topic_id.in_(ids))
        held = set(session.scalars(of_day))
        rows = [one._asdict() | {"day": day} for one in session.execute(_points(ids, as_of))]
        new = [row for row in rows if row["topic_id"] not in held]
        known = [row for row in rows if row["topic_id"] in held]
        if new:
            session.execute(insert(TopicDay), new)
        if known:
            session.execute(update(TopicDay), known)
        recorded += len(rows)
    return recorded


def is_lacking(session: Session, as_of: datetime) -> bool:
    """Whether no topic has a point, though some should have since the refresh as of then."""
    if session.scalar(select(TopicDay.day).limit(1)) is not None:
        return False
    return session.scalar(select(Topic.id).where(*_has_one(as_of)).limit(1)) is not None


def _has_one(as_of: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a topic has a point of the day of ``as_of``."""
    return (
        Topic.heat > 0,
        Topic.message_count >= FROM_MESSAGES,
        Topic.last_seen > as_of - KEPT_UP_FOR,
    )


def _points(topic_ids: Sequence[int], as_of: datetime) -> Select[int, float, int, int, int]:
    columns = (
        Topic.id.label("topic_id"),
        Topic.heat,
        Topic.level,
        Topic.people_count.label("people"),
        Topic.message_count.label("messages"),
    )
    return select(*columns).where(Topic.id.in_(topic_ids), *_has_one(as_of))


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
