"""The refused rows back to whoever sent them: as they were, with the reason beside them.

After correction the same workbook can be imported again; the added columns are ignored.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from responder.core import disk
from responder.core.errors import Invalid
from responder.intake.files import Cell
from responder.intake.imports.rows import Refusal

ROW_NUMBER, REASON = "行号", "错误原因"
ADDED = (ROW_NUMBER, REASON)
EXCEL_CELL_CHARACTERS = 32_767
FIRST_EXCEL_YEAR = 1901
CUT_NOTE = f"（原文超过 Excel 单元格上限，此处只有前 {EXCEL_CELL_CHARACTERS} 字，请从来源更正）"


class ErrorWorkbook:
    """Written row by row, and only when there is a first one. Close it in the end.

    Texts are stored as texts, so that no cell starts a formula.

    :param headings: of the original table; 行号 and 错误原因 of an earlier round are dropped.
    """

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self.path = path
        self.rows = 0
        self._kept = [place for place, heading in enumerate(headings) if heading not in ADDED]
        self._headings = [headings[place] for place in self._kept]
        self._book: Any = None

    def add(self, refusal: Refusal) -> None:
        """Append one refused row, its cell at fault marked."""
        if self._book is None:
            self._open()
        self.rows += 1
        cells = refusal.row.cells
        self._sheet.write_number(self.rows, 0, refusal.row.number)
        reason = refusal.reason
        for column, place in enumerate(self._kept, start=len(ADDED)):
            cell = cells[place] if place < len(cells) else ""
            if isinstance(cell, str) and len(cell) > EXCEL_CELL_CHARACTERS:
                cell, reason = cell[:EXCEL_CELL_CHARACTERS], reason + CUT_NOTE
            self._write(column, cell, place == refusal.column)
        self._sheet.write_string(self.rows, 1, reason, self._formats["reason"])

    def close(self) -> bool:
        """Finish the file; whether there is one.

        :raises OSError: no space is left; nothing stays of the file.
        :raises Invalid: it cannot be written for another reason.
        """
        if self._book is None:
            return False
        try:
            self._book.close()
        except (FileCreateError, OSError) as error:
            self._drop_if_full(error)
            raise Invalid(
                f"无法写入错误表 {self.path}（{error}）：其余的行已导入，"
                "请换一个可写的位置再运行一次，被退回的行会重新列出"
            ) from error
        return True

    def _drop_if_full(self, error: BaseException) -> None:
        """:raises OSError: as the system told it, which the library wraps."""
        told = error.args[0] if isinstance(error, FileCreateError) and error.args else error
        if isinstance(told, OSError) and disk.is_full(told):
            self.path.unlink(missing_ok=True)
            raise told

    def _open(self) -> None:
        self._book = xlsxwriter.Workbook(self.path, {"constant_memory": True})
        mark = {"bg_color": "#FFE2A8"}
        day, moment = {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm:ss"}
        add = self._book.add_format
        self._formats = {
            "head": add({"bold": True, "bg_color": "#E8F0F7", "bottom": 1}),
            "reason": add({"font_color": "#A3221F", "text_wrap": True, "valign": "top"}),
            "day": (add(day), add(day | mark)),
            "moment": (add(moment), add(moment | mark)),
            "plain": (add({"valign": "top"}), add(mark | {"valign": "top"})),
        }
        self._sheet = self._book.add_worksheet("退回的行")
        for column, heading in enumerate((*ADDED, *self._headings)):
            self._sheet.write_string(0, column, heading, self._formats["head"])
        self._sheet.set_column(0, 0, 8)
        self._sheet.set_column(1, 1, 48)
        self._sheet.set_column(2, len(ADDED) + len(self._headings), 18)
        self._sheet.freeze_panes(1, len(ADDED))

    def _write(self, column: int, cell: Cell, at_fault: bool) -> None:
        row, sheet = self.rows, self._sheet
        plain = self._formats["plain"][at_fault]
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell, plain)
        elif isinstance(cell, (int, float)) and math.isfinite(cell):
            sheet.write_number(row, column, cell, plain)
        elif isinstance(cell, date) and cell.year < FIRST_EXCEL_YEAR:
            sheet.write_string(row, column, cell.isoformat(), plain)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell, self._formats["moment"][at_fault])
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self._formats["day"][at_fault])
        elif isinstance(cell, (time, timedelta, float)) or cell:
            sheet.write_string(row, column, str(cell), plain)
        elif at_fault:
            sheet.write_blank(row, column, None, plain)


def check_writable(path: Path, source: Path) -> None:
    """Refuse a place for the error workbook before anything is imported.

    :raises OSError: no space is left.
    :raises Invalid: not .xlsx, no such folder, the imported file itself, not writable.
    """
    if path.suffix.lower() != ".xlsx":
        raise Invalid(f"错误表 {path.name} 须以 .xlsx 结尾：请改名")
    if path.resolve() == source.resolve():
        raise Invalid(f"错误表不能覆盖正在导入的文件 {path.name}：请换一个文件名")
    if not path.parent.is_dir():
        raise Invalid(f"没有目录 {path.parent}：请先建立，或换一个位置存放错误表")
    existed = path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        if disk.is_full(error):
            raise
        raise Invalid(f"无法写入 {path}（{error.strerror}）：请换一个位置存放错误表") from error
    if not existed:
        with suppress(OSError):
            path.unlink()
