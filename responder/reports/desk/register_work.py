"""What of the registers and reports waits for somebody, as counts that lead to their lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from responder.core.office import office_zone
from responder.core.permissions import Actor, Permission
from responder.core.times import local
from responder.openness.access import is_of
from responder.openness.applications.models import Application
from responder.openness.applications.queries import is_overdue as application_is_overdue
from responder.openness.findings.models import Finding, FindingState
from responder.openness.findings.queries import is_overdue as finding_is_overdue
from responder.openness.tasks.models import Report as ProgressReport
from responder.openness.tasks.models import ReportState as ProgressState
from responder.openness.tasks.models import Task
from responder.reports.documents.models import Report, ReportState

LABELS = {
    "reports_to_sign": "待签发的报告",
    "progress_to_accept": "待认可的任务进展",
    "findings_to_verify": "待核查的整改",
    "findings_to_rectify": "待整改的问题",
    "findings_overdue": "逾期未整改的问题",
    "applications_overdue": "超过法定时限的公开申请",
}


@dataclass(frozen=True)
class RegisterWork:
    """So many of a kind, and the list that has them.

    :param code: of :data:`LABELS`.
    """

    code: str
    count: int
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    late: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.code]


def register_work(session: Session, actor: Actor, now: datetime) -> list[RegisterWork]:
    """What waits for a person, the late first; nothing of what is none."""
    found = [one for one in _asked(session, actor, now) if one.count]
    return sorted(found, key=lambda one: not one.late)


def _asked(session: Session, actor: Actor, now: datetime) -> Iterator[RegisterWork]:
    today = local(now, office_zone()).date()
    if actor.may(Permission.RESPONSE_SIGN):
        waiting = _count(session, Report, Report.state == ReportState.SUBMITTED)
        yield RegisterWork("reports_to_sign", waiting, "documents.index")
    if actor.may(Permission.OPENNESS_EDIT):
        year = Task.year == today.year
        query = select(func.count()).select_from(ProgressReport).join(ProgressReport.task)
        submitted = ProgressReport.state == ProgressState.SUBMITTED
        waiting = session.scalar(query.where(year, submitted)) or 0
        yield RegisterWork("progress_to_accept", waiting, "tasks.waiting")
        overdue = _count(session, Finding, finding_is_overdue(today))
        yield RegisterWork("findings_overdue", overdue, "findings.index", {"overdue": 1}, True)
    if actor.may(Permission.OPENNESS_VERIFY):
        waiting = _count(session, Finding, Finding.state == FindingState.RECTIFIED)
        values = {"state": FindingState.RECTIFIED.value}
        yield RegisterWork("findings_to_verify", waiting, "findings.index", values)
    if actor.may(Permission.OPENNESS_REPORT) and is_of(actor, actor.unit_id):
        own = Finding.unit_id == actor.unit_id
        waiting = _count(session, Finding, own, Finding.state == FindingState.ASSIGNED)
        values = {"state": FindingState.ASSIGNED.value}
        yield RegisterWork("findings_to_rectify", waiting, "findings.index", values)
        overdue = _count(session, Finding, own, finding_is_overdue(today))
        yield RegisterWork("findings_overdue", overdue, "findings.index", {"overdue": 1}, True)
    if actor.may(Permission.APPLICATION_HANDLE):
        overdue = _count(session, Application, application_is_overdue(now))
        yield RegisterWork(
            "applications_overdue", overdue, "applications.index", {"view": "late"}, True
        )


def _count(session: Session, record: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0
