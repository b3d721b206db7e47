"""What is said of a topic, written down: after a refresh, or for a few after a correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from nlp import TopicStream
from responder.intake.models import Message
from responder.topics import heat_reading, tallying
from responder.topics.describing import Description, Earlier, Name, Words, describe, is_of_a_size
from responder.topics.gathering import Texts, newest_headings, portions
from responder.topics.models import Membership, Topic, TopicRefresh
from responder.topics.rules import heat
from responder.topics.tallying import Belonging

HEADINGS = 2_000  # the newest; more teach few names of places more
CONFUSIONS = 3
CONFUSABLE_FROM = 0.15  # the cosine of two topics; from .36 on they are one


def columns(description: Description, as_of: datetime) -> dict[str, Any]:
    """What a topic's row holds of its description."""
    name, tally = description.name, description.tally
    return {
        "label": name.label,
        "keywords": [[word, round(weight, 4)] for word, weight in name.keywords],
        "place": name.place,
        "representatives": name.representatives,
        "tones": dict(description.tones),
        "heat": heat(description.heat_parts),
        "heat_parts": [dict(vars(part)) for part in description.heat_parts],
        "level": description.level,
        "message_count": tally.messages,
        "people_count": tally.people,
        "first_seen": tally.first_seen,
        "last_seen": tally.last_seen,
        "ranked_as_of": as_of,
    }


def write(topic: Topic, description: Description, as_of: datetime) -> None:
    """Put a description into the topic's row; the name that a person gave stays."""
    for name, value in columns(description, as_of).items():
        if name != "label" or not topic.renamed:
            setattr(topic, name, value)


def earlier(session: Session, topic_ids: Iterable[int]) -> Iterator[tuple[int, Earlier]]:
    """The id of each of these topics that has a row, and what it says."""
    for ids in portions(sorted(topic_ids)):
        query = select(
            Topic.id,
            Topic.label,
            Topic.place,
            Topic.keywords,
            Topic.representatives,
            Topic.tones,
            Topic.message_count,
        ).where(Topic.id.in_(ids))
        for topic_id, label, place, keywords, shown, tones, messages in session.execute(
            query.order_by(Topic.id)
        ):
            name = Name(label, place, [(word, weight) for word, weight in keywords], shown)
            yield topic_id, Earlier(name, Counter(tones), messages, messages)


def restate(
    session: Session, topics: Sequence[Topic], now: datetime, *, named_anew: bool = False
) -> None:
    """Work out anew what is said of these topics, whose messages have changed.

    As of the last refresh, or of ``now`` where there was none. Topics that had all cooled
    down stay cool: what they were made of lies outside the window. One without messages
    keeps its name and its days, for its history.

    :param named_anew: also where the topic is of the size that it was named for.
    """
    as_of = session.scalar(select(func.max(TopicRefresh.as_of))) or now
    warm = any(topic.heat for topic in topics)
    ids = [topic.id for topic in topics]
    newest = session.scalar(
        select(func.max(Message.occurred_at))
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id.in_(ids))
    )
    view = heat_reading.read(session, max(as_of, newest or as_of))
    belonging, texts = Belonging(view.as_of, ids), Texts(session).of
    headings = newest_headings(session, HEADINGS)
    members = tallying.members(session, belonging)
    tallies = tallying.count(session, belonging, texts).tallies
    descriptions = describe(tallies, view, headings, Words(lambda _: members, texts))
    for topic in topics:
        if topic.id in descriptions:
            anew = descriptions[topic.id]
            named = anew if named_anew else _with_its_name(topic, anew, members[topic.id])
            write(topic, named, as_of)
        if not warm or topic.id not in descriptions:
            topic.heat, topic.heat_parts, topic.level = 0.0, [], 0
        if topic.id not in descriptions:
            topic.message_count = topic.people_count = 0
            topic.tones, topic.confusions = {}, []
        there = set(members.get(topic.id, ()))
        topic.representatives = [one for one in topic.representatives or [] if one in there]
    session.flush()


def _with_its_name(topic: Topic, anew: Description, members: Sequence[int]) -> Description:
    """The description under the name that the topic has, unless it is of another size now.

    One that had lost all its messages has it back with them.
    """
    before = topic.message_count
    if not topic.label or (before and not is_of_a_size(before, anew.tally.messages)):
        return anew
    there = set(members)
    shown = [one for one in topic.representatives or () if one in there]
    name = Name(topic.label, topic.place, topic.keywords, shown or anew.name.representatives)
    return replace(anew, name=name)


def confuse(session: Session, keywords: Mapping[int, Iterable[str]], stream: TopicStream) -> None:
    """Write down with which others topics could be confused.

    :param keywords: topic id → its own.
    """
    ids = list(keywords)
    nearest = stream.nearest(ids, CONFUSIONS)
    near = {
        topic_id: [pair for pair in pairs if pair[1] >= CONFUSABLE_FROM]
        for topic_id, pairs in zip(ids, nearest, strict=True)
    }
    words = _keywords(session, {other for pairs in near.values() for other, _ in pairs})
    rows = [
        {
            "which": topic_id,
            "found": [
                [other, cosine, [word for word in keywords[topic_id] if word in words[other]]]
                for other, cosine in near[topic_id]
                if other in words
            ],
        }
        for topic_id in ids
    ]
    if rows:
        statement = update(Topic).where(Topic.id == bindparam("which"))
        session.connection().execute(statement.values(confusions=bindparam("found")), rows)


def _keywords(session: Session, topic_ids: set[int]) -> dict[int, set[str]]:
    """Topic id → its keywords, of the topics that live."""
    found: dict[int, set[str]] = {}
    for ids in portions(sorted(topic_ids)):
        query = select(Topic.id, Topic.keywords).where(
            Topic.id.in_(ids), Topic.merged_into_id.is_(None)
        )
        found |= {one: {word for word, _ in words} for one, words in session.execute(query)}
    return found
