"""A refresh: new messages find their topics; labels and heat are worked out anew.

Computing holds no lock; only the writing at the end does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.errors import Stale
from responder.core.permissions import SYSTEM, Actor
from responder.intake.models import Message
from responder.topics.describing import Description, describe
from responder.topics.gathering import Gathering, gather
from responder.topics.models import Membership, Topic, TopicRefresh
from responder.topics.rules import heat, people

ATTEMPTS = 3  # the scheduler and a person's click may meet
HEAT_GROWS_OLD_AFTER = timedelta(hours=1)


def refresh(
    as_of: datetime, now: datetime, window: timedelta, actor: Actor = SYSTEM
) -> TopicRefresh:
    """Gather all messages up to ``as_of`` into topics and rank the topics as of then.

    :param window: how far back a message still takes part.
    :raises Stale: other refreshes stored their results first, each time.
    """
    for attempts_left in reversed(range(ATTEMPTS)):
        gathering = gather(db.session, as_of, window)
        descriptions = describe(gathering, as_of)
        try:
            with transaction(actor, now) as session:
                return _store(session, gathering, descriptions, as_of, now)
        except (Stale, IntegrityError):
            if not attempts_left:
                raise
    raise AssertionError("the last attempt returns or raises")


def refresh_if_new(now: datetime, window: timedelta) -> TopicRefresh | None:
    """Refresh when a message waits for its topic, or when the heat has grown old."""
    last = db.session.scalar(select(func.max(TopicRefresh.ran_at)))
    waiting = (
        select(Message.id)
        .outerjoin(Membership, Membership.message_id == Message.id)
        .where(Membership.message_id.is_(None), Message.occurred_at.between(now - window, now))
        .limit(1)
    )
    is_fresh = last is not None and now - last < HEAT_GROWS_OLD_AFTER
    if is_fresh and db.session.scalar(waiting) is None:
        return None
    return refresh(now, now, window)


def _store(
    session: Session,
    gathering: Gathering,
    descriptions: Mapping[int, Description],
    as_of: datetime,
    now: datetime,
) -> TopicRefresh:
    if session.scalar(select(func.max(TopicRefresh.id))) != gathering.after:
        raise Stale("另一次聚合刚刚完成：请稍后再运行一次")
    topics = _topics(session, descriptions)
    for topic_id, description in descriptions.items():
        _write(topics[topic_id], description, as_of)
    session.flush()
    _join(session, gathering, descriptions, topics)
    _cool(session, as_of)
    run = TopicRefresh(
        as_of=as_of,
        ran_at=now,
        messages_added=len(gathering.new_positions()),
        topics_created=sum(topic_id < 0 for topic_id in descriptions),
        topics_total=len(descriptions),
    )
    session.add(run)
    session.flush()
    return run


def _topics(session: Session, descriptions: Mapping[int, Description]) -> dict[int, Topic]:
    """The row of each topic; a new one for each negative id, oldest first."""
    held = session.scalars(select(Topic).where(Topic.id.in_(select(Membership.topic_id))))
    topics = {topic.id: topic for topic in held if topic.id in descriptions}
    born = {topic_id: Topic() for topic_id in sorted(descriptions, reverse=True) if topic_id < 0}
    session.add_all(born.values())
    return topics | born


def _write(topic: Topic, description: Description, as_of: datetime) -> None:
    voices = [one.voice for one in description.members]
    if description.name:
        topic.label = description.name.label
        topic.keywords = [[word, round(weight, 4)] for word, weight in description.name.keywords]
    topic.heat = heat(description.heat_parts)
    topic.heat_parts = [asdict(part) for part in description.heat_parts]
    topic.message_count = len(voices)
    topic.people_count = people(voices)
    topic.first_seen = voices[0].occurred_at
    topic.last_seen = voices[-1].occurred_at
    topic.ranked_as_of = as_of


def _join(
    session: Session,
    gathering: Gathering,
    descriptions: Mapping[int, Description],
    topics: Mapping[int, Topic],
) -> None:
    """Store the memberships of the new messages."""
    names = [description.name for description in descriptions.values() if description.name]
    first_of = {copy: first for name in names for copy, first in name.repeats.items()}
    rows = [
        {
            "message_id": gathering.said[position].id,
            "topic_id": topics[gathering.topic_ids[position]].id,
            "similarity": round(gathering.similarities[position], 4),
            "repeats_id": first_of.get(gathering.said[position].id),
        }
        for position in gathering.new_positions()
    ]
    if rows:
        session.execute(insert(Membership), rows)


def _cool(session: Session, as_of: datetime) -> None:
    """What had no message in the window is not hot, or not yet."""
    gone = (Topic.ranked_as_of != as_of) & (Topic.heat > 0)
    session.execute(update(Topic).where(gone).values(heat=0.0, heat_parts=[]))
