"""Storing what a refresh has worked out: topics, memberships, merges, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from responder.core.bulk import among
from responder.intake.models import Message
from responder.topics import ageing, arrivals, lineage, noting
from responder.topics.describing import Description
from responder.topics.gathering import Gathering, Said, portions
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import EventKind, Membership, Topic
from responder.topics.restating import columns, confuse


def store(
    session: Session,
    gathering: Gathering,
    descriptions: Mapping[int, Description],
    reread: Iterable[Said],
    as_of: datetime,
) -> tuple[set[int], int]:
    """Write what was found; return the ids of the topics touched, and how many are new.

    :param reread: stored messages whose grave words were read anew.
    """
    woken = _woken(session, gathering, descriptions, as_of)
    rows = {topic_id: columns(one, as_of) for topic_id, one in descriptions.items()}
    _change(session, {topic_id: row for topic_id, row in rows.items() if topic_id > 0})
    born = _give_birth(session, {topic_id: row for topic_id, row in rows.items() if topic_id < 0})
    gathering.stream.rename(born)
    sizes = [(born[one], descriptions[one].tally.messages) for one in born]
    lineage.record_all(session, EventKind.BORN, sizes, as_of)
    lineage.record_all(session, EventKind.WOKEN, woken, as_of)
    _join(session, gathering, born)
    noting.note(session, reread)
    _merge(session, gathering, as_of)
    several = {
        born.get(topic_id, topic_id): [word for word, _ in one.name.keywords]
        for topic_id, one in descriptions.items()
        if one.tally.messages > 1
    }
    confuse(session, several, gathering.stream)
    return {born.get(topic_id, topic_id) for topic_id in descriptions}, len(born)


def _change(session: Session, rows: Mapping[int, Mapping[str, Any]]) -> None:
    """Give topics what is said of them now; the name that a person gave stays."""
    if not rows:
        return
    names = next(iter(rows.values()))
    given = [
        {"which": one, **{f"new_{name}": row[name] for name in names}} for one, row in rows.items()
    ]
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    values["label"] = case((Topic.renamed, Topic.label), else_=values["label"])
    values["version_id"] = Topic.version_id + 1
    statement = update(Topic).where(Topic.id == bindparam("which")).values(values)
    session.connection().execute(statement, given)


def _give_birth(session: Session, rows: Mapping[int, Mapping[str, Any]]) -> dict[int, int]:
    """Store new topics, oldest first; the id of each."""
    if not rows:
        return {}
    order = sorted(rows, reverse=True)
    statement = insert(Topic).returning(Topic.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, [rows[one] for one in order])
    return dict(zip(order, ids, strict=True))


def known(session: Session, topic_ids: Iterable[int]) -> Iterator[Topic]:
    """The rows of topics."""
    for ids in portions(sorted(topic_ids)):
        yield from session.scalars(select(Topic).where(Topic.id.in_(ids)))


def _woken(
    session: Session,
    gathering: Gathering,
    descriptions: Mapping[int, Description],
    as_of: datetime,
) -> list[tuple[int, int]]:
    """(id, messages) of the topics that slept until now."""
    came = _moments(session, gathering, as_of)
    seen = select(Topic.id, Topic.last_seen).where(among(session, Topic.id, [*came]))
    found = {
        topic_id: descriptions[topic_id].tally.messages
        for topic_id, last_seen in session.execute(seen)
        if topic_id in descriptions and ageing.wakes(last_seen, came[topic_id])
    }
    slept = ageing.sleeping(session, found.keys())
    return [(topic_id, count) for topic_id, count in found.items() if topic_id in slept]


def _moments(session: Session, gathering: Gathering, as_of: datetime) -> dict[int, list[datetime]]:
    """Topic id → when the messages were said that come to it, up to ``as_of``."""
    found: dict[int, list[datetime]] = defaultdict(list)
    for one, topic_id in zip(gathering.new, gathering.topic_ids, strict=True):
        found[topic_id].append(one.voice.occurred_at)
    lost = (
        select(Membership.topic_id, Message.occurred_at)
        .join(Message, Message.id == Membership.message_id)
        .where(among(session, Membership.topic_id, [*gathering.became]))
        .where(Message.occurred_at <= as_of)
    )
    for topic_id, occurred_at in session.execute(lost):
        found[gathering.became[topic_id]].append(occurred_at)
    return found


def _join(session: Session, gathering: Gathering, born: Mapping[int, int]) -> None:
    """Store the memberships of the new messages."""
    rows = [
        {
            "message_id": one.id,
            "topic_id": born.get(topic_id, topic_id),
            "similarity": round(similarity, 4),
            "gravity": gravity_lexicon().note(one.gravity_words),
        }
        for one, topic_id, similarity in zip(
            gathering.new, gathering.topic_ids, gathering.similarities, strict=True
        )
    ]
    arrivals.join(session, rows)


def _merge(session: Session, gathering: Gathering, as_of: datetime) -> None:
    """Store which topics turned out to be one; the row of the other stays, for its history."""
    if not gathering.merges:
        return
    moved = [{"lost": lost, "kept": kept} for lost, kept in gathering.became.items()]
    statement = update(Membership).where(Membership.topic_id == bindparam("lost"))
    session.connection().execute(statement.values(topic_id=bindparam("kept")), moved)
    both = {topic.id: topic for topic in known(session, {*chain(*gathering.merges)})}
    for kept_id, lost_id in gathering.merges:
        kept, lost = both[kept_id], both[lost_id]
        lineage.record(session, EventKind.MERGED, kept, as_of, other=lost, count=lost.message_count)
        lost.merged_into_id = kept_id
        lost.message_count = lost.people_count = lost.level = 0
        lost.heat, lost.heat_parts, lost.representatives = 0.0, [], []
    session.flush()
