"""What a plan was when it was adopted, what changed since, and how often a unit must appear."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.planning.models import PlanEntry, ReleasePlan, SpeakerRank


class ChangeKind(StrEnum):
    """What was changed of an adopted plan."""

    ADDED = "added"
    CHANGED = "changed"
    DROPPED = "dropped"


CHANGE_LABELS = {
    ChangeKind.ADDED: "增加",
    ChangeKind.CHANGED: "调整",
    ChangeKind.DROPPED: "取消",
}


class Period(StrEnum):
    """How long a rule counts over."""

    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


PERIOD_LABELS = {Period.QUARTER: "每季度", Period.HALF_YEAR: "每半年", Period.YEAR: "每年"}

# Least rank of the speaker → which events a rule counts.
COUNTED_RANK_LABELS = {
    SpeakerRank.OTHER: "不限发布人身份",
    SpeakerRank.LEADER: "只计负责同志出席的（含主要负责人）",
    SpeakerRank.HEAD: "只计主要负责人出席的",
}


class PlanBaseline(Base):
    """A plan as a meeting adopted it (基准版). Never changed.

    ``rows`` holds the table as it was: ``[{"entry_id": …, "number": …, "theme": …, …}, …]``.
    """

    __tablename__ = "plan_baseline"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("release_plan.id", ondelete="CASCADE"))
    number: Mapped[int]
    adopted_on: Mapped[date]
    adopted_by: Mapped[str] = mapped_column(String(100))
    minutes_number: Mapped[str] = mapped_column(String(64), default="")
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    frozen_at: Mapped[datetime]
    plan: Mapped[ReleasePlan] = relationship()


class PlanChange(Base):
    """A line of the change table (变更表). Never changed itself.

    ``changes`` holds ``{field: [before, after], …}``, as people read it. ``unit_id`` is whose
    row it was until then, and who reads all of the line; None where nobody knows any more.
    """

    __tablename__ = "plan_change"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("release_plan.id", ondelete="CASCADE"))
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("plan_entry.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[int]
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind, "kind"))
    reason: Mapped[str] = mapped_column(String(300))
    approval: Mapped[str] = mapped_column(String(200), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))
    plan: Mapped[ReleasePlan] = relationship()
    entry: Mapped[PlanEntry] = relationship()

    @property
    def kind_label(self) -> str:
        return CHANGE_LABELS[self.kind]

    @property
    def hands_over(self) -> bool:
        """Whether the row became another unit's, with what it says from then on."""
        return self.kind is ChangeKind.CHANGED and "unit" in self.changes


release_rule_unit = Table(
    "release_rule_unit",
    Base.metadata,
    Column("rule_id", ForeignKey("release_rule.id", ondelete="CASCADE"), primary_key=True),
    Column("unit_id", ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True),
)


class ReleaseRule(Audited, Base):
    """How often a unit must hold something (发布频次要求): 每季度至少一次, 4·2·1+N.

    ``forms`` lists the forms that count, none for any. ``speaker_rank``: the least that the
    speaker must be for an event to count. ``all_units``: it binds every unit, else those in
    ``units``.
    """

    __tablename__ = "release_rule"
    __table_args__ = (CheckConstraint("least >= 1", name="least"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    period: Mapped[Period] = mapped_column(choice(Period, "period"))
    least: Mapped[int]
    forms: Mapped[list[str]] = mapped_column(JSON, default=list)
    speaker_rank: Mapped[SpeakerRank] = mapped_column(
        choice(SpeakerRank, "speaker_rank"), default=SpeakerRank.OTHER, server_default="other"
    )
    all_units: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    units: Mapped[list[Unit]] = relationship(secondary=release_rule_unit, order_by=Unit.code)

    @property
    def period_label(self) -> str:
        return PERIOD_LABELS[self.period]

    @property
    def counted_rank_label(self) -> str:
        """Whose events count, in words; empty where anybody's do."""
        anybody = self.speaker_rank is SpeakerRank.OTHER
        return "" if anybody else COUNTED_RANK_LABELS[self.speaker_rank]
