"""The list of messages restricted by what people confirmed: category, and its lead unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from responder.accounts.models import Unit
from responder.intake.searching.facets import Facet, offer_facet
from responder.routing import service
from responder.routing.models import Category, CategoryConfirmation
from responder.routing.taxonomy import unit_of


def offer() -> None:
    """Let people find messages by category and by unit."""
    offer_facet("category", Facet("分类", _categories, _of_category, _category_names))
    offer_facet("unit", Facet("责任单位", _units, _of_unit, _unit_names))


def _categories(session: Session) -> Sequence[tuple[str, str]]:
    parent = aliased(Category)
    query = (
        select(Category.id, Category.name, parent.name)
        .outerjoin(parent, Category.parent_id == parent.id)
        .where(Category.valid)
    )
    said = [
        (str(row[0]), f"{row[2]} / {row[1]}" if row[2] else row[1])
        for row in session.execute(query)
    ]
    return sorted(said, key=lambda one: one[1])


def _units(session: Session) -> Sequence[tuple[str, str]]:
    rows = session.execute(select(Unit.id, Unit.name).order_by(Unit.name))
    return [(str(row.id), row.name) for row in rows]


def _of_category(value: str) -> Select[int]:
    number = _number(value)
    return _confirmed(or_(Category.id == number, Category.parent_id == number))


def _of_unit(value: str) -> Select[int]:
    """Confirmed under a category that this unit answers for, or whose parent it does."""
    number = _number(value)
    own = select(Category.id).where(Category.unit_id == number)
    inherited = Category.unit_id.is_(None) & Category.parent_id.in_(own)
    return _confirmed(or_(Category.unit_id == number, inherited))


def _category_names(session: Session, message_ids: Sequence[int]) -> Mapping[int, str]:
    found = service.of_message(session, message_ids)
    return {message_id: one.category.path for message_id, one in found.items()}


def _unit_names(session: Session, message_ids: Sequence[int]) -> Mapping[int, str]:
    found = service.of_message(session, message_ids)
    units = {message_id: unit_of(one.category) for message_id, one in found.items()}
    return {message_id: unit.name for message_id, unit in units.items() if unit}


def _confirmed(which: ColumnElement[bool]) -> Select[int]:
    newest = select(func.max(CategoryConfirmation.id)).group_by(CategoryConfirmation.message_id)
    return (
        select(CategoryConfirmation.message_id)
        .join(Category, CategoryConfirmation.category_id == Category.id)
        .where(CategoryConfirmation.id.in_(newest), which)
    )


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
