"""The annual release plan: found, held for a change, and read against its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.core.errors import Invalid, NotFound, WrongState
from responder.core.permissions import Actor
from responder.planning.access import sees_row
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import (
    EntryState,
    EventState,
    PlanEntry,
    PlanState,
    PressEvent,
    ReleasePlan,
)
from responder.planning.plans import rules
from responder.planning.plans.baselines import listed
from responder.planning.plans.lifecycle import why_closed

_LOADED = selectinload(ReleasePlan.entries).options(
    joinedload(PlanEntry.unit), selectinload(PlanEntry.events)
)

_NOT_CANCELLED = PressEvent.state != EventState.CANCELLED


@dataclass(frozen=True)
class PlanReport:
    """A plan against what came of it: each listed row's progress, and how many stand where."""

    plan: ReleasePlan
    progress: dict[int, rules.Progress]
    counts: dict[rules.Progress, int]


def get_or_create_plan(session: Session, year: int) -> ReleasePlan:
    """The plan of a year; an empty draft when there is none yet.

    :raises Invalid: not a year that a plan could be for.
    """
    if not rules.FIRST_YEAR <= year <= rules.LAST_YEAR:
        raise Invalid(f"{year} 年不在可编制的范围内：请填写 {rules.FIRST_YEAR} 年以后的年份")
    plan = find_plan(session, year)
    if plan is None:
        plan = ReleasePlan(year=year, title=f"{year}年度新闻发布计划", state=PlanState.DRAFT)
        session.add(plan)
        session.flush()
    return plan


def find_plan(session: Session, year: int) -> ReleasePlan | None:
    """The plan of a year with its entries, their units and events, or None."""
    return session.scalar(select(ReleasePlan).where(ReleasePlan.year == year).options(_LOADED))


def get_plan(session: Session, year: int) -> ReleasePlan:
    """:func:`find_plan`. :raises NotFound: there is none yet."""
    plan = find_plan(session, year)
    if plan is None:
        raise NotFound(f"还没有 {year} 年的发布计划：请先在“年度计划”页录入条目")
    return plan


def list_plans(session: Session) -> list[ReleasePlan]:
    """All plans, newest year first."""
    return list(session.scalars(select(ReleasePlan).order_by(ReleasePlan.year.desc())))


def get_entry(session: Session, entry_id: int) -> PlanEntry:
    """One row of a plan, with its plan, its unit and its events.

    :raises NotFound: no such row.
    """
    loaded = [
        joinedload(PlanEntry.unit),
        joinedload(PlanEntry.plan),
        selectinload(PlanEntry.events),
    ]
    entry = session.get(PlanEntry, entry_id, options=loaded)
    if entry is None:
        raise NotFound("没有这条计划：请从年度计划重新进入")
    return entry


def lock_plan(session: Session, plan: ReleasePlan) -> None:
    """Hold the plan until the transaction ends; read it and its rows as they then stand.

    Otherwise a row could join a plan that a meeting adopts at the same moment, and whoever
    waited would go on with rows as they were before the wait.
    """
    query = select(ReleasePlan).where(ReleasePlan.id == plan.id).options(_LOADED)
    held = query.with_for_update(of=ReleasePlan).execution_options(populate_existing=True)
    session.scalars(held).one()


def check_open(plan: ReleasePlan) -> None:
    """:raises WrongState: the plan has been adopted, or waits for its adoption."""
    if reason := why_closed(plan):
        raise WrongState(reason)


def report(plan: ReleasePlan, today: date, reader: Actor) -> PlanReport:
    """The plan against what was held, as far as it is seen.

    Entries and their events should be loaded.
    """
    rows = [entry for entry in listed(plan) if sees_row(reader, entry)]
    progress = {entry.id: progress_of(entry, plan.year, today) for entry in rows}
    return PlanReport(plan, progress, rules.tally(progress.values()))


def progress_of(entry: PlanEntry, year: int, today: date) -> rules.Progress:
    """How far a row has come."""
    took_place = [
        event.state in TOOK_PLACE
        for event in entry.events
        if event.state is not EventState.CANCELLED
    ]
    return rules.entry_progress(took_place, year, entry.month, entry.day, today)


def open_entries(session: Session, year: int, month: int | None = None) -> list[PlanEntry]:
    """Listed rows of a year that no event (other than a cancelled one) has come of yet."""
    query = (
        select(PlanEntry)
        .join(PlanEntry.plan)
        .where(
            ReleasePlan.year == year,
            PlanEntry.state == EntryState.LISTED,
            ~PlanEntry.events.any(_NOT_CANCELLED),
        )
        .options(joinedload(PlanEntry.unit))
        .order_by(PlanEntry.month, PlanEntry.day.nulls_last(), PlanEntry.number)
    )
    if month is not None:
        query = query.where(PlanEntry.month == month)
    return list(session.scalars(query))
