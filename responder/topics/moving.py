"""How heat has moved within a week: which topics rose, which fell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from responder.core.times import start_of_day
from responder.topics.heat_models import TopicDay
from responder.topics.heat_series import FROM_MESSAGES, KEPT_UP_FOR
from responder.topics.models import Topic
from responder.topics.service import is_shown

WEEK = timedelta(days=7)
# A day without a refresh has no point: the nearest before it stands for it.
LOOKED_BACK = timedelta(days=3)


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
    order = (Topic.pinned.desc(), Topic.heat.desc(), Topic.id)
    found = session.scalars(select(Topic).where(*_counts()).order_by(*order).limit(limit)).all()
    heats = _before(today)
    query = select(heats).where(heats.c.topic_id.in_([topic.id for topic in found]))
    before = {row.topic_id: row.heat for row in session.execute(query)}
    return [Moved(topic, before.get(topic.id)) for topic in found]


def movers(session: Session, today: date, limit: int) -> list[Moved]:
    """The topics that moved most, up or down, those that rose first.

    What nobody has spoken of for so long that its curve has ended does not move.
    """
    before = _before(today)
    change = Topic.heat - func.coalesce(before.c.heat, 0.0)
    spoken_of = Topic.last_seen > start_of_day(today - WEEK) - KEPT_UP_FOR
    query = (
        select(Topic, before.c.heat)
        .outerjoin(before, before.c.topic_id == Topic.id)
        .where(*_counts(), spoken_of)
        .order_by(func.abs(change).desc(), Topic.id)
    )
    found = [Moved(topic, heat) for topic, heat in session.execute(query.limit(limit))]
    return sorted((one for one in found if one.change), key=lambda one: -one.change)


def _counts() -> tuple[ColumnElement[bool], ...]:
    return is_shown(), Topic.message_count >= FROM_MESSAGES


def _before(today: date) -> Subquery:
    """(topic_id, heat) of each topic as it stood a week before."""
    day = today - WEEK
    newest = func.row_number().over(partition_by=TopicDay.topic_id, order_by=TopicDay.day.desc())
    points = (
        select(TopicDay.topic_id, TopicDay.heat, newest.label("nth"))
        .where(TopicDay.day <= day, TopicDay.day > day - LOOKED_BACK)
        .subquery()
    )
    return select(points.c.topic_id, points.c.heat).where(points.c.nth == 1).subquery()
