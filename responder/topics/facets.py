"""The list of messages restricted to those of one topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from responder.core.office import public_lines
from responder.core.privacy import mask
from responder.intake.searching.facets import Facet, offer_facet
from responder.topics.models import Membership, Topic
from responder.topics.service import topics_by_heat

OFFERED = 30  # the hottest stand in the menu; any may stand in the address


def offer() -> None:
    """Let people find messages by topic."""
    offer_facet("topic", Facet("话题", _topics, _of_topic, _names))


def _topics(session: Session) -> Sequence[tuple[str, str]]:
    hottest = topics_by_heat(min_messages=2).limit(OFFERED)
    return [(str(one.id), mask(one.label, public_lines())) for one in session.scalars(hottest)]


def _names(session: Session, message_ids: Sequence[int]) -> Mapping[int, str]:
    query = (
        select(Membership.message_id, Topic.label)
        .join(Topic, Membership.topic_id == Topic.id)
        .where(Membership.message_id.in_(message_ids))
    )
    shown = public_lines()
    return {row.message_id: mask(row.label, shown) for row in session.execute(query)}


def _of_topic(value: str) -> Select[int]:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    return select(Membership.message_id).where(Membership.topic_id == number)
