"""One page of the release calendar, ready to be drawn, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from responder.core.permissions import Actor, Permission
from responder.core.times import SHANGHAI, local, start_of_day
from responder.core.work_calendar import CalendarDay, WorkCalendar, load_calendar
from responder.planning.access import events_in_full, sees_row
from responder.planning.calendars import rules
from responder.planning.calendars.heat import HeatOfDays, heat_of_days
from responder.planning.calendars.rules import Lane, Span, View
from responder.planning.events.lifecycle import EXPECTED
from responder.planning.events.models import PreparationTask
from responder.planning.models import EventState, Form, PlanEntry, PressEvent
from responder.planning.plans.service import open_entries


@dataclass(frozen=True)
class Filters:
    """What a page is narrowed to; None is no narrowing."""

    unit_id: int | None = None
    form: Form | None = None
    state: EventState | None = None

    def of_events(self) -> list[ColumnElement[bool]]:
        """The conditions on events."""
        pairs = (
            (PressEvent.unit_id, self.unit_id),
            (PressEvent.form, self.form),
            (PressEvent.state, self.state),
        )
        return [column == value for column, value in pairs if value is not None]

    def keeps(self, entry: PlanEntry) -> bool:
        """Whether a row of the plan stays; it has no state, so a state leaves none."""
        return (
            self.state is None
            and self.unit_id in (None, entry.unit_id)
            and self.form in (None, entry.form)
        )


EVERYTHING = Filters()


@dataclass(frozen=True)
class Day:
    """A day. ``holiday`` is its name where it differs from the plain week.

    ``continued`` are the ids of events that began on an earlier day; ``due`` counts the
    preparation tasks that are due on it and not done, ``due_after`` those of events that were
    held, which were for afterwards.
    """

    day: date
    is_today: bool
    is_working: bool
    holiday: str
    events: tuple[PressEvent, ...]
    continued: frozenset[int]
    entries: tuple[PlanEntry, ...]
    due: int
    due_after: int

    @property
    def is_busy(self) -> bool:
        return bool(self.events or self.entries or self.due or self.due_after)


@dataclass(frozen=True)
class Month:
    """A month of a page: its weeks (Monday first, with the days that spill over), its days,
    the plan's rows for it that have no day yet, and the number of its events."""

    year: int
    month: int
    weeks: tuple[tuple[Day, ...], ...]
    days: tuple[Day, ...]
    undated: tuple[PlanEntry, ...]
    event_count: int


@dataclass(frozen=True)
class CalendarPage:
    """What a page shows. ``provisional``: the years whose holidays are not announced.

    ``tasks`` are the open preparation tasks of each day, with their events; of the agenda
    alone, the other views count them.
    """

    span: Span
    months: tuple[Month, ...]
    provisional: tuple[int, ...]
    heat: HeatOfDays
    tasks: Mapping[date, list[PreparationTask]] = field(default_factory=dict)

    @property
    def event_count(self) -> int:
        return sum(month.event_count for month in self.months)

    def lanes(self, first: date) -> tuple[Lane, ...]:
        """The hot topics under the row of days that begins with ``first``."""
        return self.heat.rows.get(first, ())


def calendar_page(
    session: Session,
    span: Span,
    today: date,
    zone: ZoneInfo = SHANGHAI,
    *,
    reader: Actor,
    filters: Filters = EVERYTHING,
) -> CalendarPage:
    """Everything on one page of the calendar; the number of queries rests on the view alone.

    :param today: the local day to be marked.
    :param reader: whom it is for: hot topics lie under the days of who may read topics, and
        what is to be prepared is told where the person reads all of the event.
    """
    calendar, is_due = load_calendar(session), _is_due(span, filters, reader)
    due, due_after = _due(session, is_due)
    sheet = _Sheet(
        today=today,
        calendar=calendar,
        names=_names(session, span),
        events=_events_by_day(session, span, filters, zone),
        entries=[e for e in _entries(session, span.year, reader) if filters.keeps(e)],
        due=due,
        due_after=due_after,
    )
    months = tuple(sheet.month(span.year, month) for month in span.months)
    drawn = months[0].weeks[0][0], months[-1].weeks[-1][-1]
    if span.view is not View.MONTH:  # the others leave the days that spill over empty
        drawn = months[0].days[0], months[-1].days[-1]
    years = range(drawn[0].day.year, drawn[1].day.year + 1)
    return CalendarPage(
        span=span,
        months=months,
        provisional=tuple(year for year in years if year not in calendar.announced),
        heat=_heat(session, _rows(span, months), reader),
        tasks=_tasks(session, is_due) if span.view is View.AGENDA else {},
    )


@dataclass(frozen=True)
class _Sheet:
    """What was read, to be laid out by day."""

    today: date
    calendar: WorkCalendar
    names: Mapping[date, str]
    events: Mapping[date, list[PressEvent]]
    entries: list[PlanEntry]
    due: Mapping[date, int]
    due_after: Mapping[date, int]

    def month(self, year: int, month: int) -> Month:
        of_month = [entry for entry in self.entries if entry.month == month]
        dated = defaultdict(list)
        for entry in of_month:
            if entry.day is not None:
                dated[date(year, month, entry.day)].append(entry)
        weeks = tuple(
            tuple(self._day(day, dated) for day in week) for week in rules.month_grid(year, month)
        )
        days = tuple(day for week in weeks for day in week if day.day.month == month)
        return Month(
            year=year,
            month=month,
            weeks=weeks,
            days=days,
            undated=tuple(entry for entry in of_month if entry.day is None),
            event_count=len({event.id for day in days for event in day.events}),
        )

    def _day(self, day: date, dated: Mapping[date, list[PlanEntry]]) -> Day:
        events, before = self.events.get(day, []), self.events.get(day - timedelta(days=1), [])
        return Day(
            day=day,
            is_today=day == self.today,
            is_working=self.calendar.is_working(day),
            holiday=self.names.get(day, ""),
            events=tuple(events),
            continued=frozenset(e.id for e in events) & frozenset(e.id for e in before),
            entries=tuple(dated.get(day, ())),
            due=self.due.get(day, 0),
            due_after=self.due_after.get(day, 0),
        )


def _rows(span: Span, months: Iterable[Month]) -> list[list[date]]:
    """The days over each row of lanes: weeks in the month's view, else months."""
    if span.view is View.MONTH:
        return [[day.day for day in week] for month in months for week in month.weeks]
    return [[day.day for day in month.days] for month in months]


def _events_by_day(
    session: Session, span: Span, filters: Filters, zone: ZoneInfo
) -> Mapping[date, list[PressEvent]]:
    """Each event on each day that it touches, by time; the day before the page's included."""
    first = span.first - timedelta(days=1)
    start, end = start_of_day(first, zone), start_of_day(span.last + timedelta(days=1), zone)
    query = (
        select(PressEvent)
        .options(joinedload(PressEvent.unit))
        .where(
            PressEvent.starts_at < end,
            or_(PressEvent.starts_at >= start, PressEvent.ends_at > start),
            *filters.of_events(),
        )
        .order_by(PressEvent.starts_at, PressEvent.id)
    )
    by_day: defaultdict[date, list[PressEvent]] = defaultdict(list)
    for event in session.scalars(query):
        begins = local(event.starts_at, zone)
        ends = local(event.ends_at, zone) if event.ends_at else None
        last = min(rules.last_day(begins, ends), span.last)
        for day in rules.days_between(max(begins.date(), first), last):
            by_day[day].append(event)
    return by_day


def _entries(session: Session, year: int, reader: Actor) -> list[PlanEntry]:
    return [entry for entry in open_entries(session, year) if sees_row(reader, entry)]


def _heat(session: Session, rows: list[list[date]], reader: Actor) -> HeatOfDays:
    return heat_of_days(session, rows) if reader.may(Permission.TOPIC_READ) else HeatOfDays()


def _names(session: Session, span: Span) -> dict[date, str]:
    query = select(CalendarDay.day, CalendarDay.name)
    query = query.where(CalendarDay.day.between(span.first, span.last))
    return {row.day: row.name for row in session.execute(query)}


def _is_due(span: Span, filters: Filters, reader: Actor) -> ColumnElement[bool]:
    """Of an event that was held, what was to be ready for its day is past."""
    after = and_(PressEvent.state == EventState.HELD, PreparationTask.days < 0)
    return and_(
        PreparationTask.due_on.between(span.first, span.last),
        PreparationTask.done_at.is_(None),
        or_(PressEvent.state.in_(EXPECTED), after),
        events_in_full(reader),
        *filters.of_events(),
    )


def _due(
    session: Session, is_due: ColumnElement[bool]
) -> tuple[Mapping[date, int], Mapping[date, int]]:
    """How many tasks are due on each day: of events to come, and after those that were held."""
    query = (
        select(PreparationTask.due_on, PressEvent.state, func.count())
        .join(PreparationTask.event)
        .where(is_due)
        .group_by(PreparationTask.due_on, PressEvent.state)
    )
    before, after = Counter[date](), Counter[date]()
    for day, state, count in session.execute(query):
        if day is not None:
            (after if state is EventState.HELD else before)[day] += count
    return before, after


def _tasks(session: Session, is_due: ColumnElement[bool]) -> Mapping[date, list[PreparationTask]]:
    query = (
        select(PreparationTask)
        .join(PreparationTask.event)
        .options(contains_eager(PreparationTask.event))
        .where(is_due)
        .order_by(PreparationTask.due_on, PressEvent.starts_at, PreparationTask.position)
    )
    found: defaultdict[date, list[PreparationTask]] = defaultdict(list)
    for task in session.scalars(query):
        if task.due_on is not None:
            found[task.due_on].append(task)
    return found
