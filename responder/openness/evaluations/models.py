"""Evaluation rounds (测评轮次), their indicators, the units in them and what these scored."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.openness.points import Points


class RoundKind(StrEnum):
    """Who evaluates (测评类别)."""

    INTERNAL = "internal"
    THIRD_PARTY = "third_party"
    PROVINCE = "province"


KIND_LABELS = {
    RoundKind.INTERNAL: "内部测评",
    RoundKind.THIRD_PARTY: "第三方测评",
    RoundKind.PROVINCE: "省级测评",
}


class RoundState(StrEnum):
    """Where a round stands; the arrows are in ``lifecycle.py``."""

    PREPARING = "preparing"
    SCORED = "scored"
    CIRCULATED = "circulated"


class EvaluationRound(Audited, Base):
    """One round of evaluation (测评轮次).

    ``year`` is the year that it belongs to, as the office says; ``number`` counts within year and
    kind. ``bottom``: how many units at the end of each group explain themselves (表态发言), by
    ``explain_by``. ``circular`` is what went out, words and tables (see ``circular.py``), kept when
    the round is circulated; None before. ``edits`` counts the changes of its indicators, so that
    nobody writes over what they have not seen.
    """

    __tablename__ = "evaluation_round"
    __table_args__ = (UniqueConstraint("year", "kind", "number"),)
    # The lifecycle tells of these.
    __audit_skip__ = frozenset({"state", "circulated_at", "circular", "edits"})

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    kind: Mapped[RoundKind] = mapped_column(choice(RoundKind, "round_kind"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    evaluator: Mapped[str] = mapped_column(String(100), default="")
    evaluated_on: Mapped[date]
    state: Mapped[RoundState] = mapped_column(
        choice(RoundState, "round_state"), default=RoundState.PREPARING
    )
    bottom: Mapped[int] = mapped_column(default=0)
    explain_by: Mapped[date | None]
    circulated_at: Mapped[datetime | None]
    circular: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    edits: Mapped[int] = mapped_column(default=0)
    version_id: Mapped[int] = mapped_column(default=1)
    indicators: Mapped[list[Indicator]] = relationship(
        back_populates="round", cascade="all, delete-orphan", order_by="Indicator.position"
    )
    participants: Mapped[list[Participant]] = relationship(
        back_populates="round", cascade="all, delete-orphan", order_by="Participant.id"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def kind_label(self) -> str:
        return KIND_LABELS[self.kind]

    @property
    def ordinal(self) -> str:
        """``2026年第2次第三方测评``."""
        return f"{self.year}年第{self.number}次{self.kind_label}"


class Indicator(Audited, Base):
    """One thing that is scored (指标): ``group`` is its first level, ``name`` its second.

    ``weight`` in percent of the total, ``full`` the mark that nobody exceeds.
    """

    __tablename__ = "evaluation_indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(
        ForeignKey("evaluation_round.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    group: Mapped[str] = mapped_column(String(50), default="")
    name: Mapped[str] = mapped_column(String(50))
    weight: Mapped[Decimal] = mapped_column(Points)
    full: Mapped[Decimal] = mapped_column(Points)
    round: Mapped[EvaluationRound] = relationship(back_populates="indicators")


class Participant(Audited, Base):
    """A unit in a round (被测评单位), and what became of it.

    ``given``: its total, where the round has no indicators. ``circulated_total`` and
    ``circulated_rank`` are what the circular said; a later correction leaves them.
    ``asked_at``: when it was asked to explain itself; ``explanation`` came at ``received_at``.
    ``edits`` counts the changes of its scores.
    """

    __tablename__ = "evaluation_participant"
    __table_args__ = (UniqueConstraint("round_id", "unit_id"),)
    __audit_creation__ = False  # an import says it for all
    __audit_skip__ = frozenset({"circulated_total", "circulated_rank", "asked_at", "edits"})

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("evaluation_round.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    group: Mapped[str] = mapped_column(String(32), default="")
    given: Mapped[Decimal | None] = mapped_column(Points)
    circulated_total: Mapped[Decimal | None] = mapped_column(Points)
    circulated_rank: Mapped[int | None]
    asked_at: Mapped[datetime | None]
    explanation: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime | None]
    received_by_name: Mapped[str] = mapped_column(String(64), default="")
    edits: Mapped[int] = mapped_column(default=0)
    version_id: Mapped[int] = mapped_column(default=1)
    round: Mapped[EvaluationRound] = relationship(back_populates="participants")
    unit: Mapped[Unit] = relationship()
    scores: Mapped[list[UnitScore]] = relationship(
        back_populates="participant",
        cascade="all, delete-orphan",
        order_by="UnitScore.indicator_id",
    )
    corrections: Mapped[list[Correction]] = relationship(
        back_populates="participant", cascade="all, delete-orphan", order_by="Correction.id"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def marks(self) -> dict[int, UnitScore]:
        """Indicator id → what was scored on it; nothing where nobody said anything yet."""
        return {one.indicator_id: one for one in self.scores}


class UnitScore(Audited, Base):
    """What a unit scored on an indicator (得分). ``score`` None: not applicable (不适用)."""

    __tablename__ = "evaluation_score"
    __table_args__ = (UniqueConstraint("participant_id", "indicator_id"),)
    __audit_creation__ = False  # an import says it for all

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("evaluation_participant.id", ondelete="CASCADE")
    )
    indicator_id: Mapped[int] = mapped_column(ForeignKey("evaluation_indicator.id"), index=True)
    score: Mapped[Decimal | None] = mapped_column(Points)
    participant: Mapped[Participant] = relationship(back_populates="scores")


class Correction(Audited, Base):
    """A score put right after the circular (更正). Never changed; the old one stays here.

    ``indicator_name`` is empty where the total itself was put right. None: not applicable.
    """

    __tablename__ = "evaluation_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("evaluation_participant.id", ondelete="CASCADE"), index=True
    )
    indicator_name: Mapped[str] = mapped_column(String(50), default="")
    old: Mapped[Decimal | None] = mapped_column(Points)
    new: Mapped[Decimal | None] = mapped_column(Points)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(64))
    participant: Mapped[Participant] = relationship(back_populates="corrections")


class CircularTemplate(Audited, Base):
    """The office's own words for its circulars (通报模板); one row. ``sender``: who signs."""

    __tablename__ = "circular_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}
