"""Reading and computing: which topic each new message belongs to.

Nothing here writes to the database. A message that has a topic keeps it; topics that turn
out to be one are named in ``Gathering.merges``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from nlp import Document, TopicStream, normalise
from responder.core.errors import Stale
from responder.intake.models import Arrival, Message
from responder.topics import corrections, memory
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import Membership
from responder.topics.rules import Voice

COLUMNS: tuple[Any, ...] = (
    Message.id, Message.author_key, Message.channel, Message.occurred_at,
    Message.title, Message.body, Message.place,
)  # fmt: skip
IDS_A_STATEMENT = 5_000  # well under the 32,766 parameters of SQLite


@dataclass(frozen=True)
class Said:
    """A message, normalised.

    ``heading`` is the title, led by the place where the title does not name it: a topic
    is a matter at a place, and an operator notes the place in a field of its own.
    ``gravity_words``: the gravest of its words, one of each group at most.
    """

    id: int
    voice: Voice
    gravity_words: tuple[str, ...]
    title: str
    heading: str
    body: str


class Texts:
    """What messages say: of those at hand, and of others when they are asked for."""

    def __init__(self, session: Session, at_hand: Iterable[Said] = ()) -> None:
        self._session = session
        self._at_hand = {one.id: one for one in at_hand}

    def of(self, ids: Iterable[int]) -> dict[int, Said]:
        """Message id → what it says; nothing that was read is kept.

        :raises Stale: one is gone, as by an import that was undone meanwhile.
        """
        asked = set(ids)
        found = {one: self._at_hand[one] for one in asked & self._at_hand.keys()}
        for portion in portions(sorted(asked - found.keys())):
            found |= {
                one.id: one
                for one in read(self._session, select(*COLUMNS).where(Message.id.in_(portion)))
            }
        if len(found) < len(asked):
            raise taken_back()
        return found


@dataclass(frozen=True)
class Gathering:
    """What was found: a topic for each new message; new topics have negative ids.

    :param new: the new messages, in order of time.
    :param topic_ids: the topic of each.
    :param similarities: and its cosine with it.
    :param merges: (kept, lost) ids of topics that were two until now.
    :param became: lost topic → what it has become part of in the end.
    :param touched: the stored topics that are to be described anew, none of the lost among them.
    :param stream: what the next refresh goes on from, once new topics have their ids.
    :param texts: what the messages say; the new ones are at hand.
    """

    new: list[Said]
    topic_ids: list[int]
    similarities: list[float]
    merges: list[tuple[int, int]]
    became: dict[int, int]
    touched: set[int]
    stream: TopicStream
    texts: Texts

    @property
    def joins(self) -> dict[int, int]:
        """New message → its topic."""
        return {one.id: topic for one, topic in zip(self.new, self.topic_ids, strict=True)}


def gather(
    session: Session,
    as_of: datetime,
    window: timedelta,
    kept: memory.Kept | None = None,
    *,
    all_topics: bool = False,
    only_at_last: bool = False,
    most: int | None = None,
) -> Gathering:
    """Find a topic for each message without one, said within ``window`` before ``as_of``.

    :param kept: what the last refresh remembered; None: it is worked out from the messages.
    :param all_topics: every topic of the window is to be described anew; ``only_at_last``:
        once no further message waits.
    :param most: so many new messages at most, the oldest; None: all of them.
    """
    rules = corrections.constraints(session)
    stream = _resumed(session, kept) if kept else _from_messages(session, as_of - window, as_of)
    new = list(read(session, _without_topic(as_of - window, as_of).limit(most)))
    found = stream.partial_fit_predict(
        [document(one) for one in new],
        [one.voice.occurred_at.timestamp() for one in new],
        protected=rules.kept,
        apart=rules.separations,
        closed=rules.closed,
    ).tolist()
    goes_to = {lost: kept for kept, lost in stream.merges_}
    became = {lost: survivor(goes_to, lost) for lost in goes_to}
    touched = {topic_id for topic_id in found if topic_id >= 0} | set(goes_to.values())
    if all_topics and (not only_at_last or is_last(len(new), most)):
        touched |= set(session.scalars(_topics_of(as_of - window, as_of)))
    return Gathering(
        new,
        [became.get(topic_id, topic_id) for topic_id in found],
        stream.similarities_.tolist(),
        list(stream.merges_),
        became,
        {became.get(topic_id, topic_id) for topic_id in touched},
        stream,
        Texts(session, new),
    )


def is_last(new: int, most: int | None) -> bool:
    """Whether so few new messages, of ``most`` that were asked for, are the last that waited."""
    return most is None or new < most


def document(one: Said) -> Document:
    """What of a message decides on its topic."""
    return one.heading, one.body


def heading(title: str, place: str) -> str:
    """``title``, led by ``place`` where it does not name it."""
    return title if place in title else f"{place} {title}"


def read(session: Session, query: Select[Any]) -> Iterator[Said]:
    """The messages of a query over ``COLUMNS``, normalised."""
    return map(_said, session.execute(query))


def said_in(session: Session, topic_ids: Iterable[int]) -> list[tuple[Said, int]]:
    """What the messages of these topics say, in order of time, and the topic of each."""
    found = []
    for ids in portions(sorted(topic_ids)):
        query = _with_topics().where(Membership.topic_id.in_(ids))
        found += [(_said(row), row.topic_id) for row in session.execute(query)]
    return sorted(found, key=lambda pair: (pair[0].voice.occurred_at, pair[0].id))


def newest_headings(session: Session, limit: int) -> Iterator[str]:
    """What the newest messages are headed, normalised."""
    query = (
        select(Message.title, Message.place)
        .order_by(Message.occurred_at.desc(), Message.id.desc())
        .limit(limit)
    )
    for title, place in session.execute(query):
        yield heading(normalise(title), normalise(place))


def portions(ids: Iterable[int]) -> Iterator[list[int]]:
    """So many ids at a time as one statement takes."""
    waiting = iter(ids)
    while portion := list(islice(waiting, IDS_A_STATEMENT)):
        yield portion


def _said(row: Any) -> Said:
    title, body, place = normalise(row.title), normalise(row.body), normalise(row.place)
    words = gravity_lexicon().gravest_in(f"{title}\n{body}")
    voice = Voice(row.author_key, row.channel, row.occurred_at)
    return Said(row.id, voice, words, title, heading(title, place), body)


def _with_topics() -> Select[Any]:
    """All messages that have a topic, and it."""
    query = select(*COLUMNS, Membership.topic_id)
    return query.join(Membership, Membership.message_id == Message.id)


def _without_topic(begins: datetime, ends: datetime) -> Select[Any]:
    return (
        select(*COLUMNS)
        .join(Arrival, Arrival.message_id == Message.id)
        .where(Arrival.occurred_at.between(begins, ends))
        .order_by(Arrival.occurred_at, Arrival.message_id)
    )


def _topics_of(begins: datetime, ends: datetime) -> Select[int]:
    """The topics of which somebody spoke in that time."""
    query = select(Membership.topic_id).join(Message, Membership.message_id == Message.id)
    return query.where(Message.occurred_at.between(begins, ends)).distinct()


def _from_messages(session: Session, begins: datetime, ends: datetime) -> TopicStream:
    """A stream that has seen every message of the window that has a topic."""
    query = (
        _with_topics()
        .where(Message.occurred_at.between(begins, ends))
        .order_by(Message.occurred_at, Message.id)
    )
    stream = TopicStream()
    documents, topic_ids, moments = list[Document](), list[int](), list[float]()
    for row in session.execute(query.execution_options(yield_per=IDS_A_STATEMENT)):
        title, body = document(_said(row))
        documents.append((title, body[: stream.vectorizer.body_limit]))  # it reads no more
        topic_ids.append(row.topic_id)
        moments.append(row.occurred_at.timestamp())
    return stream.restore(documents, topic_ids, moments)


def _resumed(session: Session, kept: memory.Kept) -> TopicStream:
    """The stream as it was left, with the topics renewed that people corrected since."""
    stream = kept.stream
    if corrections.state_of_play(session) != kept.corrections:
        corrected = corrections.corrected_since(session, kept.ran_at)
        found = said_in(session, corrected)
        stream.replace(
            [document(one) for one, _ in found],
            [topic_id for _, topic_id in found],
            [one.voice.occurred_at.timestamp() for one, _ in found],
            gone=corrected,
        )
    return stream


def taken_back() -> Stale:
    """That a message which was at hand is there no more, or elsewhere."""
    return Stale("刚才有留言被撤销或移到别处：请再试一次")


def survivor(goes_to: Mapping[int, int], topic_id: int) -> int:
    """What became of a topic: itself, or what it was merged into."""
    while topic_id in goes_to:
        topic_id = goes_to[topic_id]
    return topic_id
