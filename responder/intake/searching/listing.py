"""One page of the messages that somebody wants to see, and no more than that page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, UnaryExpression, case, func, literal_column, select
from sqlalchemy.orm import Session, joinedload

from responder.intake.models import Message, MessageRepeat
from responder.intake.repeats import grouping
from responder.intake.searching.conditions import (
    Asked,
    field_conditions,
    group_conditions,
    read_asked,
    text_conditions,
)
from responder.intake.searching.models import MessageSearch
from responder.intake.searching.wanted import MessageFilter, Order
from responder.web.paging import PAGE_SIZE, Page

MOST_COUNTED = 10_000
SELDOM = 2_000  # matches up to which SQLite had better look each of them up
WEIGHED = 500  # the newest matches, of which the most relevant are told


@dataclass(frozen=True)
class Listing:
    """What a page of the list shows.

    :param more: that there are more than ``page.total``, which is as far as is counted.
    :param copies: message id → how many messages its group has; of those in a group.
    """

    page: Page[Message]
    more: bool
    asked: Asked
    copies: dict[int, int]


def list_messages(
    session: Session, wanted: MessageFilter, zone: ZoneInfo, number: int, size: int = PAGE_SIZE
) -> Listing:
    """The ``number``-th page of what fits; the last one when it is beyond the end."""
    asked = read_asked(session, wanted.text)
    conditions = text_conditions(session, asked) + field_conditions(session, wanted, zone)
    conditions += group_conditions(wanted, conditions)
    total = _counted(session, conditions)
    listed = min(total, MOST_COUNTED)
    if asked.query.wanted and wanted.order is Order.RELEVANCE:
        ids = _most_relevant(session, conditions, asked)
        listed = len(ids)
        number = min(number, max(1, -(-listed // size)))
        rows = _loaded(session, ids[(number - 1) * size : number * size])
    else:
        number = min(number, max(1, -(-listed // size)))
        query = _ordered(session, conditions, wanted.order, total)
        rows = list(session.scalars(query.limit(size).offset((number - 1) * size)))
    return Listing(Page(rows, number, size, listed), total > listed, asked, _copies(session, rows))


def _by_time() -> tuple[UnaryExpression[Any], ...]:
    return Message.occurred_at.desc(), Message.id.desc()


def _counted(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many fit, counted no further than one beyond the most."""
    some = select(Message.id).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _ordered(
    session: Session, conditions: Sequence[ColumnElement[bool]], order: Order, total: int
) -> Select[Message]:
    query = select(Message).options(joinedload(Message.repeat)).where(*conditions)
    if order is Order.REPEATS:
        first = func.coalesce(MessageRepeat.first_id, Message.id)
        sizes = (
            select(MessageRepeat.first_id.label("first"), func.count().label("size"))
            .group_by(MessageRepeat.first_id)
            .subquery()
        )
        return (
            query.outerjoin(MessageRepeat, MessageRepeat.message_id == Message.id)
            .outerjoin(sizes, sizes.c.first == first)
            .order_by(func.coalesce(sizes.c.size, 0).desc(), first.desc(), Message.id)
        )
    if total <= SELDOM and session.get_bind().dialect.name == "sqlite":
        # The plus keeps SQLite from walking all messages in order of time for a few.
        return query.order_by(literal_column("+message.occurred_at").desc(), Message.id.desc())
    return query.order_by(*_by_time())


def _most_relevant(
    session: Session, conditions: Sequence[ColumnElement[bool]], asked: Asked
) -> list[int]:
    """The newest matches by how often and how near the beginning they name what was asked."""
    query = select(Message.id, MessageSearch.text).join(
        MessageSearch, MessageSearch.message_id == Message.id
    )
    rows = session.execute(query.where(*conditions).order_by(*_by_time()).limit(WEIGHED)).all()
    terms = asked.shown
    together = "".join(asked.query.wanted)
    # Sorting keeps the newest first among equals.
    rows = sorted(rows, key=lambda row: -relevance(row.text, terms, together))
    return [row.id for row in rows]


def relevance(text: str, terms: Sequence[str], together: str) -> float:
    """How much a folded text is about these terms; more when they stand side by side."""
    places = [text.find(term) for term in terms]
    worth = sum(
        min(text.count(term), 3) + 2 / (1 + place / 20)
        for term, place in zip(terms, places, strict=True)
        if place >= 0
    )
    return worth + (len(terms) if together in text else 0)


def _loaded(session: Session, ids: Sequence[int]) -> list[Message]:
    """These messages in this order."""
    if not ids:
        return []
    order = case({found: place for place, found in enumerate(ids)}, value=Message.id)
    query = select(Message).options(joinedload(Message.repeat)).where(Message.id.in_(ids))
    return list(session.scalars(query.order_by(order)))


def _copies(session: Session, rows: Sequence[Message]) -> dict[int, int]:
    firsts = {row.id: row.repeats_id or row.id for row in rows}
    counts = grouping.counts(session, set(firsts.values()))
    return {row_id: counts[first] + 1 for row_id, first in firsts.items() if first in counts}
