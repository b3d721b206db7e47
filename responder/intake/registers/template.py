"""The workbook to fill in: headings, lists to choose from, and how to."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from responder.intake.registers.columns import Column

ROWS_WITH_LISTS = 500
UNITS = "单位"
_TEXT = {"num_format": "@"}


def write_template(
    title: str, columns: Sequence[Column], units: Sequence[str] = (), units_of: str = "unit"
) -> bytes:
    """The .xlsx file. Its examples stand on a sheet of their own: nobody imports them.

    :param title: of the first sheet.
    :param units: names to choose from in the column ``units_of``.
    """
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "bottom": 1})
        sheet = _write_headings(book, title, columns, head)
        _write_notes(book, columns, head)
        _write_units(book, units)
        for place, column in enumerate(columns):
            if column.choices:
                _offer(sheet, place, list(column.choices))
            elif column.name == units_of and units:
                _offer(sheet, place, f"={UNITS}!$A$1:$A${len(units)}")
    return output.getvalue()


def _write_headings(book: Any, title: str, columns: Sequence[Column], head: Any) -> Any:
    sheet = book.add_worksheet(title)
    text = book.add_format(_TEXT)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.heading, head)
        sheet.set_column(place, place, column.width, text)
    sheet.freeze_panes(1, 0)
    return sheet


def _write_notes(book: Any, columns: Sequence[Column], head: Any) -> None:
    notes = book.add_worksheet("填写说明")
    notes.set_column(0, 0, 14)
    notes.set_column(1, 2, 48, book.add_format({"text_wrap": True, "valign": "top"}))
    for place, heading in enumerate(("列", "怎样填", "示例")):
        notes.write_string(0, place, heading, head)
    for row, column in enumerate(columns, start=1):
        hint = "；".join(filter(None, ("必填" if column.required else "", column.hint)))
        for place, words in enumerate((column.heading, hint, column.example)):
            notes.write_string(row, place, words)


def _write_units(book: Any, units: Sequence[str]) -> None:
    if not units:
        return
    names = book.add_worksheet(UNITS)
    names.set_column(0, 0, 40)
    for row, name in enumerate(units):
        names.write_string(row, 0, name)


def _offer(sheet: Any, place: int, choices: list[str] | str) -> None:
    rule = {"validate": "list", "source": choices, "error_message": "请从列表中选择"}
    sheet.data_validation(1, place, ROWS_WITH_LISTS, place, rule)
