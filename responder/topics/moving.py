"""How heat has moved within a week: which topics rose, which fell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select
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
    query = select(TopicDay.topic_id, TopicDay.heat).where(
        TopicDay.topic_id.in_([topic.id for topic in found]),
        TopicDay.day == _day_before(session, today),
    )
    before: dict[int, float] = dict(session.execute(query).all())
    return [Moved(topic, before.get(topic.id)) for topic in found]


def movers(session: Session, today: date, limit: int) -> list[Moved]:
    """The topics that moved most, up or down, those that rose first.

    What nobody has spoken of for so long that its curve has ended does not move.
    """
    on_the_day = and_(TopicDay.topic_id == Topic.id, TopicDay.day == _day_before(session, today))
    change = Topic.heat - func.coalesce(TopicDay.heat, 0.0)
    spoken_of = Topic.last_seen > start_of_day(today - WEEK) - KEPT_UP_FOR
    # Thousands are sorted: by what an index holds of them. The few that are shown are read after.
    query = (
        select(Topic.id, TopicDay.heat)
        .outerjoin(TopicDay, on_the_day)
        .where(*_counts(), spoken_of)
        .order_by(func.abs(change).desc(), Topic.id)
    )
    before: dict[int, float | None] = dict(session.execute(query.limit(limit)).all())
    topics = session.scalars(select(Topic).where(Topic.id.in_(before)))
    found = [Moved(topic, before[topic.id]) for topic in topics]
    return sorted((one for one in found if one.change), key=lambda one: (-one.change, one.topic.id))


def _counts() -> tuple[ColumnElement[bool], ...]:
    return is_shown(), Topic.message_count >= FROM_MESSAGES


def _day_before(session: Session, today: date) -> date:
    """The day a week before, or the nearest before it on which there was a refresh."""
    day = today - WEEK
    newest = select(func.max(TopicDay.day)).where(
        TopicDay.day <= day, TopicDay.day > day - LOOKED_BACK
    )
    return session.scalar(newest) or day
