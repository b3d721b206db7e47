"""Figures counted: in all, by month, by unit, by channel; and the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.reports.statistics.figure import Figure
from responder.reports.statistics.rules import Value
from responder.reports.statistics.spans import Dating, Span


@dataclass(frozen=True)
class Counted:
    """A figure of one year. ``value`` None: nothing was recorded, which is no zero."""

    figure: Figure
    year: int
    value: Value | None
    last_year: Value | None


def count_all(session: Session, figures: Iterable[Figure], span: Span) -> dict[str, Counted]:
    """Each figure of a year beside the year before; one query each, whatever they count."""
    listed = list(figures)
    found = {one.code: _two_years(session, one, span) for one in listed}
    return {
        one.code: Counted(
            one,
            span.year,
            _known(found, one, 0),
            _known(found, one, 1),
        )
        for one in listed
    }


def _known(
    found: Mapping[str, tuple[tuple[int, Value], ...]], figure: Figure, place: int
) -> Value | None:
    """The sum, or None where neither it nor what it is a part of has any row."""
    rows, value = found[figure.code][place]
    whole = found.get(figure.among)
    return value if rows or (whole and whole[place][0]) else None


def _two_years(session: Session, figure: Figure, span: Span) -> tuple[tuple[int, Value], ...]:
    """(rows, sum of their amounts) of this year and of the one before."""
    if figure.dating is Dating.STANDING:
        return tuple(_standing(session, figure, one) for one in (span, span.before))
    rows = figure.rows(span).subquery()
    asked = [figure.within(rows, one) for one in (span, span.before)]
    columns: list[Any] = []
    for inside in asked:
        columns += [
            func.count(case((inside, rows.c.id))),
            func.coalesce(func.sum(case((inside, rows.c.amount))), 0),
        ]
    query = select(*columns).where(asked[0] | asked[1])
    this_rows, this, last_rows, last = session.execute(query).one()
    return (this_rows, plain(this)), (last_rows, plain(last))


def _standing(session: Session, figure: Figure, span: Span) -> tuple[int, Value]:
    rows = figure.rows(span).subquery()
    query = select(func.count(), func.coalesce(func.sum(rows.c.amount), 0))
    count, total = session.execute(query.select_from(rows)).one()
    return count, plain(total)


def plain(value: Any) -> Value:
    """A sum as a number that prints without needless zeros."""
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else number.normalize()


def by_month(session: Session, figure: Figure, span: Span) -> list[Value]:
    """Twelve sums; empty for what has a year and no month."""
    if figure.dating in (Dating.YEAR, Dating.STANDING):
        return []
    rows = figure.rows(span).subquery()
    sums = [
        func.coalesce(func.sum(case((figure.within(rows, month), rows.c.amount))), 0)
        for month in span.months
    ]
    found = session.execute(select(*sums).where(figure.within(rows, span))).one()
    return [plain(value) for value in found]


def by_unit(session: Session, figure: Figure, span: Span) -> list[tuple[int | None, str, Value]]:
    """(unit's id, its name, sum), the most first; a row of no unit stands last, unnamed."""
    rows = figure.rows(span).subquery()
    total = func.sum(rows.c.amount)
    query = (
        select(rows.c.unit_id, func.coalesce(Unit.name, ""), total)
        .select_from(rows)
        .join(Unit, Unit.id == rows.c.unit_id, isouter=True)
        .where(figure.within(rows, span))
        .group_by(rows.c.unit_id, Unit.name)
        .order_by(total.desc(), rows.c.unit_id)
    )
    return [(unit_id, name, plain(value)) for unit_id, name, value in session.execute(query)]


def by_channel(session: Session, figure: Figure, span: Span) -> list[tuple[str, Value]]:
    """(channel's code, sum), the most first; empty for what has no channels."""
    if not figure.channels:
        return []
    rows = figure.rows(span).subquery()
    total = func.sum(rows.c.amount)
    query = (
        select(rows.c.channel, total)
        .where(figure.within(rows, span))
        .group_by(rows.c.channel)
        .order_by(total.desc(), rows.c.channel)
    )
    return [(str(code), plain(value)) for code, value in session.execute(query)]


def listed(
    figure: Figure, span: Span, unit_id: int | None = None, channel: str = ""
) -> Select[Any]:
    """The rows that a figure counts, newest first: id, title, at, unit_id, amount, unit's name.

    :param unit_id: of this unit alone; 0 for those of none, None for all.
    """
    rows = figure.rows(span).subquery()
    query = (
        select(
            rows.c.id,
            rows.c.title,
            rows.c.at,
            rows.c.amount,
            func.coalesce(Unit.name, "").label("unit"),
        )
        .select_from(rows)
        .join(Unit, Unit.id == rows.c.unit_id, isouter=True)
        .where(figure.within(rows, span))
        .order_by(rows.c.at.desc(), rows.c.id.desc())
    )
    if unit_id is not None:
        query = query.where(rows.c.unit_id == unit_id if unit_id else rows.c.unit_id.is_(None))
    return query.where(rows.c.channel == channel) if channel else query


def first(figure: Figure, span: Span, limit: int) -> Select[Any]:
    """The rows that came first: id, title."""
    rows = figure.rows(span).subquery()
    query = select(rows.c.id, rows.c.title).where(figure.within(rows, span))
    return query.order_by(rows.c.at, rows.c.id).limit(limit)


def how_many(session: Session, query: Select[Any]) -> int:
    """How many rows a query has."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
