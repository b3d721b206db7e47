"""Storing what a refresh has worked out: topics, memberships, merges, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from responder.topics import ageing, arrivals, lineage
from responder.topics.describing import Description
from responder.topics.gathering import Gathering, Said, portions
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import EventKind, Membership, Topic
from responder.topics.restating import confuse, write

NOTED_AT_ONCE = 20_000  # less than a second


def store(
    session: Session,
    gathering: Gathering,
    descriptions: Mapping[int, Description],
    as_of: datetime,
) -> tuple[set[int], int]:
    """Write what was found; return the ids of the topics touched, and how many are new."""
    topics = _topics(session, descriptions)
    woken = _woken(session, topics, descriptions)
    for topic_id, description in descriptions.items():
        write(topics[topic_id], description, as_of)
    session.flush()
    gathering.stream.rename({old: topic.id for old, topic in topics.items() if old < 0})
    born = [(topic.id, topic.message_count) for old, topic in topics.items() if old < 0]
    lineage.record_all(session, EventKind.BORN, born, as_of)
    lineage.record_all(session, EventKind.WOKEN, woken, as_of)
    _join(session, gathering, topics)
    _note_gravity(session, gathering.reread)
    _merge(session, gathering, as_of)
    confuse(session, list(topics.values()), gathering.stream)
    return {topic.id for topic in topics.values()}, len(born)


def _topics(session: Session, descriptions: Mapping[int, Description]) -> dict[int, Topic]:
    """The row of each topic; a new one for each negative id, oldest first."""
    topics = {topic.id: topic for topic in known(session, descriptions)}
    born = {topic_id: Topic() for topic_id in sorted(descriptions, reverse=True) if topic_id < 0}
    session.add_all(born.values())
    return topics | born


def known(session: Session, topic_ids: Iterable[int]) -> Iterator[Topic]:
    """The rows of those topics that have one."""
    for ids in portions(sorted(topic_id for topic_id in topic_ids if topic_id > 0)):
        yield from session.scalars(select(Topic).where(Topic.id.in_(ids)))


def _woken(
    session: Session, topics: Mapping[int, Topic], descriptions: Mapping[int, Description]
) -> list[tuple[int, int]]:
    """(id, messages) of the topics that slept until now."""
    found = {
        topic_id: len(description.members)
        for topic_id, description in descriptions.items()
        if topic_id > 0
        and ageing.wakes(
            topics[topic_id].last_seen, [one.voice.occurred_at for one in description.members]
        )
    }
    with session.no_autoflush:  # the new topics have no name yet
        slept = ageing.sleeping(session, found.keys())
    return [(topic_id, count) for topic_id, count in found.items() if topic_id in slept]


def _join(session: Session, gathering: Gathering, topics: Mapping[int, Topic]) -> None:
    """Store the memberships of the new messages."""
    rows = [
        {
            "message_id": one.id,
            "topic_id": topics[topic_id].id,
            "similarity": round(gathering.similarities[one.id], 4),
            "gravity": gravity_lexicon().note(one.voice.gravity_words),
        }
        for one, topic_id in zip(gathering.spoken, gathering.topic_ids, strict=True)
        if one.id in gathering.similarities
    ]
    arrivals.join(session, rows)


def _note_gravity(session: Session, reread: Iterable[Said]) -> None:
    """Keep what was read anew, so that it need not be read again.

    Of an archive, after another edition of the lexicon, so much at a time as nobody waits for.
    """
    rows = [
        {"which": one.id, "words": gravity_lexicon().note(one.voice.gravity_words)}
        for one in islice(reread, NOTED_AT_ONCE)
    ]
    if rows:
        statement = update(Membership).where(Membership.message_id == bindparam("which"))
        session.connection().execute(statement.values(gravity=bindparam("words")), rows)


def _merge(session: Session, gathering: Gathering, as_of: datetime) -> None:
    """Store which topics turned out to be one; the row of the other stays, for its history."""
    both = {topic.id: topic for topic in known(session, {*chain(*gathering.merges)})}
    for kept_id, lost_id in gathering.merges:
        kept, lost = both[kept_id], both[lost_id]
        lineage.record(session, EventKind.MERGED, kept, as_of, other=lost, count=lost.message_count)
        session.execute(
            update(Membership).where(Membership.topic_id == lost_id).values(topic_id=kept_id),
            # No membership is held here; to look for one, each topic held would be gone over.
            execution_options={"synchronize_session": False},
        )
        lost.merged_into_id = kept_id
        lost.message_count = lost.people_count = lost.level = 0
        lost.heat, lost.heat_parts, lost.representatives = 0.0, [], []
    session.flush()
