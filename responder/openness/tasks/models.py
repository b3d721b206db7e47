"""Tasks of a year (年度任务): whose they are, what serves what, how far they have come."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice


class Level(StrEnum):
    """Who set a task (级别)."""

    PROVINCE = "province"
    CITY = "city"


LEVEL_LABELS = {Level.PROVINCE: "省级任务", Level.CITY: "市级任务"}


class TaskState(StrEnum):
    """Where a task stands; the arrows are in ``lifecycle.py``."""

    OPEN = "open"
    REPORTED = "reported"
    RETURNED = "returned"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ReportState(StrEnum):
    """Where a unit's report of progress stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


# Which units help with a city task (配合单位).
task_assistant = Table(
    "task_assistant",
    Base.metadata,
    Column("task_id", ForeignKey("openness_task.id"), primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), primary_key=True, index=True),
)

# Which of the province's tasks a city task serves (对应省级任务): several, or none.
task_parent = Table(
    "task_parent",
    Base.metadata,
    Column("task_id", ForeignKey("openness_task.id"), primary_key=True),
    Column("parent_id", ForeignKey("openness_task.id"), primary_key=True, index=True),
)


class Task(Audited, Base):
    """One task of a year (任务). ``year`` is a column: no date of it decides to which it belongs.

    ``lead``: the unit that answers for a city task (牵头单位); the province's tasks have none.
    ``progress``: percent by the lead unit's last accepted report; of a task of the province it
    is reckoned from the city's tasks, and the column stays 0. ``completed_on``: the day on which
    the lead unit reported what the office then accepted. ``edits`` counts the changes of its
    milestones and units, so that nobody writes over what they have not seen.
    """

    __tablename__ = "openness_task"
    __table_args__ = (
        UniqueConstraint("year", "level", "number"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    )
    __audit_skip__ = frozenset({"state", "edits", "level", "progress", "completed_on"})

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    level: Mapped[Level] = mapped_column(choice(Level, "level"))
    number: Mapped[int]
    state: Mapped[TaskState] = mapped_column(
        choice(TaskState, "state"), default=TaskState.OPEN, index=True
    )
    title: Mapped[str] = mapped_column(String(200))
    requirement: Mapped[str] = mapped_column(Text, default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)
    basis: Mapped[str] = mapped_column(String(300), default="")
    remark: Mapped[str] = mapped_column(String(300), default="")
    progress: Mapped[int] = mapped_column(default=0)
    completed_on: Mapped[date | None]
    edits: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    lead: Mapped[Unit | None] = relationship()
    assistants: Mapped[list[Unit]] = relationship(secondary=task_assistant, order_by=Unit.code)
    parents: Mapped[list[Task]] = relationship(
        secondary=task_parent,
        primaryjoin=lambda: Task.id == task_parent.c.task_id,
        secondaryjoin=lambda: Task.id == task_parent.c.parent_id,
        order_by="Task.number",
        back_populates="children",
    )
    children: Mapped[list[Task]] = relationship(
        secondary=task_parent,
        primaryjoin=lambda: Task.id == task_parent.c.parent_id,
        secondaryjoin=lambda: Task.id == task_parent.c.task_id,
        order_by="Task.number",
        back_populates="parents",
    )
    milestones: Mapped[list[Milestone]] = relationship(
        back_populates="task", order_by="Milestone.position", cascade="all, delete-orphan"
    )
    reports: Mapped[list[Report]] = relationship(back_populates="task", order_by="Report.id")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def level_label(self) -> str:
        return LEVEL_LABELS[self.level]

    @property
    def is_city(self) -> bool:
        return self.level is Level.CITY

    @property
    def unit_ids(self) -> tuple[int | None, ...]:
        """Of the lead unit and of those that assist."""
        return (self.lead_id, *(unit.id for unit in self.assistants))


class Milestone(Audited, Base):
    """What must be there by when on the way to a task (时序进度).

    ``evidence``: words or a link; ``report``: whose acceptance settled it.
    """

    __tablename__ = "task_milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("openness_task.id"), index=True)
    position: Mapped[int]
    what: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(index=True)
    done_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(String(500), default="")
    report_id: Mapped[int | None] = mapped_column(ForeignKey("task_report.id"))
    task: Mapped[Task] = relationship(back_populates="milestones")


class Report(Audited, Base):
    """How far a unit says it has come with a task (进展报告).

    ``percent``: of the lead unit, of the whole task; of a unit that assists, of its own share.
    ``outcome``: why the office returned it. Returned, it stays as it was sent.
    """

    __tablename__ = "task_report"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        # A unit has one report in the making, or waiting, of a task.
        Index(
            "uq_task_report_unsettled",
            "task_id",
            "unit_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'submitted')"),
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
    )
    __audit_skip__ = frozenset({"state", "edits", "reported_at", "decided_at"})
    __audit_masked__ = frozenset({"body"})

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("openness_task.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[ReportState] = mapped_column(
        choice(ReportState, "state"), default=ReportState.DRAFT, index=True
    )
    percent: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reported_by_name: Mapped[str] = mapped_column(String(64), default="")
    reported_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(1000), default="")
    edits: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    task: Mapped[Task] = relationship(back_populates="reports")
    unit: Mapped[Unit] = relationship()
    writers: Mapped[list[ReportWriter]] = relationship(cascade="all, delete-orphan")
    reached: Mapped[list[ReachedMilestone]] = relationship(cascade="all, delete-orphan")
    files: Mapped[list[TaskFile]] = relationship(
        back_populates="report", order_by="TaskFile.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def is_of_lead(self) -> bool:
        return self.unit_id == self.task.lead_id

    @property
    def completes(self) -> bool:
        """Whether it says that the whole task is done."""
        return self.is_of_lead and self.percent == 100


class ReportWriter(Base):
    """That somebody wrote at a report, and so accepts no part of it."""

    __tablename__ = "task_report_writer"

    report_id: Mapped[int] = mapped_column(ForeignKey("task_report.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class ReachedMilestone(Base):
    """That a report says a milestone was reached, and on which day."""

    __tablename__ = "task_report_milestone"

    report_id: Mapped[int] = mapped_column(ForeignKey("task_report.id"), primary_key=True)
    milestone_id: Mapped[int] = mapped_column(
        ForeignKey("task_milestone.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    done_on: Mapped[date]
    milestone: Mapped[Milestone] = relationship()


class TaskFile(Audited, Base):
    """A file that proves a report (佐证材料), kept under its digest."""

    __tablename__ = "task_file"
    __audit_masked__ = frozenset({"name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("task_report.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(64))
    report: Mapped[Report] = relationship(back_populates="files")
