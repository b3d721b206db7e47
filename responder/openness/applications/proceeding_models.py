"""Reconsiderations and lawsuits (行政复议、行政诉讼) as they are kept."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.openness.applications.models import Application


class ProceedingKind(StrEnum):
    """What was begun against a reply (行政复议、行政诉讼)."""

    RECONSIDERATION = "reconsideration"
    DIRECT_LAWSUIT = "direct_lawsuit"
    LATER_LAWSUIT = "later_lawsuit"


PROCEEDING_LABELS = {
    ProceedingKind.RECONSIDERATION: "行政复议",
    ProceedingKind.DIRECT_LAWSUIT: "行政诉讼：未经复议直接起诉",
    ProceedingKind.LATER_LAWSUIT: "行政诉讼：复议后起诉",
}


class ProceedingResult(StrEnum):
    """How it ended (结果)."""

    UPHELD = "upheld"
    CORRECTED = "corrected"
    OTHER = "other"


RESULT_LABELS = {
    ProceedingResult.UPHELD: "结果维持",
    ProceedingResult.CORRECTED: "结果纠正",
    ProceedingResult.OTHER: "其他结果",
}


class Proceeding(Audited, Base):
    """A reconsideration or a lawsuit (行政复议、行政诉讼), of an application or alone.

    Counted in the year of ``concluded_on`` by its result; in each year at whose end it was begun
    and not concluded, as 尚未审结.
    """

    __tablename__ = "application_proceeding"
    __table_args__ = (Index("ix_application_proceeding_days", "begun_on", "concluded_on"),)
    __audit_masked__ = frozenset({"matter", "remark"})

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int | None] = mapped_column(
        ForeignKey("disclosure_application.id"), index=True
    )
    kind: Mapped[ProceedingKind] = mapped_column(choice(ProceedingKind, "kind"))
    matter: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(String(100))
    case_number: Mapped[str] = mapped_column(String(100), default="")
    begun_on: Mapped[date] = mapped_column(Date)
    result: Mapped[ProceedingResult | None] = mapped_column(choice(ProceedingResult, "result"))
    concluded_on: Mapped[date | None] = mapped_column(Date)
    remark: Mapped[str] = mapped_column(String(500), default="")
    version_id: Mapped[int] = mapped_column(default=1)
    application: Mapped[Application | None] = relationship(back_populates="proceedings")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def kind_label(self) -> str:
        return PROCEEDING_LABELS[self.kind]

    @property
    def result_label(self) -> str:
        return RESULT_LABELS[self.result] if self.result else "尚未审结"
