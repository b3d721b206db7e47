"""What the yearly summary takes from the register of applications.

Each counts whole local days, which the records keep as such: ``zone`` changes nothing and is
there because every register's figures are asked alike.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.openness.applications.models import (
    Application,
)
from responder.openness.applications.proceeding_models import (
    ProceedingKind,
)
from responder.openness.applications.queries import Part, of_part
from responder.openness.applications.queries import replied_late as was_late
from responder.openness.applications.tables import application_table, proceeding_table


def applications_received(session: Session, year: int, zone: ZoneInfo) -> int:
    """Applications whose day of receipt (收到申请之日) lies in the year; not those entered by
    mistake (误登作废)."""
    return _count(session, Part.NEW, year)


def applications_handled(session: Session, year: int, zone: ZoneInfo) -> int:
    """Applications that ended in the year: replied to, withdrawn, or no longer handled, whenever
    they were received (表三第三项总计)."""
    return _count(session, Part.HANDLED, year)


def applications_by_outcome(
    session: Session, year: int, zone: ZoneInfo
) -> list[tuple[str, str, int]]:
    """(code, label, count) of each outcome, in the order of the form: of the applications of
    :func:`applications_handled`. A group counts with all that stands below it, so only the rows
    of one depth add up to the whole; a group and its outcomes follow each other."""
    rows = application_table(session, year).rows
    return [(row.code, row.label, row.total) for row in rows if row.depth and row.code != "total"]


def applications_carried_over(session: Session, year: int, zone: ZoneInfo) -> int:
    """Applications received by the end of the year and not ended by then (结转下年度继续办理); of
    the present year, those open now."""
    return _count(session, Part.CARRIED_ON, year)


def applications_carried_in(session: Session, year: int, zone: ZoneInfo) -> int:
    """Applications received before the year and not ended before it (上年结转)."""
    return _count(session, Part.CARRIED_IN, year)


def replied_late(session: Session, year: int, zone: ZoneInfo) -> int:
    """Applications replied to in the year after the last day of their clock, extensions and
    consultations reckoned in."""
    query = select(func.count()).select_from(Application)
    return session.scalar(query.where(of_part(Part.HANDLED, year), was_late())) or 0


def reconsiderations(session: Session, year: int, zone: ZoneInfo) -> int:
    """Reconsiderations concluded in the year, and those begun by its end and still pending then
    (表四：行政复议总计). One that lasts over New Year counts in both years, as the form does."""
    return proceeding_table(session, year).row(ProceedingKind.RECONSIDERATION).total


def lawsuits(session: Session, year: int, zone: ZoneInfo) -> int:
    """Lawsuits, begun with or without a reconsideration, counted as :func:`reconsiderations`."""
    table = proceeding_table(session, year)
    kinds = (ProceedingKind.DIRECT_LAWSUIT, ProceedingKind.LATER_LAWSUIT)
    return sum(table.row(kind).total for kind in kinds)


def _count(session: Session, part: Part, year: int) -> int:
    query = select(func.count()).select_from(Application).where(of_part(part, year))
    return session.scalar(query) or 0
