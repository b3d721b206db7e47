"""What people have said, as a refresh must heed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from responder.topics import service
from responder.topics.corrections.storing import MOVING, state_of_play
from responder.topics.models import (
    CorrectionKind,
    Membership,
    Topic,
    TopicCorrection,
    TopicSeparation,
)

Keeper = Callable[[Session], Mapping[int, datetime]]

_keepers: dict[str, Keeper] = {}


@dataclass(frozen=True)
class Constraints:
    """What a refresh may not do, as of one reading.

    :param separations: (lower id, higher id) of topics that may not be joined. Where one
        was merged away, its survivor stands in its place.
    :param kept: ids of topics that may not be merged away: people named, marked or
        corrected them, or work rests on them. Others may go into them.
    :param closed: ids of dismissed topics: no other may go into them unseen, nor they into it.
    :param state: ``state_of_play`` when this was read; another one at writing time means
        that somebody has corrected since, and the refresh must begin again.
    """

    separations: frozenset[tuple[int, int]]
    kept: frozenset[int]
    closed: frozenset[int]
    state: int


def constraints(session: Session) -> Constraints:
    """Read what people have said. Which messages are held is in :func:`held_messages`."""
    state = state_of_play(session)
    kept = set(session.scalars(_marked())) | set(_corrected(session))
    kept |= rested_on(session).keys()
    closed = session.scalars(select(Topic.id).where(Topic.dismissed))
    return Constraints(frozenset(_separations(session)), frozenset(kept), frozenset(closed), state)


def rested_on(session: Session) -> dict[int, datetime]:
    """The ids of the topics on which the work of higher rooms rests → when the last of it began."""
    found: dict[int, datetime] = {}
    for keeper in _keepers.values():
        for topic_id, began in keeper(session).items():
            found[topic_id] = max(began, found.get(topic_id, began))
    return found


def held_messages() -> Select[int]:
    """The ids of the messages that a person put where they are."""
    return select(Membership.message_id).where(Membership.held)


def keep_topics(name: str, keeper: Keeper) -> None:
    """Let a higher room say which topics its work rests on.

    :param name: of the room's reason; given again, it replaces the former.
    :param keeper: session → ids of topics, each with the moment when the last work on it began.
    """
    _keepers[name] = keeper


def _marked() -> Select[int]:
    marks = or_(Topic.renamed, Topic.pinned, Topic.dismissed)
    return select(Topic.id).where(marks, Topic.merged_into_id.is_(None))


def _corrected(session: Session) -> Iterable[int]:
    """Topics on either side of a correction in force about messages or sameness."""
    query = select(TopicCorrection.topic_id, TopicCorrection.other_id).where(
        TopicCorrection.undone_at.is_(None),
        TopicCorrection.kind.in_([*MOVING, CorrectionKind.NEVER_SAME]),
    )
    sides = {side for pair in session.execute(query) for side in pair if side}
    return service.survivors(session, sides).values()


def _separations(session: Session) -> Iterable[tuple[int, int]]:
    query = select(TopicSeparation.low_id, TopicSeparation.high_id)
    pairs = session.execute(query).all()
    now = service.survivors(session, {side for pair in pairs for side in pair})
    for low, high in pairs:
        one, other = now[low], now[high]
        if one != other:
            yield min(one, other), max(one, other)
