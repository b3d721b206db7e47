"""The queries behind the measures over the office's own registers."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.openness.assessment.counting import numbers, shares
from responder.openness.assessment.tallies import Counted, Evidence
from responder.openness.catalogue.models import CatalogueColumn, Publication
from responder.openness.findings.models import Finding, FindingState
from responder.openness.tasks.models import Level, Task, TaskState


def _led(year: int) -> ColumnElement[bool]:
    return (Task.year == year) & (Task.level == Level.CITY) & (Task.state != TaskState.CANCELLED)


def _in_time() -> ColumnElement[bool]:
    """Completed; one without a deadline cannot be late."""
    due = func.coalesce(Task.due_on, Task.completed_on)
    return (Task.state == TaskState.COMPLETED) & (Task.completed_on <= due)


def count_tasks(session: Session, year: int, zone: ZoneInfo) -> Counted:
    query = select(Task.lead_id, func.count(case((_in_time(), 1))), func.count())
    return shares(session, query.where(_led(year)).group_by(Task.lead_id))


def list_tasks(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = select(Task).where(_led(year), Task.lead_id == unit.id).order_by(Task.number)
    return [
        Evidence(one.title, one.completed_on, "tasks.show", {"task_id": one.id})
        for one in session.scalars(query)
    ]


def _kept(year: int) -> ColumnElement[bool]:
    return (Finding.year == year) & (Finding.state != FindingState.WITHDRAWN)


def count_findings(session: Session, year: int, zone: ZoneInfo) -> Counted:
    closed = case((Finding.state == FindingState.CLOSED, 1))
    query = select(Finding.unit_id, func.count(closed), func.count())
    return shares(session, query.where(_kept(year)).group_by(Finding.unit_id))


def list_findings(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = select(Finding).where(_kept(year), Finding.unit_id == unit.id).order_by(Finding.id)
    return [
        Evidence(one.problem, one.closed_on, "findings.show", {"finding_id": one.id})
        for one in session.scalars(query)
    ]


def _of_year(year: int) -> ColumnElement[bool]:
    return Publication.published_on.between(date(year, 1, 1), date(year, 12, 31))


def count_items(session: Session, year: int, zone: ZoneInfo) -> Counted:
    query = select(CatalogueColumn.unit_id, func.count()).join(Publication.column)
    query = query.select_from(Publication).where(_of_year(year))
    return numbers(session, query.group_by(CatalogueColumn.unit_id))


def list_items(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = (
        select(Publication.title, Publication.published_on, Publication.column_id)
        .join(Publication.column)
        .where(_of_year(year), CatalogueColumn.unit_id == unit.id)
        .order_by(Publication.published_on, Publication.id)
    )
    return [
        Evidence(title, day, "catalogue.show", {"column_id": column_id})
        for title, day, column_id in session.execute(query)
    ]
