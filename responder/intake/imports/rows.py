"""One row of a table becomes a message, or a refusal that says which cell and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from responder.core.errors import Invalid
from responder.intake import rules
from responder.intake.files import Row, Table
from responder.intake.imports.mapping import ColumnMapping, unique_headings
from responder.intake.models import NATURE_LABELS, Channel, Nature
from responder.intake.new_message import NewMessage
from responder.intake.rules import Unreadable

NATURES = {label: nature for nature, label in NATURE_LABELS.items()} | {
    "諮詢": Nature.INQUIRY,
    "投訴": Nature.COMPLAINT,
    "舉報": Nature.REPORT,
    "建議": Nature.SUGGESTION,
    "表揚": Nature.PRAISE,
}

# Instead of a row's number: the table begins with its first message.
NO_HEADINGS = -1


@dataclass(frozen=True)
class Reading:
    """What one import knows besides the file.

    :param now: aware; nothing may have happened more than a day after it.
    :param year: for times that leave the year out.
    """

    channel: Channel
    now: datetime
    zone: ZoneInfo
    max_characters: int
    year: int | None = None


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken.

    :param column: position of the cell at fault; None when it is the whole row.
    """

    row: Row
    column: int | None
    reason: str


@dataclass(frozen=True)
class Sheet:
    """A table whose columns are known: headings, and the rows below them."""

    headings: tuple[str, ...]
    columns: dict[str, int]
    mapping: ColumnMapping
    rows: Iterator[Row]


class _Refused(Exception):
    def __init__(self, column: int | None, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def find_headings(table: Table, mapping: ColumnMapping, path: Path) -> Sheet:
    """Match the columns of a table with the fields of a message.

    The headings are the first row that has all that is required; a title may stand above.

    :raises Invalid: no row has, or nothing stands below it.
    """
    for index, row in enumerate(table.top):
        headings = tuple(rules.parse_text(cell) for cell in row.cells)
        columns = mapping.locate(headings)
        if mapping.missing(columns):
            continue
        rows = chain(table.top[index + 1 :], table.rest)
        first = next(rows, None)
        if first is None:
            raise Invalid(f"{path.name} 只有表头，没有数据行：请填入留言后再导入")
        return Sheet(headings, columns, mapping, chain([first], rows))
    raise _wrong_columns(table, mapping, path)


def chosen_columns(table: Table, columns: Mapping[str, int], heading_row: int, name: str) -> Sheet:
    """A table as a person said that it is to be read.

    :param columns: field → position of its column.
    :param heading_row: number of the row with the headings, or ``NO_HEADINGS``.
    """
    headings = headings_of(table.top, heading_row)
    named = {one: (headings[place],) for one, place in columns.items() if place < len(headings)}
    mapping = ColumnMapping(name, name, named, frozenset({"occurred_at"}))
    below = (row for row in table.top if row.number > heading_row)
    places = {one: place for one, place in columns.items() if one in named}
    return Sheet(headings, places, mapping, chain(below, table.rest))


def headings_of(rows: Sequence[Row], heading_row: int) -> tuple[str, ...]:
    """The headings that stand in a row, one for each column that any of the rows has."""
    width = max((len(row.cells) for row in rows), default=0)
    named = next((row for row in rows if row.number == heading_row), None)
    cells = named.cells if named else ()
    return unique_headings([rules.parse_text(cell) for cell in cells], width)


def _wrong_columns(table: Table, mapping: ColumnMapping, path: Path) -> Invalid:
    def headings(row: Row) -> list[str]:
        return [text for text in map(rules.parse_text, row.cells) if text]

    best = max(table.top, key=lambda row: len(mapping.locate(headings(row))))
    missing = "、".join(mapping.missing(mapping.locate(headings(best))))
    found = "、".join(text if len(text) <= 20 else text[:19] + "…" for text in headings(best)[:30])
    return Invalid(
        f"{path.name} 缺少列：{missing}（现有：{found}）。"
        f"请补上表头，或用 --mapping 换一种列映射（现用 {mapping.name}）"
    )


def read_row(row: Row, sheet: Sheet, reading: Reading) -> NewMessage | Refusal:
    """The message that a row holds, or why it holds none."""
    try:
        return _message(_Cells(row, sheet, reading.max_characters), reading)
    except _Refused as refused:
        return Refusal(row, refused.column, refused.reason)


class _Cells:
    """The cells of one row by the name of their field."""

    def __init__(self, row: Row, sheet: Sheet, max_characters: int) -> None:
        self.row, self.sheet, self.max_characters = row, sheet, max_characters

    def read(self, field: str, parse: Callable[[Any], Any]) -> Any:
        """The value of a field; a cell that is not there is empty."""
        column = self.sheet.columns.get(field)
        if column is None:
            return _nothing(parse)
        if reason := self.row.broken.get(column):
            raise _Refused(column, f"{self._heading(column)}：{reason}")
        cell = self.row.cells[column] if column < len(self.row.cells) else ""
        if isinstance(cell, str) and len(cell) > self.max_characters:
            raise _Refused(
                column,
                f"{self._heading(column)}：有 {len(cell)} 字，超过上限 {self.max_characters} 字："
                "请缩短，或调大 RESPONDER_IMPORT_MAX_CELL_CHARACTERS",
            )
        try:
            return parse(cell)
        except Unreadable as error:
            raise _Refused(column, f"{self._heading(column)}：{error}") from error

    def text(self, field: str) -> str:
        value: str = self.read(field, rules.parse_text)
        limit = rules.COLUMN_LIMITS.get(field)
        if limit is not None and len(value) > limit:
            column = self.sheet.columns[field]
            raise _Refused(
                column, f"{self._heading(column)}：有 {len(value)} 字，最多 {limit} 字，请缩短"
            )
        if not value and field in self.sheet.mapping.required - {"title", "body"}:
            column = self.sheet.columns[field]
            raise _Refused(column, f"{self._heading(column)}：是空的，请补填")
        return value

    def _heading(self, column: int) -> str:
        return self.sheet.headings[column]


@cache
def _nothing(parse: Callable[[Any], Any]) -> Any:
    """What an empty cell is read as."""
    return parse("")


def _message(cells: _Cells, reading: Reading) -> NewMessage:
    title, body = _words(cells)
    cells.read("external_id", rules.parse_identifier)
    occurred_at = _moment(cells, "occurred_at", reading)
    if occurred_at is None:
        raise _Refused(cells.sheet.columns.get("occurred_at"), "缺少时间：请补填留言时间")
    return NewMessage(
        channel=reading.channel,
        title=title,
        body=body,
        occurred_at=occurred_at,
        external_id=cells.text("external_id") or None,
        author=cells.text("author"),
        phone=cells.text("phone"),
        district=cells.text("district"),
        place=cells.text("place"),
        source_url=cells.text("source_url"),
        nature=cells.read("nature", _nature),
        urgent=cells.read("urgent", rules.parse_yes),
        likes=cells.read("likes", rules.parse_count),
        dislikes=cells.read("dislikes", rules.parse_count),
        comments=cells.read("comments", rules.parse_count),
        shares=cells.read("shares", rules.parse_count),
        reply=cells.text("reply"),
        replied_at=_moment(cells, "replied_at", reading),
    )


def _words(cells: _Cells) -> tuple[str, str]:
    """Title and body; one stands for the other where only one is given."""
    title, body = cells.text("title"), cells.text("body")
    if not title and not body:
        columns = cells.sheet.columns
        raise _Refused(
            columns.get("body", columns.get("title")), "标题和内容都是空的：请至少补填一项"
        )
    return title or rules.headline(body), body or title


def _moment(cells: _Cells, field: str, reading: Reading) -> datetime | None:
    if not cells.text(field):
        return None
    moment: datetime = cells.read(
        field, lambda cell: rules.parse_moment(cell, reading.zone, reading.now, reading.year)
    )
    return moment


def _nature(cell: Any) -> Nature | None:
    text = rules.parse_text(cell)
    if not text:
        return None
    if text not in NATURES:
        listed = "、".join(NATURE_LABELS.values())
        raise Unreadable(f"“{text[:20]}”不在诉求性质之列，请从 {listed} 中选填")
    return NATURES[text]


def described(refusals: Sequence[Refusal]) -> list[str]:
    """The first few refusals as lines for a person."""
    return [f"第 {refusal.row.number} 行 {refusal.reason}" for refusal in refusals]
