"""Reading and computing: which topic each message of the window belongs to.

Nothing here writes. A message that has a topic keeps it, so topics keep their
identity from one refresh to the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp import RjiebaSegmenter, StreamClusterer, TextVectorizer, normalise
from responder.intake.models import Message
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import Membership, TopicRefresh
from responder.topics.rules import Voice

COLUMNS = (
    Message.id, Message.title, Message.body, Message.author_key, Message.channel,
    Message.district, Message.place, Message.occurred_at, Message.likes, Message.comments,
    Message.shares,
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A message of the window, normalised, with the topic it has (None when new).

    ``heading`` is the title, led by the place where the title does not name it: a topic
    is a matter at a place, and an operator notes the place in a field of its own.
    """

    id: int
    title: str
    heading: str
    body: str
    voice: Voice
    topic_id: int | None


@dataclass(frozen=True)
class Gathering:
    """What was found, position by position; new topics have negative ids.

    :param after: the last refresh whose result was read; a later one makes this stale.
    """

    said: list[Said]
    topic_ids: list[int]
    similarities: list[float]
    vectorizer: TextVectorizer
    after: int | None

    def by_topic(self) -> dict[int, list[int]]:
        """Topic id → positions of its messages, in order of time."""
        groups: dict[int, list[int]] = defaultdict(list)
        for position, topic_id in enumerate(self.topic_ids):
            groups[topic_id].append(position)
        return groups

    def new_positions(self) -> list[int]:
        """Where the messages stand that had no topic yet."""
        return [position for position, one in enumerate(self.said) if one.topic_id is None]


def gather(session: Session, as_of: datetime, window: timedelta) -> Gathering:
    """Find a topic for each message said within ``window`` before ``as_of``."""
    after = session.scalar(select(func.max(TopicRefresh.id)))
    query = (
        select(*COLUMNS, Membership.topic_id)
        .outerjoin(Membership, Membership.message_id == Message.id)
        .where(Message.occurred_at.between(as_of - window, as_of))
        .order_by(Message.occurred_at, Message.id)
    )
    said = [_said(row) for row in session.execute(query)]
    vectorizer = TextVectorizer(RjiebaSegmenter())
    topic_ids, similarities = _assign(said, vectorizer)
    return Gathering(said, topic_ids.tolist(), similarities.tolist(), vectorizer, after)


def _said(row: Any) -> Said:
    title, body, place = normalise(row.title), normalise(row.body), normalise(row.place)
    heading = title if place in title else f"{place} {title}"
    voice = Voice(
        author_key=row.author_key,
        channel=row.channel,
        district=row.district,
        occurred_at=row.occurred_at,
        reactions=row.likes + row.comments + row.shares,
        gravity_word=gravity_lexicon().gravest_in(f"{title}\n{body}"),
    )
    return Said(row.id, title, heading, body, voice, row.topic_id)


def _assign(
    said: Sequence[Said], vectorizer: TextVectorizer
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    topic_ids = np.array([one.topic_id or 0 for one in said], dtype=np.int64)
    similarities = np.ones(len(said))
    new, old = np.flatnonzero(topic_ids == 0), np.flatnonzero(topic_ids)
    if len(new):
        vectors = vectorizer.fit_transform([(one.heading, one.body) for one in said])
        clusterer = StreamClusterer().restore(vectors[old], topic_ids[old])
        topic_ids[new] = clusterer.partial_fit_predict(vectors[new])
        centroids = _centroids_of(clusterer, topic_ids[new])
        similarities[new] = np.asarray(vectors[new].multiply(centroids).sum(axis=1)).ravel()
    return topic_ids, similarities


def _centroids_of(clusterer: StreamClusterer, topic_ids: NDArray[np.int64]) -> Any:
    """The centroid of each message's topic, CSR (m, d)."""
    row_of = {topic_id: row for row, topic_id in enumerate(clusterer.topic_ids_.tolist())}
    return clusterer.centroids_[[row_of[topic_id] for topic_id in topic_ids.tolist()]]
