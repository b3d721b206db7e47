"""Counting the messages of topics: by the database, which hands out only those that tell more.

Nothing is kept of it. A message that is taken back or found to repeat another, or whose
reactions have grown, counts as it is now, wherever its topic is counted again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select, union_all
from sqlalchemy.orm import Session

from responder.core.bulk import among, pairs, rows_of_group
from responder.intake.models import Message, MessageRepeat
from responder.topics.crowd import LONGEST_PAST
from responder.topics.gathering import Said, taken_back
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import Membership
from responder.topics.rules import Tally, Voice


@dataclass(frozen=True)
class Belonging:
    """Which messages belong to which topics: as is stored, or as a refresh will store it.

    :param until: what was said later does not count.
    :param topic_ids: topics that keep the messages that they have.
    :param goes_to: topic → the one of these that gets all its messages.
    :param joins: message without a topic → its topic, one of these or a new one.
    """

    until: datetime
    topic_ids: Collection[int]
    goes_to: Mapping[int, int] = field(default_factory=dict)
    joins: Mapping[int, int] = field(default_factory=dict)

    def of(self, topic_ids: Collection[int]) -> Self:
        """The part of these topics."""
        some = frozenset(topic_ids)
        return type(self)(
            self.until,
            [one for one in self.topic_ids if one in some],
            {lost: kept for lost, kept in self.goes_to.items() if kept in some},
            {message: topic for message, topic in self.joins.items() if topic in some},
        )

    def messages(self, session: Session, *columns: Any) -> Select[Any]:
        """``topic`` and these columns of each message, which other tables may be joined to."""
        member = self._members(session)
        query = select(member.c.topic_id.label("topic"), *columns).join(
            Message, Message.id == member.c.message_id
        )
        return query.where(Message.occurred_at <= self.until)

    def _members(self, session: Session) -> Subquery:
        parts = [
            select(Membership.message_id, Membership.topic_id).where(
                among(session, Membership.topic_id, self.topic_ids)
            )
        ]
        if self.goes_to:
            went = pairs(session, self.goes_to).subquery()
            came = select(Membership.message_id, went.c.value)
            parts.append(came.join(went, went.c.key == Membership.topic_id))
        if self.joins:
            parts.append(pairs(session, self.joins))
        return union_all(*parts).subquery()


@dataclass(frozen=True)
class Counted:
    """What topics amount to.

    :param tallies: topic id → its tally; of those that have a message.
    :param reread: stored messages whose grave words had to be read anew.
    """

    tallies: dict[int, Tally]
    reread: list[Said]


def count(
    session: Session,
    belonging: Belonging,
    texts: Callable[[Iterable[int]], Mapping[int, Said]] | None = None,
) -> Counted:
    """What the messages of each topic amount to as of ``belonging.until``.

    :param texts: what messages say, by their ids; asked for those without a note of their
        grave words. None: these count as if they held none.
    :raises Stale: messages came or went while they were counted.
    """
    rows = session.connection().execute(_counted(session, belonging))
    counts: dict[int, dict[str, Any]] = {}
    notable = _Notable(belonging.until - LONGEST_PAST)
    for topic_id, *figures, lines in rows:
        counts[topic_id] = dict(zip(_COUNTS, figures, strict=True))
        notable.add(topic_id, lines or ())
    said = texts(one for one, _, _ in notable.unread) if texts else {}
    for message_id, topic_id, author in notable.unread if texts else ():
        words = said[message_id].gravity_words
        notable.grave[topic_id] += ((word, author) for word in words)
    copiers = _copiers(session, belonging.of(notable.repeating))
    if any(len(some) > counts[topic_id]["people"] for topic_id, some in copiers.items()):
        raise taken_back()
    tallies = {
        topic_id: Tally(
            **figures,
            copiers=copiers.get(topic_id, frozenset()),
            lately=notable.lately.get(topic_id, ()),
            grave=notable.grave.get(topic_id, ()),
        )
        for topic_id, figures in counts.items()
    }
    return Counted(tallies, [one for one in said.values() if one.id not in belonging.joins])


def members(session: Session, belonging: Belonging) -> dict[int, list[int]]:
    """Topic id → its messages, in order of time."""
    query = belonging.messages(session, Message.id)
    rows = session.connection().execute(query.order_by("topic", Message.occurred_at, Message.id))
    by_topic = groupby(rows, key=itemgetter(0))
    return {topic_id: [message_id for _, message_id in some] for topic_id, some in by_topic}


_COUNTS: dict[str, ColumnElement[Any]] = {
    "messages": func.count(),
    "people": func.count(Message.author_key.distinct()),
    "reactions": func.sum(Message.likes + Message.comments + Message.shares),
    "channels": func.count(Message.channel.distinct()),
    "districts": func.count(func.nullif(Message.district, "").distinct()),
    "first_seen": func.min(Message.occurred_at),
    "last_seen": func.max(Message.occurred_at),
}


def _counted(session: Session, belonging: Belonging) -> Select[Any]:
    """Of each topic its counts, and a list of those of its messages that tell more."""
    is_notable = or_(
        Message.occurred_at > belonging.until - LONGEST_PAST,
        Membership.gravity.is_(None),
        Membership.gravity != gravity_lexicon().note(()),
        MessageRepeat.first_id.is_not(None),
    )
    notable = rows_of_group(
        session,
        Message.id,
        Message.author_key,
        Message.channel,
        Message.occurred_at,
        Membership.gravity,
        MessageRepeat.first_id,
    ).filter(is_notable)
    query = belonging.messages(session, *_COUNTS.values(), notable)
    query = query.outerjoin(Membership, Membership.message_id == Message.id)
    return _with_repeats(query).group_by("topic")


@dataclass
class _Notable:
    """What single messages tell; all but ``repeating`` by topic.

    :param since: from when on it matters when a message was said.
    :param repeating: topics with a message that repeats another.
    :param unread: (message, topic, person) where no grave words are noted.
    """

    since: datetime
    lately: dict[int, list[Voice]] = field(default_factory=lambda: defaultdict(list))
    grave: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    repeating: set[int] = field(default_factory=set)
    unread: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, topic_id: int, lines: Iterable[Sequence[Any]]) -> None:
        """Take in what ``_counted`` lists of a topic."""
        for message_id, author, channel, said_at, note, first_id in lines:
            occurred_at = _moment(said_at)
            if occurred_at > self.since:
                self.lately[topic_id].append(Voice(author, channel, occurred_at))
            if first_id is not None:
                self.repeating.add(topic_id)
            words = _noted(note)
            if words is None:
                self.unread.append((message_id, topic_id, author))
            elif words:
                self.grave[topic_id] += [(word, author) for word in words]


def _moment(text: str) -> datetime:
    """A moment as a database writes it; SQLite without a zone, in UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=1 << 12)
def _noted(note: str | None) -> tuple[str, ...] | None:
    return gravity_lexicon().noted(note)


def _copiers(session: Session, belonging: Belonging) -> dict[int, frozenset[str]]:
    """Topic id → the people of whom each message repeats another of the topic."""
    query = _with_repeats(
        belonging.messages(session, Message.id, Message.author_key, MessageRepeat.first_id)
    )
    rows = session.connection().execute(query.order_by("topic"))
    found = {}
    for topic_id, some in groupby(rows, key=itemgetter(0)):
        said = [(message_id, author, first_id) for _, message_id, author, first_id in some]
        ids = {message_id for message_id, _, _ in said}
        own = {author for _, author, first_id in said if first_id not in ids}
        found[topic_id] = frozenset({author for _, author, _ in said} - own)
    return found


def _with_repeats(query: Select[Any]) -> Select[Any]:
    """With what each message repeats, if it does."""
    return query.outerjoin(MessageRepeat, MessageRepeat.message_id == Message.id)
