"""What was answered on topics: entries that were published, and what press events said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from responder.planning.briefing.answers import Answer, answers
from responder.planning.briefing.pack import said_at_events
from responder.reports.documents.content import Link


def given(
    session: Session, topic_ids: Sequence[int], until: datetime
) -> tuple[dict[int, list[Answer]], dict[int, list[Answer]]]:
    """(topic id → what was out by then, oldest first; topic id → what is being written)."""
    known, said = answers(session, topic_ids), said_at_events(session, list(topic_ids))
    out: dict[int, list[Answer]] = {}
    in_hand: dict[int, list[Answer]] = {}
    for topic_id in topic_ids:
        listed = [*known[topic_id], *said[topic_id]]
        dated = [(one.at, one) for one in listed if one.at is not None and one.at <= until]
        out[topic_id] = [one for _at, one in sorted(dated, key=lambda pair: pair[0])]
        in_hand[topic_id] = [one for one in listed if not one.is_out]
    return out, in_hand


def page_of(answer: Answer) -> Link | None:
    if answer.page is None:
        return None
    endpoint, arguments = answer.page
    return Link(endpoint, tuple(arguments.items()))
