"""Findings (问题), what was done about them, who looked at it, and by when it was due."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice


class FindingSource(StrEnum):
    """Who found it (问题来源)."""

    PROVINCE = "province"
    THIRD_PARTY = "third_party"
    NATION = "nation"
    SELF = "self"
    PUBLIC = "public"


SOURCE_LABELS = {
    FindingSource.PROVINCE: "省督查",
    FindingSource.THIRD_PARTY: "第三方测评",
    FindingSource.NATION: "国家检查",
    FindingSource.SELF: "自查",
    FindingSource.PUBLIC: "群众反映",
}


class FindingState(StrEnum):
    """Where a finding stands; the arrows are in ``lifecycle.py``."""

    LISTED = "listed"
    ASSIGNED = "assigned"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """How a round of putting right ended."""

    CLOSED = "closed"
    RETURNED = "returned"
    REOPENED = "reopened"


OUTCOME_LABELS = {
    Outcome.CLOSED: "销号",
    Outcome.RETURNED: "退回",
    Outcome.REOPENED: "重新打开",
}


class Finding(Audited, Base):
    """What an inspection found wrong (问题). ``year``: of the list it stands on, as entered.

    ``round`` counts the returns and reopenings: what was sent and seen before stays with its
    round. ``assigned_on`` is the day on which it came onto the responsibility list, ``closed_on``
    the day that the verifier names.
    """

    __tablename__ = "finding"
    __audit_skip__ = frozenset({"state", "round", "assigned_on", "closed_on", "listed_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[FindingState] = mapped_column(
        choice(FindingState, "state"), default=FindingState.LISTED, index=True
    )
    year: Mapped[int] = mapped_column(index=True)
    source: Mapped[FindingSource] = mapped_column(choice(FindingSource, "source"))
    inspection: Mapped[str] = mapped_column(String(100))
    inspected_on: Mapped[date]
    problem: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(50), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person: Mapped[str] = mapped_column(String(32), default="")
    post: Mapped[str] = mapped_column(String(64), default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    deadline: Mapped[date | None] = mapped_column(index=True)
    round: Mapped[int] = mapped_column(default=1)
    assigned_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    listed_at: Mapped[datetime]
    listed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    listed_by_name: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    evidence: Mapped[list[FindingEvidence]] = relationship(
        back_populates="finding", order_by="FindingEvidence.id"
    )
    verdicts: Mapped[list[FindingVerdict]] = relationship(order_by="FindingVerdict.id")
    extensions: Mapped[list[FindingExtension]] = relationship(order_by="FindingExtension.id")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def number(self) -> str:
        """``WT-2026-0003``: its year and its id, which the database gives out once."""
        return f"WT-{self.year}-{self.id:04d}"

    @property
    def source_label(self) -> str:
        return SOURCE_LABELS[self.source]

    @property
    def lacks(self) -> list[str]:
        """What the responsibility list needs and nobody has entered, in the office's words."""
        needed = {"整改责任人": self.person, "整改措施": self.measures, "整改期限": self.deadline}
        return [label for label, value in needed.items() if not value]

    def is_overdue(self, day: date) -> bool:
        """Whether the unit is late: nothing waits for a verifier, and the deadline has passed."""
        open_states = (FindingState.LISTED, FindingState.ASSIGNED)
        return self.state in open_states and self.deadline is not None and self.deadline < day

    @property
    def closing(self) -> FindingVerdict | None:
        """By which it is closed now."""
        if self.state is not FindingState.CLOSED:
            return None
        closed = [one for one in self.verdicts if one.outcome is Outcome.CLOSED]
        return closed[-1] if closed else None


class FindingEvidence(Audited, Base):
    """That somebody sent what was done (整改情况), in one round."""

    __tablename__ = "finding_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    round: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500), default="")
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_by_name: Mapped[str] = mapped_column(String(64))
    finding: Mapped[Finding] = relationship(back_populates="evidence")
    files: Mapped[list[FindingFile]] = relationship(
        back_populates="evidence", order_by="FindingFile.id"
    )


class FindingFile(Audited, Base):
    """A file of the evidence (佐证材料), kept under its digest."""

    __tablename__ = "finding_file"
    __audit_masked__ = frozenset({"name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("finding_evidence.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    evidence: Mapped[FindingEvidence] = relationship(back_populates="files")


class FindingVerdict(Base):
    """What a verifier saw (核查意见), or why a closed finding was opened again. Never changed."""

    __tablename__ = "finding_verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    round: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    seen: Mapped[str] = mapped_column(Text)
    on: Mapped[date]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))

    @property
    def outcome_label(self) -> str:
        return OUTCOME_LABELS[self.outcome]


class FindingExtension(Base):
    """That a deadline was moved (延期): both dates, who asked, who approved. Never changed."""

    __tablename__ = "finding_extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    old_deadline: Mapped[date | None]
    new_deadline: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_name: Mapped[str] = mapped_column(String(64))
