"""One row of a table becomes a message, or a refusal that says which cell and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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

# In the order in which they are read: of several cells at fault the first is named.
_TEXTS = ("title", "body", "external_id", "author", "phone", "district", "place", "source_url",
          "reply")  # fmt: skip
_COUNTS = ("likes", "dislikes", "comments", "shares")
_VALUES = ("occurred_at", "nature", "urgent", *_COUNTS, "replied_at")

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
    """A table whose columns are known: headings, and the rows below them.

    :param width: cells that a row may have; None for any number.
    """

    headings: tuple[str, ...]
    columns: dict[str, int]
    mapping: ColumnMapping
    rows: Iterator[Row]
    width: int | None = None


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
        width = len(headings) if table.ragged else None
        return Sheet(headings, columns, mapping, chain([first], rows), width)
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
    width = _width(table, heading_row, places) if table.ragged else None
    return Sheet(headings, places, mapping, chain(below, table.rest), width)


def _width(table: Table, heading_row: int, places: Mapping[str, int]) -> int | None:
    """How many columns have a heading, or were chosen without one; None without headings."""
    named = next((row for row in table.top if row.number == heading_row), None)
    return max(len(named.cells), *(place + 1 for place in places.values())) if named else None


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


@dataclass(frozen=True)
class _Field:
    """One field of a message, and the column that holds it.

    :param limit: the longest value, in characters; None without a limit.
    :param required: a row in which it is empty is refused.
    """

    name: str
    column: int
    heading: str
    parse: Callable[[Any], Any]
    limit: int | None
    required: bool

    def read(self, row: Row, max_characters: int) -> Any:
        """The value in a row; a cell that is not there is empty."""
        if row.broken and (reason := row.broken.get(self.column)):
            raise self.refused(reason)
        cell = row.cells[self.column] if self.column < len(row.cells) else ""
        if isinstance(cell, str) and len(cell) > max_characters:
            raise self.refused(
                f"有 {len(cell)} 字，超过上限 {max_characters} 字："
                "请缩短，或请系统管理员调大上限（RESPONDER_IMPORT_MAX_CELL_CHARACTERS）"
            )
        try:
            value = self.parse(cell)
        except Unreadable as error:
            raise self.refused(str(error)) from error
        if self.limit is not None and len(value) > self.limit:
            raise self.refused(f"有 {len(value)} 字，最多 {self.limit} 字，请缩短")
        if self.required and not value:
            raise self.refused("是空的，请补填")
        return value

    def refused(self, reason: str) -> _Refused:
        return _Refused(self.column, f"{self.heading}：{reason}")


def row_reader(sheet: Sheet, reading: Reading) -> Callable[[Row], NewMessage | Refusal]:
    """What reads each row of a sheet: the message that it holds, or why it holds none."""
    fields = _fields(sheet, reading)

    def read(row: Row) -> NewMessage | Refusal:
        try:
            if sheet.width is not None and len(row.cells) > sheet.width:
                _refuse_what_ran_on(row, sheet.width)
            values = {field.name: field.read(row, reading.max_characters) for field in fields}
            return _message(values, sheet, reading.channel)
        except _Refused as refused:
            return Refusal(row, refused.column, refused.reason)

    return read


def _refuse_what_ran_on(row: Row, width: int) -> None:
    beyond = next(filter(None, map(rules.parse_text, row.cells[width:])), "")
    if beyond:
        raise _Refused(
            None,
            f"有 {len(row.cells)} 格，表头只有 {width} 列，多出“{beyond[:20]}”："
            "内容里若有分隔符，请给整格加上双引号，或用 Excel 另存为 .xlsx",
        )


def _fields(sheet: Sheet, reading: Reading) -> list[_Field]:
    """The fields that the sheet has, in the order in which what is wrong is named."""
    parsers = _parsers(reading)
    # Of title and body one is enough; a count or an urgency that is empty is 0 or no.
    needed = sheet.mapping.required - {"title", "body", "urgent", *_COUNTS}
    return [
        _Field(
            name,
            sheet.columns[name],
            sheet.headings[sheet.columns[name]],
            parsers.get(name, rules.parse_text),
            rules.COLUMN_LIMITS.get(name),
            name in needed,
        )
        for name in (*_TEXTS, *_VALUES)
        if name in sheet.columns
    ]


def _parsers(reading: Reading) -> dict[str, Callable[[Any], Any]]:
    """How a cell is read, for each field that is more than text."""

    def moment(cell: Any) -> datetime | None:
        if not rules.parse_text(cell):
            return None
        return rules.parse_moment(cell, reading.zone, reading.now, reading.year)

    return {
        "external_id": rules.parse_identifier,
        "nature": _nature,
        "urgent": rules.parse_yes,
        **dict.fromkeys(_COUNTS, rules.parse_count),
        **dict.fromkeys(("occurred_at", "replied_at"), moment),
    }


def _message(values: dict[str, Any], sheet: Sheet, channel: Channel) -> NewMessage:
    """Title and body stand for each other where only one is given."""
    title, body = values.get("title", ""), values.get("body", "")
    columns = sheet.columns
    if not title and not body:
        raise _Refused(
            columns.get("body", columns.get("title")), "标题和内容都是空的：请至少补填一项"
        )
    if values.get("occurred_at") is None:
        raise _Refused(columns.get("occurred_at"), "缺少时间：请补填留言时间")
    values |= {
        "title": title or rules.headline(body),
        "body": body or title,
        "external_id": values.get("external_id") or None,
    }
    return NewMessage(channel=channel, **values)


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
