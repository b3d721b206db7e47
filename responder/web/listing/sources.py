"""The rows of a list: how many, a page of them, or all in portions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from responder.core.times import start_of_day
from responder.web.listing.declared import Asker, Listing, Source
from responder.web.listing.rules import Asked, Values


class QuerySource:
    """The rows of an ordered query of one kind of record."""

    def __init__(self, session: Session, query: Select[Any]) -> None:
        self._session = session
        self._query = query

    def count(self) -> int:
        counted = self._query.order_by(None).subquery()
        return self._session.scalar(select(func.count()).select_from(counted)) or 0

    whole = count

    def part(self, start: int, size: int) -> Sequence[Any]:
        return self._session.scalars(self._query.limit(size).offset(start)).all()

    def portions(self, size: int) -> Iterator[Sequence[Any]]:
        """All rows, and never more than a portion of them in memory."""
        found = self._session.scalars(self._query.execution_options(yield_per=size))
        yield from found.partitions()


def within(
    moment: InstrumentedAttribute[Any], values: Values, asker: Asker
) -> list[ColumnElement[bool]]:
    """What restricts a moment to the days of a filter ``Days``, both of them among it."""
    first, last = values["from"], values["to"]
    return [
        *([moment >= start_of_day(first, asker.zone)] if first else []),
        *([moment < start_of_day(last + timedelta(days=1), asker.zone)] if last else []),
    ]


def counts_by(
    session: Session, query: Select[Any], column: InstrumentedAttribute[Any]
) -> dict[Any, int]:
    """How many rows a query has for each value of a column of its record; None: of all."""
    found = query.order_by(None).subquery()
    grouped = select(found.c[column.key], func.count()).group_by(found.c[column.key])
    counts: dict[Any, int] = dict(session.execute(grouped).all())
    return {None: sum(counts.values()), **counts}


def source_of(listing: Listing, asked: Asked, asker: Asker) -> Source:
    """The rows that an address asks for, in the order that it asks for."""
    if listing.source is not None:
        return listing.source(asked, asker)
    assert listing.query is not None, "a list has a query or a source"
    query = listing.query(asked.values, asker)
    if asked.sort is not None:
        query = sorted_by(query, listing.column(asked.sort.key).sort, asked.sort.descending)
    return QuerySource(asker.session, query)


def sorted_by(query: Select[Any], by: Sequence[Any], descending: bool) -> Select[Any]:
    """Sorted anew; the query's own order decides among equals. What is empty comes last."""
    own = query._order_by_clauses
    ways = [one.desc() if descending else one.asc() for one in by]
    return query.order_by(None).order_by(*(way.nulls_last() for way in ways), *own)
