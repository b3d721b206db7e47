"""What the annual summary counts of trainings and meetings. Their year is that of the day held."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from responder.openness.trainings.models import Occasion, OccasionKind
from responder.openness.trainings.service import of_year


def trainings(session: Session, year: int, zone: ZoneInfo) -> int:
    """Trainings (业务培训) held in the year, by whichever unit."""
    return _count(session, year, Occasion.kind == OccasionKind.TRAINING)


def training_attendance(session: Session, year: int, zone: ZoneInfo) -> int:
    """People who came to the trainings of the year (参训人次): somebody who came to two counts
    twice; trainings at which nobody counted add nothing.
    """
    query = select(func.coalesce(func.sum(Occasion.attendance), 0))
    of_kind = Occasion.kind == OccasionKind.TRAINING
    return int(session.scalar(query.where(of_year(year), of_kind)) or 0)


def leading_group_meetings(session: Session, year: int, zone: ZoneInfo) -> int:
    """Meetings of the leading group (领导小组会议) held in the year."""
    return _count(session, year, Occasion.kind == OccasionKind.LEADING_GROUP)


def _count(session: Session, year: int, condition: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Occasion)
    return session.scalar(query.where(of_year(year), condition)) or 0
