"""An uploaded file on its way in (导入任务), and how headings are read the next time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.intake.models import Channel, ImportBatch

MAPPING_NAME_CHARACTERS = 32


class RunState(StrEnum):
    """How far an uploaded file has come; see ``import_lifecycle``."""

    READING = "reading"
    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"


class ImportRun(Audited, Base):
    """One uploaded file, what a person chose for it, and whoever works on it (导入任务).

    What it stored is in ``batch``, which a second run of the same file shares. Cells of the
    file never come in here: they stay in its folder (``import_uploads``), which goes when it
    is done.

    ``columns`` field of a message → position of its column; ``heading_row`` as the file
    counts, ``NO_HEADINGS`` when it has none; ``counts`` what the dry run said: rows, created,
    duplicates, errors; ``runner`` and ``heartbeat_at`` who works on it, and was alive when.
    """

    __tablename__ = "import_run"
    __audit_skip__ = frozenset(
        {
            "state", "folder", "heading_row", "columns", "counts", "rows_done", "rows_expected",
            "rows_before", "begun_at", "heartbeat_at", "runner", "problem", "bad_bytes", "batch_id",
            "sheet", "member", "size", "created_at", "created_by_id",
        }
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[RunState] = mapped_column(choice(RunState, "import_run_state"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    folder: Mapped[str] = mapped_column(String(32), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    member: Mapped[str | None] = mapped_column(Text)
    sheet: Mapped[str | None] = mapped_column(Text)
    heading_row: Mapped[int | None]
    columns: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    mapping: Mapped[str] = mapped_column(String(MAPPING_NAME_CHARACTERS), default="")
    channel: Mapped[Channel | None] = mapped_column(choice(Channel, "import_run_channel"))
    year: Mapped[int | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    bad_bytes: Mapped[int | None]
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_expected: Mapped[int] = mapped_column(default=0)
    rows_before: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
    runner: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    created_by: Mapped[User | None] = relationship()
    batch: Mapped[ImportBatch | None] = relationship()


class SavedMapping(Audited, Base):
    """Which column is which field, under a name (列映射); found again by the same headings.

    ``signature`` is the same for the same headings in any order; ``columns`` names the
    heading of each field.
    """

    __tablename__ = "saved_mapping"
    __audit_skip__ = frozenset({"signature", "saved_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(MAPPING_NAME_CHARACTERS), unique=True)
    signature: Mapped[str] = mapped_column(String(64), index=True)
    columns: Mapped[dict[str, str]] = mapped_column(JSON)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "saved_mapping_channel"))
    saved_at: Mapped[datetime]
