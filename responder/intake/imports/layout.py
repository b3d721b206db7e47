"""A look at an uploaded file: its sheets, its headings, some rows, and what is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from responder.core.errors import Invalid
from responder.intake import rules
from responder.intake.files import Row, open_table, tables_in, unpacked
from responder.intake.imports.guess import (
    SAMPLED_ROWS,
    Guess,
    guess_columns,
    guess_heading_row,
)
from responder.intake.imports.mapping import DEFAULT, ColumnMapping, load_mapping, mapping_names
from responder.intake.imports.rows import headings_of
from responder.intake.rules import Unreadable
from responder.settings import Settings

SHOWN_ROWS = 3
SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Layout:
    """What a page needs to ask which column is what. Kept beside the file, as JSON.

    :param members: tables of a zip; when several and none chosen, all else is empty.
    :param tops: (number, words) of each row that may hold the headings; of those below the
        headings no words, for they are people's.
    :param samples: the first rows below the headings, as shown.
    :param guesses: (field or "", by) for each column.
    :param lacks_year: times leave the year out.
    """

    members: Sequence[str] = ()
    sheets: Sequence[str] = ()
    sheet: str = ""
    heading_row: int = 0
    tops: Sequence[tuple[int, str]] = ()
    headings: Sequence[str] = ()
    samples: Sequence[Sequence[str]] = ()
    guesses: Sequence[tuple[str, str]] = ()
    lacks_year: bool = False
    rows: int = 0
    bad_bytes: int | None = None
    encoding: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def guessed(self) -> dict[str, int]:
        """Field → position."""
        return {name: place for place, (name, _) in enumerate(self.guesses) if name}


@dataclass(frozen=True)
class Where:
    """Which table of a file, and where it begins; None is for the product to find."""

    member: str | None = None
    sheet: str | None = None
    heading_row: int | None = None


def look(path: Path, where: Where, settings: Settings, now: datetime) -> Layout:
    """Read the top of a file.

    :raises Invalid: it cannot be read.
    """
    members = tables_in(path) or []
    if len(members) > 1 and where.member is None:
        return Layout(members=members)
    limit = settings.import_max_megabytes
    with unpacked(path, where.member, limit) as unzipped:
        table = open_table(unzipped, limit, where.sheet)
        rows = [*table.top, *islice(table.rest, SAMPLED_ROWS)]
    known = _known()
    row = where.heading_row
    if row is None:
        row = guess_heading_row(table.top, known)
    headings = headings_of(table.top, row)
    below = [one for one in rows if one.number > row]
    if not below:
        raise Invalid(f"{path.name} 只有表头，没有数据行：请填入留言后再导入")
    guesses = guess_columns(headings, below, known, settings.zone, now)
    return Layout(
        members=members,
        sheets=table.sheets,
        sheet=table.name if table.sheets else "",
        heading_row=row,
        tops=[(one.number, _joined(one) if one.number <= row else "") for one in table.top],
        headings=headings,
        samples=[_shown(one, len(headings)) for one in below[:SHOWN_ROWS]],
        guesses=[_told(guesses.get(place)) for place in range(len(headings))],
        lacks_year=_lacks_year(guesses, below, settings, now),
        rows=table.expected_rows,
        bad_bytes=table.bad_bytes,
        encoding=table.encoding,
    )


def restored(content: Mapping[str, Any] | None) -> Layout | None:
    """A layout from the JSON that was kept of it."""
    return Layout(**content) if content else None


def _known() -> list[ColumnMapping]:
    """The shipped mappings, the office's own template first."""
    others = [name for name in mapping_names() if name != DEFAULT]
    return [load_mapping(name) for name in (DEFAULT, *others)]


def _told(guess: Guess | None) -> tuple[str, str]:
    return (guess.field, guess.by) if guess else ("", "")


def _shown(row: Row, width: int) -> list[str]:
    cells = chain(row.cells, [""] * (width - len(row.cells)))
    return [_short(cell, row.broken.get(place, "")) for place, cell in enumerate(cells)]


def _short(cell: Any, broken: str) -> str:
    if broken:
        return broken.partition("：")[0]
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    text = cell.isoformat() if isinstance(cell, date) else " ".join(rules.parse_text(cell).split())
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _joined(row: Row) -> str:
    text = "｜".join(filter(None, (_short(cell, "") for cell in row.cells)))
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _lacks_year(
    guesses: Mapping[int, Guess], rows: Sequence[Row], settings: Settings, now: datetime
) -> bool:
    """Whether times are written that only a year makes readable."""
    place = next((p for p, guess in guesses.items() if guess.field == "occurred_at"), None)
    if place is None:
        return False
    cells = [row.cells[place] for row in rows if place < len(row.cells)]

    def reads(cell: Any, year: int | None) -> bool:
        try:
            rules.parse_moment(cell, settings.zone, now, year)
        except Unreadable:
            return False
        return True

    return any(not reads(cell, None) and reads(cell, now.year - 1) for cell in cells)
