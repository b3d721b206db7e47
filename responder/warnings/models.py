"""When somebody is warned of a clock (预警步骤), what was said (预警), and to whom (送达)."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit as Department
from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.clocks import ClockRule, Unit
from responder.core.database import Base, choice
from responder.core.identity import Sealed
from responder.core.permissions import Role
from responder.warnings.rules import Quiet, Severity, Timing

URL_CHARACTERS = 500
ADDRESS_CHARACTERS = 254

TIMING_LABELS = {
    Timing.BEFORE: "到期之前",
    Timing.SHARE: "用去的比例",
    Timing.DUE: "到期之时",
    Timing.AFTER: "逾期之后",
}
SEVERITY_LABELS = {Severity.NOTICE: "提示", Severity.URGENT: "紧急", Severity.SEVERE: "严重"}


class WarningStep(Audited, Base):
    """When to warn, and how loudly (预警步骤).

    ``rule_id`` None: every rule of ``unit`` that has no steps of its own. ``amount``: in
    ``unit``, or per cent. ``escalates``: the press office and the supervisors are told, too.
    """

    __tablename__ = "warning_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(48), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    unit: Mapped[Unit] = mapped_column(choice(Unit, "unit"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("clock_rule.id"))
    timing: Mapped[Timing] = mapped_column(choice(Timing, "timing"))
    amount: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=1)
    severity: Mapped[Severity] = mapped_column(choice(Severity, "severity"))
    may_wait: Mapped[bool] = mapped_column(default=False)
    escalates: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(default=1)
    rule: Mapped[ClockRule | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}


class WarningSetting(Audited, Base):
    """The office's quiet hours, and from how many on warnings go out in one (免打扰与汇总)."""

    __tablename__ = "warning_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    night_from: Mapped[time] = mapped_column(default=time(21))
    night_to: Mapped[time] = mapped_column(default=time(7, 30))
    rest_days: Mapped[bool] = mapped_column(default=True)
    digest_over: Mapped[int] = mapped_column(default=2)
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def quiet(self) -> Quiet:
        return Quiet(self.night_from, self.night_to, self.rest_days)


class WarningChannel(Audited, Base):
    """A robot of the office, or the server that takes its mail (发送渠道).

    ``url`` holds keys and passwords; ``scheme``, ``host`` and ``port`` are where it leads, as
    apprise understands it. ``roles`` and ``unit_id``: of whom it is used; empty: of all.
    """

    __tablename__ = "warning_channel"
    __audit_masked__ = frozenset({"url"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(Sealed("warning_channel.url", URL_CHARACTERS), deferred=True)
    scheme: Mapped[str] = mapped_column(String(16))
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int]
    by_mail: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[Any]] = mapped_column(JSON, default=list)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Department | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def shown_url(self) -> str:
        """Where it leads, without what is secret."""
        return f"{self.scheme}://…@{self.host}:{self.port}"

    @property
    def posts(self) -> list[Role]:
        return [Role(role) for role in self.roles]


class MailAddress(Audited, Base):
    """Where somebody wants to be warned by mail (预警邮箱)."""

    __tablename__ = "warning_address"
    __audit_masked__ = frozenset({"email"})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    email: Mapped[str] = mapped_column(Sealed("warning_address.email", ADDRESS_CHARACTERS))


class Subject(StrEnum):
    """Whose clock it is; also the name of its table."""

    ITEM = "response_item"
    ORDER = "work_order"
    APPLICATION = "disclosure_application"


class ClockWarning(Base):
    """One step of one clock that has come (预警). Made once: the key sees to that.

    Another end makes other warnings. ``ended_at``: the clock was answered, suspended or moved,
    or a later step has taken its place; nobody need look at it any more.
    """

    __tablename__ = "warning"
    __table_args__ = (
        UniqueConstraint("subject", "clock_id", "step_id", "due_at", "number"),
        Index("ix_warning_open", "subject", "clock_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[Subject] = mapped_column(choice(Subject, "subject"))
    subject_id: Mapped[int]
    clock_id: Mapped[int]
    rule_id: Mapped[int] = mapped_column(ForeignKey("clock_rule.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("warning_step.id"))
    due_at: Mapped[datetime]
    number: Mapped[int]
    planned_at: Mapped[datetime]
    severity: Mapped[Severity] = mapped_column(choice(Severity, "severity"))
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    rule: Mapped[ClockRule] = relationship()
    step: Mapped[WarningStep] = relationship()
    deliveries: Mapped[list[WarningDelivery]] = relationship(
        back_populates="warning", cascade="all, delete-orphan"
    )


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


DELIVERY_LABELS = {
    DeliveryState.PENDING: "待送",
    DeliveryState.SENDING: "正在送",
    DeliveryState.SENT: "已送",
    DeliveryState.FAILED: "未送达",
    DeliveryState.UNKNOWN: "结果不明",
    DeliveryState.WITHDRAWN: "已撤回",
}


class WarningDelivery(Base):
    """One warning for one receiver: a person's page, a person's mail, or a robot (送达).

    :ivar receiver: who, in one word, so that the key holds where the others are empty.
    :ivar parcel: what went out in one message has one number.
    :ivar claimed_until: by then whoever sends it has noted how it went, or was killed.
    """

    __tablename__ = "warning_delivery"
    __table_args__ = (
        UniqueConstraint("warning_id", "receiver"),
        Index("ix_warning_delivery_queue", "state", "send_from"),
        Index("ix_warning_delivery_page", "user_id", "channel_id", "state", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    warning_id: Mapped[int] = mapped_column(ForeignKey("warning.id", ondelete="CASCADE"))
    receiver: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("warning_channel.id"))
    stands_in_for: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[DeliveryState] = mapped_column(choice(DeliveryState, "delivery_state"))
    send_from: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    parcel: Mapped[str] = mapped_column(String(36), default="", index=True)
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    last_answer: Mapped[str] = mapped_column(String(300), default="")
    warning: Mapped[ClockWarning] = relationship(back_populates="deliveries")
    user: Mapped[User | None] = relationship()
    channel: Mapped[WarningChannel | None] = relationship()
