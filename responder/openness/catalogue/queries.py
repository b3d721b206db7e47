"""Questions on the catalogue: its tree with counts, what stands in it, what was adjusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from responder.core.permissions import Actor
from responder.openness.access import own_rows, reads_all
from responder.openness.catalogue.models import (
    AdjustmentKind,
    CatalogueColumn,
    ColumnAdjustment,
    KeyArea,
    Publication,
    PublicationBatch,
    Way,
)


@dataclass(frozen=True)
class TreeRow:
    """A column where it stands in the tree.

    :param level: from 1.
    :param own: items of the year in it, ``total`` with those of the columns below it.
    """

    column: CatalogueColumn
    level: int
    own: int
    total: int


@dataclass(frozen=True)
class Wanted:
    """What a list of publications is asked for; nothing means all."""

    column_id: int | None = None
    year: int | None = None
    way: Way | None = None
    area_id: int | None = None
    key_areas: bool = False
    text: str = ""


def all_columns(session: Session) -> list[CatalogueColumn]:
    """Every column by its code, with what it refers to, in one query."""
    query = select(CatalogueColumn).options(
        joinedload(CatalogueColumn.unit), joinedload(CatalogueColumn.check_kind),
        joinedload(CatalogueColumn.key_area), joinedload(CatalogueColumn.feed),
    )  # fmt: skip
    return list(session.scalars(query.order_by(CatalogueColumn.code)))


def in_year(year: int) -> ColumnElement[bool]:
    """Of a publication: whether its day lies in a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return and_(Publication.published_on >= first, Publication.published_on <= last)


def counts_by_column(session: Session, year: int) -> dict[int, int]:
    """Column id → items published in a year; without those that have none."""
    query = select(Publication.column_id, func.count().label("items")).where(in_year(year))
    rows = session.execute(query.group_by(Publication.column_id))
    return {row.column_id: row.items for row in rows}


def tree(session: Session, actor: Actor, year: int) -> list[TreeRow]:
    """The catalogue as its tree, parents before children, with the counts of a year.

    A unit sees its own columns alone, each at the level at which it stands.
    """
    rows = tree_rows(all_columns(session), counts_by_column(session, year))
    if reads_all(actor):
        return rows
    return [row for row in rows if row.column.unit_id == actor.unit_id]


def tree_rows(found: Sequence[CatalogueColumn], counts: Mapping[int, int]) -> list[TreeRow]:
    """Columns in the order of their tree."""
    children: dict[int | None, list[CatalogueColumn]] = {}
    for column in found:
        children.setdefault(column.parent_id, []).append(column)
    rows: list[TreeRow] = []

    def walk(column: CatalogueColumn, level: int) -> int:
        place, own = len(rows), counts.get(column.id, 0)
        rows.append(TreeRow(column, level, own, own))
        total = own + sum(walk(child, level + 1) for child in children.get(column.id, ()))
        rows[place] = TreeRow(column, level, own, total)
        return total

    for column in children.get(None, ()):
        walk(column, 1)
    return rows


def counts_by_area(session: Session, year: int) -> list[tuple[KeyArea, int, int]]:
    """Each key area: its columns, and the items of a year in them; retired empty ones are left
    out.
    """
    items = func.count(Publication.id).filter(in_year(year))
    query = (
        select(KeyArea, func.count(func.distinct(CatalogueColumn.id)), items)
        .outerjoin(CatalogueColumn, CatalogueColumn.key_area_id == KeyArea.id)
        .outerjoin(Publication, Publication.column_id == CatalogueColumn.id)
        .group_by(KeyArea.id)
        .order_by(KeyArea.id)
    )
    rows = [(area, columns, count) for area, columns, count in session.execute(query)]
    return [row for row in rows if row[0].active or row[1]]


def listed(actor: Actor, wanted: Wanted) -> Select[Publication]:
    """Publications, the newest first, of the columns that a person sees."""
    query = select(Publication).join(Publication.column).where(_own(actor))
    if wanted.column_id is not None:
        query = query.where(Publication.column_id == wanted.column_id)
    if wanted.year is not None:
        query = query.where(in_year(wanted.year))
    if wanted.way is not None:
        query = query.where(Publication.way == wanted.way)
    if wanted.area_id is not None:
        query = query.where(CatalogueColumn.key_area_id == wanted.area_id)
    if wanted.key_areas:
        query = query.where(CatalogueColumn.key_area_id.is_not(None))
    if wanted.text:
        query = query.where(
            Publication.title.contains(wanted.text, autoescape=True)
            | (Publication.index_number == wanted.text)
        )
    return query.order_by(Publication.published_on.desc(), Publication.id.desc())


def with_columns(query: Select[Publication]) -> Select[Publication]:
    return query.options(joinedload(Publication.column).joinedload(CatalogueColumn.unit))


def count_by_way(session: Session, actor: Actor, year: int) -> dict[Way, int]:
    """How many items of a year came in which way, of the columns that a person sees."""
    query = select(Publication.way, func.count().label("items")).join(Publication.column)
    rows = session.execute(query.where(_own(actor), in_year(year)).group_by(Publication.way))
    return {row.way: row.items for row in rows}


def adjustments(
    actor: Actor,
    year: int,
    kind: AdjustmentKind | None = None,
    unit_id: int | None = None,
    text: str = "",
) -> Select[ColumnAdjustment]:
    """The adjustments that hold from a day of a year on (目录调整记录), in their order.

    :param unit_id: whose column it is now; ``text``: in its name then, or its code.
    """
    query = select(ColumnAdjustment).join(ColumnAdjustment.column)
    first, last = date(year, 1, 1), date(year, 12, 31)
    if kind is not None:
        query = query.where(ColumnAdjustment.kind == kind)
    if unit_id is not None:
        query = query.where(CatalogueColumn.unit_id == unit_id)
    if text:
        query = query.where(
            ColumnAdjustment.name.contains(text, autoescape=True)
            | CatalogueColumn.code.startswith(text, autoescape=True)
        )
    return (
        query.where(_own(actor), ColumnAdjustment.on >= first, ColumnAdjustment.on <= last)
        .order_by(ColumnAdjustment.on, ColumnAdjustment.id)
        .options(joinedload(ColumnAdjustment.column).joinedload(CatalogueColumn.unit))
    )


def adjustments_of(session: Session, column: CatalogueColumn) -> list[ColumnAdjustment]:
    """All that happened to a column, the last first."""
    query = select(ColumnAdjustment).where(ColumnAdjustment.column_id == column.id)
    return list(
        session.scalars(query.order_by(ColumnAdjustment.on.desc(), ColumnAdjustment.id.desc()))
    )


def batches(session: Session, most: int = 10) -> list[PublicationBatch]:
    """What came in last."""
    query = select(PublicationBatch).order_by(PublicationBatch.id.desc()).limit(most)
    return list(session.scalars(query))


def years(session: Session) -> list[int]:
    """From the year of the first item to that of the last, at most thirty of them."""
    first = session.scalar(select(func.min(Publication.published_on)))
    last = session.scalar(select(func.max(Publication.published_on)))
    if first is None or last is None:
        return []
    return list(range(max(first.year, last.year - 29), last.year + 1))


def _own(actor: Actor) -> ColumnElement[bool]:
    return own_rows(actor, CatalogueColumn.unit_id == actor.unit_id)


def count_of_year(session: Session, year: int) -> tuple[int, int]:
    """(items of a year, those of them in columns of a key area)."""
    query = (
        select(func.count(), func.count(CatalogueColumn.key_area_id))
        .select_from(Publication)
        .join(Publication.column)
        .where(in_year(year))
    )
    total, in_areas = session.execute(query).one()
    return total, in_areas


def new_column_names(session: Session, year: int) -> list[str]:
    """The names of the columns that begin in a year, by first day, then by code."""
    query = select(CatalogueColumn.name).where(_begins_in(year))
    return list(session.scalars(query.order_by(CatalogueColumn.valid_from, CatalogueColumn.code)))


def items_by_column(session: Session, year: int) -> list[tuple[str, str, int]]:
    """(code, name, items) of each column that has items of the year, without those of the
    columns below it, by code.
    """
    query = (
        select(CatalogueColumn.code, CatalogueColumn.name, func.count())
        .join(Publication, Publication.column_id == CatalogueColumn.id)
        .where(in_year(year))
        .group_by(CatalogueColumn.id)
        .order_by(CatalogueColumn.code)
    )
    return [(code, name, count) for code, name, count in session.execute(query)]


def _begins_in(year: int) -> ColumnElement[bool]:
    return CatalogueColumn.valid_from.between(date(year, 1, 1), date(year, 12, 31))
