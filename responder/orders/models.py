"""Work orders (工单): what was said, who answers, by when, and how it went."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.clock_changes import ClockColumns, ExtensionColumns, PauseColumns
from responder.core.clocks import ClockRule
from responder.core.database import Base, choice
from responder.intake.models import NATURE_LABELS, Message, Nature
from responder.routing.models import Category
from responder.topics.models import Topic


class OrderState(StrEnum):
    """Where an order stands; the arrows are in ``lifecycle.py``."""

    RECEIVED = "received"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    ANSWERED = "answered"
    CHECKED = "checked"
    CALLED_BACK = "called_back"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Refusal(StrEnum):
    """Why an order is not accepted (不予受理的情形)."""

    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    DISCIPLINE = "discipline"
    PETITION = "petition"
    DISCLOSURE = "disclosure"
    EMERGENCY = "emergency"


REFUSAL_LABELS = {
    Refusal.LITIGATION: "已进入诉讼程序",
    Refusal.ARBITRATION: "已进入仲裁程序",
    Refusal.DISCIPLINE: "纪检监察机关正在处理",
    Refusal.PETITION: "信访事项正在办理",
    Refusal.DISCLOSURE: "属于政府信息公开申请",
    Refusal.EMERGENCY: "属于 110、119、120 紧急求助",
}


class Satisfaction(StrEnum):
    """What the citizen said when called back (回访结果)."""

    SATISFIED = "satisfied"
    MOSTLY = "mostly"
    DISSATISFIED = "dissatisfied"
    UNREACHED = "unreached"


SATISFACTION_LABELS = {
    Satisfaction.SATISFIED: "满意",
    Satisfaction.MOSTLY: "基本满意",
    Satisfaction.DISSATISFIED: "不满意",
    Satisfaction.UNREACHED: "未联系上",
}


class PartState(StrEnum):
    """How far one unit has come with its part (签收情况)."""

    WAITING = "waiting"
    SIGNED = "signed"
    RETURNED = "returned"


PART_LABELS = {
    PartState.WAITING: "待签收",
    PartState.SIGNED: "已签收",
    PartState.RETURNED: "已退单",
}


class ClockKind(StrEnum):
    """Which duty a clock measures."""

    SIGN = "sign"
    HANDLE = "handle"


class WorkOrder(Audited, Base):
    """One demand on its way to its answer (工单).

    ``number`` counts within ``year``. ``title`` and ``brief`` are the office's own words: what
    a unit gets to read of a report (举报) instead of the message. ``answer`` is for the office
    (办理情况), ``public_answer`` for the citizen (公开答复), ``answerer_ids`` who ever wrote
    on them. An order that was merged keeps its
    row, its state and its messages: ``merged_into`` says where it is dealt with.
    """

    __tablename__ = "work_order"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        Index("ix_work_order_dispatched_at", "dispatched_at"),
        # Hardly any order was merged away: of the others no index is to tell.
        Index(
            "ix_work_order_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )
    # The lifecycle tells of states, units and moments.
    __audit_skip__ = frozenset(
        {
            "state", "lead_unit_id", "refusal", "satisfaction", "merged_into_id", "changed_at",
            "answerer_ids", "supervised_at", "accepted_at", "dispatched_at", "signed_at",
            "answered_at", "checked_at", "called_back_at", "closed_at", "archived_at",
        }
    )  # fmt: skip
    # As citizens put it, these may name them.
    __audit_masked__ = frozenset({"title", "brief", "answer", "public_answer"})
    __audit_creation__ = False  # opening is recorded

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    state: Mapped[OrderState] = mapped_column(
        choice(OrderState, "order_state"), default=OrderState.RECEIVED, index=True
    )
    title: Mapped[str] = mapped_column(String(200))
    brief: Mapped[str] = mapped_column(Text, default="")
    nature: Mapped[Nature] = mapped_column(choice(Nature, "order_nature"))
    urgent: Mapped[bool] = mapped_column(default=False)
    topic_id: Mapped[int | None] = mapped_column(
        ForeignKey("topic.id", ondelete="SET NULL"), index=True
    )
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    reported_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("work_order.id"))
    refusal: Mapped[Refusal | None] = mapped_column(choice(Refusal, "refusal"))
    satisfaction: Mapped[Satisfaction | None] = mapped_column(choice(Satisfaction, "satisfaction"))
    answer: Mapped[str] = mapped_column(Text, default="")
    public_answer: Mapped[str] = mapped_column(Text, default="")
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answerer_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    opened_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    called_back_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    supervised_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    topic: Mapped[Topic | None] = relationship()
    category: Mapped[Category | None] = relationship()
    lead_unit: Mapped[Unit | None] = relationship(foreign_keys=[lead_unit_id])
    reported_unit: Mapped[Unit | None] = relationship(foreign_keys=[reported_unit_id])
    merged_into: Mapped[WorkOrder | None] = relationship(remote_side="WorkOrder.id")
    parts: Mapped[list[OrderPart]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderPart.assigned_at"
    )
    clocks: Mapped[list[OrderClock]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderClock.id"
    )
    messages: Mapped[list[OrderMessage]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderMessage.attached_at"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def number(self) -> str:
        """As the office writes it: ``2026-000123``."""
        return f"{self.year}-{self.serial:06d}"

    @property
    def nature_label(self) -> str:
        return NATURE_LABELS[self.nature]

    @property
    def standing_parts(self) -> list[OrderPart]:
        """The units that work on it: who returned it is no longer among them."""
        return [part for part in self.parts if part.state is not PartState.RETURNED]

    def part_of(self, unit_id: int | None) -> OrderPart | None:
        """A unit's standing part in it; None when it has none."""
        return next((part for part in self.standing_parts if part.unit_id == unit_id), None)


class OrderPart(Base):
    """What one unit, leading or assisting, has to do with an order (承办单位)."""

    __tablename__ = "order_part"

    order_id: Mapped[int] = mapped_column(
        ForeignKey("work_order.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    state: Mapped[PartState] = mapped_column(choice(PartState, "part_state"))
    assigned_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    order: Mapped[WorkOrder] = relationship(back_populates="parts")
    unit: Mapped[Unit] = relationship()

    @property
    def leads(self) -> bool:
        return self.unit_id == self.order.lead_unit_id

    @property
    def state_label(self) -> str:
        return PART_LABELS[self.state]

    @property
    def owes_opinion(self) -> bool:
        """Signed for, and nothing handed in since (提交协办意见)."""
        return self.state is PartState.SIGNED and not self.note


class OrderMessage(Base):
    """A message's place in an order (工单留言): a message is in one order at most."""

    __tablename__ = "order_message"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    order_id: Mapped[int] = mapped_column(
        ForeignKey("work_order.id", ondelete="CASCADE"), index=True
    )
    first: Mapped[bool] = mapped_column(default=False)
    attached_at: Mapped[datetime]
    attached_by_name: Mapped[str] = mapped_column(String(64))
    order: Mapped[WorkOrder] = relationship(back_populates="messages")
    message: Mapped[Message] = relationship()


class OrderClock(ClockColumns["OrderPause", "OrderExtension"], Base):
    """A duty of an order that runs (时限).

    ``round`` counts how often the matter was taken up again after a citizen was dissatisfied;
    the clock of the last round is in force, the earlier ones stay as they ended.
    """

    __tablename__ = "order_clock"
    __table_args__ = (UniqueConstraint("order_id", "kind", "round"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id", ondelete="CASCADE"))
    kind: Mapped[ClockKind] = mapped_column(choice(ClockKind, "clock_kind"))
    round: Mapped[int] = mapped_column(default=1)
    order: Mapped[WorkOrder] = relationship(back_populates="clocks")
    rule: Mapped[ClockRule] = relationship(lazy="joined")
    pauses: Mapped[list[OrderPause]] = relationship(
        cascade="all, delete-orphan", order_by="OrderPause.since", lazy="selectin"
    )
    extensions: Mapped[list[OrderExtension]] = relationship(
        cascade="all, delete-orphan", order_by="OrderExtension.id", lazy="selectin"
    )


class OrderPause(PauseColumns, Base):
    """A stretch in which the citizen is waited for (挂起)."""

    __tablename__ = "order_pause"

    clock_id: Mapped[int] = mapped_column(
        ForeignKey("order_clock.id", ondelete="CASCADE"), index=True
    )


class OrderExtension(ExtensionColumns, Base):
    """More time, asked for by a unit and decided by somebody else (延期)."""

    __tablename__ = "order_extension"

    clock_id: Mapped[int] = mapped_column(
        ForeignKey("order_clock.id", ondelete="CASCADE"), index=True
    )
