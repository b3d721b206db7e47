"""The plan against what came of it, and the rows and events behind each figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit
from responder.core.permissions import Actor
from responder.core.times import end_of_day, local, start_of_day
from responder.planning.access import sees_row
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import (
    FORM_LABELS,
    EntryState,
    Form,
    PlanEntry,
    PressEvent,
    ReleasePlan,
)
from responder.planning.plans import rules
from responder.planning.plans.baselines import Row, baseline_rows, latest_baseline
from responder.planning.plans.frequency import Standing, standings
from responder.planning.plans.models import PlanBaseline
from responder.planning.plans.rules import Counted, Figure, Grouping, Progress
from responder.planning.plans.service import find_plan, progress_of

Source = PlanEntry | PressEvent | Row


@dataclass(frozen=True)
class Line:
    """One group of a table of figures: ``key`` for addresses, ``label`` for people."""

    key: int | str
    label: str
    figures: dict[Figure, int]


@dataclass(frozen=True)
class YearStatus:
    """A year's plan against what was held, as of a day.

    :param plan: None when none was drawn up; events and rules count all the same.
    :param baseline: the last adoption; None for a draft.
    :param progress: entry id → how far it has come, for the rows now listed.
    """

    year: int
    as_of: date
    plan: ReleasePlan | None
    baseline: PlanBaseline | None
    counted: Sequence[Counted]
    progress: dict[int, rules.Progress]
    units: Sequence[Unit]
    rules: Sequence[Standing]

    @property
    def total(self) -> dict[Figure, int]:
        return rules.count_figures(self.counted)

    def band(self) -> list[tuple[Unit, dict[int, list[tuple[PlanEntry, Progress]]]]]:
        """The listed rows of each unit that has any, by month."""
        found: defaultdict[int, defaultdict[int, list[tuple[PlanEntry, Progress]]]]
        found = defaultdict(lambda: defaultdict(list))
        for entry in self.plan.entries if self.plan else []:
            if entry.id in self.progress:
                found[entry.unit_id][entry.month].append((entry, self.progress[entry.id]))
        return [(unit, found[unit.id]) for unit in self.units if unit.id in found]

    def lines(self, by: Grouping) -> list[Line]:
        """The figures by one grouping; every month, quarter and form, units that have any."""
        found = rules.count_by(self.counted, by)
        none = dict.fromkeys(Figure, 0)
        return [
            Line(key, label, found.get(key, none))
            for key, label in self.groups(by)
            if by is not Grouping.UNIT or key in found
        ]

    def groups(self, by: Grouping) -> list[tuple[int | str, str]]:
        """(key, label) of every group, in the order of the table."""
        if by is Grouping.UNIT:
            return [(unit.id, unit.name) for unit in self.units]
        if by is Grouping.FORM:
            return [(str(form), FORM_LABELS[form]) for form in Form]
        if by is Grouping.MONTH:
            return [(month, f"{month}月") for month in range(1, 13)]
        return [(quarter, f"第{'一二三四'[quarter - 1]}季度") for quarter in range(1, 5)]

    def behind(self, figure: Figure, by: Grouping | None, key: str) -> list[object]:
        """The rows and events that a figure counts; without a grouping, those of the total."""
        return [
            one.source
            for one in self.counted
            if figure in one.figures and (by is None or str(one.group(by)) == key)
        ]


def year_status(
    session: Session, year: int, today: date, zone: ZoneInfo, reader: Actor
) -> YearStatus:
    """Read a year's plan, its last baseline, the events that took place, and the rules.

    :param reader: of a draft nobody counts rows that they do not see.
    """
    plan = find_plan(session, year)
    held = held_events(session, year, zone)
    rows = [one for one in plan.entries if sees_row(reader, one)] if plan else []
    progress = {
        one.id: progress_of(one, year, today) for one in rows if one.state is EntryState.LISTED
    }
    frozen = baseline_rows(session, plan) if plan else []
    units = list(session.scalars(select(Unit).order_by(Unit.code)))
    return YearStatus(
        year=year,
        as_of=today,
        plan=plan,
        baseline=latest_baseline(session, plan) if plan else None,
        counted=list(_counted(frozen, rows, progress, held, lambda one: _day(one, zone).month)),
        progress=progress,
        units=units,
        rules=standings(session, units, held, year, today, zone),
    )


def held_events(session: Session, year: int, zone: ZoneInfo) -> list[PressEvent]:
    """Events of a year (in the office's zone) that took place, by time, units loaded."""
    query = (
        select(PressEvent)
        .where(
            PressEvent.state.in_(TOOK_PLACE),
            PressEvent.starts_at >= start_of_day(date(year, 1, 1), zone),
            PressEvent.starts_at <= end_of_day(date(year, 12, 31), zone),
        )
        .options(joinedload(PressEvent.unit), joinedload(PressEvent.plan_entry))
        .order_by(PressEvent.starts_at, PressEvent.id)
    )
    return list(session.scalars(query))


def _counted(
    frozen: Iterable[Row],
    rows: Iterable[PlanEntry],
    progress: dict[int, rules.Progress],
    held: Sequence[PressEvent],
    month_of: Callable[[PressEvent], int],
) -> Iterator[Counted]:
    for row in frozen:
        yield Counted(row, row["unit_id"], row["form"], row["month"], frozenset({Figure.BASELINE}))
    for entry in rows:
        if entry.state is EntryState.LISTED:
            figures = frozenset({Figure.NOW, rules.FIGURE_OF[progress[entry.id]]})
        elif entry.state is EntryState.DROPPED:
            figures = frozenset({Figure.CANCELLED})
        else:
            continue
        yield Counted(entry, entry.unit_id, str(entry.form), entry.month, figures)
    for event in held:
        planned = event.plan_entry
        if planned is None or planned.state is not EntryState.LISTED:
            outside = frozenset({Figure.OUTSIDE})
            yield Counted(event, event.unit_id, str(event.form), month_of(event), outside)


def _day(event: PressEvent, zone: ZoneInfo) -> date:
    return local(event.starts_at, zone).date()
