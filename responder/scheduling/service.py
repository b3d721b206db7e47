"""How the jobs ran: told by the scheduler, looked at and asked for by people."""

from __future__ import annotations

import threading
import traceback
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from responder.core import audit, disk
from responder.core.errors import DomainError, NotFound
from responder.scheduling.labels import JOB_LABELS
from responder.scheduling.models import ScheduledJob


@dataclass(frozen=True)
class Run:
    """One run of a job; unfinished while ``ended_at`` is None."""

    name: str
    begun_at: datetime
    ended_at: datetime | None = None
    seconds: float | None = None
    problem: str = ""


@dataclass
class Journal:
    """Runs that are not in the database yet: written together, now and then, not one by one."""

    _runs: list[Run] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, run: Run) -> None:
        with self._lock:
            self._runs.append(run)

    def take(self) -> list[Run]:
        with self._lock:
            runs, self._runs = self._runs, []
        return runs

    def put_back(self, runs: list[Run]) -> None:
        """They could not be written: the database was away."""
        with self._lock:
            self._runs = runs + self._runs


def write_down(session: Session, runs: list[Run]) -> None:
    """Each job as its last run left it."""
    jobs = {job.name: job for job in session.scalars(select(ScheduledJob))}
    for run in runs:
        job = jobs.get(run.name)
        if job is None:
            job = jobs[run.name] = ScheduledJob(name=run.name, failures=0, runs=0, problem="")
            session.add(job)
        job.begun_at = run.begun_at
        if run.ended_at is None:
            continue
        job.ended_at, job.seconds, job.problem = run.ended_at, run.seconds, run.problem
        job.runs += 1
        job.failures = job.failures + 1 if run.problem else 0


def problem_of(error: Exception) -> str:
    """What went wrong, without anybody's words: the product's own sentence, or what and where."""
    if isinstance(error, DomainError):
        return error.message[:300]
    if disk.is_full(error):
        return disk.said_of(error)
    frames = traceback.extract_tb(error.__traceback__)
    own = next((one for one in reversed(frames) if "responder" in Path(one.filename).parts), None)
    where = f"（{Path(own.filename).stem}:{own.lineno}）" if own else ""
    return f"{type(error).__name__}{where}"[:300]


def jobs(session: Session) -> list[ScheduledJob]:
    """Every job in the order in which they are told, also what has not run yet."""
    known = {job.name: job for job in session.scalars(select(ScheduledJob))}
    return [known.get(name) or ScheduledJob(name=name, failures=0, runs=0) for name in JOB_LABELS]


def failing(session: Session) -> list[ScheduledJob]:
    """Jobs whose last run failed."""
    return list(
        session.scalars(
            select(ScheduledJob).where(ScheduledJob.failures > 0).order_by(ScheduledJob.name)
        )
    )


def want(session: Session, name: str, now: datetime) -> ScheduledJob:
    """Have a job run now; twice asked is once run.

    :raises NotFound: there is no such job.
    """
    if name not in JOB_LABELS:
        raise NotFound("没有这项定时任务：请从列表重新进入")
    query = select(ScheduledJob).where(ScheduledJob.name == name).with_for_update()
    job = session.scalar(query)
    if job is None:
        job = ScheduledJob(name=name, failures=0, runs=0, problem="")
        session.add(job)
    job.wanted_at = job.wanted_at or now
    audit.record(session, "run_now", job, {"name": name})
    return job


def wanted(session: Session) -> list[str]:
    """Jobs that somebody asked for and that do not run: one that does is asked for still."""
    query = select(ScheduledJob).where(ScheduledJob.wanted_at.is_not(None))
    asked = session.scalars(query.order_by(ScheduledJob.wanted_at))
    return [job.name for job in asked if not job.is_running]


def grant(session: Session, names: list[str]) -> None:
    """They are run now: the wish is fulfilled."""
    granted = update(ScheduledJob).where(ScheduledJob.name.in_(names)).values(wanted_at=None)
    session.execute(granted)
