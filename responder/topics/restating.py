"""What is said of a topic, written down: after a refresh, or for a few after a correction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp import TopicStream
from responder.topics import heat_reading
from responder.topics.describing import Description, Earlier, Name, describe
from responder.topics.gathering import Spoken, Texts, members, newest_headings
from responder.topics.models import Topic, TopicRefresh
from responder.topics.rules import heat, people

HEADINGS = 2_000  # the newest; more teach few names of places more
CONFUSIONS = 3
CONFUSABLE_FROM = 0.15  # the cosine of two topics; from .36 on they are one
TOPICS_A_STATEMENT = 5_000


def write(topic: Topic, description: Description, as_of: datetime) -> None:
    """Put a description into the topic's row; the name that a person gave stays."""
    voices = [one.voice for one in description.members]
    name = description.name
    if not topic.renamed:
        topic.label = name.label
    topic.keywords = [[word, round(weight, 4)] for word, weight in name.keywords]
    topic.place = name.place
    topic.representatives = name.representatives
    topic.tones = dict(description.tones)
    topic.heat = heat(description.heat_parts)
    topic.heat_parts = [dict(vars(part)) for part in description.heat_parts]
    topic.level = description.level
    topic.message_count = len(voices)
    topic.people_count = people(voices)
    topic.first_seen = voices[0].occurred_at
    topic.last_seen = voices[-1].occurred_at
    topic.ranked_as_of = as_of


def said_of(topic: Topic) -> Earlier:
    """What the topic's row says of it."""
    name = Name(
        label=topic.label,
        place=topic.place,
        keywords=[(word, weight) for word, weight in topic.keywords],
        representatives=topic.representatives,
    )
    return Earlier(name, Counter(topic.tones), topic.message_count)


def restate(session: Session, topics: Sequence[Topic], now: datetime) -> None:
    """Work out anew what is said of these topics, whose messages have changed.

    As of the last refresh, or of ``now`` where there was none. Topics that had all cooled
    down stay cool: what they were made of lies outside the window. One without messages
    keeps its name and its days, for its history.
    """
    as_of = session.scalar(select(func.max(TopicRefresh.as_of))) or now
    warm = any(topic.heat for topic in topics)
    found = members(session, [topic.id for topic in topics])
    newest = max((one.voice.occurred_at for one in found.spoken), default=as_of)
    view = heat_reading.read(session, max(as_of, newest))
    grouped: dict[int, list[Spoken]] = defaultdict(list)
    of_topic: dict[int, int] = {}
    for one, topic_id in zip(found.spoken, found.topic_ids, strict=True):
        grouped[topic_id].append(one)
        of_topic[one.id] = topic_id
    headings = newest_headings(session, HEADINGS)
    descriptions = describe(grouped, view, headings, Texts(session).of)
    for topic in topics:
        if topic.id in descriptions:
            write(topic, descriptions[topic.id], as_of)
        if not warm or topic.id not in descriptions:
            topic.heat, topic.heat_parts, topic.level = 0.0, [], 0
        if topic.id not in descriptions:
            topic.message_count = topic.people_count = 0
            topic.tones, topic.confusions = {}, []
        shown = topic.representatives or []
        topic.representatives = [one for one in shown if of_topic.get(one) == topic.id]
    session.flush()


def confuse(session: Session, topics: Sequence[Topic], stream: TopicStream) -> None:
    """Write down with which others the topics of several messages could be confused."""
    several = [topic for topic in topics if topic.message_count > 1]
    nearest = stream.nearest([topic.id for topic in several], CONFUSIONS)
    near = {
        topic.id: [pair for pair in pairs if pair[1] >= CONFUSABLE_FROM]
        for topic, pairs in zip(several, nearest, strict=True)
    }
    words = _keywords(session, {other for pairs in near.values() for other, _ in pairs})
    for topic in several:
        own = [word for word, _ in topic.keywords]
        topic.confusions = [
            [other, cosine, [word for word in own if word in words[other]]]
            for other, cosine in near[topic.id]
            if other in words
        ]
    session.flush()


def _keywords(session: Session, topic_ids: set[int]) -> dict[int, set[str]]:
    """Topic id → its keywords, of the topics that live."""
    found: dict[int, set[str]] = {}
    ids = sorted(topic_ids)
    for start in range(0, len(ids), TOPICS_A_STATEMENT):
        query = select(Topic.id, Topic.keywords).where(
            Topic.id.in_(ids[start : start + TOPICS_A_STATEMENT]), Topic.merged_into_id.is_(None)
        )
        found |= {one: {word for word, _ in words} for one, words in session.execute(query)}
    return found
