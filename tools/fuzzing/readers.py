"""Each kind of file, and the product's own function that reads it.

A reader answers how many rows (entries, letters) it found, and how many it refused by name.
Whatever it raises but an :class:`~responder.core.errors.Invalid` (or ``FetchFailed``, for what
comes over the network) is a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from responder.core.errors import DomainError
from responder.intake.files import open_table, unpacked
from responder.intake.imports.error_workbook import ErrorWorkbook
from responder.intake.imports.layout import Where, look
from responder.intake.imports.mapping import DEFAULT, ColumnMapping, load_mapping
from responder.intake.imports.rows import (
    Reading,
    Refusal,
    Sheet,
    chosen_columns,
    find_headings,
    row_reader,
)
from responder.intake.models import Channel
from responder.intake.new_message import NewMessage
from responder.intake.rules import Unreadable
from responder.operating import opening
from responder.planning.briefing import templates
from responder.planning.calendars import ical_reading
from responder.publishing.archiving import verifying
from responder.settings import Settings
from responder.sources import feeds, harvest, hot_lists, letters, moments, plain_text
from responder.sources.fetching import Answer, FetchFailed
from responder.sources.kinds import HotListSettings
from tools.fuzzing import archives, streams, texts, workbooks

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
MEGABYTES = 5
SETTINGS = Settings(import_max_megabytes=MEGABYTES, secret_key="x")
URL = "https://feeds.example/list"


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    :param share: of all files, in thousandths.
    :param read: path → (rows taken, rows refused).
    """

    suffix: str
    share: int
    files: st.SearchStrategy[bytes]
    read: Callable[[Path], tuple[int, int]]


def messages(path: Path) -> tuple[int, int]:
    """A table of messages, as the office's page and its command read it."""
    taken = refused = 0
    columns: dict[str, int] | None = None
    with suppress(DomainError):
        layout = look(path, Where(), SETTINGS, NOW)
        columns = layout.guessed if layout.headings else None
    with unpacked(path, None, MEGABYTES) as table_path:
        mapping = load_mapping(DEFAULT)
        with suppress(DomainError):
            table = open_table(table_path, MEGABYTES)
            taken, refused = _each(find_headings(table, mapping, path), path)
        table = open_table(table_path, MEGABYTES)
        if columns and "occurred_at" in columns and columns.keys() & {"title", "body"}:
            empty = ColumnMapping("x", "x", {}, frozenset())
            heading = layout.heading_row
            more = _each(chosen_columns(table, columns, heading, empty.name), path)
            return taken + more[0], refused + more[1]
        for _ in table.rest:
            pass
    return taken, refused


def _each(sheet: Sheet, path: Path) -> tuple[int, int]:
    """Every row is a message that can be stored, or a refusal that says what to do."""
    reading = Reading(Channel.MAILBOX, NOW, ZONE, SETTINGS.import_max_cell_characters, None)
    book = ErrorWorkbook(path.with_name("退回.xlsx"), sheet.headings)
    taken = refused = 0
    for outcome in map(row_reader(sheet, reading), sheet.rows):
        if isinstance(outcome, Refusal):
            assert "请" in outcome.reason, f"no remedy: {outcome.reason}"
            assert outcome.row.number >= 0
            book.add(outcome)
            refused += 1
        else:
            storable(outcome)
            taken += 1
    book.close()
    return taken, refused


def storable(message: NewMessage) -> None:
    """A database takes it: text that UTF-8 has, without NUL, and times that it can hold."""
    for field in fields(message):
        value = getattr(message, field.name)
        if isinstance(value, str):
            assert "\0" not in value, field.name
            value.encode("utf-8")
    assert len(message.fingerprint) == 64
    assert message.occurred_at.tzinfo is not None


def _answer(path: Path) -> Answer:
    return Answer(200, path.read_bytes(), {"content-type": "application/xml"}, URL)


def feed(path: Path) -> tuple[int, int]:
    wanted = harvest.Look.of(Channel.MAILBOX, "", SETTINGS, NOW)
    taken = refused = 0
    for entry in feeds.read(_answer(path)):
        try:
            storable(feeds._item(entry, wanted).message)
            taken += 1
        except harvest.Unusable:
            refused += 1
    return taken, refused


def hot_list(path: Path) -> tuple[int, int]:
    wanted = HotListSettings(url=URL)
    rows = list(hot_lists._unique(hot_lists._read(wanted, _answer(path))))
    for row in hot_lists._ranked(rows) if rows else ():
        row.title.encode("utf-8")
        row.url.encode("utf-8")
        assert "\0" not in row.title + row.url
        assert -(2**63) <= (row.heat or 0) < 2**63, "no database holds this heat"
    return len(rows), 0


def letter(path: Path) -> tuple[int, int]:
    found = letters.read(path.read_bytes())
    wanted = harvest.Look.of(Channel.MAILBOX, "", SETTINGS, NOW)
    try:
        moment = moments.read(found.date, ZONE, NOW)
    except Unreadable:
        moment = NOW
    try:
        made = harvest.item(
            wanted, found.identifier or "1:1", found.subject, found.body, moment, found.sender
        )
    except harvest.Unusable:
        return 0, 1
    storable(made.message)
    return 1, 0


def page(path: Path) -> tuple[int, int]:
    text = plain_text.from_html(path.read_bytes().decode("utf-8", "replace"))
    assert "\n\n" not in text
    return 1, 0


def calendar(path: Path) -> tuple[int, int]:
    found = ical_reading.read(path.read_bytes(), ZONE, NOW.date())
    for one in found.found:
        (one.uid + one.theme + one.place + one.summary).encode("utf-8")
        assert one.starts_at.tzinfo is not None
        assert one.ends_at is None or one.ends_at >= one.starts_at
        assert 0 <= one.sequence < 2**31, "no database holds this sequence"
    return len(found.found), len(found.refused)


def template(path: Path) -> tuple[int, int]:
    templates.check(path.name, path.read_bytes())
    return 1, 0


def archive(path: Path) -> tuple[int, int]:
    found = verifying.verify(path)
    return found.members, len(found.problems)


def backup(path: Path) -> tuple[int, int]:
    return opening.examine(path, archives.PASSPHRASE).row_count, 0


def _texts_of(raw: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    return raw.map(lambda text: text.encode("utf-8", "replace"))


KINDS: dict[str, Kind] = {
    "csv": Kind(".csv", 250, texts.csvs(), messages),
    "jsonl": Kind(".jsonl", 180, texts.json_lines(), messages),
    "xlsx": Kind(".xlsx", 15, workbooks.xlsx(), messages),
    "broken-xlsx": Kind(".xlsx", 30, workbooks.broken_xlsx(), messages),
    "xls": Kind(".xls", 15, workbooks.xls(), messages),
    "ods": Kind(".ods", 10, workbooks.ods(), messages),
    "zip": Kind(".zip", 40, streams.zips(), messages),
    "feed": Kind(".xml", 130, streams.feeds(), feed),
    "json": Kind(".json", 40, streams.json_documents(), hot_list),
    "json-feed": Kind(".json", 30, streams.json_documents(), feed),
    "letter": Kind(".eml", 110, streams.letters(), letter),
    "page": Kind(".html", 50, _texts_of(streams.htmls()), page),
    "calendar": Kind(".ics", 80, streams.calendars(), calendar),
    "template": Kind(".docx", 5, archives.templates(), template),
    "backup": Kind(".backup", 5, archives.backups(), backup),
    "archive": Kind(".zip", 10, archives.archives(), archive),
}
REFUSED = (DomainError, FetchFailed)


def read(kind: str, path: Path) -> tuple[int, int] | None:
    """What a file holds; None when it was refused as a whole, with a sentence that says why."""
    try:
        return KINDS[kind].read(path)
    except REFUSED as error:
        said: Any = error.message
        assert said, "refused without a word"
        assert "\n" not in said
        return None
