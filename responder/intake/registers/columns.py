"""Columns of an office's own table, and how the cells of each are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from nlp import to_simplified
from responder.accounts.models import Unit
from responder.core.times import SHANGHAI
from responder.intake.files import Cell
from responder.intake.rules import Unreadable, parse_moment, parse_text

Value = TypeVar("Value")

LONGEST_QUOTE = 20
EMPTY = "是空的，请补填（合并的单元格请取消合并后逐行填写）"

_LISTED = re.compile(r"[、,;/]")
_AND = re.compile(r"和|以?及")
_SEPARATOR = re.compile(r"[、,;\n]")
# Tables tell of what is planned, too: no day of the century is too far.
_FAR = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    :param name: of the value that it becomes.
    :param headings: what the office calls it, then what others do.
    :param read: the cell's value; an empty cell never reaches it.
    :param empty: the value of an empty cell.
    :param limit: the longest text, in characters.
    :param width: in characters, of the template and of workbooks.
    :param hint: how to fill it in, and ``example`` an instance.
    :param choices: what a cell may say, where that is a list.
    """

    name: str
    headings: tuple[str, ...]
    read: Callable[[Cell], Any] = parse_text
    empty: Any = ""
    required: bool = False
    limit: int | None = None
    width: int = 16
    hint: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        return self.headings[0]


def line(cell: Cell) -> str:
    """A cell as one line of text."""
    return " ".join(parse_text(cell).split())


def day(cell: Cell) -> date:
    """A cell as a day, as spreadsheets and people write it.

    :raises Unreadable: no day, or one of a year that nobody's register reaches.
    """
    try:
        moment = parse_moment(cell, SHANGHAI, _FAR)
    except Unreadable as error:
        words = line(cell)[:LONGEST_QUOTE]
        raise Unreadable(f"“{words}”不是日期：请写成 2026-03-05 这样的年月日") from error
    return moment.astimezone(SHANGHAI).date()


def whole(low: int, high: int) -> Callable[[Cell], int]:
    """Reads whole numbers within bounds."""

    def read(cell: Cell) -> int:
        number = _number(cell)
        if number is None or not low <= number <= high or number != int(number):
            raise Unreadable(f"“{_quoted(cell)}”不是 {low} 到 {high} 的整数：请改正")
        return int(number)

    return read


def points(low: int, high: int, places: int = 2) -> Callable[[Cell], Decimal]:
    """Reads numbers within bounds, with at most so many decimals."""

    def read(cell: Cell) -> Decimal:
        number = _number(cell)
        if number is None or not low <= number <= high:
            raise Unreadable(f"“{_quoted(cell)}”不是 {low} 到 {high} 的数：请改正")
        rounded = round(number, places)
        if rounded != number and not isinstance(cell, float):
            raise Unreadable(f"“{_quoted(cell)}”的小数超过 {places} 位：请改正")
        return rounded

    return read


def one_of(
    what: str, labels: Mapping[str, Value], others: Mapping[str, Value] | None = None
) -> Callable[[Cell], Value]:
    """Reads one of the words of a list, in either script.

    :param what: name of the list, for the sentence of a refusal.
    :param labels: word → value.
    :param others: words that people write for the same; never offered.
    """
    known = {plain(word): value for word, value in {**(others or {}), **labels}.items()}

    def read(cell: Cell) -> Value:
        value = known.get(plain(line(cell)))
        if value is None:
            raise Unreadable(f"“{_quoted(cell)}”不在{what}之列，请从 {'、'.join(labels)} 中选填")
        return value

    return read


class UnitNames:
    """Finds the units that a table names: by name, short name or code.

    :param units: every unit of the office.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units: dict[str, Unit] = {}
        for unit in units:
            for name in (unit.name, unit.short_name, unit.code):
                if name:
                    self._units.setdefault(plain(name), unit)

    def one(self, cell: Cell) -> Unit:
        """The unit of a cell that names one.

        :raises Unreadable: several, or none that is known.
        """
        text = line(cell)
        unit = self._units.get(plain(text))
        if unit is not None:
            return unit
        if self._are_several(plain(text)):
            raise Unreadable(f"“{text[:40]}”不是一个单位：请只填牵头单位，其余写在备注")
        raise Unreadable(_unknown(text))

    def _are_several(self, text: str) -> bool:
        """Whether it names more than one; 和 and 及 stand in names too (市住房和城乡建设局)."""
        if _LISTED.search(text):
            return True
        for joint in _AND.finditer(text):
            first, rest = text[: joint.start()], text[joint.end() :]
            if first in self._units and (rest in self._units or self._are_several(rest)):
                return True
        return False

    def several(self, cell: Cell) -> tuple[Unit, ...]:
        """The units of a cell, 、 between them; each once.

        :raises Unreadable: one of them is not known.
        """
        found: dict[int, Unit] = {}
        for text in filter(None, map(line, _SEPARATOR.split(_folded(parse_text(cell))))):
            unit = self._units.get(plain(text))
            if unit is None:
                raise Unreadable(_unknown(text))
            found[unit.id] = unit
        return tuple(found.values())


def plain(text: str) -> str:
    """For comparing names: Simplified script, one width, no blanks, no case."""
    return "".join(_folded(text).split()).casefold()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", to_simplified(text))


def _unknown(text: str) -> str:
    return f"“{text[:40]}”不在单位名册中：请核对名称，或请系统管理员先添加单位"


def _quoted(cell: Cell) -> str:
    return line(cell)[:LONGEST_QUOTE]


def _number(cell: Cell) -> Decimal | None:
    try:
        number = Decimal(_folded(line(cell)).removesuffix("分").replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
