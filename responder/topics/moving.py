"""How heat has moved within a week: which topics rose, which fell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from responder.topics.service import is_shown

WEEK = timedelta(days=7)
# A day without a refresh has no point: the nearest before it stands for it.
LOOKED_BACK = timedelta(days=3)
FROM_MESSAGES = 2


@dataclass(frozen=True)
class Moved:
    """A topic, and its heat a week ago; None for one that was none then."""

    topic: Topic
    before: float | None

    @property
    def change(self) -> float:
        return self.topic.heat - (self.before or 0.0)


def hottest(session: Session, today: date, limit: int) -> list[Moved]:
    """The hottest topics, pinned ones first, each beside the week before."""
    query, _before = _moved(today)
    ordered = query.order_by(Topic.pinned.desc(), Topic.heat.desc(), Topic.id)
    return [Moved(topic, heat) for topic, heat in session.execute(ordered.limit(limit))]


def movers(session: Session, today: date, limit: int) -> list[Moved]:
    """The topics that moved most, up or down, those that rose first."""
    query, before = _moved(today)
    change = Topic.heat - func.coalesce(before.c.heat, 0.0)
    ordered = query.order_by(func.abs(change).desc(), Topic.id).limit(limit)
    found = [Moved(topic, heat) for topic, heat in session.execute(ordered)]
    return sorted((one for one in found if one.change), key=lambda one: -one.change)


def _moved(today: date) -> tuple[Select[Topic, float | None], Subquery]:
    day = today - WEEK
    newest = func.row_number().over(partition_by=TopicDay.topic_id, order_by=TopicDay.day.desc())
    points = (
        select(TopicDay.topic_id, TopicDay.heat, newest.label("nth"))
        .where(TopicDay.day <= day, TopicDay.day > day - LOOKED_BACK)
        .subquery()
    )
    before = select(points.c.topic_id, points.c.heat).where(points.c.nth == 1).subquery()
    query = (
        select(Topic, before.c.heat)
        .outerjoin(before, before.c.topic_id == Topic.id)
        .where(is_shown(), Topic.message_count >= FROM_MESSAGES)
    )
    return query, before
