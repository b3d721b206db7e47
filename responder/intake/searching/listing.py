"""The messages that somebody wants to see: a page of them, or all in portions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, UnaryExpression, case, func, select
from sqlalchemy.orm import Session, joinedload

from responder.intake.models import Message, MessageRepeat
from responder.intake.repeats import grouping
from responder.intake.searching.conditions import (
    field_conditions,
    group_conditions,
    matches,
    read_asked,
    text_conditions,
)
from responder.intake.searching.databases import index_of
from responder.intake.searching.models import MessageSearch
from responder.intake.searching.wanted import MessageFilter, Order

MOST_COUNTED = 10_000
SELDOM = 2_000  # matches up to which each of them had better be looked up
WEIGHED = 500  # the newest matches, of which the most relevant are told

Messages = Select[*tuple[Any, ...]]
"""A query of messages, of whatever columns."""


class MessageSource:
    """The messages that somebody wants to see, in their order.

    Pages reach as far as messages are counted; ``portions`` gives all of them. By relevance,
    both are the most relevant of the newest.
    """

    def __init__(self, session: Session, wanted: MessageFilter, zone: ZoneInfo) -> None:
        self._session = session
        self._wanted = wanted
        self.asked = read_asked(session, wanted.text)
        words = text_conditions(session, self.asked)
        fields = field_conditions(session, wanted, zone)
        self._others = fields + group_conditions(wanted, words + fields)
        self._counted: int | None = None
        weighs = self.asked.query.wanted and wanted.order is Order.RELEVANCE
        self._ids = self._most_relevant() if weighs else None

    def count(self) -> int:
        if self._ids is not None:
            return len(self._ids)
        return min(self._some(), MOST_COUNTED)

    def whole(self) -> int:
        if self._ids is not None:
            return len(self._ids)
        return _count(self._session, self._found())

    def part(self, start: int, size: int) -> Sequence[Message]:
        if self._ids is not None:
            return _loaded(self._session, self._ids[start : start + size])
        return self._session.scalars(self._query(start + size).limit(size).offset(start)).all()

    def portions(self, size: int) -> Iterator[Sequence[Message]]:
        if self._ids is not None:
            for start in range(0, len(self._ids), size):
                yield _loaded(self._session, self._ids[start : start + size])
            return
        found = self._session.scalars(self._query().execution_options(yield_per=size))
        yield from found.partitions()

    def _some(self) -> int:
        if self._counted is None:
            self._counted = _count(self._session, self._found().limit(MOST_COUNTED + 1))
        return self._counted

    def _found(self) -> Select[int]:
        """The ids of what fits, in no order."""
        found = None if self._others else matches(self._session, self.asked)
        return self._fitting(select(Message.id)) if found is None else found

    def _fitting(self, query: Messages, *, many: bool = False) -> Messages:
        words = text_conditions(self._session, self.asked, many=many)
        return query.where(*words, *self._others)

    def _query(self, up_to: int | None = None) -> Select[Message]:
        query = select(Message).options(joinedload(Message.repeat))
        if self._wanted.order is Order.REPEATS:
            return _by_repeats(self._fitting(query))
        return self._newest_first(query, up_to)

    def _newest_first(self, query: Messages, up_to: int | None) -> Messages:
        # Left alone, a database that does not know how frequent a word is walks all messages in
        # order of time for a few that fit, or looks up and sorts all of many where the newest
        # are met on a short walk. How many they are is known here.
        index, found = index_of(self._session), self._some()
        if found <= SELDOM:
            return self._fitting(query).order_by(index.time_of_few().desc(), Message.id.desc())
        many = index.asks_each(found > MOST_COUNTED, up_to)
        return self._fitting(query, many=many).order_by(*_by_time())

    def _most_relevant(self) -> list[int]:
        """The newest matches by how often and how near the beginning they name what was asked."""
        query = select(Message.id, MessageSearch.text).join(
            MessageSearch, MessageSearch.message_id == Message.id
        )
        newest = self._newest_first(query, WEIGHED).limit(WEIGHED)
        terms, together = self.asked.shown, "".join(self.asked.query.wanted)
        # Sorting keeps the newest first among equals.
        rows = sorted(
            self._session.execute(newest), key=lambda row: -relevance(row.text, terms, together)
        )
        return [row.id for row in rows]


def _by_time() -> tuple[UnaryExpression[Any], ...]:
    return Message.occurred_at.desc(), Message.id.desc()


def _count(session: Session, found: Select[int]) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _by_repeats(query: Messages) -> Messages:
    """A query of messages, those of the largest groups first."""
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
