"""Corrections by the person at the console, and what became of the messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.topics import corrections
from responder.topics.models import Membership, Topic, TopicCorrection
from tests.factories import NOW


def correct(deed: Callable[..., TopicCorrection], *objects: Any, **more: Any) -> TopicCorrection:
    """One correction in a transaction of its own."""
    with transaction(CONSOLE, NOW) as session:
        return deed(session, *objects, CONSOLE, NOW, **more)


def undo(made: TopicCorrection) -> None:
    with transaction(CONSOLE, NOW) as session:
        corrections.undo(session, made, CONSOLE, NOW)


def members() -> dict[int, int]:
    """Message id → topic id, as stored."""
    query = select(Membership.message_id, Membership.topic_id)
    return dict(db.session.execute(query).all())


def placed() -> dict[int, tuple[int, float, int | None, bool]]:
    """All that is stored of each membership."""
    query = select(
        Membership.message_id,
        Membership.topic_id,
        Membership.similarity,
        Membership.held,
    )
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query)}


def ids_in(topic: Topic) -> list[int]:
    return sorted(message for message, at in members().items() if at == topic.id)


def only(word: str) -> Topic:
    """The living topic whose label has this word."""
    living = Topic.merged_into_id.is_(None)
    return db.session.scalars(select(Topic).where(Topic.label.contains(word), living)).one()


def plant() -> Topic:
    return only("柳岸花园")


def parking() -> Topic:
    return only("云锦世家")
