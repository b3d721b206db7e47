"""The workbook to fill in: headings, lists to choose from, and how to."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from responder.intake.registers.columns import Column

ROWS_WITH_LISTS = 500
UNITS = "单位"
MOST_CHARACTERS = 255  # of a list that stands in the rule itself: Excel's limit
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
        if units:
            _write_list(book, UNITS, units)
        for place, column in enumerate(columns):
            if column.choices:
                _offer(sheet, place, _offered(book, place, list(column.choices)))
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


def _offered(book: Any, place: int, choices: list[str]) -> list[str] | str:
    """The choices themselves where Excel can hold them, else a sheet that lists them."""
    if len(",".join(choices).encode("utf-16-le")) // 2 <= MOST_CHARACTERS:
        return choices
    return _write_list(book, f"选项{place + 1}", choices)


def _write_list(book: Any, name: str, choices: Sequence[str]) -> str:
    """A sheet of choices; the range that they fill."""
    names = book.add_worksheet(name)
    names.set_column(0, 0, 40)
    for row, choice in enumerate(choices):
        names.write_string(row, 0, choice)
    return f"={name}!$A$1:$A${len(choices)}"


def _offer(sheet: Any, place: int, choices: list[str] | str) -> None:
    rule = {"validate": "list", "source": choices, "error_message": "请从列表中选择"}
    sheet.data_validation(1, place, ROWS_WITH_LISTS, place, rule)
