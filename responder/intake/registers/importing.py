"""A table comes in: what is new is stored, what is known is counted, the rest refused."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from responder.intake.imports.error_workbook import ErrorWorkbook
from responder.intake.imports.rows import Refusal, described
from responder.intake.registers.reading import ReadRow, TableFile

SHOWN_REFUSALS = 100

Key = Callable[[dict[str, Any]], Hashable]


@dataclass(frozen=True)
class TableImport:
    """What became of a file's rows.

    :param created: rows stored; of a rehearsal, rows that would be.
    :param duplicates: rows that the register, or the file above them, has already.
    :param notes: (row number, sentence) of what a person should look at.
    :param unread: the headings of columns that the register does not have.
    """

    headings: tuple[str, ...]
    rows: int
    created: int
    duplicates: int
    refusals: tuple[Refusal, ...]
    notes: tuple[tuple[int, str], ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "created": self.created,
            "duplicates": self.duplicates,
            "errors": len(self.refusals),
        }

    def column_of(self, refusal: Refusal) -> str:
        """The heading of the cell at fault; empty when its column is missing."""
        return "" if refusal.column is None else self.headings[refusal.column]

    def shown(self) -> dict[str, Any]:
        """What a result page shows of it, as JSON."""
        return {
            "counts": self.counts,
            "refusals": described(self.refusals[:SHOWN_REFUSALS]),
            "notes": [list(note) for note in self.notes],
            "unread": list(self.unread),
        }


def sifted(
    file: TableFile, key: Key, known: AbstractSet[Hashable]
) -> tuple[list[ReadRow], TableImport]:
    """The rows that neither the register nor the file above them has, and what is told of all.

    :param key: what makes two rows the same.
    :param known: keys of the rows that the register has.
    """
    new: dict[Hashable, ReadRow] = {}
    for one in file.read:
        made = key(one.values)
        if made not in known:
            new.setdefault(made, one)
    notes = tuple((one.row.number, one.note) for one in new.values() if one.note)
    return list(new.values()), told(file, len(new), notes)


def told(file: TableFile, created: int, notes: tuple[tuple[int, str], ...] = ()) -> TableImport:
    """What is told of a file of which so many rows are new."""
    duplicates = len(file.read) - created
    return TableImport(
        file.headings, file.rows, created, duplicates, file.refusals, notes, file.unread
    )


def write_errors(path: Path, headings: Sequence[str], refusals: Sequence[Refusal]) -> bool:
    """The refused rows as a workbook, the reason beside each; whether there are any.

    :raises Invalid: it cannot be written.
    """
    book = ErrorWorkbook(path, headings)
    for refusal in refusals:
        book.add(refusal)
    return book.close()
