"""Streams (来源), their runs, what they brought, and the series of hot-search lists."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.identity import Sealed
from responder.intake.models import CHANNEL_LABELS, Channel

SECRET_CHARACTERS = 200


class Kind(StrEnum):
    """What a source is."""

    FEED = "feed"
    FOLDER = "folder"
    MAILBOX = "mailbox"
    HOT_LIST = "hot_list"


KIND_LABELS = {
    Kind.FEED: "订阅源",
    Kind.FOLDER: "监视文件夹",
    Kind.MAILBOX: "邮箱",
    Kind.HOT_LIST: "热搜榜",
}


class SourceState(StrEnum):
    """Whether a source runs; one whose last run failed is tried again, ever later."""

    ACTIVE = "active"
    FAILING = "failing"
    PAUSED = "paused"


STATE_LABELS = {
    SourceState.ACTIVE: "运行中",
    SourceState.FAILING: "出错",
    SourceState.PAUSED: "已暂停",
}

# What the runs write; a person's change of the rest is in the audit trail.
RUN_COLUMNS = frozenset({
    "cursor", "last_run_at", "last_success_at", "next_run_at", "errors", "last_error",
    "fetched", "created", "repeated", "refused", "claim", "claimed_until",
})  # fmt: skip


class Source(Audited, Base):
    """Where messages or a hot-search list come from by themselves (来源).

    ``settings`` is the model of its kind (``kinds.py``) as JSON. ``secret`` is sealed and never
    shown. ``cursor`` is what the connector must remember: validators, the last UID, sizes of
    files. ``errors`` counts the failed runs since the last good one. Whoever runs a source
    holds ``claim`` until ``claimed_until``. The four counts are sums over all runs.
    """

    __tablename__ = "source"
    __audit_skip__ = RUN_COLUMNS
    __audit_masked__ = frozenset({"secret"})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "source_kind"))
    name: Mapped[str] = mapped_column(String(60))
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    district: Mapped[str] = mapped_column(String(64), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    secret: Mapped[str] = mapped_column(
        Sealed("source.secret", SECRET_CHARACTERS), default="", deferred=True
    )
    interval_minutes: Mapped[int]
    state: Mapped[SourceState] = mapped_column(
        choice(SourceState, "source_state"), default=SourceState.ACTIVE
    )
    cursor: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    last_run_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    next_run_at: Mapped[datetime] = mapped_column(index=True)
    errors: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    fetched: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def channel_label(self) -> str:
        return CHANNEL_LABELS[self.channel]


class SourceRun(Base):
    """One run of a source, good or not (运行记录). ``fetched = created + repeated + refused``."""

    __tablename__ = "source_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    fetched: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class SourceItem(Base):
    """What a source has brought, by its own identifier; what it says again is no news.

    ``key`` is the SHA-256 of the identifier. The line outlives its message, so that what was
    deleted does not come back.
    """

    __tablename__ = "source_item"

    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="SET NULL"), index=True
    )
    seen_at: Mapped[datetime]


class HotEntry(Base):
    """A line of a hot-search list (热搜条目): the same title on the same list is the same line."""

    __tablename__ = "hot_entry"
    __table_args__ = (UniqueConstraint("source_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500), default="")
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[Source] = relationship()


class HotPoint(Base):
    """Where a line stood at one moment. ``rank`` counts from 1; ``heat`` is the list's own."""

    __tablename__ = "hot_point"

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("hot_entry.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    rank: Mapped[int]
    heat: Mapped[int | None] = mapped_column(BigInteger)
