"""What an undone import means for topics: which messages must stay, and what is said anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from responder.intake.models import ImportBatch, Message
from responder.topics import corrections, memory
from responder.topics.models import Membership, Topic, TopicRefresh
from responder.topics.restating import restate

TOPICS_AT_ONCE = 100


def held(_session: Session, ids: Select[int]) -> Select[int]:
    """Messages that a person put where they are."""
    return corrections.held_messages().where(Membership.message_id.in_(ids))


def worked_on(session: Session, ids: Select[int]) -> Select[int]:
    """Messages of topics for which somebody linked an event or opened an item since the import.

    Whoever did so may have gone by these messages: they stay. Work that had begun before the
    import did cannot rest on them; what a refresh has added to such a topic leaves it again.

    :param ids: messages of one import.
    """
    began = corrections.rested_on(session)
    query = (
        select(Membership.topic_id, func.min(ImportBatch.started_at))
        .join(Message, Message.id == Membership.message_id)
        .join(ImportBatch, ImportBatch.id == Message.batch_id)
        .where(Membership.message_id.in_(ids), Membership.topic_id.in_(began))
        .group_by(Membership.topic_id)
    )
    since = [topic_id for topic_id, start in session.execute(query) if began[topic_id] >= start]
    return select(Membership.message_id).where(
        Membership.message_id.in_(ids), Membership.topic_id.in_(since)
    )


def restate_some(session: Session, now: datetime) -> bool:
    """Say anew what is left of some topics that lost messages; False when none did.

    A topic without any keeps its name, for its history.
    """
    corrections.lock_topics(session)
    there = (
        select(Membership.topic_id, func.count().label("messages"))
        .group_by(Membership.topic_id)
        .subquery()
    )
    lost = (
        select(Topic)
        .outerjoin(there, there.c.topic_id == Topic.id)
        .where(Topic.message_count != func.coalesce(there.c.messages, 0))
        .order_by(Topic.id)
        .limit(TOPICS_AT_ONCE)
    )
    topics = list(session.scalars(lost))
    if topics:
        restate(session, topics, now)
    return bool(topics)


def forget(session: Session, now: datetime) -> None:
    """Forget what was remembered of messages that are gone.

    The refresh that is noted has nothing put away, so that the next works its memory out
    from the messages that are there.
    """
    last = memory.last_run(session)
    if last is None:
        return
    session.add(
        TopicRefresh(
            as_of=last.as_of,
            ran_at=now,
            messages_added=0,
            topics_created=0,
            topics_total=last.topics_total,
        )
    )
