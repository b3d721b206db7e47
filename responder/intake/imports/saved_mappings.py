"""Mappings that people saved: found again by the headings, or by their name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, NotFound
from responder.intake.imports.error_workbook import ADDED
from responder.intake.imports.fields import FIELD_LABELS
from responder.intake.imports.mapping import (
    ColumnMapping,
    load_mapping,
    mapping_names,
    normalised_heading,
)
from responder.intake.imports.models import MAPPING_NAME_CHARACTERS, SavedMapping
from responder.intake.models import Channel

__all__ = ["delete", "find", "get_mapping", "places", "save", "saved"]


def signature(headings: Sequence[str]) -> str:
    """64 hex digits: the same for the same headings in any order.

    What a workbook of refused rows has besides does not count: it is the same file again.
    """
    own = sorted(normalised_heading(heading) for heading in headings if heading not in ADDED)
    return hashlib.sha256("\x00".join(own).encode()).hexdigest()


def saved(session: Session) -> list[SavedMapping]:
    """All saved mappings, by name."""
    return list(session.scalars(select(SavedMapping).order_by(SavedMapping.name)))


def find(session: Session, headings: Sequence[str]) -> SavedMapping | None:
    """The mapping last saved for these headings."""
    query = select(SavedMapping).where(SavedMapping.signature == signature(headings))
    return session.scalar(query.order_by(SavedMapping.saved_at.desc()).limit(1))


def places(mapping: SavedMapping, headings: Sequence[str]) -> dict[str, int]:
    """Field → position of its column among these headings."""
    at = {heading: place for place, heading in enumerate(headings)}
    return {name: at[heading] for name, heading in mapping.columns.items() if heading in at}


def save(
    session: Session,
    name: str,
    headings: Sequence[str],
    columns: Mapping[str, int],
    channel: Channel,
    now: datetime,
) -> SavedMapping:
    """Keep what is what under a name; the same headings under the same name are renewed.

    :raises Invalid: the name is too long, or other headings or a shipped mapping have it.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAPPING_NAME_CHARACTERS:
        raise Invalid(
            f"映射名称须为 1 至 {MAPPING_NAME_CHARACTERS} 字：请改名", {"save_as": "请改名"}
        )
    found = session.scalar(select(SavedMapping).where(SavedMapping.name == name))
    mine = signature(headings)
    if name in mapping_names() or (found is not None and found.signature != mine):
        raise Invalid(
            f"已有名为“{name}”的映射，用于另一种表头：请换一个名称", {"save_as": "已有同名"}
        )
    if found is None:
        found = SavedMapping(name=name, signature=mine, columns={}, channel=channel, saved_at=now)
        session.add(found)
    found.columns = {field: headings[place] for field, place in columns.items()}
    found.channel, found.saved_at = channel, now
    session.flush()
    return found


def delete(session: Session, mapping_id: int) -> str:
    """Forget a saved mapping; its name.

    :raises NotFound: there is none.
    """
    found = session.get(SavedMapping, mapping_id)
    if found is None:
        raise NotFound("这个映射已经删除：请刷新页面")
    session.delete(found)
    session.flush()
    return found.name


def get_mapping(session: Session, name: str) -> ColumnMapping:
    """A shipped or a saved mapping by its name, for the command.

    :raises Invalid: there is none of that name.
    """
    if name in mapping_names():
        return load_mapping(name)
    found = session.scalar(select(SavedMapping).where(SavedMapping.name == name))
    if found is None:
        names = "、".join([*mapping_names(), *(one.name for one in saved(session))])
        raise Invalid(f"没有名为 {name} 的列映射：可用的有 {names}")
    columns = {field: (heading,) for field, heading in found.columns.items()}
    ordered = {field: columns[field] for field in FIELD_LABELS if field in columns}
    return ColumnMapping(found.name, found.name, ordered, frozenset({"occurred_at"}))
