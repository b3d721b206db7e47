"""What an undone import means for topics: which messages must stay, and what is said anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from responder.topics import corrections, memory
from responder.topics.models import Membership, Topic, TopicRefresh
from responder.topics.restating import restate

TOPICS_AT_ONCE = 200


def held(_session: Session, ids: Select[int]) -> Select[int]:
    """Messages that a person put where they are."""
    return corrections.held_messages().where(Membership.message_id.in_(ids))


def worked_on(session: Session, ids: Select[int]) -> Select[int]:
    """Messages of topics that have a press event or a response."""
    return select(Membership.message_id).where(
        Membership.message_id.in_(ids),
        Membership.topic_id.in_(corrections.rested_on(session)),
    )


def restate_the_left(session: Session, now: datetime) -> None:
    """Say anew what is left of topics that lost messages, and forget what was remembered.

    A topic without any keeps its name, for its history. The refresh that is noted has nothing
    put away, so that the next works its memory out from the messages that are there.
    """
    corrections.lock_topics(session)
    there = (
        select(Membership.topic_id, func.count().label("messages"))
        .group_by(Membership.topic_id)
        .subquery()
    )
    lost = (
        select(Topic.id)
        .outerjoin(there, there.c.topic_id == Topic.id)
        .where(Topic.message_count != func.coalesce(there.c.messages, 0))
    )
    ids = sorted(session.scalars(lost))
    for start in range(0, len(ids), TOPICS_AT_ONCE):
        portion = Topic.id.in_(ids[start : start + TOPICS_AT_ONCE])
        restate(session, list(session.scalars(select(Topic).where(portion))), now)
    last = memory.last_run(session)
    if last is None or not ids:
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
