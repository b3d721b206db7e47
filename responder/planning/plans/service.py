"""The annual release plan: found, drawn up row by row, arranged, and read against its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.core.texts import tidy
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import (
    EntryState,
    EventState,
    Form,
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

# Rows are put out of the way here while they change places: numbers are unique at every moment.
_ASIDE = -1_000_000


@dataclass(frozen=True)
class EntryFacts:
    """What a person writes of a row of the plan. ``day`` None: only the month is known."""

    theme: str
    form: Form
    month: int
    unit: Unit
    day: int | None = None
    speaker: str = ""
    basis: str = ""
    remark: str = ""


FACTS = tuple(field.name for field in fields(EntryFacts))


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


def add_entry(
    session: Session,
    plan: ReleasePlan,
    *,
    theme: str,
    form: Form,
    month: int,
    unit: Unit,
    day: int | None = None,
    number: int | None = None,
    speaker: str = "",
    basis: str = "",
    remark: str = "",
) -> PlanEntry:
    """Add a row to a plan that is still a draft.

    :param number: its 序号; the next free one by default.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    :raises Invalid: no such day, or the number is taken.
    """
    facts = EntryFacts(theme, form, month, unit, day, speaker, basis, remark)
    lock_plan(session, plan)
    check_open(plan)
    if number is not None and number in {entry.number for entry in plan.entries}:
        raise Invalid(f"序号 {number} 已被使用：请换一个序号", {"number": "已被使用"})
    return insert_entry(session, plan, facts, number=number)


def insert_entry(
    session: Session,
    plan: ReleasePlan,
    facts: EntryFacts,
    *,
    number: int | None = None,
    proposed_by: Actor | None = None,
) -> PlanEntry:
    """Store a row of a plan that the caller has locked.

    :param proposed_by: who sent it in, for the office to decide upon; None: it is listed.
    :raises Invalid: no theme, or no such day.
    """
    check_facts(plan, facts)
    state = EntryState.LISTED if proposed_by is None else EntryState.PROPOSED
    if number is None:
        number = next_number(plan) if state is EntryState.LISTED else next_outside(plan)
    entry = PlanEntry(number=number, state=state, events=[])
    if proposed_by is not None:
        entry.proposed_by_id = proposed_by.id
    write_facts(entry, facts)
    plan.entries.append(entry)
    session.flush()
    return entry


def next_number(plan: ReleasePlan) -> int:
    """The 序号 after the last."""
    return max((entry.number for entry in plan.entries if entry.number > 0), default=0) + 1


def next_outside(plan: ReleasePlan) -> int:
    """The next number below 0: of a row that has no place in the table."""
    return min((entry.number for entry in plan.entries if entry.number < 0), default=0) - 1


def check_facts(plan: ReleasePlan, facts: EntryFacts) -> None:
    """:raises Invalid: no theme, or no such day."""
    if not tidy(facts.theme):
        raise Invalid("请填写发布主题", {"theme": "必填"})
    if not 1 <= facts.month <= 12 or not rules.is_possible_day(plan.year, facts.month, facts.day):
        raise Invalid(
            f"{plan.year} 年 {facts.month} 月没有 {facts.day} 日：请改正拟发布时间",
            {"day": "没有这一天"},
        )


def write_facts(entry: PlanEntry, facts: EntryFacts) -> None:
    for name in FACTS:
        setattr(entry, name, tidy(getattr(facts, name)))


def lock_plan(session: Session, plan: ReleasePlan) -> None:
    """Hold the plan until the transaction ends, and read it as it then stands.

    Otherwise a row could join a plan that a meeting adopts at the same moment.
    """
    session.refresh(plan, with_for_update=True)
    session.expire(plan, ["entries"])


def check_open(plan: ReleasePlan) -> None:
    """:raises WrongState: the plan has been adopted, or waits for its adoption."""
    if reason := why_closed(plan):
        raise WrongState(reason)


def edit_entry(
    session: Session, entry: PlanEntry, facts: EntryFacts, version_id: int, actor: Actor
) -> None:
    """Save changed facts of a row of a draft.

    :param version_id: the version that the person had before them.
    :raises Stale: somebody else saved in between.
    :raises Forbidden: not a row of the person's own unit, or one that was decided upon.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    :raises Invalid: no theme, or no such day.
    """
    take_entry(session, entry, version_id, actor)
    if not actor.may(Permission.PLAN_EDIT) and facts.unit.id != actor.unit_id:
        raise Forbidden("只能报送本单位的条目：请把发布单位改回本单位")
    check_facts(entry.plan, facts)
    write_facts(entry, facts)
    session.flush()


def remove_entry(session: Session, entry: PlanEntry, version_id: int, actor: Actor) -> None:
    """Take a row out of a draft; a unit so takes back what it sent in.

    :raises WrongState: an event has come of it already. Otherwise as :func:`edit_entry`.
    """
    take_entry(session, entry, version_id, actor)
    if entry.events:
        raise WrongState("这一条已有发布活动：请先在活动中改为“计划外”，再删除")
    entry.plan.entries.remove(entry)
    session.flush()


def take_entry(session: Session, entry: PlanEntry, version_id: int, actor: Actor) -> None:
    """Lock a draft's row for a change. Errors as :func:`edit_entry`."""
    lock_plan(session, entry.plan)
    check_version(session, entry, version_id)
    if not may_touch(entry, actor):
        raise Forbidden("只能改动本单位报送、还没有决定的条目：请联系新闻办办理")
    check_open(entry.plan)


def check_version(session: Session, entry: PlanEntry, version_id: int) -> None:
    """:raises Stale: the row is no longer the one that the person had before them."""
    session.refresh(entry)
    if entry.version_id != version_id:
        raise Stale("这一条刚被别人修改过：请打开最新内容，核对后再保存")


def may_touch(entry: PlanEntry, actor: Actor) -> bool:
    """Whether this person may change or remove a row of a draft."""
    if actor.may(Permission.PLAN_EDIT):
        return True
    own = actor.unit_id is not None and entry.unit_id == actor.unit_id
    return own and actor.may(Permission.PLAN_PROPOSE) and entry.state is EntryState.PROPOSED


def arrange(session: Session, plan: ReleasePlan, wanted: Mapping[int, int]) -> None:
    """Give the rows of a draft their places; whoever is moved goes before what stood there.

    :param wanted: entry id → the place that a person wrote, from 1; others keep theirs.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    lock_plan(session, plan)
    check_open(plan)

    def place(entry: PlanEntry) -> tuple[int, int, int]:
        asked = wanted.get(entry.id, entry.number)
        moved = (asked > entry.number) - (asked < entry.number)
        return asked, moved, entry.number

    _number(session, plan, sorted(listed(plan), key=place))


def arrange_by_time(session: Session, plan: ReleasePlan) -> None:
    """Number the rows of a draft by their time; of a month, those without a day come last.

    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    lock_plan(session, plan)
    check_open(plan)
    order = sorted(listed(plan), key=lambda entry: (entry.month, entry.day or 99, entry.number))
    _number(session, plan, order)


def _number(session: Session, plan: ReleasePlan, order: Sequence[PlanEntry]) -> None:
    """Number the rows from 1 in this order. No row counts as edited: the plan says it."""
    moved = {entry: number for number, entry in enumerate(order, start=1) if entry.number != number}
    if not moved:
        return
    table = PlanEntry.metadata.tables[PlanEntry.__tablename__]
    put = table.update().where(table.c.id == bindparam("row")).values(number=bindparam("to_number"))
    for start in (_ASIDE, 0):
        session.connection().execute(
            put, [{"row": one.id, "to_number": start + to} for one, to in moved.items()]
        )
    session.expire(plan, ["entries"])
    for entry in moved:
        session.expire(entry, ["number"])
    audit.record(session, "arrange", plan, {"rows": len(moved)})


def report(plan: ReleasePlan, today: date) -> PlanReport:
    """The plan against what was held. Entries and their events should be loaded."""
    progress = {entry.id: progress_of(entry, plan.year, today) for entry in listed(plan)}
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
