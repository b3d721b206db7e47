"""One file becomes messages, chunk by chunk.

This is an edge like a command or a job, which is why it opens transactions itself: each
chunk is one, and its counts are stored with it. ``ImportBatch.rows`` is therefore how far
the file has been stored, whatever happened to the process; the next import of the same
file takes the batch up from there, and two at once share its chunks between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit, heap
from responder.core.database import db, transaction
from responder.core.errors import WrongState
from responder.core.permissions import Actor
from responder.core.times import utc_now
from responder.intake import service
from responder.intake.files import Table, open_table, unpacked
from responder.intake.imports.error_workbook import ErrorWorkbook, check_writable
from responder.intake.imports.mapping import ColumnMapping
from responder.intake.imports.rows import (
    Reading,
    Refusal,
    Sheet,
    chosen_columns,
    find_headings,
    row_reader,
)
from responder.intake.models import BatchState, Channel, ImportBatch
from responder.intake.new_message import NewMessage
from responder.intake.preparing import Prepared
from responder.settings import Settings

SHOWN_REFUSALS = 20

Outcome = NewMessage | Refusal
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Chosen:
    """Which column is which field, as a person said on the page.

    :param columns: field → position of its column.
    :param heading_row: number of the row with the headings, or ``rows.NO_HEADINGS``.
    """

    columns: Mapping[str, int]
    heading_row: int


@dataclass(frozen=True)
class ImportRequest:
    """What somebody asked to import.

    :param sheet: name of a worksheet; None is the first with content.
    :param year: for times that leave the year out.
    :param errors_path: where refused rows are returned; None returns them nowhere.
    :param member: which table of a zip; None when there is only one.
    :param chosen: instead of the headings that ``mapping`` knows.
    """

    path: Path
    channel: Channel
    mapping: ColumnMapping
    sheet: str | None = None
    year: int | None = None
    errors_path: Path | None = None
    member: str | None = None
    chosen: Chosen | None = None


@dataclass(frozen=True)
class Watch:
    """Somebody who follows an import.

    :param progress: told after each chunk: rows done, rows expected.
    :param started: told the batch, before its first chunk.
    :param goes_on: asked before each chunk; False stops the import there, to be resumed.
    """

    progress: Progress = lambda done, expected: None
    started: Callable[[int], None] = lambda batch: None
    goes_on: Callable[[], bool] = lambda: True


UNWATCHED = Watch()


@dataclass
class ImportReport:
    """What one run did. ``rows = created + duplicates + errors``, at every moment.

    ``created`` is this run's own share: what an interrupted or a simultaneous import
    of the file has stored counts among the duplicates. ``finished``: to the file's end.
    """

    rows: int = 0
    created: int = 0
    duplicates: int = 0
    errors: int = 0
    batch: int | None = None
    resumed_at_row: int = 0
    bad_bytes: int | None = None
    errors_file: Path | None = None
    first_refusals: list[Refusal] = field(default_factory=list)
    finished: bool = False


def import_file(
    request: ImportRequest,
    actor: Actor,
    settings: Settings,
    now: datetime,
    watch: Watch = UNWATCHED,
) -> ImportReport:
    """Store the messages of a file that are not stored yet.

    :raises Invalid: the file cannot be read as a whole; nothing is stored.
    :raises WrongState: the batch was undone meanwhile.
    """
    with heap.at_rest(), _opened(request, settings) as (sheet, table, report):
        digest = _digest(request)
        with transaction(actor, now) as session:
            batch = _find_or_start(session, request, digest, now)
            batch_id, done, started_at = batch.id, batch.rows, batch.started_at
            batch.bad_bytes = table.bad_bytes
        report.batch, report.resumed_at_row = batch_id, done
        watch.started(batch_id)
        returned = _returned_rows(request, sheet)
        for chunk in _chunks(sheet, request, settings, started_at):
            if not watch.goes_on():
                break
            stored = service.Stored(0, 0)
            if report.rows + len(chunk) > done:
                prepared = _prepared(chunk)
                with transaction(actor) as session:
                    stored, done = _store_chunk(session, batch_id, prepared, report.rows, now)
            _count(report, chunk, stored.created, returned)
            watch.progress(report.rows, table.expected_rows)
        else:
            report.finished = True
        _close(report, returned)
        if report.finished:
            with transaction(actor) as session:
                _finish(session, batch_id, utc_now())
        return report


def rehearse(
    request: ImportRequest,
    settings: Settings,
    now: datetime,
    watch: Watch = UNWATCHED,
) -> ImportReport:
    """What an import would do, without storing anything (试运行)."""
    with _opened(request, settings) as (sheet, table, report):
        returned = _returned_rows(request, sheet)
        seen: set[str] = set()
        for chunk in _chunks(sheet, request, settings, now):
            if not watch.goes_on():
                break
            messages = _messages(chunk)
            known = service.known_fingerprints(db.session, messages) | seen
            new = {message.fingerprint for message in messages} - known
            seen |= new
            _count(report, chunk, len(new), returned)
            watch.progress(report.rows, table.expected_rows)
        else:
            report.finished = True
        _close(report, returned)
        return report


@contextmanager
def _opened(
    request: ImportRequest, settings: Settings
) -> Iterator[tuple[Sheet, Table, ImportReport]]:
    if request.errors_path is not None:
        check_writable(request.errors_path, request.path)
    limit = settings.import_max_megabytes
    with unpacked(request.path, request.member, limit) as path:
        table = open_table(path, limit, request.sheet)
        if request.chosen is None:
            sheet = find_headings(table, request.mapping, request.path)
        else:
            chosen = request.chosen
            name = request.mapping.name
            sheet = chosen_columns(table, chosen.columns, chosen.heading_row, name)
        yield sheet, table, ImportReport(bad_bytes=table.bad_bytes)


def _digest(request: ImportRequest) -> str:
    """The same for the same rows: the file's content, and what else decides what is read."""
    with request.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    if request.sheet is not None or request.year is not None:
        digest.update(f"\x00{request.sheet}\x00{request.year}".encode())
    if request.member is not None:
        digest.update(f"\x01{request.member}".encode())
    if request.chosen is not None:
        columns = sorted(request.chosen.columns.items())
        digest.update(f"\x02{request.chosen.heading_row}\x02{columns}".encode())
    return digest.hexdigest()


def _find_or_start(
    session: Session, request: ImportRequest, digest: str, now: datetime
) -> ImportBatch:
    """The unfinished batch of this file, or a new one."""
    service.lock_messages(session)
    query = select(ImportBatch).where(
        ImportBatch.state == BatchState.RUNNING,
        ImportBatch.file_digest == digest,
        ImportBatch.mapping == request.mapping.name,
        ImportBatch.channel == request.channel,
        ImportBatch.undo_asked_at.is_(None),
        ImportBatch.undone_at.is_(None),
        ImportBatch.removed == 0,
    )
    batch = session.scalars(query.order_by(ImportBatch.id).limit(1)).first()
    if batch is None:
        batch = ImportBatch(
            file_name=request.path.name[-255:],
            file_digest=digest,
            mapping=request.mapping.name,
            channel=request.channel,
            state=BatchState.RUNNING,
            started_at=now,
        )
        session.add(batch)
        session.flush()
    return batch


def _chunks(
    sheet: Sheet, request: ImportRequest, settings: Settings, now: datetime
) -> Iterator[list[Outcome]]:
    """Each row as a message or a refusal; the same again when the batch is taken up later."""
    reading = Reading(
        request.channel, now, settings.zone, settings.import_max_cell_characters, request.year
    )
    outcomes = map(row_reader(sheet, reading), sheet.rows)
    while chunk := list(islice(outcomes, settings.import_chunk_rows)):
        yield chunk


def _messages(chunk: Iterable[Outcome]) -> list[NewMessage]:
    return [outcome for outcome in chunk if isinstance(outcome, NewMessage)]


def _prepared(chunk: Iterable[Outcome]) -> list[Prepared | Refusal]:
    """A chunk whose messages are ready to be stored."""
    prepared = iter(service.prepare(_messages(chunk)))
    return [next(prepared) if isinstance(one, NewMessage) else one for one in chunk]


def _store_chunk(
    session: Session,
    batch_id: int,
    chunk: list[Prepared | Refusal],
    position: int,
    now: datetime,
) -> tuple[service.Stored, int]:
    """Store what of a chunk the batch does not have yet.

    :param position: rows of the file before this chunk.
    :returns: what was stored, and how many rows of the file the batch has now.
    """
    service.lock_messages(session)
    batch = session.get_one(ImportBatch, batch_id, populate_existing=True)
    if batch.undo_asked_at or batch.undone_at:
        raise WrongState(f"这次导入（第 {batch_id} 批）已被撤销：如需重新导入，请从头开始")
    fresh = chunk[max(batch.rows - position, 0) :]
    messages = [one for one in fresh if isinstance(one, Prepared)]
    stored = service.store_prepared(session, messages, now, batch)
    batch.rows += len(fresh)
    batch.created += stored.created
    batch.duplicates += stored.duplicates
    batch.errors += len(fresh) - len(messages)
    return stored, batch.rows


def _finish(session: Session, batch_id: int, now: datetime) -> None:
    """Close the batch, unless somebody else has."""
    service.lock_messages(session)
    batch = session.get_one(ImportBatch, batch_id, populate_existing=True)
    if batch.state is BatchState.DONE:
        return
    batch.state = BatchState.DONE
    batch.finished_at = now
    counts = {name: getattr(batch, name) for name in ("rows", "created", "duplicates", "errors")}
    audit.record(session, "import", batch, counts)


def _returned_rows(request: ImportRequest, sheet: Sheet) -> ErrorWorkbook | None:
    return ErrorWorkbook(request.errors_path, sheet.headings) if request.errors_path else None


def _count(
    report: ImportReport, chunk: list[Outcome], created: int, returned: ErrorWorkbook | None
) -> None:
    refusals = [outcome for outcome in chunk if isinstance(outcome, Refusal)]
    report.rows += len(chunk)
    report.created += created
    report.errors += len(refusals)
    report.duplicates += len(chunk) - len(refusals) - created
    report.first_refusals += refusals[: SHOWN_REFUSALS - len(report.first_refusals)]
    for refusal in refusals:
        if returned is not None:
            returned.add(refusal)


def _close(report: ImportReport, returned: ErrorWorkbook | None) -> None:
    if returned is not None and returned.close():
        report.errors_file = returned.path
