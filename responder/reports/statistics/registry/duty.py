"""What the year asks of the units: figures of tasks and findings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, exists, or_

from responder.core.permissions import Permission
from responder.core.times import start_of_day
from responder.openness.findings.models import (
    SOURCE_LABELS,
    Finding,
    FindingEvidence,
    FindingState,
    FindingVerdict,
    Outcome,
)
from responder.openness.tasks.models import Level, Task, TaskState
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.spans import Dating, Span

_S = Section.DUTY
_TASK = ("tasks.show", "task_id")
_FINDING = ("findings.show", "finding_id")
_P = Permission.OPENNESS_READ


def _tasks(level: Level) -> Select[Any]:
    rows = rows_of(Task, title=Task.title, at=Task.year, unit_id=Task.lead_id)
    return rows.where(Task.level == level, Task.state != TaskState.CANCELLED)


def _provincial(_span: Span) -> Select[Any]:
    return _tasks(Level.PROVINCE)


def _city(_span: Span) -> Select[Any]:
    return _tasks(Level.CITY)


def _completed(span: Span) -> Select[Any]:
    return _city(span).where(Task.state == TaskState.COMPLETED)


def _overdue(span: Span) -> Select[Any]:
    return _city(span).where(
        Task.year == span.year,
        Task.due_on < span.as_of,
        or_(Task.completed_on.is_(None), Task.completed_on > span.last_seen),
    )


def _listed(_span: Span) -> Select[Any]:
    return rows_of(
        Finding, title=Finding.problem, at=Finding.year, unit_id=Finding.unit_id,
        channel=Finding.source,
    ).where(Finding.state != FindingState.WITHDRAWN)  # fmt: skip


def _closed(span: Span) -> Select[Any]:
    return _listed(span).where(Finding.state == FindingState.CLOSED)


def _late(span: Span) -> Select[Any]:
    """Past the deadline, and nothing sent by then that had not been returned or reopened."""
    after = span.last_seen + timedelta(days=1)
    returned = exists().where(
        FindingVerdict.finding_id == FindingEvidence.finding_id,
        FindingVerdict.round == FindingEvidence.round,
        FindingVerdict.outcome.in_((Outcome.RETURNED, Outcome.REOPENED)),
        FindingVerdict.on < after,
    )
    told = exists().where(
        FindingEvidence.finding_id == Finding.id,
        FindingEvidence.sent_at < start_of_day(after, span.zone),
        ~returned,
    )
    return _listed(span).where(Finding.year == span.year, Finding.deadline < span.as_of, ~told)


FIGURES: tuple[Figure, ...] = (
    Figure(
        "provincial_tasks", _S, "省级重点任务", "项",
        "本年度省级任务，已取消的不计。",
        "openness_task", _provincial, Dating.YEAR, _TASK, permission=_P,
    ),
    Figure(
        "city_tasks", _S, "市级重点任务", "项",
        "本年度市级任务，包括不对应省级任务的；已取消的不计。",
        "openness_task", _city, Dating.YEAR, _TASK, permission=_P,
    ),
    Figure(
        "completed_city_tasks", _S, "办结市级任务", "项",
        "本年度市级任务中办结已经认可的，按期和逾期都计。",
        "openness_task", _completed, Dating.YEAR, _TASK, among="city_tasks", permission=_P,
    ),
    Figure(
        "overdue_city_tasks", _S, "逾期市级任务", "项",
        "本年度市级任务中，到年末次日（本年为今天）已过完成时限、当天还没有办结的。",
        "openness_task", _overdue, Dating.STANDING, _TASK, among="city_tasks", permission=_P,
    ),
    Figure(
        "findings_listed", _S, "问题清单条目", "项",
        "列入本年度问题清单的问题，误列撤销的不计。",
        "finding", _listed, Dating.YEAR, _FINDING, channels=SOURCE_LABELS, permission=_P,
    ),
    Figure(
        "findings_closed", _S, "已销号问题", "项",
        "本年度问题清单中现在已销号的；重新打开的，再次销号后才计。",
        "finding", _closed, Dating.YEAR, _FINDING, among="findings_listed",
        channels=SOURCE_LABELS, permission=_P,
    ),
    Figure(
        "findings_overdue", _S, "逾期问题", "项",
        "本年度问题清单中，到年末次日（本年为今天）已过整改期限，还没有送来整改情况的。",
        "finding", _late, Dating.STANDING, _FINDING, among="findings_listed",
        channels=SOURCE_LABELS, permission=_P,
    ),
)  # fmt: skip
