"""In which formats a plan can be taken along. A format is a row of :data:`FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.permissions import Actor
from responder.planning.calendars.exporting import year_as_ics
from responder.planning.models import ReleasePlan
from responder.planning.plans.document import plan_document
from responder.planning.plans.tables import paper
from responder.planning.plans.workbook import plan_workbook

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
    return plan_workbook(paper(session, plan, zone, now, reader))


def _document(
    session: Session, plan: ReleasePlan, zone: ZoneInfo, now: datetime, reader: Actor
) -> bytes:
    return plan_document(paper(session, plan, zone, now, reader))


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
