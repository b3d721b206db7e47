"""What the year's statistics say."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI
from responder.reports.statistics.counting import Value, count_all
from responder.reports.statistics.registry import FIGURES
from responder.reports.statistics.spans import Span


def value_of(session: Session, code: str, year: int, today: date | None = None) -> Value:
    """A figure of a year; 0 where nothing was recorded."""
    return count_all(session, FIGURES, Span(year, SHANGHAI, today=today))[code].value or 0
