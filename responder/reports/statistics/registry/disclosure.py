"""What the city publishes: figures of the catalogue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.openness.catalogue.models import WAY_LABELS, CatalogueColumn, KeyArea, Publication
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.spans import Dating, Span

_S = Section.DISCLOSURE
_P = Permission.OPENNESS_READ


def _items(_span: Span) -> Select[Any]:
    return rows_of(
        Publication, title=Publication.title, at=Publication.published_on,
        unit_id=CatalogueColumn.unit_id, channel=Publication.way,
    ).join(CatalogueColumn, CatalogueColumn.id == Publication.column_id)  # fmt: skip


def _key_area_items(_span: Span) -> Select[Any]:
    return (
        rows_of(
            Publication, title=Publication.title, at=Publication.published_on,
            unit_id=CatalogueColumn.unit_id, channel=KeyArea.name,
        )
        .join(CatalogueColumn, CatalogueColumn.id == Publication.column_id)
        .join(KeyArea, KeyArea.id == CatalogueColumn.key_area_id)
    )  # fmt: skip


def _new_columns(_span: Span) -> Select[Any]:
    return rows_of(
        CatalogueColumn, title=CatalogueColumn.name, at=CatalogueColumn.valid_from,
        unit_id=CatalogueColumn.unit_id,
    )  # fmt: skip


FIGURES: tuple[Figure, ...] = (
    Figure(
        "published_items", _S, "主动公开信息", "条",
        "公开目录各栏目（含已停用的）中公开日期在本年的信息，登记、导入、同步和订阅的都计；"
        "在几个栏目中的分别计。",
        "publication", _items, Dating.DAY, channels=WAY_LABELS, permission=_P,
    ),
    Figure(
        "key_area_items", _S, "重点领域公开信息", "条",
        "主动公开信息中，所在栏目现在属于重点领域的。",
        "publication", _key_area_items, Dating.DAY, among="published_items",
        channels={"": ""}, permission=_P,
    ),
    Figure(
        "new_columns", _S, "新增公开栏目", "个",
        "启用日期在本年的各级目录栏目，此后停用的仍计。",
        "catalogue_column", _new_columns, Dating.DAY, ("catalogue.show", "column_id"),
        permission=_P,
    ),
)  # fmt: skip
