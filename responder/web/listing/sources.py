"""The rows of a list: how many, a page of them, or all in portions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from responder.core.times import start_of_day
from responder.web.listing.declared import Asker, Listing, Source
from responder.web.listing.rules import Asked, Sort, Values


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


def counts_of(session: Session, query: Select[Any], kind: ColumnElement[Any]) -> dict[Any, int]:
    """How many rows a query has of each kind, told by an expression over it; None: of all."""
    counted = query.order_by(None).with_only_columns(kind, func.count()).group_by(kind)
    counts: dict[Any, int] = dict(session.execute(counted).all())
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


class ReckonedSource:
    """Rows that were reckoned, not queried.

    :param rows: in the list's own order, which decides among equals.
    :param complete: loads what a page or portion of them shows beside.
    """

    def __init__(
        self,
        listing: Listing,
        asked: Asked,
        rows: Sequence[Any],
        complete: Callable[[Sequence[Any]], Sequence[Any]] = lambda rows: rows,
    ) -> None:
        self._rows = _reckoned_by(rows, listing, asked.sort) if asked.sort else rows
        self._complete = complete

    def count(self) -> int:
        return len(self._rows)

    whole = count

    def part(self, start: int, size: int) -> Sequence[Any]:
        return self._complete(self._rows[start : start + size])

    def portions(self, size: int) -> Iterator[Sequence[Any]]:
        for start in range(0, len(self._rows), size):
            yield self.part(start, size)


def _reckoned_by(rows: Sequence[Any], listing: Listing, sort: Sort) -> list[Any]:
    """Sorted anew; what is empty comes last."""
    column = listing.column(sort.key)
    keyed = [(tuple(key(row) for key in column.sort), row) for row in rows]
    known = [one for one in keyed if None not in one[0]]
    known.sort(key=lambda one: one[0], reverse=sort.descending and not column.one_way)
    return [row for _key, row in known] + [row for key, row in keyed if None in key]
