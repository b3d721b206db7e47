"""Plan files as units send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

HEADINGS = ("序号", "发布主题", "发布形式", "拟发布时间", "发布单位", "发布人", "依据", "备注")
ROW = (1, "老旧小区改造进展", "新闻发布会", "3月", "市住房和城乡建设局", "副局长", "工作报告", "")


def row(**changes: object) -> list[object]:
    """A good row, changed: ``row(拟发布时间="待定")``."""
    return [changes.get(name, value) for name, value in zip(HEADINGS, ROW, strict=True)]


def plan_file(
    folder: Path,
    *rows: Sequence[object],
    headings: Sequence[str] = HEADINGS,
    above: Sequence[str] = (),
    below: Sequence[str] = (),
    name: str = "计划.xlsx",
) -> Path:
    """A workbook with these rows; titles may stand above the headings, notes below."""
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        lines = [*([text] for text in above), headings, *rows, *([text] for text in below)]
        for number, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    moment = datetime(cell.year, cell.month, cell.day)
                    sheet.write_datetime(number, column, moment, day)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, str(cell))
    return path
