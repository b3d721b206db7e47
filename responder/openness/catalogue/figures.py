"""What the year's summary counts of the catalogue.

An item's year is that of its day ``published_on``; a column's that of ``valid_from``.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from responder.openness.catalogue import queries
from responder.openness.catalogue.models import CatalogueColumn, Publication


def published_items(session: Session, year: int, zone: ZoneInfo) -> int:
    """Items (公开信息) whose ``published_on`` lies in the year, in any column, valid or retired
    since, registered in any way; each counts once in each column in which it stands.
    ``zone`` is not needed: days are kept as days.
    """
    query = select(func.count()).select_from(Publication).where(queries.in_year(year))
    return session.scalar(query) or 0


def key_area_items(session: Session, year: int, zone: ZoneInfo) -> int:
    """Of :func:`published_items`, those in columns that now belong to a key area (重点领域)."""
    query = select(func.count()).select_from(Publication).join(Publication.column)
    in_area = CatalogueColumn.key_area_id.is_not(None)
    return session.scalar(query.where(queries.in_year(year), in_area)) or 0


def new_columns(session: Session, year: int, zone: ZoneInfo) -> int:
    """Columns of any level that are valid from a day of the year on, retired since or not."""
    return session.scalar(select(func.count()).where(_begins_in(year))) or 0


def new_column_names(session: Session, year: int, zone: ZoneInfo) -> list[str]:
    """The names of :func:`new_columns` as they are now, by first day, then by code."""
    query = select(CatalogueColumn.name).where(_begins_in(year))
    return list(session.scalars(query.order_by(CatalogueColumn.valid_from, CatalogueColumn.code)))


def items_by_column(session: Session, year: int, zone: ZoneInfo) -> list[tuple[str, str, int]]:
    """(code, name, items) of each column that has items of the year, without those of the
    columns below it, by code; the counts add up to :func:`published_items`.
    """
    query = (
        select(CatalogueColumn.code, CatalogueColumn.name, func.count())
        .join(Publication, Publication.column_id == CatalogueColumn.id)
        .where(queries.in_year(year))
        .group_by(CatalogueColumn.id)
        .order_by(CatalogueColumn.code)
    )
    return [(code, name, count) for code, name, count in session.execute(query)]


def _begins_in(year: int) -> ColumnElement[bool]:
    return CatalogueColumn.valid_from.between(date(year, 1, 1), date(year, 12, 31))
