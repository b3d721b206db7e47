"""Questions about topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from nlp import scripts
from responder.core.errors import NotFound
from responder.core.times import SHANGHAI, local
from responder.intake.models import Message
from responder.topics.models import Membership, Topic, TopicRefresh


def topics_by_heat(
    *, min_messages: int = 1, min_heat: float = 0.0, text: str = ""
) -> Select[Topic]:
    """Topics, hottest first.

    :param text: words of the label, in either script.
    """
    query = select(Topic).where(Topic.message_count >= min_messages, Topic.heat >= min_heat)
    if text:
        found = (Topic.label.contains(form, autoescape=True) for form in scripts(text))
        query = query.where(or_(*found))
    return query.order_by(Topic.heat.desc(), Topic.id)


def get_topic(session: Session, topic_id: int) -> Topic:
    """:raises NotFound: no such topic."""
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFound(f"没有编号为 {topic_id} 的话题：请从话题列表重新进入")
    return topic


def memberships_of(topic: Topic) -> Select[Membership]:
    """A topic's messages, newest first, each with its message."""
    return (
        select(Membership)
        .join(Membership.message)
        .where(Membership.topic_id == topic.id)
        .options(joinedload(Membership.message))
        .order_by(Message.occurred_at.desc(), Message.id.desc())
    )


def message_ids(session: Session, topics: Sequence[Topic]) -> dict[int, list[str]]:
    """Topic id → its messages, oldest first, by the ids that their source gave them.

    A message that came without such an id is named by our own.
    """
    query = (
        select(Membership.topic_id, Message.external_id, Message.id)
        .join(Membership.message)
        .where(Membership.topic_id.in_([topic.id for topic in topics]))
        .order_by(Message.occurred_at, Message.id)
    )
    found: dict[int, list[str]] = {topic.id: [] for topic in topics}
    for topic_id, external_id, message_id in session.execute(query):
        found[topic_id].append(external_id or str(message_id))
    return found


def messages_by_day(
    session: Session, topic: Topic, last_day: date, days: int, zone: ZoneInfo = SHANGHAI
) -> list[tuple[date, int]]:
    """(local day, number of messages) for the ``days`` days that end with ``last_day``."""
    moments: Iterable[datetime] = session.scalars(
        select(Message.occurred_at)
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id == topic.id)
    )
    counts = Counter(local(moment, zone).date() for moment in moments)
    span = [last_day - timedelta(days=n) for n in reversed(range(days))]
    return [(day, counts[day]) for day in span]


def messages_by_channel(session: Session, topic: Topic) -> list[tuple[str, int]]:
    """(channel, number of messages), most first."""
    query = (
        select(Message.channel, func.count())
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id == topic.id)
        .group_by(Message.channel)
    )
    found = [(channel, count) for channel, count in session.execute(query)]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def last_refresh(session: Session) -> TopicRefresh | None:
    """The newest run, or None when there has been none."""
    return session.scalar(select(TopicRefresh).order_by(TopicRefresh.id.desc()).limit(1))


def topic_of(session: Session, message_id: int) -> Topic | None:
    """The topic that a message belongs to, if a refresh has seen it."""
    query = select(Topic).join(Membership).where(Membership.message_id == message_id)
    return session.scalar(query)
