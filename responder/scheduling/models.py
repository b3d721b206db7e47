"""What the schedulers of an office agree upon: whose turn it is, and how each job last ran."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.audit import Audited
from responder.core.database import Base


class SchedulerTurn(Base):
    """The one row that says which scheduler acts (轮值), and until when it has said so.

    :ivar holder: of the scheduler; empty: nobody's turn.
    :ivar until: the turn is anybody's after this moment, unless the holder renews it.
    """

    __tablename__ = "scheduler_turn"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(120), default="")
    renewed_at: Mapped[datetime | None]
    until: Mapped[datetime | None]


class ScheduledJob(Audited, Base):
    """One job (定时任务), as it last ran.

    :ivar begun_at: of the last run; later than ``ended_at`` while it runs.
    :ivar seconds: that the last finished run took.
    :ivar problem: what went wrong in it; empty where nothing did.
    :ivar failures: runs in a row that failed.
    :ivar wanted_at: somebody asked for a run now, and it has not begun.
    """

    __tablename__ = "scheduled_job"
    __audit_skip__ = frozenset(
        {"begun_at", "ended_at", "seconds", "problem", "failures", "runs", "wanted_at"}
    )
    __audit_creation__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seconds: Mapped[float | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
    failures: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int] = mapped_column(default=0)
    wanted_at: Mapped[datetime | None]

    @property
    def is_running(self) -> bool:
        return self.begun_at is not None and (
            self.ended_at is None or self.ended_at < self.begun_at
        )
