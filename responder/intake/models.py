"""Messages (留言、来电、帖文) and the files that brought them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base, choice


class Channel(StrEnum):
    """Where a message came from (渠道)."""

    HOTLINE = "hotline"
    MAILBOX = "mailbox"
    WEIBO = "weibo"
    WECHAT = "wechat"
    FORUM = "forum"


CHANNEL_LABELS = {
    Channel.HOTLINE: "市长热线",
    Channel.MAILBOX: "网站信箱",
    Channel.WEIBO: "微博",
    Channel.WECHAT: "微信",
    Channel.FORUM: "市民论坛",
}


class Nature(StrEnum):
    """What the citizen wants (诉求性质)."""

    INQUIRY = "inquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    OTHER = "other"


NATURE_LABELS = {
    Nature.INQUIRY: "咨询",
    Nature.HELP: "求助",
    Nature.COMPLAINT: "投诉",
    Nature.REPORT: "举报",
    Nature.SUGGESTION: "建议",
    Nature.PRAISE: "表扬",
    Nature.OTHER: "其他",
}


class BatchState(StrEnum):
    """How far an import has come."""

    RUNNING = "running"
    DONE = "done"


class ImportBatch(Audited, Base):
    """One run of one file (导入批次)."""

    __tablename__ = "import_batch"
    __audit_skip__ = frozenset({"state", "rows", "created", "duplicates", "errors", "finished_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    file_digest: Mapped[str] = mapped_column(String(64), index=True)
    mapping: Mapped[str] = mapped_column(String(32))
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    state: Mapped[BatchState] = mapped_column(choice(BatchState, "state"))
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Message(Audited, Base):
    """What one person said once (留言). ``title`` and ``body`` stay as they came.

    ``fingerprint`` makes storing idempotent: the same message can only be stored once.
    ``author_key`` tells people apart without naming them (see ``rules.author_key``).
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_channel_occurred_at", "channel", "occurred_at"),
        Index("ix_message_author_key", "author_key"),
    )
    __audit_masked__ = frozenset({"author", "phone", "title", "body"})
    __audit_creation__ = False  # a batch says it for thousands; the desk says it itself

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    external_id: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(100), default="")
    author_key: Mapped[str] = mapped_column(String(32))
    phone: Mapped[str] = mapped_column(String(32), default="")
    district: Mapped[str] = mapped_column(String(64), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    nature: Mapped[Nature | None] = mapped_column(choice(Nature, "nature"))
    urgent: Mapped[bool] = mapped_column(default=False)
    occurred_at: Mapped[datetime] = mapped_column(index=True)
    received_at: Mapped[datetime]
    likes: Mapped[int] = mapped_column(default=0)
    dislikes: Mapped[int] = mapped_column(default=0)
    comments: Mapped[int] = mapped_column(default=0)
    shares: Mapped[int] = mapped_column(default=0)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    source_url: Mapped[str] = mapped_column(String(500), default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    logged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    batch: Mapped[ImportBatch | None] = relationship()
    logged_by: Mapped[User | None] = relationship()

    @property
    def channel_label(self) -> str:
        return CHANNEL_LABELS[self.channel]

    @property
    def nature_label(self) -> str:
        return NATURE_LABELS[self.nature] if self.nature else ""
