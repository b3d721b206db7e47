"""Response items (回应事项), their clocks, drafts and reviews."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit, User
from responder.core.audit import Audited
from responder.core.clock_changes import ClockColumns, ExtensionColumns, PauseColumns
from responder.core.clocks import ClockRule
from responder.core.database import Base, choice
from responder.planning.models import PressEvent
from responder.responses.commenting.models import PassageComment
from responder.responses.drafting.formats import TextFormat, as_read, to_plain
from responder.topics.models import Topic

if TYPE_CHECKING:
    from responder.responses.judging.models import Judgement

_EMPTY = text("''")


class Level(StrEnum):
    """How grave the matter is, which decides its clocks (舆情等级)."""

    ORDINARY = "ordinary"
    MAJOR_EMERGENCY = "major_emergency"


LEVEL_LABELS = {
    Level.ORDINARY: "一般政务舆情",
    Level.MAJOR_EMERGENCY: "重大及以上突发事件",
}


class ItemState(StrEnum):
    """Where an item stands; the arrows are in ``lifecycle.py``."""

    DRAFT = "draft"
    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    THIRD_REVIEW = "third_review"
    SECRECY_REVIEW = "secrecy_review"
    SIGNING = "signing"
    SIGNED = "signed"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    CLOSED = "closed"


# Nobody works on these any more, and no clock of theirs runs.
FILED = (ItemState.ARCHIVED, ItemState.CLOSED)
# Nor is anything added to these: the answer is out, or there will be none for the public.
SETTLED = (ItemState.PUBLISHED, *FILED)


class ResponseItem(Audited, Base):
    """One concern on its way to a published answer (回应事项).

    ``found_at`` is when the office learnt of it: the moment that starts the clocks.
    """

    __tablename__ = "response_item"
    # The lifecycle tells of states and hours, the kept versions tell of the answer, a judgement
    # of the level.
    __audit_skip__ = frozenset(
        {"state", "drafted_by_id", "answer", "answer_format", "publish_at", "level"}
    )
    # As citizens put it, these may name them.
    __audit_masked__ = frozenset({"title", "concern", "concern_source"})
    __audit_creation__ = False  # opening is recorded, with its clocks

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    concern: Mapped[str] = mapped_column(Text)
    concern_source: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answer_format: Mapped[TextFormat] = mapped_column(
        choice(TextFormat, "answer_format"), default=TextFormat.PLAIN, server_default="plain"
    )
    level: Mapped[Level] = mapped_column(choice(Level, "level"), default=Level.ORDINARY)
    state: Mapped[ItemState] = mapped_column(
        choice(ItemState, "state"), default=ItemState.DRAFT, index=True
    )
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("press_event.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    found_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    version_id: Mapped[int] = mapped_column(default=1)
    topic: Mapped[Topic | None] = relationship()
    event: Mapped[PressEvent | None] = relationship()
    unit: Mapped[Unit] = relationship()
    drafted_by: Mapped[User | None] = relationship(foreign_keys=[drafted_by_id])
    clocks: Mapped[list[ItemClock]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by="ItemClock.due_at"
    )
    drafts: Mapped[list[Draft]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by="Draft.number"
    )
    reviews: Mapped[list[Review]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by="Review.id"
    )
    comments: Mapped[list[PassageComment]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by="PassageComment.id"
    )
    judgements: Mapped[list[Judgement]] = relationship(
        back_populates="item", order_by="Judgement.id", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def level_label(self) -> str:
        return LEVEL_LABELS[self.level]

    @property
    def plain_answer(self) -> str:
        return to_plain(self.answer or "", self.answer_format or TextFormat.PLAIN)

    @property
    def answer_as_read(self) -> str:
        """For checks: what a reader sees, whatever the writing does to hide it."""
        return as_read(self.answer or "", self.answer_format or TextFormat.PLAIN)


class ClockState(StrEnum):
    """How a clock of an item stands; the arrows are in ``clock_lifecycle.py``."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class ItemClock(ClockColumns["ItemPause", "ItemExtension"], Base):
    """A running duty of an item (时限).

    ``start_set_at``, ``start_set_by`` and ``start_reason`` tell of a person who set its start,
    by adding the clock by hand or by starting it anew.
    """

    __tablename__ = "item_clock"
    __table_args__ = (UniqueConstraint("item_id", "rule_id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id", ondelete="CASCADE"))
    start_set_at: Mapped[datetime | None]
    start_set_by: Mapped[str] = mapped_column(String(64), default="", server_default=_EMPTY)
    start_reason: Mapped[str] = mapped_column(Text, default="", server_default=_EMPTY)
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")
    item: Mapped[ResponseItem] = relationship(back_populates="clocks")
    rule: Mapped[ClockRule] = relationship()
    pauses: Mapped[list[ItemPause]] = relationship(
        cascade="all, delete-orphan", order_by="ItemPause.since", lazy="selectin"
    )
    extensions: Mapped[list[ItemExtension]] = relationship(
        cascade="all, delete-orphan", order_by="ItemExtension.id", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def state(self) -> ClockState:
        if self.stopped_at is not None:
            return ClockState.STOPPED
        return ClockState.PAUSED if self.open_pause else ClockState.RUNNING

    @property
    def granted_extensions(self) -> list[ItemExtension]:
        """Those that count: what was granted before the clock was started anew does not."""
        since = self.start_set_at
        return [
            one
            for one in self.extensions
            if one.granted and (since is None or one.decided_at is None or one.decided_at >= since)
        ]

    @property
    def start_told(self) -> str:
        return f"（由{self.start_set_by}确定）" if self.start_set_by else ""


class ItemPause(PauseColumns, Base):
    """A stretch in which an item's clock does not run (挂起)."""

    __tablename__ = "item_pause"

    clock_id: Mapped[int] = mapped_column(
        ForeignKey("item_clock.id", ondelete="CASCADE"), index=True
    )


class ItemExtension(ExtensionColumns, Base):
    """More time for an item, asked for by one person and decided by another (延期)."""

    __tablename__ = "item_extension"

    clock_id: Mapped[int] = mapped_column(
        ForeignKey("item_clock.id", ondelete="CASCADE"), index=True
    )


class Draft(Base):
    """A saved version of the answer (稿件版本). Never changed."""

    __tablename__ = "response_draft"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    format: Mapped[TextFormat] = mapped_column(
        choice(TextFormat, "format"), default=TextFormat.PLAIN, server_default="plain"
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    item: Mapped[ResponseItem] = relationship(back_populates="drafts")


class Review(Base):
    """What one person said at one step (审签意见). Never changed.

    ``round`` counts submissions, so that after a return to the draft the reviewers start afresh.
    ``returned_to`` is where a return led: an approval of a step before it stays valid.
    ``on_behalf_of`` was away, and the reviewer stood in. ``secrecy`` is the conclusion of the
    secrecy check, ``proof`` how the signer proved who they are.
    """

    __tablename__ = "response_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("response_item.id", ondelete="CASCADE"), index=True
    )
    round: Mapped[int]
    step: Mapped[ItemState] = mapped_column(choice(ItemState, "step"))
    approved: Mapped[bool]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reviewer_name: Mapped[str] = mapped_column(String(64))
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    returned_to: Mapped[ItemState | None] = mapped_column(choice(ItemState, "returned_to"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    on_behalf_of_name: Mapped[str] = mapped_column(String(64), default="", server_default=_EMPTY)
    secrecy: Mapped[dict[str, bool] | None] = mapped_column(JSON(none_as_null=True))
    proof: Mapped[str] = mapped_column(String(16), default="", server_default=_EMPTY)
    item: Mapped[ResponseItem] = relationship(back_populates="reviews")
