"""The year's points as files: the table, and how each of them came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from responder.core.papers import PaperColumn, PaperTable, papers_document, papers_workbook
from responder.openness.assessment.computing import Cell, Row, Sheet
from responder.openness.assessment.lifecycle import ASSESSMENT
from responder.openness.points import plain

_C = PaperColumn
_WIDE = 225  # millimetres of A4 on its side
_FIXED = (_C("序号", 6, 11, centred=True), _C("单位", 26, 44))
_LAST = (_C("合计", 9, 15, centred=True), _C("名次", 7, 13, centred=True))
_DETAIL = (
    _C("序号", 6, 12, centred=True),
    _C("单位", 24, 36),
    _C("类别", 12, 20),
    _C("指标", 24, 36),
    _C("分值", 8, 14, centred=True),
    _C("怎样算出来的", 44, 62),
    _C("调整", 24, 30),
    _C("得分", 8, 15, centred=True),
)


def points_table(sheet: Sheet) -> PaperTable:
    """A row a unit, a column a criterion."""
    scheme = sheet.scheme
    room = _WIDE - sum(one.millimetres for one in (*_FIXED, *_LAST))
    width = max(10, room // max(len(scheme.criteria), 1))
    columns = [
        *_FIXED,
        *(
            _C(
                f"{one.name}（{'扣' if one.deduction else ''}{plain(one.points)}）",
                12, min(width, 30), centred=True,
            )
            for one in scheme.criteria
        ),
        *_LAST,
    ]  # fmt: skip
    rows = [
        (
            str(number), row.unit.name, *(plain(cell.points) for cell in row.cells),
            plain(row.total), str(row.rank),
        )
        for number, row in enumerate(sheet.rows, 1)
    ]  # fmt: skip
    return PaperTable(f"{scheme.name}得分", _below(sheet), columns, rows)


def detail_table(sheet: Sheet) -> PaperTable:
    """A row for each criterion of each unit: the arithmetic, and what people adjusted."""
    lines = [(row, cell) for row in sheet.rows for cell in row.cells]
    rows = [
        (
            str(number), row.unit.name, cell.criterion.group, cell.criterion.name,
            plain(cell.criterion.points), cell.arithmetic, _adjustments(cell), plain(cell.points),
        )
        for number, (row, cell) in enumerate(lines, 1)
    ]  # fmt: skip
    return PaperTable(f"{sheet.scheme.name}计分明细", _below(sheet), _DETAIL, rows)


def _workbook(sheet: Sheet, now: datetime) -> bytes:
    tables = {"得分": points_table(sheet), "计分明细": detail_table(sheet)}
    return papers_workbook(sheet.scheme.name, now, tables)


def _document(sheet: Sheet, now: datetime) -> bytes:
    tables = [points_table(sheet), detail_table(sheet)]
    return papers_document(sheet.scheme.name, now, tables, annexed=True)


# By the file's suffix, which is also the name in the address and at the console.
FORMATS: Mapping[str, Callable[[Sheet, datetime], bytes]] = {"xlsx": _workbook, "docx": _document}


def own_sheet(sheet: Sheet, unit_id: int | None) -> Sheet:
    """The same with the row of one unit alone."""
    rows: list[Row] = [row for row in sheet.rows if row.unit.id == unit_id]
    return Sheet(sheet.scheme, rows)


def _below(sheet: Sheet) -> str:
    scheme = sheet.scheme
    state = ASSESSMENT.states[scheme.state]
    return f"总分 {plain(scheme.total)} 分，占考核比重 {plain(scheme.share)}%，{state}"


def _adjustments(cell: Cell) -> str:
    return "；".join(f"{plain(one.points)}（{one.reason}）" for one in cell.standing)
