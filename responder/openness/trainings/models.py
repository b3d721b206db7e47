"""Trainings and meetings (培训、会议) that were held."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice


class OccasionKind(StrEnum):
    """What was held (类别)."""

    TRAINING = "training"
    LEADING_GROUP = "leading_group"
    MEETING = "meeting"


KIND_LABELS = {
    OccasionKind.TRAINING: "业务培训",
    OccasionKind.LEADING_GROUP: "领导小组会议",
    OccasionKind.MEETING: "其他会议",
}


class Occasion(Audited, Base):
    """One training or meeting. Its year is that of ``held_on``.

    ``organiser``: the unit that held it; none, when the office itself did. ``attendance`` and
    ``units``: how many people and units came; None where nobody counted.
    """

    __tablename__ = "openness_occasion"
    __table_args__ = (
        CheckConstraint("attendance >= 0", name="attendance"),
        CheckConstraint("units >= 0", name="units"),
    )
    __audit_masked__ = frozenset({"lecturers"})
    __audit_skip__ = frozenset({"edits"})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OccasionKind] = mapped_column(choice(OccasionKind, "kind"), index=True)
    held_on: Mapped[date] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(100), default="")
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    lecturers: Mapped[str] = mapped_column(String(200), default="")
    attendance: Mapped[int | None]
    units: Mapped[int | None]
    contents: Mapped[str] = mapped_column(Text, default="")
    minutes_number: Mapped[str] = mapped_column(String(64), default="")
    remark: Mapped[str] = mapped_column(String(300), default="")
    edits: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    organiser: Mapped[Unit | None] = relationship()
    files: Mapped[list[OccasionFile]] = relationship(
        back_populates="occasion", order_by="OccasionFile.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def kind_label(self) -> str:
        return KIND_LABELS[self.kind]


class OccasionFile(Audited, Base):
    """A file of an occasion (附件): its notice, list of those present, minutes."""

    __tablename__ = "openness_occasion_file"
    __audit_masked__ = frozenset({"name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("openness_occasion.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(64))
    occasion: Mapped[Occasion] = relationship(back_populates="files")
