"""Every row of a list as a file: what is text stays text, and no cell starts a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo

import xlsxwriter
from flask_babel import force_locale

from responder.core.errors import Invalid
from responder.core.papers import TEXT_STAYS_TEXT
from responder.core.times import local
from responder.web.languages import DEFAULT
from responder.web.listing.declared import Asker, Cell, Column, Listing, Source
from responder.web.listing.rules import Asked
from responder.web.media_types import CSV, XLSX

SOURCE_LANGUAGE = DEFAULT
PORTION = 500
IN_MEMORY = 4 * 1024 * 1024  # bytes of a file that need no disk
MOST_EXPORTED = 50_000
MOST_AT_ONCE = 2_000  # rows of a file that is made while somebody waits
MOST_PRINTED = 2_000
# A workbook written row by row, so that a large one needs little memory.
_STREAMED = {**TEXT_STAYS_TEXT, "in_memory": False, "constant_memory": True}
_LONGEST = 32_767  # characters of a cell, in Excel
# What begins a formula in a spreadsheet, also in the widths of a Chinese keyboard.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Rows = Iterator[Sequence[Cell]]
Tell = Callable[[int], None]


LARGE_FILES = "large list files"


class LargeFile(NamedTuple):
    """A file that would keep somebody waiting: which list, as what, and what its address asks."""

    code: str
    format: str
    address: Mapping[str, Any]


# What to answer when so many rows are wanted as a file.
LargeFiles = Callable[[LargeFile, int], str]


@dataclass(frozen=True)
class File:
    """A list as a file, and what to call it."""

    name: str
    media_type: str
    data: IO[bytes]


def demand_few(count: int, most: int) -> None:
    """:raises Invalid: more rows than one file or print may have."""
    if count > most:
        raise Invalid(f"共 {count:,} 条，一次最多 {most:,} 条：请先加上条件，例如起止日期，再导出")


def cells_of(
    listing: Listing, source: Source, asked: Asked, asker: Asker, tell: Tell = lambda _done: None
) -> Rows:
    """The values of all rows, moments by the office's clocks.

    :param tell: hears how many rows are done, now and then.
    """
    for number, rows in enumerate(source.portions(PORTION)):
        tell(number * PORTION)
        extra = listing.prepare(rows, asker, asked.values)
        for row in rows:
            values = (column.value(row, extra) for column in listing.file_columns)
            yield [_local(value, asker.zone) for value in values]


def _local(value: Cell, zone: ZoneInfo) -> Cell:
    if isinstance(value, datetime):
        return local(value, zone).replace(tzinfo=None, microsecond=0)
    return str(value) if isinstance(value, str) else value


def write_csv(title: str, columns: Sequence[Column], rows: Rows) -> IO[bytes]:
    """With the mark by which Excel knows UTF-8."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    text = TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([str(column.label) for column in columns])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def _plain(cell: Cell) -> str | int | float:
    """A cell of a CSV file. An apostrophe keeps a text from being a formula."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if cell is None or isinstance(cell, (int, float)):
        return "" if cell is None else cell
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_xlsx(title: str, columns: Sequence[Column], rows: Rows) -> IO[bytes]:
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    with xlsxwriter.Workbook(file, _STREAMED) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "bottom": 1})
        top = {"valign": "top"}
        formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"} | top),
            date: book.add_format({"num_format": "yyyy-mm-dd"} | top),
            str: book.add_format({"text_wrap": True} | top),
            int: book.add_format(top),
            float: book.add_format({"num_format": "0.0"} | top),
        }
        sheet = book.add_worksheet(title[:31])
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, str(column.label), head)
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(sheet, number, place, cell, formats)
        sheet.autofilter(0, 0, 0, len(columns) - 1)
    file.seek(0)
    return file


def _write(sheet: Any, number: int, place: int, cell: Cell, formats: dict[type, Any]) -> None:
    if cell is None or cell == "":
        return
    style = formats[type(cell)]
    if isinstance(cell, (datetime, date)):
        sheet.write_datetime(number, place, cell, style)
    elif isinstance(cell, str):
        sheet.write_string(number, place, cell[:_LONGEST], style)
    else:
        sheet.write_number(number, place, cell, style)


Writer = Callable[[str, Sequence[Column], Rows], IO[bytes]]
# By the file's suffix: its media type, and what writes it.
WRITERS: dict[str, tuple[str, Writer]] = {"xlsx": (XLSX, write_xlsx), "csv": (CSV, write_csv)}


def file_of(
    listing: Listing,
    kind: str,
    source: Source,
    asked: Asked,
    asker: Asker,
    tell: Tell = lambda _done: None,
) -> File:
    """Every row as a file, in the source's language: files are handed on.

    :param kind: one of ``WRITERS``.
    """
    with force_locale(SOURCE_LANGUAGE):
        title = str(listing.title)
        media_type, write = WRITERS[kind]
        rows = cells_of(listing, source, asked, asker, tell)
        data = write(title, listing.file_columns, rows)
    return File(f"{title} {asker.today:%Y-%m-%d}.{kind}", media_type, data)
