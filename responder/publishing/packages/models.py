"""Policy packages (政策文件解读): what is gathered, who let it pass, why it went back."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.office import office_zone
from responder.core.times import local
from responder.publishing.packages import rules

if TYPE_CHECKING:
    from responder.publishing.packages.released import PolicyDocument

_EMPTY = text("''")


class PackageState(StrEnum):
    """Where a package stands; the arrows are in ``lifecycle.py``."""

    COLLECTING = "collecting"
    RETURNED = "returned"
    ORGANISED = "organised"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    SCHEDULED = "scheduled"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Gate(StrEnum):
    """The four gates that a package passes in order (四同步)."""

    ORGANISED = "organised"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    RELEASED = "released"


GATE_LABELS = {
    Gate.ORGANISED: "组织",
    Gate.REVIEWED: "审核",
    Gate.SIGNED: "签发",
    Gate.RELEASED: "发布",
}


class Level(StrEnum):
    """In whose name a document goes out (文件层级)."""

    CITY = "city"
    OFFICE = "office"
    DEPARTMENT = "department"


LEVEL_LABELS = {
    Level.CITY: "市政府文件",
    Level.OFFICE: "市政府办公室文件",
    Level.DEPARTMENT: "部门文件",
}


class Duty(StrEnum):
    """Whether a document must be interpreted (解读要求)."""

    TOGETHER = "together"
    LATER = "later"
    NONE = "none"


DUTY_LABELS = {
    Duty.TOGETHER: "同步解读",
    Duty.LATER: "先发布，后解读",
    Duty.NONE: "不需要解读",
}


class InterpretationColumn(Audited, Base):
    """A column of interpretation (解读栏目): by leaders, departments, experts, media.

    Retired, it takes nothing new, and keeps what stands in it.
    """

    __tablename__ = "interpretation_column"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}


class PolicyPackage(Audited, Base):
    """A policy document with its interpretation (政策文件包). ``unit``: who drafts it (起草单位).

    ``round`` counts the returns: the gates of an earlier round no longer count. ``edits``
    counts the changes of its parts, so that nobody passes what they have not seen.
    ``interprets``: the package whose document is public already, and to which this one brings
    the interpretation; it then has no document of its own.
    """

    __tablename__ = "policy_package"
    __audit_skip__ = frozenset({"state", "round", "edits", "released_at", "body"})
    # Until the gate has read them, these may name people.
    __audit_masked__ = frozenset({"title", "duty_reason"})

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[PackageState] = mapped_column(
        choice(PackageState, "state"), default=PackageState.COLLECTING, index=True
    )
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(64), default="")
    issuer: Mapped[str] = mapped_column(String(100))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    level: Mapped[Level] = mapped_column(choice(Level, "level"))
    planned_on: Mapped[date] = mapped_column(index=True)
    duty: Mapped[Duty] = mapped_column(choice(Duty, "duty"), default=Duty.TOGETHER)
    duty_reason: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    interprets_id: Mapped[int | None] = mapped_column(ForeignKey("policy_package.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    edits: Mapped[int] = mapped_column(default=0)
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    released_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    interprets: Mapped[PolicyPackage | None] = relationship(remote_side="PolicyPackage.id")
    document: Mapped[PolicyDocument | None] = relationship(back_populates="package", uselist=False)
    writers: Mapped[list[PackageWriter]] = relationship()
    plan: Mapped[list[PlanLine]] = relationship(
        back_populates="package", order_by="PlanLine.position", cascade="all, delete-orphan"
    )
    materials: Mapped[list[Material]] = relationship(
        back_populates="package", order_by="Material.id", cascade="all, delete-orphan"
    )
    files: Mapped[list[PackageFile]] = relationship(
        back_populates="package", order_by="PackageFile.id", cascade="all, delete-orphan"
    )
    gates: Mapped[list[PackageGate]] = relationship(order_by="PackageGate.id")
    slips: Mapped[list[ReturnSlip]] = relationship(
        back_populates="package", order_by="ReturnSlip.id"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def published_document(self) -> PolicyDocument | None:
        """The public document: its own, or the one that it interprets."""
        return self.interprets.document if self.interprets else self.document

    @property
    def level_label(self) -> str:
        return LEVEL_LABELS[self.level]

    @property
    def duty_label(self) -> str:
        return DUTY_LABELS[self.duty]

    @property
    def lacks(self) -> list[str]:
        """The parts that are not there yet, in the office's words."""
        return rules.missing(
            has_document=bool(self.interprets_id or self.body.strip() or self.files),
            needs_interpretation=self.duty is Duty.TOGETHER,
            planned=[line.column.name for line in self.plan],
            written=[material.column.name for material in self.materials],
        )

    @property
    def passed(self) -> dict[Gate, PackageGate]:
        """The gates of the present round, each with who let it pass and when."""
        return {gate.gate: gate for gate in self.gates if gate.round == self.round}


class PackageWriter(Base):
    """That somebody wrote some part of a package, and so approves none of it."""

    __tablename__ = "package_writer"

    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class PlanLine(Audited, Base):
    """One line of the interpretation plan (解读方案): which form, who writes, when, where."""

    __tablename__ = "package_plan_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), index=True)
    position: Mapped[int]
    column_id: Mapped[int] = mapped_column(ForeignKey("interpretation_column.id"))
    form: Mapped[str] = mapped_column(String(50))
    writer: Mapped[str] = mapped_column(String(100))
    due_on: Mapped[date]
    channel: Mapped[str] = mapped_column(String(100), default="")
    package: Mapped[PolicyPackage] = relationship(back_populates="plan")
    column: Mapped[InterpretationColumn] = relationship()


class Material(Audited, Base):
    """An interpretation (解读材料) as it is written."""

    __tablename__ = "package_material"
    __audit_skip__ = frozenset({"body"})
    __audit_masked__ = frozenset({"title", "author"})

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), index=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("interpretation_column.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)
    package: Mapped[PolicyPackage] = relationship(back_populates="materials")
    column: Mapped[InterpretationColumn] = relationship()


class PackageFile(Audited, Base):
    """A file of the document (文件附件), kept under its digest. Released, it is public.

    No program reads all files: ``cleared_…`` says who read this one for personal data.
    """

    __tablename__ = "package_file"
    __audit_masked__ = frozenset({"name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_by_name: Mapped[str] = mapped_column(String(64))
    cleared_at: Mapped[datetime | None]
    cleared_by_name: Mapped[str] = mapped_column(String(64), default="")
    package: Mapped[PolicyPackage] = relationship(back_populates="files")


class PackageGate(Base):
    """That a package passed one of the four gates: by whom, when, in which round.

    ``proof``: how the signer proved who they are.
    """

    __tablename__ = "package_gate"
    __table_args__ = (UniqueConstraint("package_id", "round", "gate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"))
    round: Mapped[int]
    gate: Mapped[Gate] = mapped_column(choice(Gate, "gate"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))
    proof: Mapped[str] = mapped_column(String(16), default="", server_default=_EMPTY)


class ReturnSlip(Audited, Base):
    """Why a package went back (退件单). ``missing``: what was not there at that moment."""

    __tablename__ = "return_slip"

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    addressee: Mapped[str] = mapped_column(String(100))
    missing: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    issued_by_name: Mapped[str] = mapped_column(String(64))
    package: Mapped[PolicyPackage] = relationship(back_populates="slips")

    @property
    def number(self) -> str:
        """``TJ-2026-0003``: its year and its id, which the database gives out once."""
        return f"TJ-{local(self.issued_at, office_zone()).year}-{self.id:04d}"
