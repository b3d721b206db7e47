"""What the year's summary counts of findings. ``year`` is always the year of the list."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.openness.findings import queries
from responder.openness.findings.models import Finding, FindingState


def findings_listed(session: Session, year: int, zone: ZoneInfo) -> int:
    """Findings whose column ``year`` is this year and that were not withdrawn as listed in
    error, whatever has become of them since. ``zone`` is not needed: the year was entered.
    """
    kept = Finding.state != FindingState.WITHDRAWN
    return _count(session, Finding.year == year, kept)


def findings_closed(session: Session, year: int, zone: ZoneInfo) -> int:
    """Of :func:`findings_listed`, those that stand as closed (已销号) now, on whichever day that
    was; one that was opened again does not count until it is closed again.
    """
    return _count(session, Finding.year == year, Finding.state == FindingState.CLOSED)


def findings_overdue(session: Session, day: date, zone: ZoneInfo) -> int:
    """Findings of any year that are late on a local day, as the records stand now: their
    deadline is before ``day``, and they are neither closed, nor withdrawn, nor waiting for a
    verifier with evidence that was sent. A deadline that was extended counts as extended.
    """
    return _count(session, queries.is_overdue(day))


def _count(session: Session, *conditions: object) -> int:
    query = select(func.count()).select_from(Finding).where(*conditions)  # type: ignore[arg-type]
    return session.scalar(query) or 0
