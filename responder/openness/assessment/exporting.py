"""The year's points as files: the table, and how each of them came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from responder.core.papers import PaperColumn, PaperTable, papers_document, papers_workbook
from responder.openness.assessment.computing import Cell, Row, Sheet
from responder.openness.assessment.lifecycle import ASSESSMENT
from responder.openness.assessment.models import Criterion
from responder.openness.points import heading_width, plain

_C = PaperColumn
MOST_COLUMNS = 12  # of criteria on an A4 sheet; the workbook has them all
_WIDE = 225  # millimetres of A4 on its side
_FIXED = (_C("序号", 6, 11, centred=True), _C("单位", 26, 44))
_LAST = (_C("合计", 9, 15, centred=True, number=True), _C("名次", 7, 13, centred=True, number=True))
_DETAIL = (
    _C("序号", 6, 12, centred=True),
    _C("单位", 24, 36),
    _C("类别", 12, 20),
    _C("指标", 24, 36),
    _C("分值", 8, 14, centred=True),
    _C("怎样算出来的", 44, 62),
    _C("调整", 24, 30),
    _C("得分", 8, 15, centred=True, number=True),
)


def points_table(sheet: Sheet, by_group: bool = False) -> PaperTable:
    """A row a unit, a column a criterion, or a group of them."""
    scheme = sheet.scheme
    headings = (
        [f"{name} {_worth(members)}" for name, members in scheme.groups.items()]
        if by_group
        else [f"{one.name} {_worth([one])}" for one in scheme.criteria]
    )
    room = _WIDE - sum(one.millimetres for one in (*_FIXED, *_LAST))
    width = min(room // max(len(headings), 1), 30)
    columns = [
        *_FIXED,
        *(_C(each, heading_width(each), width, centred=True) for each in headings),
        *_LAST,
    ]
    rows = [
        (
            str(number), row.unit.name, *_points(row, by_group), plain(row.total), str(row.rank),
        )
        for number, row in enumerate(sheet.rows, 1)
    ]  # fmt: skip
    return PaperTable(f"{scheme.name}得分", _below(sheet), columns, rows)


def _worth(members: Sequence[Criterion]) -> str:
    """``2分``, ``扣1分``, ``2分扣1分``: what criteria give and take."""
    given = sum((one.points for one in members if not one.deduction), Decimal(0))
    taken = sum((one.points for one in members if one.deduction), Decimal(0))
    parts = [f"{plain(given)}分" if given else "", f"扣{plain(taken)}分" if taken else ""]
    return "".join(parts)


def _points(row: Row, by_group: bool) -> list[str]:
    if not by_group:
        return [plain(cell.points) for cell in row.cells]
    return [
        plain(sum((cell.points for cell in cells), Decimal(0))) for cells in row.groups.values()
    ]


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
    many = len(sheet.scheme.criteria) > MOST_COLUMNS
    tables = [points_table(sheet, by_group=many), detail_table(sheet)]
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
