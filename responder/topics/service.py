"""Questions about topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, contains_eager

from nlp import scripts
from responder.core import merging
from responder.core.bulk import among
from responder.core.errors import NotFound
from responder.core.times import SHANGHAI, local
from responder.intake.models import Message
from responder.topics.models import Membership, Topic, TopicRefresh, TopicSeparation

ALIKE = 20  # topics offered to merge with


def is_shown() -> ColumnElement[bool]:
    """Topics that count: neither merged away nor dismissed."""
    return and_(Topic.merged_into_id.is_(None), not_(Topic.dismissed))


def is_empty() -> ColumnElement[bool]:
    """Topics of which nothing is left: the import that brought their messages was undone."""
    return and_(Topic.merged_into_id.is_(None), Topic.message_count == 0)


def topics_by_heat(
    *,
    min_messages: int = 1,
    min_heat: float = 0.0,
    min_level: int = 0,
    text: str = "",
    pinned_first: bool = False,
    dismissed: bool = False,
) -> Select[Topic]:
    """Topics, hottest first.

    :param text: words of the label, in either script.
    :param pinned_first: pinned ones lead, and need not reach ``min_messages``.
    :param dismissed: those that were said to be no topics, instead of the others.
    """
    large = Topic.message_count >= min_messages
    query = select(Topic).where(or_(large, Topic.pinned) if pinned_first else large)
    # A condition that all meet would have SQLite go by the index of its column.
    least = ((Topic.heat, min_heat), (Topic.level, min_level))
    query = query.where(*(column >= value for column, value in least if value), _labelled(text))
    set_aside = and_(Topic.merged_into_id.is_(None), Topic.dismissed)
    query = query.where(set_aside if dismissed else is_shown())
    first = [Topic.pinned.desc()] if pinned_first else []
    return query.order_by(*first, Topic.heat.desc(), Topic.id)


def _labelled(text: str) -> ColumnElement[bool]:
    """Topics whose label has each word of ``text``, in either script."""
    words = text.split()
    return and_(
        true(),
        *(
            or_(*(Topic.label.contains(form, autoescape=True) for form in scripts(word)))
            for word in words
        ),
    )


def topics_like(session: Session, topic: Topic, text: str = "") -> list[Topic]:
    """Topics that somebody may mean when they say which one is the same as ``topic``.

    :param text: words of the label, or a number. Without it, those that share the
        topic's heaviest words.
    """
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if text:
        wanted = or_(_labelled(text), Topic.id == number)
    else:
        words = [word for word, _ in topic.keywords[:3]]
        wanted = or_(false(), *(Topic.label.contains(word, autoescape=True) for word in words))
    query = (
        select(Topic)
        .where(wanted, Topic.id != topic.id, Topic.merged_into_id.is_(None))
        .order_by(case((Topic.id == number, 0), else_=1), Topic.heat.desc(), Topic.id)
    )
    return list(session.scalars(query.limit(ALIKE)))


def survivors(session: Session, topic_ids: Iterable[int]) -> dict[int, int]:
    """Topic id → id of the topic that its messages went into; its own where it lives."""
    found = {topic_id: topic_id for topic_id in topic_ids}
    while True:
        query = select(Topic.id, Topic.merged_into_id).where(
            among(session, Topic.id, set(found.values())), Topic.merged_into_id.is_not(None)
        )
        into: dict[int, int] = dict(session.execute(query).all())  # type: ignore[arg-type]
        if not into:
            return found
        found = {one: into.get(at, at) for one, at in found.items()}


def survivor(session: Session, topic: Topic) -> Topic:
    """Where a topic's messages are now: itself, or what it was merged into, however often."""
    return session.get_one(Topic, survivors(session, [topic.id])[topic.id])


def absorbed(session: Session, topic_ids: Iterable[int]) -> dict[int, int]:
    """Id of each of these topics and of all that went into them → the one of these.

    Work that rests on a topic which was merged away is found so by its survivor, and is
    where it was once the merge is undone.
    """
    return merging.absorbed(session, Topic.id, Topic.merged_into_id, topic_ids)


def told_apart(session: Session, topic: Topic) -> set[int]:
    """Ids of the living topics that a person has said are not this one."""
    family = absorbed(session, [topic.id])
    sides = or_(TopicSeparation.low_id.in_(family), TopicSeparation.high_id.in_(family))
    query = select(TopicSeparation.low_id, TopicSeparation.high_id).where(sides)
    both = {side for pair in session.execute(query) for side in pair}
    return set(survivors(session, both - family.keys()).values())


def get_living(session: Session, topic_id: int) -> Topic:
    """The topic of this number, or what it was merged into.

    :raises NotFound: no such topic.
    """
    return survivor(session, get_topic(session, topic_id))


def get_topic(session: Session, topic_id: int) -> Topic:
    """:raises NotFound: no such topic."""
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFound(f"没有编号为 {topic_id} 的话题：请从话题列表重新进入")
    return topic


def memberships_of(topic: Topic, text: str = "") -> Select[Membership]:
    """A topic's messages, newest first, each with its message.

    :param text: only those that have these words, in either script.
    """
    query = (
        select(Membership)
        .join(Membership.message)
        .where(Membership.topic_id == topic.id)
        .options(contains_eager(Membership.message).joinedload(Message.repeat))
        .order_by(Message.occurred_at.desc(), Message.id.desc())
    )
    columns = (Message.title, Message.body)
    for word in text.split():
        found = (c.contains(form, autoescape=True) for form in scripts(word) for c in columns)
        query = query.where(or_(*found))
    return query


def get_membership(session: Session, topic: Topic, message_id: int) -> Membership:
    """One message's place in a topic.

    :raises NotFound: the message is not in it.
    """
    found = session.scalar(memberships_of(topic).where(Membership.message_id == message_id))
    if found is None:
        raise NotFound(f"第 {message_id} 号留言已不在话题 {topic.id} 里：请从话题页面重新进入")
    return found


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
