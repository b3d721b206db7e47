"""Tables as offices send them, and tables as they are taken along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import python_calamine
import xlsxwriter


def table_file(
    folder: Path, headings: Sequence[str], *rows: Sequence[object], name: str = "表.xlsx"
) -> Path:
    """A workbook with these headings and rows."""
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, cells in enumerate([headings, *rows]):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    moment = datetime(cell.year, cell.month, cell.day)
                    sheet.write_datetime(number, column, moment, day)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, str(cell))
    return path


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """Name of each sheet of a workbook → its rows."""
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
