"""What the annual summary counts of a year's tasks. A task's year is its column ``year``."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from responder.openness.tasks.models import Level, Task, TaskState


def provincial_tasks(session: Session, year: int, zone: ZoneInfo) -> int:
    """The province's tasks of the year (省级重点任务); cancelled ones are left out."""
    return _count(session, year, Task.level == Level.PROVINCE)


def city_tasks(session: Session, year: int, zone: ZoneInfo) -> int:
    """The city's tasks of the year (市级重点任务), with those that serve no task of the
    province; cancelled ones are left out.
    """
    return _count(session, year, Task.level == Level.CITY)


def completed_city_tasks(session: Session, year: int, zone: ZoneInfo) -> int:
    """The city's tasks of the year whose completion the office has accepted, in time or late."""
    return _count(session, year, Task.level == Level.CITY, Task.state == TaskState.COMPLETED)


def overdue_city_tasks(
    session: Session, year: int, zone: ZoneInfo, as_of: date | None = None
) -> int:
    """The city's tasks of the year that were due before a day and were not done on it.

    What its unit reported complete on or before that day and the office accepted, whenever, was
    done; cancelled tasks are left out.

    :param as_of: a day of the office; without one the first day after the year, so that all
        that was due within the year counts.
    """
    day = as_of or date(year + 1, 1, 1)
    return _count(
        session, year, Task.level == Level.CITY, Task.due_on < day,
        or_(Task.completed_on.is_(None), Task.completed_on > day),
    )  # fmt: skip


def _count(session: Session, year: int, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Task)
    stands = Task.state != TaskState.CANCELLED
    return session.scalar(query.where(Task.year == year, stands, *conditions)) or 0
