"""Messages (留言、来电、帖文) and the files that brought them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.identity import Sealed


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
    """What came of one file (导入批次).

    ``undo_asked_at`` is set while its messages are being taken out again, ``undone_at`` once
    all are; ``removed`` counts them; ``undo_problem`` says what stopped it half-way.
    """

    __tablename__ = "import_batch"
    __audit_skip__ = frozenset(
        {
            "state", "rows", "created", "duplicates", "errors", "finished_at", "bad_bytes",
            "undo_asked_at", "undone_at", "undone_by_name", "undo_problem", "removed",
        }
    )  # fmt: skip

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
    bad_bytes: Mapped[int | None]
    undo_asked_at: Mapped[datetime | None] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    undo_problem: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    removed: Mapped[int] = mapped_column(default=0, server_default="0")


class Message(Audited, Base):
    """What one person said once (留言). ``title`` and ``body`` stay as they came.

    ``fingerprint`` makes storing idempotent: the same message can only be stored once.
    ``author_key`` tells people apart without naming them (see ``rules.author_key``). Both are
    keyed when stored: a bare hash of a name or a number is found by trying them all.
    ``private_kinds`` are the kinds of personal data in its texts (see ``core.privacy``), by comma.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_channel_occurred_at", "channel", "occurred_at"),
        Index("ix_message_author_key", "author_key"),
        Index("ix_message_received_at_channel", "received_at", "channel"),
    )
    __audit_masked__ = frozenset({"author", "phone", "title", "body"})
    __audit_creation__ = False  # a batch says it for thousands; the desk says it itself

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    external_id: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(
        Sealed("message.author", 100), default="", server_default=text("''")
    )
    author_key: Mapped[str] = mapped_column(String(32))
    phone: Mapped[str] = mapped_column(
        Sealed("message.phone", 32), default="", server_default=text("''")
    )
    private_kinds: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
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
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    logged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    batch: Mapped[ImportBatch | None] = relationship()
    repeat: Mapped[MessageRepeat | None] = relationship(
        foreign_keys="MessageRepeat.message_id", viewonly=True
    )

    @property
    def repeats_id(self) -> int | None:
        """The first message of its group, where this is not it."""
        return self.repeat.first_id if self.repeat else None

    logged_by: Mapped[User | None] = relationship()

    @property
    def channel_label(self) -> str:
        return CHANNEL_LABELS[self.channel]

    @property
    def nature_label(self) -> str:
        return NATURE_LABELS[self.nature] if self.nature else ""


class MessageRepeat(Base):
    """That a message says again what an earlier one said (重复留言), found when it arrived.

    ``first_id`` is the first of the group, which is never a repeat itself.
    """

    __tablename__ = "message_repeat"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    first_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)


class Arrival(Base):
    """A message that no topic has yet (待聚合): it leaves the queue as it joins one.

    ``occurred_at`` is the message's: what waits within a window is read by index, however much
    was said before it.
    """

    __tablename__ = "message_arrival"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    occurred_at: Mapped[datetime] = mapped_column(index=True)


class MessageSketch(Base):
    """A key under which near-copies of a message are looked for; see ``nlp.NearDuplicates``.

    Only the firsts of groups have keys. No foreign key: a key without its message does no
    harm, and a check of four keys a message would cost more than all else here.
    """

    __tablename__ = "message_sketch"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
