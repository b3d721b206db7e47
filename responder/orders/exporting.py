"""The monthly table as a workbook (.xlsx); no cell a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

import xlsxwriter

from responder.orders.rules import Figures
from responder.orders.service import MonthlyTable

MONTHLY_HEADINGS = (
    "承办单位", "派遣总数", "按时办结", "超时办结", "未办结", "结案率", "按时结案率", "不满意数",
    "不满意率",
)  # fmt: skip

Cell = str | int | float | datetime | None
_WIDTHS = {"标题": 40, "公开答复": 60, "主办单位": 22, "承办单位": 28}


def monthly_workbook(table: MonthlyTable) -> BytesIO:
    """The monthly hotline table."""
    rows = [(unit.name, figures) for unit, figures in table.rows]
    cells = (_figures(name, figures) for name, figures in [*rows, ("合计", table.whole)])
    return _workbook(f"{table.month} 热线办理情况", MONTHLY_HEADINGS, cells)


def _figures(name: str, row: Figures) -> list[Cell]:
    return [
        name, row.total, row.on_time, row.late, row.unfinished, row.closing_rate,
        row.on_time_rate, row.dissatisfied, row.dissatisfied_rate,
    ]  # fmt: skip


def _workbook(sheet_name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> BytesIO:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "bottom": 1})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        rate = book.add_format({"num_format": "0.0%", "valign": "top"})
        plain = book.add_format({"valign": "top", "text_wrap": True})
        sheet = book.add_worksheet(sheet_name)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, _WIDTHS.get(heading, 16))
        sheet.freeze_panes(1, 1)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, moment)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell, plain)
                elif cell is not None:
                    sheet.write_number(
                        number, column, cell, rate if isinstance(cell, float) else plain
                    )
    target.seek(0)
    return target
