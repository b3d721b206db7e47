"""A year's events as a file."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.permissions import Actor
from responder.core.times import start_of_day
from responder.planning.calendars.ical import calendar_of
from responder.planning.events.service import events_between


def year_as_ics(session: Session, year: int, zone: ZoneInfo, now: datetime, reader: Actor) -> bytes:
    """The events that begin in a year as iCalendar, by time, the cancelled ones marked so.

    :param reader: see ``ical.calendar_of``.
    """
    first, past = start_of_day(date(year, 1, 1), zone), start_of_day(date(year + 1, 1, 1), zone)
    events = events_between(session, first, past)
    return calendar_of(events, zone, f"{year} 年发布活动", now, reader)
