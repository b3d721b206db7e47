"""A refresh: new messages find their topics; labels and heat are worked out anew.

Computing holds no lock; only the writing at the end does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from nlp import NearDuplicates, TextVectorizer, keywords, label
from responder.core.database import db, transaction
from responder.core.errors import Stale
from responder.core.permissions import SYSTEM, Actor
from responder.intake.models import Message
from responder.topics.gathering import Gathering, Said, gather
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import Membership, Topic, TopicRefresh
from responder.topics.rules import heat, heat_parts, people

KEYWORD_COUNT = 8
LABEL_LENGTH = 24
HEAT_GROWS_OLD_AFTER = timedelta(hours=1)


def refresh(
    as_of: datetime, now: datetime, window: timedelta, actor: Actor = SYSTEM
) -> TopicRefresh:
    """Gather all messages up to ``as_of`` into topics and rank the topics as of then.

    :param window: how far back a message still takes part.
    :raises Stale: another refresh stored its result first; run it again.
    """
    gathering = gather(db.session, as_of, window)
    try:
        with transaction(actor, now) as session:
            return _store(session, gathering, as_of, as_of - window, now)
    except IntegrityError as error:
        raise _overtaken() from error


def refresh_if_new(now: datetime, window: timedelta) -> TopicRefresh | None:
    """Refresh when a message waits for its topic, or when the heat has grown old."""
    last = db.session.scalar(select(func.max(TopicRefresh.ran_at)))
    waiting = (
        select(Message.id)
        .outerjoin(Membership, Membership.message_id == Message.id)
        .where(Membership.message_id.is_(None), Message.occurred_at.between(now - window, now))
        .limit(1)
    )
    is_fresh = last is not None and now - last < HEAT_GROWS_OLD_AFTER
    if is_fresh and db.session.scalar(waiting) is None:
        return None
    return refresh(now, now, window)


def _overtaken() -> Stale:
    return Stale("另一次聚合刚刚完成：请稍后再运行一次")


def _store(
    session: Session,
    gathering: Gathering,
    as_of: datetime,
    window_began: datetime,
    now: datetime,
) -> TopicRefresh:
    if session.scalar(select(func.max(TopicRefresh.id))) != gathering.after:
        raise _overtaken()
    groups = gathering.by_topic()
    new = gathering.new_positions()
    touched = {gathering.topic_ids[position] for position in new}
    topics = _topics(session, groups, gathering, now)
    _join(session, gathering, new, topics)
    for topic_id, positions in groups.items():
        members = [gathering.said[position] for position in positions]
        if topic_id in touched:
            _name(topics[topic_id], members, gathering.vectorizer)
            _mark_repeats(session, members)
        _rank(topics[topic_id], members, as_of, now)
    _cool(session, window_began)
    run = TopicRefresh(
        as_of=as_of,
        ran_at=now,
        messages_added=len(new),
        topics_created=sum(topic_id < 0 for topic_id in groups),
        topics_total=len(groups),
    )
    session.add(run)
    session.flush()
    return run


def _topics(
    session: Session, groups: dict[int, list[int]], gathering: Gathering, now: datetime
) -> dict[int, Topic]:
    """The row of each topic; a new one for each negative id."""
    held = session.scalars(select(Topic).where(Topic.id.in_(select(Membership.topic_id))))
    topics = {topic.id: topic for topic in held if topic.id in groups}
    for topic_id in sorted((i for i in groups if i < 0), reverse=True):
        seen = gathering.said[groups[topic_id][0]].voice.occurred_at
        topics[topic_id] = Topic(label="", first_seen=seen, last_seen=seen, refreshed_at=now)
        session.add(topics[topic_id])
    session.flush()
    return topics


def _join(
    session: Session, gathering: Gathering, new: Sequence[int], topics: dict[int, Topic]
) -> None:
    rows = [
        {
            "message_id": gathering.said[position].id,
            "topic_id": topics[gathering.topic_ids[position]].id,
            "similarity": round(gathering.similarities[position], 4),
        }
        for position in new
    ]
    if rows:
        session.execute(insert(Membership), rows)


def _name(topic: Topic, members: Sequence[Said], vectorizer: TextVectorizer) -> None:
    titles, bodies = [one.title for one in members], [one.body for one in members]
    segmenter = vectorizer.segmenter
    words = keywords(titles, bodies, segmenter=segmenter, limit=KEYWORD_COUNT)
    topic.label = label(titles, bodies, segmenter=segmenter, max_length=LABEL_LENGTH)
    topic.keywords = [[word, round(weight, 4)] for word, weight in words]


def _mark_repeats(session: Session, members: Sequence[Said]) -> None:
    """Note for each near-copy which message it repeats."""
    if len(members) < 2:
        return
    first_of = NearDuplicates().fit_predict(
        [one.body for one in members], [one.title for one in members]
    )
    rows: list[dict[str, Any]] = [
        {"message_id": one.id, "repeats_id": members[first].id if first != position else None}
        for position, (one, first) in enumerate(zip(members, first_of.tolist(), strict=True))
    ]
    session.execute(update(Membership), rows)


def _rank(topic: Topic, members: Sequence[Said], as_of: datetime, now: datetime) -> None:
    voices = [one.voice for one in members]
    parts = heat_parts(voices, as_of, gravity_lexicon().points)
    topic.heat = heat(parts)
    topic.heat_parts = [asdict(part) for part in parts]
    topic.message_count = len(voices)
    topic.people_count = people(voices)
    topic.first_seen = voices[0].occurred_at
    topic.last_seen = voices[-1].occurred_at
    topic.refreshed_at = now


def _cool(session: Session, window_began: datetime) -> None:
    """What the window has left behind is hot no longer."""
    gone = (Topic.last_seen < window_began) & (Topic.heat > 0)
    session.execute(update(Topic).where(gone).values(heat=0.0, heat_parts=[]))
