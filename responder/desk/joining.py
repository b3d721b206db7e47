"""与此相同: a call goes where the message is that it is the same as, and stays there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import Invalid
from responder.core.permissions import Actor
from responder.desk.models import CallAttachment
from responder.intake.models import Message
from responder.topics import arrivals, corrections
from responder.topics.corrections.storing import place
from responder.topics.models import Membership, Topic
from responder.topics.restating import restate


def attach(
    session: Session, message: Message, same_as: Message, actor: Actor, now: datetime
) -> Topic | None:
    """Say that a call is the same as an earlier message; returns the topic that both are in.

    None: the earlier message waits for its topic, and :func:`settle` joins the two then.

    :raises Invalid: a message cannot be the same as itself.
    """
    if message.id == same_as.id:
        raise Invalid("来电不能与自己相同：请选择另一条留言", {"same_as": "请选择另一条"})
    made = CallAttachment(
        message_id=message.id, same_as_id=same_as.id, attached_by_id=actor.id, attached_at=now
    )
    session.add(made)
    audit.record(session, "attach", message, {"same_as": same_as.id})
    corrections.lock_topics(session)
    return _settle(session, [made], now).get(message.id)


def settle(session: Session, now: datetime) -> int:
    """Join the calls whose other message has found its topic since; returns how many."""
    query = (
        select(CallAttachment)
        .join(Membership, Membership.message_id == CallAttachment.same_as_id)
        .where(CallAttachment.settled_at.is_(None))
        .order_by(CallAttachment.message_id)
    )
    if session.scalar(select(query.exists())) is False:
        return 0
    corrections.lock_topics(session)
    return len(_settle(session, list(session.scalars(query)), now))


def _settle(session: Session, waiting: Iterable[CallAttachment], now: datetime) -> dict[int, Topic]:
    """Message id → its topic from now on, of those that can be joined; both sides are held.

    Held, so that no refresh takes apart what a person has joined.
    """
    joined: dict[int, Topic] = {}
    changed: dict[int, Topic] = {}
    for one in waiting:
        there = session.get(Membership, one.same_as_id, populate_existing=True)
        if there is None:
            continue
        topic = session.get_one(Topic, there.topic_id, populate_existing=True)
        changed[topic.id] = topic
        here = session.get(Membership, one.message_id, populate_existing=True)
        if here is None:
            values = {"message_id": one.message_id, "topic_id": topic.id, "similarity": 1.0}
            arrivals.join(session, [{**values, "held": True}])
        else:
            changed[here.topic_id] = session.get_one(Topic, here.topic_id)
            place(session, [one.message_id], topic, held=True)
        place(session, [one.same_as_id], topic, held=True)
        one.settled_at = now
        joined[one.message_id] = topic
    session.flush()
    if changed:
        restate(session, list(changed.values()), now)
    return joined
