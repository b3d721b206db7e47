"""One month of the release calendar, ready to be drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI, local, start_of_day
from responder.core.work_calendar import CalendarDay, load_calendar
from responder.planning.calendars import rules
from responder.planning.events.service import events_between
from responder.planning.models import PlanEntry, PressEvent
from responder.planning.plans.service import open_entries


@dataclass(frozen=True)
class MonthDay:
    """A day of the grid. ``holiday`` is its name where it differs from the plain week."""

    day: date
    in_month: bool
    is_today: bool
    is_working: bool
    holiday: str
    events: tuple[PressEvent, ...]
    entries: tuple[PlanEntry, ...]


@dataclass(frozen=True)
class MonthPage:
    """A month: its weeks (Monday first) and the plan's rows for it that have no day yet.

    ``provisional`` is the years among the days whose holidays are not announced.
    """

    year: int
    month: int
    weeks: tuple[tuple[MonthDay, ...], ...]
    undated: tuple[PlanEntry, ...]
    provisional: tuple[int, ...]
    event_count: int


def month_page(
    session: Session, year: int, month: int, today: date, zone: ZoneInfo = SHANGHAI
) -> MonthPage:
    """Everything on the calendar of one month, in a fixed number of queries.

    :param today: the local day to be marked.
    """
    weeks = rules.month_grid(year, month)
    first, last = weeks[0][0], weeks[-1][-1]
    events = _events_by_day(session, first, last, zone)
    entries = open_entries(session, year, month)
    dated = defaultdict(list)
    for entry in entries:
        if entry.day is not None:
            dated[date(year, month, entry.day)].append(entry)
    calendar = load_calendar(session)
    names = _names(session, first, last)

    def month_day(day: date) -> MonthDay:
        return MonthDay(
            day=day,
            in_month=day.month == month,
            is_today=day == today,
            is_working=calendar.is_working(day),
            holiday=names.get(day, ""),
            events=tuple(events.get(day, ())),
            entries=tuple(dated.get(day, ())),
        )

    return MonthPage(
        year=year,
        month=month,
        weeks=tuple(tuple(month_day(day) for day in week) for week in weeks),
        undated=tuple(entry for entry in entries if entry.day is None),
        provisional=tuple(
            y for y in range(first.year, last.year + 1) if y not in calendar.announced
        ),
        event_count=sum(len(found) for day, found in events.items() if day.month == month),
    )


def _events_by_day(
    session: Session, first: date, last: date, zone: ZoneInfo
) -> Mapping[date, list[PressEvent]]:
    start = start_of_day(first, zone)
    end = start_of_day(last + timedelta(days=1), zone)
    by_day: defaultdict[date, list[PressEvent]] = defaultdict(list)
    for event in events_between(session, start, end):
        by_day[local(event.starts_at, zone).date()].append(event)
    return by_day


def _names(session: Session, first: date, last: date) -> dict[date, str]:
    query = select(CalendarDay.day, CalendarDay.name).where(CalendarDay.day.between(first, last))
    return {row.day: row.name for row in session.execute(query)}
