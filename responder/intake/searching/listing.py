"""The messages that somebody wants to see: a page of them, or all in portions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

MOST_COUNTED = 10_000
SELDOM = 2_000  # matches up to which SQLite had better look each of them up
WEIGHED = 500  # the newest matches, of which the most relevant are told


class MessageSource:
    """The messages that somebody wants to see, in their order.

    Pages reach as far as messages are counted; ``portions`` gives all of them. By relevance,
    both are the most relevant of the newest.
    """

    def __init__(self, session: Session, wanted: MessageFilter, zone: ZoneInfo) -> None:
        self._session = session
        self._wanted = wanted
        self.asked = read_asked(session, wanted.text)
        found = text_conditions(session, self.asked) + field_conditions(session, wanted, zone)
        self._conditions = found + group_conditions(wanted, found)
        weighs = self.asked.query.wanted and wanted.order is Order.RELEVANCE
        self._ids = _most_relevant(session, self._conditions, self.asked) if weighs else None
        self._counted: int | None = None

    def count(self) -> int:
        if self._ids is not None:
            return len(self._ids)
        return min(self._some(), MOST_COUNTED)

    def whole(self) -> int:
        if self._ids is not None:
            return len(self._ids)
        query = select(func.count()).select_from(Message).where(*self._conditions)
        return self._session.scalar(query) or 0

    def part(self, start: int, size: int) -> Sequence[Message]:
        if self._ids is not None:
            return _loaded(self._session, self._ids[start : start + size])
        return self._session.scalars(self._query().limit(size).offset(start)).all()

    def portions(self, size: int) -> Iterator[Sequence[Message]]:
        if self._ids is not None:
            for start in range(0, len(self._ids), size):
                yield _loaded(self._session, self._ids[start : start + size])
            return
        found = self._session.scalars(self._query().execution_options(yield_per=size))
        yield from found.partitions()

    def _some(self) -> int:
        if self._counted is None:
            self._counted = _counted(self._session, self._conditions)
        return self._counted

    def _query(self) -> Select[Message]:
        return _ordered(self._session, self._conditions, self._wanted.order, self._some())


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


def copies(session: Session, rows: Sequence[Message]) -> dict[int, int]:
    """Message id → how many messages its group has; of those in a group."""
    firsts = {row.id: row.repeats_id or row.id for row in rows}
    counts = grouping.counts(session, set(firsts.values()))
    return {row_id: counts[first] + 1 for row_id, first in firsts.items() if first in counts}
