"""Lineage (沿革): what happened to a topic as a whole, and with which other topic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from responder.topics.models import EventKind, Topic, TopicCorrection, TopicEvent


@dataclass(frozen=True)
class Step:
    """One line of a topic's history, as seen from that topic.

    :param took: the topic is the one that took the other in, or that the other left.
        False: it is the one that went, or that came out.
    :param other: the other topic of a merge or split.
    :param who: whoever corrected; empty when a refresh found it.
    """

    kind: EventKind
    at: datetime
    count: int
    took: bool
    other: Topic | None
    who: str
    undone: bool


def record(
    session: Session,
    kind: EventKind,
    topic: Topic,
    at: datetime,
    *,
    other: Topic | None = None,
    count: int = 0,
    correction: TopicCorrection | None = None,
) -> TopicEvent:
    """Store one event. See :class:`TopicEvent` for which topic is ``topic``.

    :param at: as of when it happened.
    :param count: the messages that it concerned.
    """
    event = TopicEvent(
        kind=kind, topic=topic, other=other, at=at, message_count=count, correction=correction
    )
    session.add(event)
    return event


def record_all(
    session: Session, kind: EventKind, topics: Iterable[tuple[int, int]], at: datetime
) -> None:
    """Store one event of each of these topics, given as (id, messages); one statement."""
    rows = [
        {
            "kind": kind,
            "topic_id": topic_id,
            "at": at,
            "message_count": count,
            "undone": False,
        }
        for topic_id, count in topics
    ]
    if rows:
        session.execute(insert(TopicEvent), rows)


def undo(session: Session, correction: TopicCorrection) -> None:
    """Mark what a correction brought about as undone."""
    mine = TopicEvent.correction_id == correction.id
    session.execute(update(TopicEvent).where(mine).values(undone=True))


def history(session: Session, topic: Topic) -> list[Step]:
    """What happened to a topic, oldest first, undone events too."""
    query = (
        select(TopicEvent)
        .where(or_(TopicEvent.topic_id == topic.id, TopicEvent.other_id == topic.id))
        .options(
            joinedload(TopicEvent.topic),
            joinedload(TopicEvent.other),
            joinedload(TopicEvent.correction),
        )
        .order_by(TopicEvent.at, TopicEvent.id)
    )
    return [_step(event, topic) for event in session.scalars(query)]


def _step(event: TopicEvent, topic: Topic) -> Step:
    took = event.topic_id == topic.id
    return Step(
        kind=event.kind,
        at=event.at,
        count=event.message_count,
        took=took,
        other=event.other if took else event.topic,
        who=event.correction.made_by_name if event.correction else "",
        undone=event.undone,
    )
