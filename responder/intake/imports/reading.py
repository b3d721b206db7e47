"""A file's messages read as an import reads them, and nothing stored: for judging and auditing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from responder.core.errors import Invalid
from responder.intake.files import open_table
from responder.intake.imports.mapping import ColumnMapping
from responder.intake.imports.rows import Reading, Refusal, Sheet, find_headings, row_reader
from responder.intake.models import Channel
from responder.intake.new_message import NewMessage
from responder.settings import Settings


@dataclass(frozen=True)
class Source:
    """A file of messages, and how to read it as ``responder import`` would."""

    path: Path
    mapping: ColumnMapping
    sheet: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class FileMessages:
    """What a file holds, in its order.

    :param repeats: rows that said the same again under the same id, left out as an import does.
    """

    said: list[NewMessage]
    repeats: int
    refusals: list[Refusal]


def read_file(
    source: Source, settings: Settings, now: datetime, with_ids: bool = True
) -> FileMessages:
    """The messages of a file.

    :param with_ids: False: the file need not have a column of ids.
    :raises Invalid: the file cannot be read, or its ids have no column.
    """
    table = open_table(source.path, settings.import_max_megabytes, source.sheet)
    sheet = find_headings(table, source.mapping, source.path)
    if with_ids:
        _require_ids(sheet, source)
    # The channel decides nothing here, but no row is read without one.
    reading = Reading(
        Channel.MAILBOX, now, settings.zone, settings.import_max_cell_characters, source.year
    )
    said: dict[str, NewMessage] = {}
    refusals: list[Refusal] = []
    repeats = 0
    for outcome in map(row_reader(sheet, reading), sheet.rows):
        if isinstance(outcome, Refusal):
            refusals.append(outcome)
        elif said.setdefault(outcome.fingerprint, outcome) is not outcome:
            repeats += 1
    return FileMessages(list(said.values()), repeats, refusals)


def _require_ids(sheet: Sheet, source: Source) -> None:
    if "external_id" in sheet.columns:
        return
    known = "、".join(source.mapping.columns.get("external_id", ())) or "（此映射没有编号列）"
    raise Invalid(
        f"{source.path.name} 没有编号列，无法对应到留言：请补上 {known} 之一为表头的列，"
        f"或用 --mapping 换一种列映射（现用 {source.mapping.name}）"
    )
