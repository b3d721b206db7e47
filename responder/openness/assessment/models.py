"""The year's assessment scheme (考核方案), its criteria, and what people added to the figures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.openness.assessment.rules import Scoring
from responder.openness.points import Points


class SchemeState(StrEnum):
    """Where a scheme stands; the arrows are in ``lifecycle.py``."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SETTLED = "settled"


assessed_unit = Table(
    "assessed_unit",
    Base.metadata,
    Column("scheme_id", ForeignKey("assessment_scheme.id", ondelete="CASCADE"), primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), primary_key=True),
)


class AssessmentScheme(Audited, Base):
    """How openness is assessed in a year (考核方案); a year has one.

    ``total``: points of openness (如 8 分); ``share``: percent of the overall assessment that they
    are; ``allowance``: by how many points at most a unit may be adjusted, up or down.
    ``source``: on what it rests. ``all_units``: it binds every unit, else those in ``units``.
    ``edits`` counts the changes of its criteria.
    """

    __tablename__ = "assessment_scheme"
    __audit_skip__ = frozenset({"state", "settled_at", "edits"})  # the lifecycle tells

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(100))
    total: Mapped[Decimal] = mapped_column(Points)
    share: Mapped[Decimal] = mapped_column(Points)
    allowance: Mapped[Decimal] = mapped_column(Points)
    source: Mapped[str] = mapped_column(String(300), default="")
    all_units: Mapped[bool] = mapped_column(default=True)
    state: Mapped[SchemeState] = mapped_column(
        choice(SchemeState, "scheme_state"), default=SchemeState.DRAFT
    )
    settled_at: Mapped[datetime | None]
    edits: Mapped[int] = mapped_column(default=0)
    version_id: Mapped[int] = mapped_column(default=1)
    units: Mapped[list[Unit]] = relationship(secondary=assessed_unit, order_by=Unit.code)
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="scheme", cascade="all, delete-orphan", order_by="Criterion.position"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def groups(self) -> dict[str, list[Criterion]]:
        """The criteria by group, in the order of the scheme."""
        found: dict[str, list[Criterion]] = {}
        for one in self.criteria:
            found.setdefault(one.group, []).append(one)
        return found


class Criterion(Audited, Base):
    """One line of a scheme (考核指标): what is counted, and how points come of it.

    ``points``: the most that it gives, or, of a deduction (扣分项), takes. ``measure``: code in
    ``measures.MEASURES``; empty where people give the points. ``target``: the number that gives
    all points; ``each``: points for one. ``idle_full``: who has nothing to be measured by gets all
    points, else none.
    """

    __tablename__ = "assessment_criterion"

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("assessment_scheme.id", ondelete="CASCADE"))
    position: Mapped[int]
    group: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    points: Mapped[Decimal] = mapped_column(Points)
    deduction: Mapped[bool] = mapped_column(default=False)
    measure: Mapped[str] = mapped_column(String(48), default="")
    scoring: Mapped[Scoring] = mapped_column(choice(Scoring, "scoring"))
    target: Mapped[Decimal | None] = mapped_column(Points)
    each: Mapped[Decimal | None] = mapped_column(Points)
    idle_full: Mapped[bool] = mapped_column(default=False)
    scheme: Mapped[AssessmentScheme] = relationship(back_populates="criteria")


class HandScore(Audited, Base):
    """Points that a person gives where nothing is counted (评定). Rewritten by the next."""

    __tablename__ = "assessment_hand_score"
    __table_args__ = (UniqueConstraint("criterion_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_criterion.id", ondelete="CASCADE")
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    points: Mapped[Decimal] = mapped_column(Points)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}


class Adjustment(Audited, Base):
    """Points that a person adds or takes (调整), and why. Taken back, it stays to be read."""

    __tablename__ = "assessment_adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_criterion.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    points: Mapped[Decimal] = mapped_column(Points)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_name: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    criterion: Mapped[Criterion] = relationship()


class SettledScore(Base):
    """What a unit was given for a criterion when the year was settled (核定). Never changed.

    ``count``: what was measured, None where nothing was; ``evidence``: how many records stood
    behind it; ``adjusted``: the sum of the adjustments within ``points``.
    """

    __tablename__ = "assessment_settled_score"
    __table_args__ = (UniqueConstraint("criterion_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_criterion.id", ondelete="CASCADE")
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    count: Mapped[Decimal | None] = mapped_column(Points)
    evidence: Mapped[int]
    adjusted: Mapped[Decimal] = mapped_column(Points)
    points: Mapped[Decimal] = mapped_column(Points)
