"""The annual release plan: drawn up, adopted, then frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.accounts.models import Unit
from responder.core.errors import Invalid, NotFound, WrongState
from responder.core.times import chinese_date
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import (
    EventState,
    Form,
    PlanEntry,
    PlanState,
    PressEvent,
    ReleasePlan,
)
from responder.planning.plans import rules

_LOADED = selectinload(ReleasePlan.entries).options(
    joinedload(PlanEntry.unit), selectinload(PlanEntry.events)
)

_NOT_CANCELLED = PressEvent.state != EventState.CANCELLED


@dataclass(frozen=True)
class PlanReport:
    """A plan against what came of it: each entry's progress, and how many stand where."""

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


def list_plans(session: Session) -> list[ReleasePlan]:
    """All plans, newest year first."""
    return list(session.scalars(select(ReleasePlan).order_by(ReleasePlan.year.desc())))


def get_entry(session: Session, entry_id: int) -> PlanEntry:
    """One row of a plan, with its unit.

    :raises NotFound: no such row.
    """
    entry = session.get(PlanEntry, entry_id, options=[joinedload(PlanEntry.unit)])
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
    :raises WrongState: the plan has been adopted.
    :raises Invalid: no such day, or the number is taken.
    """
    _lock(session, plan)
    if plan.state is PlanState.ADOPTED:
        raise WrongState(
            f"{plan.title}已经{plan.adopted_by}审议通过，不能再增加条目："
            "计划外的活动请直接“新建发布活动”"
        )
    if not 1 <= month <= 12 or not rules.is_possible_day(plan.year, month, day):
        raise Invalid(
            f"{plan.year} 年 {month} 月没有 {day} 日：请改正拟发布时间", {"day": "没有这一天"}
        )
    taken = {entry.number for entry in plan.entries}
    number = number or max(taken, default=0) + 1
    if number in taken:
        raise Invalid(f"序号 {number} 已被使用：请换一个序号", {"number": "已被使用"})
    entry = PlanEntry(
        number=number, theme=theme.strip(), form=form, month=month, day=day, unit=unit,
        speaker=speaker, basis=basis, remark=remark, events=[],
    )  # fmt: skip
    plan.entries.append(entry)
    session.flush()
    return entry


def _lock(session: Session, plan: ReleasePlan) -> None:
    """Hold the plan until the transaction ends, and read it as it then stands.

    Otherwise a row could join a plan that a meeting adopts at the same moment.
    """
    session.refresh(plan, with_for_update=True)
    session.expire(plan, ["entries"])


def adopt(session: Session, plan: ReleasePlan, adopted_on: date, adopted_by: str) -> None:
    """Freeze a plan as the meeting passed it. It is the baseline from now on.

    :param adopted_by: the meeting, e.g. ``市政府第20次常务会议``.
    :raises WrongState: adopted already.
    :raises Invalid: nothing to adopt, or no meeting named.
    """
    _lock(session, plan)
    if plan.state is PlanState.ADOPTED:
        raise WrongState(f"{plan.title}已于{_day(plan.adopted_on)}审议通过，不需再次登记")
    if not plan.entries:
        raise Invalid(f"{plan.title}还没有条目：请先录入条目，再登记审议")
    if not adopted_by.strip():
        raise Invalid("请写明审议通过计划的会议名称", {"adopted_by": "必填"})
    plan.state = PlanState.ADOPTED
    plan.adopted_on = adopted_on
    plan.adopted_by = adopted_by.strip()
    session.flush()


def _day(day: date | None) -> str:
    return chinese_date(day) if day else "此前"


def report(plan: ReleasePlan, today: date) -> PlanReport:
    """The plan against what was held. Entries and their events should be loaded."""
    progress = {
        entry.id: rules.entry_progress(
            _fates(entry.events), plan.year, entry.month, entry.day, today
        )
        for entry in plan.entries
    }
    return PlanReport(plan, progress, rules.tally(progress.values()))


def _fates(events: Sequence[PressEvent]) -> list[rules.EventFate]:
    return [
        rules.EventFate(event.state in TOOK_PLACE, event.state is EventState.CANCELLED)
        for event in events
    ]


def open_entries(session: Session, year: int, month: int | None = None) -> list[PlanEntry]:
    """Rows of a year's plan that no event (other than a cancelled one) has come of yet."""
    query = (
        select(PlanEntry)
        .join(PlanEntry.plan)
        .where(ReleasePlan.year == year, ~PlanEntry.events.any(_NOT_CANCELLED))
        .options(joinedload(PlanEntry.unit))
        .order_by(PlanEntry.month, PlanEntry.day, PlanEntry.number)
    )
    if month is not None:
        query = query.where(PlanEntry.month == month)
    return list(session.scalars(query))
