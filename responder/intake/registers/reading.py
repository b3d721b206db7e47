"""Rows of a table: headings found, each cell read, or the row refused with what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from nlp import to_simplified
from responder.core.errors import Invalid
from responder.core.texts import tidy
from responder.intake.files import Cell, Row, Table, open_table
from responder.intake.imports.error_workbook import ADDED
from responder.intake.imports.mapping import normalised_heading
from responder.intake.imports.rows import Refusal
from responder.intake.registers.columns import EMPTY, Column
from responder.intake.rules import Unreadable, parse_text

MOST_MEGABYTES = 10
MOST_ROWS = 30_000  # a year's published items; while they are stored everybody else waits

# What stands below a table and is no row of it.
_FOOT = re.compile(r"^(注|备注|说明|填报|填表|联系|合计|总计|共计|制表|审核|单位负责人)")

Values = dict[str, Any]


class RowRefused(Exception):
    """A row that cannot be taken. ``field`` empty: it is the whole row."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


@dataclass(frozen=True)
class Sheet:
    """A table whose columns are known: headings, and the rows below them.

    :param columns: by name, those that the table may have.
    :param places: name → position, of those that it has.
    :param ragged: cells beyond the headings are no notes: a row may have run on by mistake.
    """

    columns: Mapping[str, Column]
    headings: tuple[str, ...]
    places: Mapping[str, int]
    rows: Iterator[Row]
    ragged: bool

    @property
    def unread(self) -> tuple[str, ...]:
        """The headings of columns that mean nothing here."""
        known = set(self.places.values())
        return tuple(
            name
            for place, name in enumerate(self.headings)
            if name and place not in known and name not in ADDED
        )

    def heading(self, name: str) -> str:
        """What the file calls a column; what the office does, where the file lacks it."""
        place = self.places.get(name)
        return self.columns[name].heading if place is None else self.headings[place]


@dataclass(frozen=True)
class ReadRow:
    """A row that can be taken.

    :param note: what was decided in reading it that a person should know; mostly empty.
    """

    row: Row
    values: Values
    note: str = ""


@dataclass(frozen=True)
class TableFile:
    """A file that was read: rows that can be taken, and rows that cannot.

    :param rows: how many it has.
    :param unread: the headings of columns that the register does not have.
    """

    name: str
    headings: tuple[str, ...]
    rows: int
    read: tuple[ReadRow, ...]
    refusals: tuple[Refusal, ...]
    unread: tuple[str, ...] = ()


# Looks at a row's values together. It may change them, refuse the row, or answer with a note.
Finish = Callable[[Values], str | None]


def read_table(
    path: Path,
    columns: Sequence[Column],
    finish: Finish | None = None,
    most_rows: int = MOST_ROWS,
) -> TableFile:
    """Read an office's table (.xlsx, .xls, CSV, JSON lines). Stores nothing.

    :raises Invalid: it cannot be read as such a table; the sentence says what to do.
    """
    sheet = find_sheet(open_table(path, MOST_MEGABYTES), path, columns)
    read: list[ReadRow] = []
    refusals: list[Refusal] = []
    for row in sheet.rows:
        result = read_row(sheet, row, finish)
        if isinstance(result, Refusal):
            refusals.append(result)
        elif result is not None:
            read.append(result)
        if len(read) + len(refusals) > most_rows:
            raise Invalid(f"{path.name} 超过 {most_rows} 行：请确认是这张表，或拆成几个文件")
    rows = len(read) + len(refusals)
    if not rows:
        raise Invalid(f"{path.name} 只有表头，没有内容：请填好后再导入")
    found = tuple(read), tuple(refusals)
    return TableFile(path.name, sheet.headings, rows, *found, sheet.unread)


def find_sheet(table: Table, path: Path, columns: Sequence[Column]) -> Sheet:
    """The columns of a table; titles may stand above the headings.

    :raises Invalid: no row has the headings that are needed.
    """
    known = {column.name: column for column in columns}
    needed = [column.name for column in columns if column.required]
    best = needed
    for index, row in enumerate(table.top):
        headings = tuple("".join(parse_text(cell).split()).strip("*＊") for cell in row.cells)
        places = _locate(headings, columns)
        missing = [name for name in needed if name not in places]
        if not missing:
            rows = chain(table.top[index + 1 :], table.rest)
            return Sheet(known, headings, places, rows, table.ragged)
        best = min(best, missing, key=len)
    raise Invalid(
        f"{path.name} 缺少列：{'、'.join(known[name].heading for name in best)}。"
        "请下载模板，按模板的表头整理后再导入"
    )


def _locate(headings: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        plain = re.sub(r"\(.*?\)$", "", normalised_heading(to_simplified(heading)))
        places.setdefault(plain, place)
    found: dict[str, int] = {}
    for column in columns:
        known = (places[name] for name in column.headings if name in places)
        first = next((one for one in known if one not in found.values()), None)
        if first is not None:
            found[column.name] = first
    return found


def read_row(sheet: Sheet, row: Row, finish: Finish | None = None) -> ReadRow | Refusal | None:
    """A row, why it is refused, or None for what is no row of the table."""
    if _is_foot(sheet, row):
        return None
    try:
        _refuse_what_ran_on(sheet, row)
        values = {name: _value(sheet, row, name) for name in sheet.columns}
        note = finish(values) if finish else None
        return ReadRow(row, values, note or "")
    except RowRefused as refused:
        heading = f"{sheet.heading(refused.field)}：" if refused.field else ""
        return Refusal(row, sheet.places.get(refused.field), heading + refused.reason)


def _is_foot(sheet: Sheet, row: Row) -> bool:
    """Whether a row is blank, or a remark below the table: words, and nothing that it needs."""
    filled = [text for text in map(parse_text, row.cells) if text]
    if not filled:
        return not row.broken
    needed = [name for name, column in sheet.columns.items() if column.required]
    told = sum(bool(parse_text(_cell(sheet, row, name))) for name in needed)
    return told <= 1 < len(needed) and bool(_FOOT.match(filled[0]))


def _refuse_what_ran_on(sheet: Sheet, row: Row) -> None:
    if not sheet.ragged:
        return
    if beyond := next(filter(None, map(parse_text, row.cells[len(sheet.headings) :])), ""):
        raise RowRefused(
            "",
            f"比表头多出“{beyond[:20]}”：内容里若有分隔符，请给整格加上双引号，"
            "或用 Excel 另存为 .xlsx",
        )


def _cell(sheet: Sheet, row: Row, name: str) -> Cell:
    place = sheet.places.get(name)
    return "" if place is None or place >= len(row.cells) else row.cells[place]


def _value(sheet: Sheet, row: Row, name: str) -> Any:
    """The value of a cell; what a formula left broken is refused."""
    column, cell = sheet.columns[name], _cell(sheet, row, name)
    place = sheet.places.get(name)
    if place is not None and (reason := row.broken.get(place)):
        raise RowRefused(name, reason)
    if not parse_text(cell):
        if column.required:
            choices = f"，请从 {'、'.join(column.choices)} 中选填" if column.choices else ""
            raise RowRefused(name, f"是空的{choices}" if choices else EMPTY)
        return column.empty
    try:
        value = tidy(column.read(cell))
    except Unreadable as error:
        raise RowRefused(name, str(error)) from error
    return limited(column, value)


def limited(column: Column, value: Any) -> Any:
    """A text that its column can hold.

    :raises RowRefused: it is too long.
    """
    if column.limit is not None and len(value) > column.limit:
        raise RowRefused(column.name, f"有 {len(value)} 字，最多 {column.limit} 字，请缩短")
    return value
