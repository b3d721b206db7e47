"""One file becomes messages, chunk by chunk.

This is an edge like a command or a job, which is why it opens transactions itself: each
chunk is one, and its counts are stored with it. ``ImportBatch.rows`` is therefore how far
the file has been stored, whatever happened to the process; the next import of the same
file takes the batch up from there, and two at once share its chunks between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.permissions import Actor
from responder.core.times import utc_now
from responder.intake import service
from responder.intake.error_workbook import ErrorWorkbook, check_writable
from responder.intake.files import open_table
from responder.intake.mapping import ColumnMapping
from responder.intake.models import BatchState, Channel, ImportBatch
from responder.intake.new_message import NewMessage
from responder.intake.rows import Reading, Refusal, Sheet, find_headings, read_row
from responder.settings import Settings

SHOWN_REFUSALS = 5

Outcome = NewMessage | Refusal
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportRequest:
    """What somebody asked to import.

    :param sheet: name of a worksheet; None is the first with content.
    :param year: for times that leave the year out.
    :param errors_path: where refused rows are returned; None returns them nowhere.
    """

    path: Path
    channel: Channel
    mapping: ColumnMapping
    sheet: str | None = None
    year: int | None = None
    errors_path: Path | None = None


@dataclass
class ImportReport:
    """What one run did. ``rows = created + duplicates + errors``, at every moment.

    ``created`` is this run's own share: what an interrupted or a simultaneous import
    of the file has stored counts among the duplicates.
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


def import_file(
    request: ImportRequest,
    actor: Actor,
    settings: Settings,
    now: datetime,
    progress: Progress = lambda done, expected: None,
) -> ImportReport:
    """Store the messages of a file that are not stored yet.

    :param progress: told after each chunk: rows done, rows expected.
    :raises Invalid: the file cannot be read as a whole; nothing is stored.
    """
    sheet, expected, report = _open(request, settings)
    digest = _digest(request)
    with transaction(actor, now) as session:
        batch = _find_or_start(session, request, digest, now)
        batch_id, done, started_at = batch.id, batch.rows, batch.started_at
    report.batch, report.resumed_at_row = batch_id, done
    outcomes = _outcomes(sheet, request, settings, started_at)
    returned = _returned_rows(request, sheet)
    for chunk in _chunks(outcomes, settings.import_chunk_rows):
        stored = service.Stored(0, 0)
        if report.rows + len(chunk) > done:
            with transaction(actor) as session:
                stored, done = _store_chunk(session, batch_id, chunk, report.rows, now)
        _count(report, chunk, stored.created, returned)
        progress(report.rows, expected)
    with transaction(actor) as session:
        _finish(session, batch_id, utc_now())
    return _closed(report, returned)


def rehearse(
    request: ImportRequest,
    settings: Settings,
    now: datetime,
    progress: Progress = lambda done, expected: None,
) -> ImportReport:
    """What an import would do, without storing anything (试运行)."""
    sheet, expected, report = _open(request, settings)
    returned = _returned_rows(request, sheet)
    seen: set[str] = set()
    for chunk in _chunks(_outcomes(sheet, request, settings, now), settings.import_chunk_rows):
        messages = _messages(chunk)
        known = service.known_fingerprints(db.session, messages) | seen
        new = {message.fingerprint for message in messages} - known
        seen |= new
        _count(report, chunk, len(new), returned)
        progress(report.rows, expected)
    return _closed(report, returned)


def _open(request: ImportRequest, settings: Settings) -> tuple[Sheet, int, ImportReport]:
    if request.errors_path is not None:
        check_writable(request.errors_path, request.path)
    table = open_table(request.path, settings.import_max_megabytes, request.sheet)
    sheet = find_headings(table, request.mapping, request.path)
    return sheet, table.expected_rows, ImportReport(bad_bytes=table.bad_bytes)


def _digest(request: ImportRequest) -> str:
    """The same for the same rows: the file's content, and what else decides what is read."""
    with request.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    if request.sheet is not None or request.year is not None:
        digest.update(f"\x00{request.sheet}\x00{request.year}".encode())
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


def _outcomes(
    sheet: Sheet, request: ImportRequest, settings: Settings, now: datetime
) -> Iterator[Outcome | Refusal]:
    """Each row as a message or a refusal; the same again when the batch is taken up later."""
    reading = Reading(
        request.channel, now, settings.zone, settings.import_max_cell_characters, request.year
    )
    return (read_row(row, sheet, reading) for row in sheet.rows)


def _chunks(outcomes: Iterator[Outcome], size: int) -> Iterator[list[Outcome]]:
    while chunk := list(islice(outcomes, size)):
        yield chunk


def _messages(chunk: Iterable[Outcome]) -> list[NewMessage]:
    return [outcome for outcome in chunk if isinstance(outcome, NewMessage)]


def _store_chunk(
    session: Session, batch_id: int, chunk: list[Outcome], position: int, now: datetime
) -> tuple[service.Stored, int]:
    """Store what of a chunk the batch does not have yet.

    :param position: rows of the file before this chunk.
    :returns: what was stored, and how many rows of the file the batch has now.
    """
    service.lock_messages(session)
    batch = session.get_one(ImportBatch, batch_id, populate_existing=True)
    fresh = chunk[max(batch.rows - position, 0) :]
    messages = _messages(fresh)
    stored = service.store_messages(session, messages, now, batch)
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


def _closed(report: ImportReport, returned: ErrorWorkbook | None) -> ImportReport:
    if returned is not None and returned.close():
        report.errors_file = returned.path
    return report
