"""Files to judge by: texts with a key, and events chosen by a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from nlp import Document, normalise
from nlp.stream import gather
from responder.core.errors import Invalid
from responder.intake.files import Row, open_table
from responder.intake.imports.mapping import load_mapping, mapping_names, normalised_heading
from responder.intake.imports.reading import Source
from responder.intake.rules import Unreadable, headline, parse_identifier, parse_text
from responder.settings import Settings
from responder.topics import evaluation as topics_evaluation

LEAP_YEAR = 2020
"""Taken where times name no year: only their order and distance matter, and it has each day."""

_LISTED = re.compile(r"[|、,，;；\s]+")


@dataclass(frozen=True)
class Cells:
    """What is read of a row: its text, normalised, and its key ("" where it has none)."""

    text: str
    key: str


@dataclass(frozen=True)
class Texts:
    """The rows of a file that have a text; numbers of those that have none."""

    rows: list[Cells]
    without_text: list[int]


@dataclass(frozen=True)
class Gathered:
    """The messages of each topic, and how many rows of the file could not be read."""

    topics: list[list[str]]
    messages: int
    refused: int


@dataclass(frozen=True)
class _Sheet:
    """Rows below their headings; ``place`` finds a column or says which there are."""

    path: Path
    headings: Sequence[str]
    rows: Iterator[Row]

    def place(self, column: str, option: str) -> int:
        wanted = normalised_heading(column)
        for place, heading in enumerate(self.headings):
            if normalised_heading(heading) == wanted:
                return place
        there = "、".join(heading for heading in self.headings if heading)
        raise Invalid(
            f"{self.path.name} 没有“{column}”列：请把 {option} 改为文件中有的列（{there}）"
        )


def columns_named(text: str) -> list[str]:
    """``title,content`` → the columns; Chinese commas separate, too."""
    return [name.strip() for name in re.split(r"[,，]", text) if name.strip()]


def read_texts(
    path: Path, text_columns: Sequence[str], key: str | None, option: str, settings: Settings
) -> Texts:
    """The texts of a file, columns joined, each with its key.

    :param key: the column of the keys; None: nothing has one.
    :param option: of the command, by which ``text_columns`` were given.
    :raises Invalid: the file cannot be read, or lacks a column; the sentence lists its columns.
    """
    if not text_columns:
        raise Invalid(f"{option} 没有写列名：请写出文字所在的列，多列用逗号分隔")
    sheet = _open(path, [*text_columns, *([key] if key else [])], settings)
    places = [sheet.place(column, option) for column in text_columns]
    if key is None:
        return _texts(sheet, lambda row: Cells(_joined(row, places), ""))
    key_place = sheet.place(key, "--key")
    return _texts(sheet, lambda row: Cells(_joined(row, places), _identifier(row, key_place)))


def read_events(path: Path, column: str | None, where: str | None, settings: Settings) -> Texts:
    """The texts of a file's events.

    :param column: of the text; None: the one with the most characters.
    :param where: ``column=value``: only rows whose cell is the value or lists it (a|b、c).
    :raises Invalid: as ``read_texts``, or no row has that value.
    """
    name, _, value = (where or "").partition("=")
    if where is not None and not (name.strip() and value.strip()):
        raise Invalid(f"--events-where “{where}”读不懂：请写成 列名=值，如 tags=新闻发布会")
    wanted = [one for one in (column, name.strip()) if one]
    sheet = _open(path, wanted, settings)
    rows = list(sheet.rows)
    if where is not None:
        place = sheet.place(name.strip(), "--events-where")
        rows = [row for row in rows if _lists(_cell(row, place), value.strip())]
        if not rows:
            raise Invalid(
                f"{path.name} 的“{name.strip()}”列没有一行是“{value.strip()}”："
                "请核对 --events-where 的值"
            )
    place = sheet.place(column, "--event-text") if column else _wordiest(rows, len(sheet.headings))
    chosen = _Sheet(path, sheet.headings, iter(rows))
    return _texts(chosen, lambda row: Cells(_joined(row, [place]), ""))


def read_topics(
    path: Path, mapping: str | None, year: int | None, settings: Settings, now: datetime
) -> Gathered:
    """A file's messages, gathered into topics as the product does.

    :param mapping: how its columns are read; None: the first that ships and fits.
    :raises Invalid: the file cannot be read so.
    """
    name = mapping or _fitting_mapping(path, settings)
    source = Source(path, load_mapping(name), None, year or LEAP_YEAR)
    messages = topics_evaluation.read_messages(source, settings, now, with_ids=False)
    return _gathered(messages.documents, messages.moments, len(messages.refusals))


def read_topics_of(path: Path, text_columns: Sequence[str], settings: Settings) -> Gathered:
    """The same from named columns, without times: one row is said after the other.

    :raises Invalid: as ``read_texts``.
    """
    texts = read_texts(path, text_columns, None, "--message-text", settings)
    documents = [(headline(row.text), row.text) for row in texts.rows]
    moments = [float(place) for place in range(len(documents))]
    return _gathered(documents, moments, len(texts.without_text))


def _gathered(documents: Sequence[Document], moments: Sequence[float], refused: int) -> Gathered:
    found: dict[int, list[str]] = {}
    for topic, (title, body) in zip(gather(documents, moments).tolist(), documents, strict=True):
        found.setdefault(topic, []).append(body if title in body else f"{title}\n{body}")
    return Gathered(list(found.values()), len(documents), refused)


def _fitting_mapping(path: Path, settings: Settings) -> str:
    top = open_table(path, settings.import_max_megabytes).top
    headings = [tuple(map(parse_text, row.cells)) for row in top]
    for name in mapping_names():
        mapping = load_mapping(name)
        if any(not mapping.missing(mapping.locate(row)) for row in headings):
            return name
    raise Invalid(
        f"{path.name} 的表头与现有列映射都对不上：请用 --message-text 写出文字所在的列，"
        f"或用 --mapping 指定其中一种（{'、'.join(mapping_names())}）"
    )


def _open(path: Path, wanted: Sequence[str], settings: Settings) -> _Sheet:
    """The table below the first row that has all wanted columns; below its first row if none."""
    table = open_table(path, settings.import_max_megabytes)
    names = {normalised_heading(name) for name in wanted}
    rows = [[parse_text(cell) for cell in row.cells] for row in table.top]
    fitting = (at for at, row in enumerate(rows) if names <= set(map(normalised_heading, row)))
    at = next(fitting, 0)
    return _Sheet(path, rows[at], chain(table.top[at + 1 :], table.rest))


def _texts(sheet: _Sheet, read: Callable[[Row], Cells]) -> Texts:
    rows, without = [], []
    for row in sheet.rows:
        cells = read(row)
        if cells.text:
            rows.append(cells)
        else:
            without.append(row.number)
    if not rows:
        raise Invalid(f"{sheet.path.name} 没有一行有文字：请检查所选的列和数据行")
    return Texts(rows, without)


def _joined(row: Row, places: Iterable[int]) -> str:
    return "\n".join(text for place in places if (text := normalise(_cell(row, place))))


def _cell(row: Row, place: int) -> str:
    return parse_text(row.cells[place]) if place < len(row.cells) else ""


def _identifier(row: Row, place: int) -> str:
    try:
        return parse_identifier(row.cells[place]) if place < len(row.cells) else ""
    except Unreadable as error:
        raise Invalid(f"第 {row.number} 行的键值无法读取：{error}") from error


def _lists(cell: str, value: str) -> bool:
    return cell == value or value in _LISTED.split(cell)


def _wordiest(rows: Sequence[Row], columns: int) -> int:
    lengths = [sum(len(_cell(row, place)) for row in rows) for place in range(columns)]
    return lengths.index(max(lengths))
