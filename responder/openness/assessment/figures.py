"""What the annual summary says of the assessment."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.openness.assessment.models import AssessmentScheme, SchemeState


def assessment_points(session: Session, year: int, _zone: ZoneInfo) -> Decimal:
    """The total of the scheme of ``year`` (考核分值), in force or settled; 0 where there is none.

    A draft does not count.
    """
    return _of(session, year, "total")


def assessment_share(session: Session, year: int, _zone: ZoneInfo) -> Decimal:
    """What the scheme of ``year`` is of the overall assessment, in percent (占考核比重).

    In force or settled; 0 where there is none.
    """
    return _of(session, year, "share")


def _of(session: Session, year: int, name: str) -> Decimal:
    query = select(getattr(AssessmentScheme, name)).where(
        AssessmentScheme.year == year, AssessmentScheme.state != SchemeState.DRAFT
    )
    found: Decimal | None = session.scalar(query)
    return found or Decimal(0)
