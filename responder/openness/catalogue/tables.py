"""The catalogue as it is taken along (.xlsx): its columns with counts, adjustments, key areas."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.papers import PaperColumn, PaperTable, papers_workbook
from responder.core.permissions import Actor
from responder.core.times import chinese_date
from responder.openness.access import reads_all
from responder.openness.catalogue import queries
from responder.openness.catalogue.models import ColumnAdjustment
from responder.openness.catalogue.queries import TreeRow

_C = PaperColumn
TREE_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("代码", 12, 22),
    _C("栏目", 34, 50),
    _C("责任单位", 22, 32),
    _C("启用日期", 15, 24, centred=True),
    _C("停用日期", 15, 24, centred=True),
    _C("更新周期", 10, 16, centred=True),
    _C("网站检查类别", 14, 20),
    _C("重点领域", 16, 25),
)
ADJUSTMENT_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("日期", 15, 26, centred=True),
    _C("代码", 12, 22),
    _C("栏目", 28, 42),
    _C("调整", 8, 14, centred=True),
    _C("内容", 44, 60),
    _C("依据", 28, 34),
    _C("登记人", 10, 15, centred=True),
)
AREA_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("重点领域", 30, 80),
    _C("栏目数", 10, 30, centred=True),
    _C("信息条数", 12, 30, centred=True, number=True),
)
INDENT = "　"


def catalogue_workbook(session: Session, year: int, now: datetime, actor: Actor) -> bytes:
    """The catalogue of a year as a workbook: three sheets, as far as a person sees them."""
    sheets = {
        "公开目录": tree_table(session, year, actor),
        "调整记录": adjustment_table(session, year, actor),
    }
    if reads_all(actor):
        sheets["重点领域"] = area_table(session, year)
    return papers_workbook(file_title(year), now, sheets)


def file_title(year: int) -> str:
    return f"{year}年政府信息公开目录"


def tree_table(session: Session, year: int, actor: Actor) -> PaperTable:
    rows = queries.tree(session, actor, year)
    total = sum(row.own for row in rows)
    columns = (
        *TREE_COLUMNS, _C(f"{year}年条数", 12, 16, centred=True, number=True),
        _C("含下级", 10, 14, centred=True, number=True),
    )  # fmt: skip
    below = f"共 {len(rows)} 个栏目，{year} 年 {total} 条"
    return PaperTable(file_title(year), below, columns, [*map(_tree_row, range(len(rows)), rows)])


def _tree_row(place: int, row: TreeRow) -> tuple[str, ...]:
    column = row.column
    return (
        str(place + 1),
        column.code,
        INDENT * (row.level - 1) + column.name,
        column.unit.name,
        chinese_date(column.valid_from),
        chinese_date(column.valid_to) if column.valid_to else "",
        column.cadence_label,
        column.check_kind.name if column.check_kind else "",
        column.key_area.name if column.key_area else "",
        str(row.own),
        str(row.total),
    )


def adjustment_table(session: Session, year: int, actor: Actor) -> PaperTable:
    """The adjustments that hold from a day of a year on (目录调整记录)."""
    found = session.scalars(queries.adjustments(actor, year))
    rows = [
        (
            str(number), chinese_date(one.on), one.column.code, one.name, one.kind_label,
            "；".join(change_words(one)), one.reason, one.by_name,
        )
        for number, one in enumerate(found, 1)
    ]  # fmt: skip
    return PaperTable(f"{year}年公开目录调整记录", f"共 {len(rows)} 项", ADJUSTMENT_COLUMNS, rows)


def change_words(one: ColumnAdjustment) -> list[str]:
    """Each field of an adjustment: ``更新周期：不定期 → 每月``."""
    return [f"{label}：{before} → {after}" for label, (before, after) in one.changes.items()]


def area_table(session: Session, year: int) -> PaperTable:
    rows = [
        (str(number), area.name, str(columns), str(items))
        for number, (area, columns, items) in enumerate(queries.counts_by_area(session, year), 1)
    ]
    total = sum(int(row[3]) for row in rows)
    return PaperTable(f"{year}年重点领域信息公开情况", f"共 {total} 条", AREA_COLUMNS, rows)
