"""Tables as offices hand them on: one description, an Excel workbook and a Word file of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from docx.shared import Pt

from responder.core import official_word as word

NUMBER = "序号"
NOTHING = "没有内容"

_LINE, _LEADING = 15, 6  # points: of one line of text, and above and below it
_WORD_SIZE = Pt(10.5)
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,4})?")
_A4 = 9  # as Excel numbers papers
# Options of a workbook in which no text becomes a formula or a link.
TEXT_STAYS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True)
class PaperColumn:
    """One column.

    :param characters: its width in a workbook; a Chinese character is two.
    :param millimetres: its width on A4; together 225 at most on its side, 156 upright.
    :param number: its figures are numbers in a workbook, to be summed and sorted.
    """

    heading: str
    characters: int
    millimetres: int
    centred: bool = False
    number: bool = False


@dataclass(frozen=True)
class PaperTable:
    """One table of a file. Numbers are written as such in columns of numbers alone; all else is
    text, so that no cell starts a formula.

    :param below: one line below the title; may be empty.
    """

    title: str
    below: str
    columns: Sequence[PaperColumn]
    rows: Sequence[Sequence[str]]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.heading for column in self.columns)


def papers_workbook(title: str, now: datetime, sheets: Mapping[str, PaperTable]) -> bytes:
    """The tables as .xlsx, a sheet each: A4 on its side, its head row on each page.

    :param sheets: name of the sheet → its table.
    """
    output = BytesIO()
    with xlsxwriter.Workbook(output, TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        formats = _formats(book)
        for name, table in sheets.items():
            _write_table(book.add_worksheet(name), table, formats)
    return output.getvalue()


def papers_document(
    title: str, now: datetime, tables: Sequence[PaperTable], annexed: bool = False
) -> bytes:
    """The tables as .docx to official format, A4 on its side, each on a page of its own.

    :param annexed: all but the first are annexes of it.
    """
    document = word.new_document(title, now, landscape=True)
    for place, table in enumerate(tables):
        first = None
        if place and annexed:
            first = word.add_line(document, "附件", word.HEADING_FONTS[0])
        head = word.add_title(document, table.title)
        if place:
            (first or head).paragraph_format.page_break_before = True
        _add_table(document, table)
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def fit_to_a4(sheet: Any, head: int, landscape: bool = True) -> None:
    """A4, as wide as the page, its head row on each page.

    :param sheet: a worksheet of ``xlsxwriter``.
    :param head: the row of the headings, from 0.
    """
    sheet.set_paper(_A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)


def write_merged(sheet: Any, cells: tuple[int, int, int, int], text: str, style: Any) -> None:
    """A text across several cells, as text whatever it begins with.

    :param cells: first row, first column, last row, last column, from 0.
    """
    sheet.merge_range(*cells, "", style)
    sheet.write_string(cells[0], cells[1], text, style)


def _add_table(document: Any, table: PaperTable) -> None:
    if table.below:
        word.add_line(document, f"（{table.below}）", word.HEADING_FONTS[1], centred=True)
    word.add_line(document, "")
    columns = [(one.heading, one.millimetres) for one in table.columns]
    centred = frozenset(place for place, one in enumerate(table.columns) if one.centred)
    word.add_table(document, columns, table.rows, centred, _WORD_SIZE)
    if not table.rows:
        word.add_line(document, NOTHING, centred=True)


def _formats(book: Any) -> dict[str, Any]:
    cell = {"font_name": "仿宋_GB2312", "font_size": 11, "border": 1, "valign": "vcenter"}
    middle = {"align": "center", "valign": "vcenter"}
    return {
        "title": book.add_format({"font_name": "方正小标宋简体", "font_size": 20} | middle),
        "below": book.add_format({"font_name": "楷体_GB2312", "font_size": 12} | middle),
        "head": book.add_format(
            cell | {"font_name": "黑体", "text_wrap": True, "bg_color": "#EEF2F6"} | middle
        ),
        "left": book.add_format(cell | {"text_wrap": True}),
        "centre": book.add_format(cell | {"text_wrap": True, "align": "center"}),
    }


def _write_table(sheet: Any, table: PaperTable, formats: Mapping[str, Any]) -> None:
    last = len(table.columns) - 1
    write_merged(sheet, (0, 0, 0, last), table.title, formats["title"])
    sheet.set_row(0, 34)
    head = 1
    if table.below:
        write_merged(sheet, (1, 0, 1, last), table.below, formats["below"])
        sheet.set_row(1, 20)
        head = 2
    for place, column in enumerate(table.columns):
        sheet.write_string(head, place, column.heading, formats["head"])
        sheet.set_column(place, place, column.characters)
    sheet.set_row(head, 24)
    for number, row in enumerate(table.rows, start=head + 1):
        _write_row(sheet, number, table, row, formats)
    if not table.rows:
        write_merged(sheet, (head + 1, 0, head + 1, last), NOTHING, formats["centre"])
    _set_page(sheet, head, table.title)


def _write_row(
    sheet: Any, number: int, table: PaperTable, row: Sequence[str], formats: Mapping[str, Any]
) -> None:
    sheet.set_row(number, _height(table, row))
    for place, (column, text) in enumerate(zip(table.columns, row, strict=True)):
        style = formats["centre" if column.centred else "left"]
        if (column.number or column.heading == NUMBER) and _NUMBER.fullmatch(text):
            sheet.write_number(number, place, float(text), style)
        else:
            sheet.write_string(number, place, text, style)


def _height(table: PaperTable, row: Sequence[str]) -> float:
    """Points that the tallest cell needs."""
    lines = 1
    for column, text in zip(table.columns, row, strict=True):
        for part in text.split("\n"):
            width = sum(2 if ord(sign) > 0x2E7F else 1 for sign in part)
            lines = max(lines, text.count("\n") + -(-width // (column.characters - 1)))
    return min(lines * _LINE + _LEADING, 409)  # Excel's highest row


def _set_page(sheet: Any, head: int, title: str) -> None:
    fit_to_a4(sheet, head)
    sheet.freeze_panes(head + 1, 2)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer(f"&L{title.replace('&', '&&')}&R第 &P 页，共 &N 页")
