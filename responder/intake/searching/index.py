"""Put messages into the search index: as they arrive, or later those that are lacking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from nlp.search_terms import fold, pairs
from responder.core import privacy
from responder.intake.models import Message
from responder.intake.searching.databases import Terms, index_of
from responder.intake.searching.models import MessageSearch

__all__ = ["Terms", "Words", "add", "forget", "forget_all", "index_missing", "terms_of"]


class Words(NamedTuple):
    """What a message says, as it came.

    :param private_kinds: of its personal data, "" without any; None where nobody has looked.
    """

    title: str
    body: str
    district: str
    place: str
    private_kinds: str | None


def terms_of(messages: Sequence[Words]) -> list[Terms]:
    """What the index holds of some messages, in their order."""
    folded = fold([_shown(message) for message in messages])
    return [Terms(*one) for one in zip(folded, pairs(folded), strict=True)]


def add(session: Session, terms: Mapping[int, Terms]) -> None:
    """Have messages found, by their ids, from this transaction on."""
    if terms:
        index_of(session).add(session, terms)


def index_missing(session: Session, limit: int) -> int:
    """Index at most ``limit`` messages that the index lacks; returns how many it was."""
    query = (
        select(Message.id, *(getattr(Message, name) for name in Words._fields))
        .outerjoin(MessageSearch, MessageSearch.message_id == Message.id)
        .where(MessageSearch.message_id.is_(None))
        .order_by(Message.id)
        .limit(limit)
    )
    lacking = {id_: Words(*said) for id_, *said in session.execute(query)}
    add(session, dict(zip(lacking, terms_of(list(lacking.values())), strict=True)))
    return len(lacking)


def forget(session: Session, message_ids: Iterable[int]) -> None:
    """Take messages out of the index, as before they are indexed anew."""
    session.execute(delete(MessageSearch).where(MessageSearch.message_id.in_(list(message_ids))))


def forget_all(session: Session) -> None:
    """Empty the index; ``index_missing`` fills it again."""
    session.execute(delete(MessageSearch))


def _shown(message: Words) -> str:
    """What the pages show of a message: whatever they mask cannot be found either."""
    opening = message.title.rstrip("…")
    title = "" if message.body.startswith(opening) else message.title
    said = "\n".join((title, message.body, message.district, message.place))
    return said if message.private_kinds == "" else privacy.mask(said)
