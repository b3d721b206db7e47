"""A table in a file: headings, and rows that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Cell = str | float | int | bool | datetime | date | time | timedelta

# Above the headings there may be a title and a note, seldom more.
HEADING_SEARCH_ROWS = 10


@dataclass(frozen=True)
class Row:
    """One row with something in it.

    :param number: as the file counts, from 1.
    :param cells: one for each heading of the table.
    :param broken: position → why what stands there is no value (a formula without result).
    """

    number: int
    cells: Sequence[Cell]
    broken: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """What a file holds. Rows are read once, while they are asked for.

    :param name: of the sheet; of the file for CSV.
    :param top: the first rows with something in them; the headings are one of these.
    :param rest: the rows after those.
    :param expected_rows: an estimate, for a progress bar.
    :param bad_bytes: bytes that meant nothing in the file's encoding; None for workbooks.
    :param sheets: names of all sheets of a workbook.
    :param ragged: a row may have run on by mistake: cells beyond the headings are no notes.
    """

    name: str
    top: Sequence[Row]
    rest: Iterator[Row]
    expected_rows: int
    bad_bytes: int | None = None
    encoding: str = ""
    sheets: Sequence[str] = ()
    ragged: bool = False


def split_top(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """The rows among which the headings stand, and the others."""
    top = []
    for row in rows:
        top.append(row)
        if len(top) == HEADING_SEARCH_ROWS:
            break
    return top, rows


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether a row has nothing in it."""
    return all(isinstance(cell, str) and not cell.strip() for cell in cells)
