"""Applications for disclosure (依申请公开): who asked for what, by when, and how it ended."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.clock_changes import ClockColumns, ExtensionColumns, PauseColumns
from responder.core.clocks import ClockRule
from responder.core.database import Base, choice
from responder.core.identity import Sealed
from responder.core.work_calendar import WorkCalendar
from responder.openness.applications.rules import ApplicantKind, Basis, Way

if TYPE_CHECKING:
    from responder.openness.applications.proceeding_models import Proceeding

NAME_CHARACTERS, CODE_CHARACTERS, PHONE_CHARACTERS, CONTACT_CHARACTERS = 100, 40, 60, 300


class ApplicationState(StrEnum):
    """Where an application stands; the arrows are in ``lifecycle.py``."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    AWAITING_CORRECTION = "awaiting_correction"
    AWAITING_FEE = "awaiting_fee"
    CONSULTING = "consulting"
    REPLIED = "replied"
    ABANDONED = "abandoned"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    VOID = "void"


class ClockKind(StrEnum):
    """Which duty a clock measures."""

    REPLY = "reply"
    CORRECTION = "correction"
    OPINION = "opinion"
    FEE = "fee"


class Consulted(StrEnum):
    """Whose opinion is asked (征求意见的对象)."""

    THIRD_PARTY = "third_party"
    AUTHORITY = "authority"


CONSULTED_LABELS = {Consulted.THIRD_PARTY: "第三方", Consulted.AUTHORITY: "其他行政机关"}


class Outcome(Audited, Base):
    """A row of the statutory form's item three (办理结果). A row with others below is a heading.

    ``closes``: the step, other than the reply, that ends in it by itself.
    """

    __tablename__ = "application_outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(48), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("application_outcome.id"))
    label: Mapped[str] = mapped_column(String(100))
    remark: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int]
    closes: Mapped[str] = mapped_column(String(32), default="")
    source: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(default=1)
    parent: Mapped[Outcome | None] = relationship(remote_side="Outcome.id", lazy="joined")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def path(self) -> str:
        """``不予公开：属于国家秘密``."""
        return f"{self.parent.label}：{self.label}" if self.parent else self.label


class Application(Audited, Base):
    """One application for disclosure (政府信息公开申请).

    ``number`` counts within ``year``, the year of ``received_on`` (收到申请之日, article 31),
    which is the day from which the law counts. ``closed_on`` is the day on which it was
    replied to, withdrawn, or no longer handled: the year of that day is the year in which it
    was handled. ``late``: the reply came after its clock had ended. Who asked is sealed.
    """

    __tablename__ = "disclosure_application"
    __table_args__ = (UniqueConstraint("year", "serial"),)
    # The lifecycle tells of states, days and outcomes.
    __audit_skip__ = frozenset(
        {
            "state", "outcome_id", "closed_on", "late", "reply_number", "correction_asked_on",
            "correction_due_on", "corrected_on", "fee_asked_on", "fee_paid_on", "changed_at",
            "correction_matter", "reply_text",
        }
    )  # fmt: skip
    __audit_masked__ = frozenset(
        {
            "applicant_name", "applicant_code", "applicant_phone", "applicant_contact", "content",
            "purpose", "correction_matter", "reply_text", "remark", "form_wanted", "old_number",
        }
    )  # fmt: skip
    __audit_creation__ = False  # registering is recorded

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    old_number: Mapped[str] = mapped_column(String(48), default="")
    state: Mapped[ApplicationState] = mapped_column(
        choice(ApplicationState, "state"), default=ApplicationState.REGISTERED, index=True
    )
    received_on: Mapped[date] = mapped_column(Date, index=True)
    way: Mapped[Way] = mapped_column(choice(Way, "way"))
    basis: Mapped[Basis] = mapped_column(choice(Basis, "basis"))
    applicant_kind: Mapped[ApplicantKind] = mapped_column(choice(ApplicantKind, "applicant_kind"))
    applicant_name: Mapped[str] = mapped_column(
        Sealed("disclosure_application.applicant_name", NAME_CHARACTERS)
    )
    applicant_code: Mapped[str] = mapped_column(
        Sealed("disclosure_application.applicant_code", CODE_CHARACTERS), default=""
    )
    applicant_phone: Mapped[str] = mapped_column(
        Sealed("disclosure_application.applicant_phone", PHONE_CHARACTERS), default=""
    )
    applicant_contact: Mapped[str] = mapped_column(
        Sealed("disclosure_application.applicant_contact", CONTACT_CHARACTERS), default=""
    )
    content: Mapped[str] = mapped_column(Text)
    form_wanted: Mapped[str] = mapped_column(String(100), default="")
    purpose: Mapped[str] = mapped_column(String(500), default="")
    remark: Mapped[str] = mapped_column(String(500), default="")
    correction_asked_on: Mapped[date | None] = mapped_column(Date)
    correction_due_on: Mapped[date | None] = mapped_column(Date)
    correction_matter: Mapped[str] = mapped_column(Text, default="")
    corrected_on: Mapped[date | None] = mapped_column(Date)
    fee_asked_on: Mapped[date | None] = mapped_column(Date)
    fee_paid_on: Mapped[date | None] = mapped_column(Date)
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey("application_outcome.id"), index=True)
    closed_on: Mapped[date | None] = mapped_column(Date, index=True)
    reply_number: Mapped[str] = mapped_column(String(64), default="")
    reply_text: Mapped[str] = mapped_column(Text, default="")
    late: Mapped[bool] = mapped_column(default=False)
    registered_at: Mapped[datetime]
    registered_by_name: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[Outcome | None] = relationship()
    clocks: Mapped[list[ApplicationClock]] = relationship(
        back_populates="application", cascade="all, delete-orphan", order_by="ApplicationClock.id"
    )
    materials: Mapped[list[MaterialRequest]] = relationship(
        back_populates="application", cascade="all, delete-orphan", order_by="MaterialRequest.id"
    )
    files: Mapped[list[ApplicationFile]] = relationship(
        back_populates="application", cascade="all, delete-orphan", order_by="ApplicationFile.id"
    )
    proceedings: Mapped[list[Proceeding]] = relationship(
        back_populates="application", order_by="Proceeding.begun_on"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def number(self) -> str:
        """As the office writes it: ``2026-001``."""
        return f"{self.year}-{self.serial:03d}"

    @property
    def reply_clock(self) -> ApplicationClock:
        """The clock of the reply that is in force: that of the latest round."""
        return max(self._reply_clocks, key=lambda clock: clock.round)

    @property
    def _reply_clocks(self) -> list[ApplicationClock]:
        return [clock for clock in self.clocks if clock.kind is ClockKind.REPLY]

    @property
    def end_clock(self) -> ApplicationClock | None:
        """The clock whose end holds; None while the applicant is waited for, and where the
        application ended with that."""
        uncorrected = self.correction_asked_on is not None and self.corrected_on is None
        unpaid = self.fee_asked_on is not None and self.fee_paid_on is None
        waits = uncorrected or unpaid
        return None if waits or not self._reply_clocks else self.reply_clock

    def running(self, kind: ClockKind) -> ApplicationClock | None:
        """The clock of this duty that has not been stopped."""
        return next((c for c in self.clocks if c.kind == kind and c.stopped_at is None), None)

    @property
    def open_material(self) -> list[MaterialRequest]:
        return [one for one in self.materials if one.received_on is None]


class ApplicationClock(ClockColumns["ApplicationPause", "ApplicationExtension"], Base):
    """A duty of an application that runs (时限).

    ``round`` counts how often the clock of a duty was begun: that of the reply begins anew when
    the corrected application, or the fee, has come in; the earlier ones stay as they ended.
    ``start_note``: from what it was begun, in words.
    """

    __tablename__ = "application_clock"
    __table_args__ = (UniqueConstraint("application_id", "kind", "round"),)

    application_id: Mapped[int] = mapped_column(
        ForeignKey("disclosure_application.id", ondelete="CASCADE")
    )
    kind: Mapped[ClockKind] = mapped_column(choice(ClockKind, "kind"))
    round: Mapped[int] = mapped_column(default=1)
    start_note: Mapped[str] = mapped_column(String(100), default="")
    application: Mapped[Application] = relationship(back_populates="clocks")
    rule: Mapped[ClockRule] = relationship(lazy="joined")
    pauses: Mapped[list[ApplicationPause]] = relationship(
        cascade="all, delete-orphan", order_by="ApplicationPause.since", lazy="selectin"
    )
    extensions: Mapped[list[ApplicationExtension]] = relationship(
        cascade="all, delete-orphan", order_by="ApplicationExtension.id", lazy="selectin"
    )

    @property
    def start_told(self) -> str:
        return f"（{self.start_note}）" if self.start_note else ""

    def reckon(self, calendar: WorkCalendar, zone: ZoneInfo) -> None:
        """As every clock; these count whole days, so no hour is told of their beginnings."""
        super().reckon(calendar, zone)
        self.steps = [step.replace(" 00:00", "") for step in self.steps]


class ApplicationPause(PauseColumns, Base):
    """A stretch in which the opinion of others is asked (征求意见); it does not count.

    ``delivered_on``: the day on which they got the letter, from which their own time runs.
    """

    __tablename__ = "application_pause"

    clock_id: Mapped[int] = mapped_column(
        ForeignKey("application_clock.id", ondelete="CASCADE"), index=True
    )
    consulted: Mapped[Consulted] = mapped_column(choice(Consulted, "consulted"))
    delivered_on: Mapped[date | None] = mapped_column(Date)


class ApplicationExtension(ExtensionColumns, Base):
    """More time (延长答复期限): once, by consent of the head of the openness office.

    ``told_on``: the day on which the applicant was told.
    """

    __tablename__ = "application_extension"

    clock_id: Mapped[int] = mapped_column(
        ForeignKey("application_clock.id", ondelete="CASCADE"), index=True
    )
    told_on: Mapped[date] = mapped_column(Date)


class MaterialRequest(Audited, Base):
    """That a unit was asked to provide what an application wants (转办提供材料)."""

    __tablename__ = "application_material"
    __audit_masked__ = frozenset({"matter", "received_note"})

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("disclosure_application.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    matter: Mapped[str] = mapped_column(String(500))
    asked_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    received_on: Mapped[date | None] = mapped_column(Date)
    received_note: Mapped[str] = mapped_column(String(500), default="")
    application: Mapped[Application] = relationship(back_populates="materials")
    unit: Mapped[Unit] = relationship()


class ApplicationFile(Audited, Base):
    """A file of an application (申请书、答复书等附件), kept under its digest."""

    __tablename__ = "application_file"
    __audit_masked__ = frozenset({"name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("disclosure_application.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(64))
    application: Mapped[Application] = relationship(back_populates="files")
