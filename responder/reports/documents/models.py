"""Reports (报告): what was composed, who wrote into it, who signed it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.reports.documents.content import Content, from_json
from responder.topics.models import Topic


class ReportState(StrEnum):
    """Where a report stands; the arrows are in ``lifecycle.py``."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SIGNED = "signed"
    VOID = "void"


# What has been signed, or has lost its force, says for ever what it said.
FINAL = (ReportState.SIGNED, ReportState.VOID)
# What may become of it all the same.
_MAY_CHANGE = frozenset({"state", "standing_key", "topic_id", "version_id"})


class Report(Audited, Base):
    """A report with its number (报告). ``kind`` is a code of ``kinds.KINDS``: an open list.

    ``year`` and ``sequence`` are given when it is stored: the local year of that moment, and a
    number without gaps within kind and year; a void report keeps its own. ``period_start`` and
    ``period_end`` are the local days that it covers. ``standing_key`` says of which period it
    is the one report; None for kinds that may have several, and for what is void.
    ``content`` holds what was composed as of ``composed_at``, with what people wrote into it
    (``content.from_json``). ``writer_ids``: whoever composed it, wrote into it or handed it in,
    and so does not sign it. ``title`` repeats that of the content, for lists.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("kind", "year", "sequence"),
        UniqueConstraint("standing_key"),
        Index("ix_report_kind_period_end", "kind", "period_end"),
    )
    # The lifecycle tells of states and of the signature, a step of its own of the content.
    __audit_skip__ = frozenset(
        {
            "state", "content", "title", "composed_at", "writer_ids", "signer_id", "signer_name",
            "signed_at", "standing_key", "author_id", "author_name", "created_at",
        }
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    year: Mapped[int]
    sequence: Mapped[int]
    period_start: Mapped[date]
    period_end: Mapped[date]
    standing_key: Mapped[str | None] = mapped_column(String(64))
    topic_id: Mapped[int | None] = mapped_column(
        ForeignKey("topic.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[ReportState] = mapped_column(
        choice(ReportState, "report_state"), default=ReportState.DRAFT, index=True
    )
    composed_at: Mapped[datetime]
    created_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(64))
    writer_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signer_name: Mapped[str] = mapped_column(String(64), default="")
    signed_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1)
    topic: Mapped[Topic | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def said(self) -> Content:
        """What it says, as values."""
        return from_json(self.content)


class SignedIsFinal(RuntimeError):
    """Something tried to change a report that was signed or void: a fault of the program."""


@event.listens_for(Report, "before_update")
def _refuse_change(_mapper: object, _connection: object, report: Report) -> None:
    state = inspect(report)
    before = state.attrs.state.history.deleted or (report.state,)
    if before[0] not in FINAL:
        return
    names = {column.key for column in state.mapper.column_attrs} - _MAY_CHANGE
    if changed := sorted(name for name in names if state.attrs[name].history.has_changes()):
        raise SignedIsFinal(f"report {report.id}: {', '.join(changed)}")


@event.listens_for(Report, "before_delete")
def _refuse_deletion(_mapper: object, _connection: object, report: Report) -> None:
    raise SignedIsFinal(f"report {report.id}: its number would be missing")
