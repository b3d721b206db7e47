"""In which formats a plan can be taken along. A format is a row of :data:`FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.papers import papers_document, papers_workbook
from responder.core.permissions import Actor
from responder.planning.calendars.exporting import year_as_ics
from responder.planning.models import ReleasePlan
from responder.planning.plans.tables import paper

Writer = Callable[[Session, ReleasePlan, ZoneInfo, datetime, Actor], bytes]

_OFFICE = "application/vnd.openxmlformats-officedocument"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"


@dataclass(frozen=True)
class Format:
    """One kind of file: what a button calls it, its media type, and what writes it."""

    label: str
    media_type: str
    write: Writer


def _workbook(
    session: Session, plan: ReleasePlan, zone: ZoneInfo, now: datetime, reader: Actor
) -> bytes:
    """The plan on the first sheet, its change table on the second."""
    found = paper(session, plan, zone, now, reader)
    sheets = {"年度计划": found.plan, "变更表": found.changes}
    return papers_workbook(found.plan.title, now, sheets)


def _document(
    session: Session, plan: ReleasePlan, zone: ZoneInfo, now: datetime, reader: Actor
) -> bytes:
    """变更表 as the annex, if there is one."""
    found = paper(session, plan, zone, now, reader)
    tables = [found.plan, found.changes] if found.changes.rows else [found.plan]
    return papers_document(found.plan.title, now, tables, annexed=True)


def _calendar(
    session: Session, plan: ReleasePlan, zone: ZoneInfo, now: datetime, reader: Actor
) -> bytes:
    return year_as_ics(session, plan.year, zone, now, reader)


# By the file's suffix, which is also the name in the address and at the console.
FORMATS: dict[str, Format] = {
    "xlsx": Format("Excel", XLSX, _workbook),
    "docx": Format("Word", f"{_OFFICE}.wordprocessingml.document", _document),
    "ics": Format("iCalendar", "text/calendar", _calendar),
}
