"""What this product published itself, registered in the catalogue: each thing once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import ColumnElement, String, bindparam, cast, func, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import local
from responder.core.turns import one_at_a_time
from responder.openness.catalogue import registering
from responder.openness.catalogue.models import (
    OWN_LABELS,
    CatalogueColumn,
    OwnKind,
    OwnMapping,
    Publication,
    Way,
)
from responder.openness.catalogue.registering import Item
from responder.publishing.models import Entry
from responder.publishing.packages.columns import columns as interpretation_columns
from responder.publishing.packages.models import LEVEL_LABELS, InterpretationColumn, PolicyPackage
from responder.publishing.packages.released import Interpretation, PolicyDocument
from responder.publishing.places import absolute

ENDPOINTS = {
    OwnKind.CONCERN: ("publishing.show", "entry_id"),
    OwnKind.DOCUMENT: ("interpretations.document", "document_id"),
    OwnKind.INTERPRETATION: ("interpretations.show", "interpretation_id"),
}
EVERYTHING = ""
MAPPING_LOCK = 20_260_136  # nothing else in this database locks by it


@dataclass(frozen=True)
class Synced:
    """What became of what had not been registered yet.

    :param known: the register had it already in another way; it is now known as the same.
    :param unmapped: no column is named for it.
    :param closed: the column named for it took nothing of that day.
    """

    created: int
    known: int
    unmapped: int
    closed: int


@dataclass(frozen=True)
class Line:
    """A line that the mapping may have."""

    kind: OwnKind
    detail: str
    label: str
    column: CatalogueColumn | None


def sync(session: Session, attempt: Attempt, zone: ZoneInfo, site: str) -> Synced:
    """Register what was published here and is not in the catalogue yet. Changes nothing else.

    :param site: the column's address outside; empty when nobody has said it.
    """
    registering.hold(session)
    named = {(one.kind, one.detail): one.column for one in session.scalars(select(OwnMapping))}
    items: list[Item] = []
    unmapped = closed = 0
    for kind, query in _unregistered().items():
        for own_id, detail, title, published_at, index_number in session.execute(query):
            column = named.get((kind, detail)) or named.get((kind, EVERYTHING))
            day = local(published_at, zone).date()
            if column is None:
                unmapped += 1
            elif not column.takes(day):
                closed += 1
            else:
                address = _address(kind, own_id, site)
                key = f"{kind.value}:{own_id}"
                title = " ".join(title.split())
                items.append(Item(column.id, title, day, address, index_number, key))
    new = registering.store(session, items, Way.OWN, attempt.now)
    known = _note_known(session, [item for item in items if item not in new])
    if new:
        counts = {"rows": len(items), "created": len(new), "duplicates": known, "errors": 0}
        registering.note_batch(session, Way.OWN, "本系统发布的内容", counts, attempt)
    return Synced(len(new), known, unmapped, closed)


def _note_known(session: Session, items: list[Item]) -> int:
    """Say of what came in by another way that it is this; how many it was."""
    known = registering.known_among(session, items, Publication.own_key.is_(None))
    own_keys: dict[int, str | None] = {}
    for item in items:
        if (publication_id := known.id_of(item)) is not None:
            own_keys.setdefault(publication_id, item.own_key)
    if own_keys:
        noted = (
            update(Publication)
            .where(Publication.id == bindparam("known"))
            .values(own_key=bindparam("own"), version_id=Publication.version_id + 1)
        )
        rows = [{"known": known_id, "own": own} for known_id, own in own_keys.items()]
        session.connection().execute(noted, rows)  # the register is not read again here
    return len(items)


def waiting(session: Session) -> dict[OwnKind, int]:
    """How much of each kind was published here and is not in the catalogue."""
    return {
        kind: session.scalar(select(func.count()).select_from(query.subquery())) or 0
        for kind, query in _unregistered().items()
    }


def lines(session: Session) -> list[Line]:
    """Every line that the mapping may have, with the column that it names."""
    query = select(OwnMapping).options(selectinload(OwnMapping.column))
    named = {(one.kind, one.detail): one.column for one in session.scalars(query)}
    details = [
        (OwnKind.CONCERN, EVERYTHING, OWN_LABELS[OwnKind.CONCERN]),
        (OwnKind.DOCUMENT, EVERYTHING, f"{OWN_LABELS[OwnKind.DOCUMENT]}（下面没有指定的）"),
        *((OwnKind.DOCUMENT, level.value, label) for level, label in LEVEL_LABELS.items()),
        (
            OwnKind.INTERPRETATION, EVERYTHING,
            f"{OWN_LABELS[OwnKind.INTERPRETATION]}（下面没有指定的）",
        ),
        *(
            (OwnKind.INTERPRETATION, column.code, column.name)
            for column in interpretation_columns(session)
        ),
    ]  # fmt: skip
    return [Line(kind, detail, label, named.get((kind, detail))) for kind, detail, label in details]


def hold_mapping(session: Session) -> None:
    """Until this transaction ends, whoever else changes the mapping waits.

    For whoever decides by what they read of it, before they read.
    """
    one_at_a_time(session, MAPPING_LOCK)


def save_mapping(
    session: Session, wanted: Mapping[tuple[OwnKind, str], int | None], attempt: Attempt
) -> None:
    """Write the mapping anew. What is registered already stays where it is.

    :param wanted: (kind, detail) → id of the column; None for none.
    :raises Forbidden: the person does not keep the catalogue.
    :raises Invalid: there is no such column.
    """
    if not attempt.actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("目录由政务公开办维护：请联系他们调整")
    kept = {(one.kind, one.detail): one for one in session.scalars(select(OwnMapping))}
    for (kind, detail), column_id in wanted.items():
        line = kept.get((kind, detail))
        if column_id is None:
            if line is not None:
                session.delete(line)
            continue
        column = session.get(CatalogueColumn, column_id)
        if column is None:
            raise Invalid("所选栏目已不存在：请刷新页面后重新选择")
        if line is None:
            session.add(OwnMapping(kind=kind, detail=detail, column=column))
        else:
            line.column = column
    session.flush()


def _unregistered() -> dict[OwnKind, Any]:
    """Of each kind: id, detail, title, moment and index number of what is not registered."""
    return {
        OwnKind.CONCERN: select(
            Entry.id, literal(EVERYTHING), Entry.title, Entry.published_at, Entry.index_number
        ).where(_is_new(OwnKind.CONCERN, Entry.id)),
        OwnKind.DOCUMENT: select(
            PolicyDocument.id, PolicyPackage.level, PolicyDocument.title,
            PolicyDocument.published_at, PolicyDocument.index_number,
        ).join(PolicyDocument.package).where(_is_new(OwnKind.DOCUMENT, PolicyDocument.id)),
        OwnKind.INTERPRETATION: select(
            Interpretation.id, InterpretationColumn.code, Interpretation.title,
            Interpretation.published_at, Interpretation.index_number,
        ).join(Interpretation.column).where(_is_new(OwnKind.INTERPRETATION, Interpretation.id)),
    }  # fmt: skip


def _is_new(kind: OwnKind, own_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    key = literal(f"{kind.value}:").concat(cast(own_id, String))
    return ~select(Publication.id).where(Publication.own_key == key).exists()


def _address(kind: OwnKind, own_id: int, site: str) -> str | None:
    """Where citizens read it; None when nobody has said where the column stands outside."""
    if not site:
        return None
    endpoint, name = ENDPOINTS[kind]
    path = current_app.url_map.bind("localhost").build(endpoint, {name: own_id})
    return absolute(site, path)
