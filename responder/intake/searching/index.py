"""Put messages into the search index: as they arrive, or later those that are lacking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from nlp.search_terms import fold, pairs
from responder.core import privacy
from responder.intake.arrival import Arrived
from responder.intake.models import Message
from responder.intake.searching.databases import Entry, index_of
from responder.intake.searching.models import MessageSearch


class Words(NamedTuple):
    """What a message says, as it came."""

    id: int
    title: str
    body: str
    district: str
    place: str
    private_kinds: str | None


def index_messages(session: Session, messages: Sequence[Arrived]) -> None:
    """Have new messages found from this transaction on."""
    _add(
        session,
        [Words(m.id, m.title, m.body, m.district, m.place, m.private_kinds) for m in messages],
    )


def index_missing(session: Session, limit: int) -> int:
    """Index at most ``limit`` messages that the index lacks; returns how many it was."""
    query = (
        select(*(getattr(Message, name) for name in Words._fields))
        .outerjoin(MessageSearch, MessageSearch.message_id == Message.id)
        .where(MessageSearch.message_id.is_(None))
        .order_by(Message.id)
        .limit(limit)
    )
    lacking = [Words(*row) for row in session.execute(query)]
    _add(session, lacking)
    return len(lacking)


def forget(session: Session, message_ids: Iterable[int]) -> None:
    """Take messages out of the index, as before they are indexed anew."""
    session.execute(delete(MessageSearch).where(MessageSearch.message_id.in_(list(message_ids))))


def forget_all(session: Session) -> None:
    """Empty the index; ``index_missing`` fills it again."""
    session.execute(delete(MessageSearch))


def _add(session: Session, messages: Sequence[Words]) -> None:
    if not messages:
        return
    folded = fold([_shown(message) for message in messages])
    rows = zip(messages, folded, pairs(folded), strict=True)
    entries = [Entry(message.id, text, two) for message, text, two in rows]
    index_of(session).add(session, entries)


def _shown(message: Words) -> str:
    """What the pages show of a message: whatever they mask cannot be found either."""
    opening = message.title.rstrip("…")
    title = "" if message.body.startswith(opening) else message.title
    said = "\n".join((title, message.body, message.district, message.place))
    return said if message.private_kinds == "" else privacy.mask(said)
