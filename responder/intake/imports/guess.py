"""Which column is which field: by its heading, else by what stands in it.

A guess is shown to a person with its reason before anything is read by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from responder.intake import rules
from responder.intake.files import Row
from responder.intake.imports.mapping import ColumnMapping, normalised_heading
from responder.intake.imports.rows import NATURES, NO_HEADINGS
from responder.intake.rules import Unreadable

SAMPLED_ROWS = 200

MOST = 0.8
MANY = 0.6
SOME = 0.2
LONGEST_NAME = 20
LONG_TEXT = 15
WORDS_OF_A_TITLE = 60
SHORT_CODE = 40

_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}")
_URL = re.compile(r"https?://\S+")
_CODE = re.compile(r"[A-Za-z0-9_-]{4,40}")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}|[\u4e00-\u9fff]{1,2}(?:先生|女士|某|\*+)")
_DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,6}(?:(?<![小社园校景])区|县|市|旗|镇|街道)")
_DIGITS = re.compile(r"\d(?:[- ]?\d){4}")
_YES = frozenset({"是", "否", "紧急", "不紧急", "加急", "一般", "普通"})


@dataclass(frozen=True)
class Guess:
    """What a column probably is.

    :param by: ``heading`` or ``content``.
    """

    field: str
    by: str


@dataclass(frozen=True)
class Column:
    """The cells of one column, as far as they were looked at; empty ones left out."""

    position: int
    cells: Sequence[Any]

    @property
    def texts(self) -> list[str]:
        return [rules.parse_text(cell) for cell in self.cells]

    def share(self, fits: Callable[[Any], bool]) -> float:
        """How many of the cells fit, 0 to 1; of none, none."""
        return sum(map(fits, self.cells)) / len(self.cells) if self.cells else 0.0

    @property
    def length(self) -> float:
        return sum(map(len, self.texts)) / len(self.cells) if self.cells else 0.0


def guess_heading_row(rows: Sequence[Row], known: Sequence[ColumnMapping]) -> int:
    """The number of the row that holds the headings; ``NO_HEADINGS`` when none does.

    :param rows: the first rows of a table.
    """
    names = {
        normalised_heading(heading)
        for mapping in known
        for headings in mapping.columns.values()
        for heading in headings
    }

    def recognised(row: Row) -> int:
        return sum(normalised_heading(rules.parse_text(cell)) in names for cell in row.cells)

    best = max(rows, key=recognised)
    if recognised(best):
        return best.number
    widest = max(sum(bool(rules.parse_text(cell)) for cell in row.cells) for row in rows)
    for row in rows:
        filled = [text for text in map(rules.parse_text, row.cells) if text]
        if len(filled) * 2 > widest:
            is_data = any(_is_data(cell) for cell in row.cells)
            return NO_HEADINGS if is_data else row.number
    return rows[0].number


def _is_data(cell: Any) -> bool:
    text = rules.parse_text(cell)
    return isinstance(cell, (datetime, date, float)) or len(text) > 40 or bool(_PHONE.search(text))


def guess_columns(
    headings: Sequence[str],
    rows: Sequence[Row],
    known: Sequence[ColumnMapping],
    zone: ZoneInfo,
    now: datetime,
) -> dict[int, Guess]:
    """Position → what its column probably is; a field is given once.

    :param headings: by position, each unlike the others.
    :param rows: some rows below the headings.
    :param known: mappings whose headings are recognised, the first has the say.
    """
    found: dict[int, Guess] = {}
    for mapping in known:
        _take(found, mapping.locate(headings), "heading")
    columns = [
        Column(place, [c for c in _cells(rows, place) if rules.parse_text(c)])
        for place in range(len(headings))
    ]
    for mapping in known:
        _take(found, _by_parts(headings, columns, mapping.parts, found), "heading")
    for name, fits in _shapes(zone, now).items():
        free = [column for column in columns if column.position not in found]
        best = max(free, key=fits, default=None)
        if best is not None and fits(best) > 0:
            _take(found, {name: best.position}, "content")
    return found


def _take(found: dict[int, Guess], places: Mapping[str, int], by: str) -> None:
    given = {guess.field for guess in found.values()}
    for name, place in places.items():
        if name not in given and place not in found:
            found[place] = Guess(name, by)


def _by_parts(
    headings: Sequence[str],
    columns: Sequence[Column],
    parts: Mapping[str, Sequence[str]],
    found: Mapping[int, Guess],
) -> dict[str, int]:
    """Field → the first free column whose heading contains one of its words, and may be it."""
    places: dict[str, int] = {}
    for name, words in parts.items():
        for place, heading in enumerate(headings):
            free = place not in found and place not in places.values()
            meant = any(word in normalised_heading(heading) for word in words)
            if free and meant and _may_be(name, columns[place]):
                places[name] = place
                break
    return places


def _may_be(name: str, column: Column) -> bool:
    """Whether the cells do not say otherwise: 打电话的人 holds no telephones."""
    if not column.cells:
        return True
    if name == "phone":
        return column.share(lambda cell: bool(_DIGITS.search(rules.parse_text(cell)))) >= SOME
    return name != "author" or column.length <= LONGEST_NAME


def _cells(rows: Sequence[Row], place: int) -> list[Any]:
    return [row.cells[place] for row in rows if place < len(row.cells)]


def _shapes(zone: ZoneInfo, now: datetime) -> dict[str, Callable[[Column], float]]:
    """Field → how well a column looks like it (0: not at all), in the order of certainty."""

    def is_moment(cell: Any) -> bool:
        try:
            rules.parse_moment(cell, zone, now, now.year - 1)
        except Unreadable:
            return False
        return True

    return {
        "occurred_at": lambda column: _from(MOST, column.share(is_moment)),
        "phone": lambda column: _matching(MANY, column, _PHONE),
        "source_url": lambda column: _matching(MANY, column, _URL),
        "nature": lambda column: _from(MANY, column.share(lambda c: str(c).strip() in NATURES)),
        "urgent": lambda column: _from(MOST, column.share(lambda c: str(c).strip() in _YES)),
        "district": lambda column: _matching(MOST, column, _DISTRICT),
        "body": lambda column: _from(LONG_TEXT, column.length),
        "title": _title_likeness,
        "author": lambda column: _matching(MOST, column, _NAME),
        "external_id": _code_likeness,
    }


def _from(least: float, value: float) -> float:
    return value if value >= least else 0.0


def _matching(least: float, column: Column, pattern: re.Pattern[str]) -> float:
    return _from(least, column.share(lambda cell: bool(pattern.fullmatch(rules.parse_text(cell)))))


def _title_likeness(column: Column) -> float:
    """Short texts, hardly any of them twice."""
    texts = column.texts
    varied = len(set(texts)) >= MOST * len(texts)
    words = not any(map(_URL.match, texts)) and not all(map(_CODE.fullmatch, texts))
    return column.length if varied and words and 5 < column.length <= WORDS_OF_A_TITLE else 0.0


def _code_likeness(column: Column) -> float:
    """Numbers or letters, none of them twice."""
    texts = column.texts
    if len(texts) < 2 or len(set(texts)) < len(texts):
        return 0.0
    return _matching(MOST, column, _CODE)
