"""Rows of the plan: entered, corrected, taken out. Whoever changes one holds the whole plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from nlp import normalise
from responder.accounts.models import Unit
from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.core.texts import tidy
from responder.planning.models import EntryState, Form, PlanEntry, ReleasePlan
from responder.planning.plans import rules
from responder.planning.plans.service import check_open, lock_plan


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


Key = tuple[int, str, str, int, int | None]

FACTS = tuple(field.name for field in fields(EntryFacts))


def key_of(row: PlanEntry | EntryFacts) -> Key:
    """What makes two rows the same: unit, theme, form and time."""
    unit_id = row.unit_id if isinstance(row, PlanEntry) else row.unit.id
    return unit_id, normalise(row.theme), str(row.form), row.month, row.day


def twin_refusal(entry: PlanEntry) -> Invalid:
    """What to do about a row that is there already."""
    if entry.state is EntryState.LISTED:
        there = f"计划中已有相同的条目（第 {entry.number} 项）"
    else:
        there = "已有报送的相同条目，正等待新闻办决定"
    return Invalid(
        f"{there}：要改动请改那一条；如果是另一场，请写明日期，或在主题中加以区分",
        {"theme": "已有相同的条目"},
    )


def refuse_twin(entry: PlanEntry, facts: EntryFacts) -> None:
    """Let a change make no row the same as another one that stands in the plan, or waits for it.

    :raises Invalid: it would.
    """
    wanted = key_of(facts)
    if wanted == key_of(entry):
        return
    for other in entry.plan.entries:
        stands = other.state in (EntryState.LISTED, EntryState.PROPOSED)
        if other is not entry and stands and key_of(other) == wanted:
            raise twin_refusal(other)


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
    entered_at: datetime | None = None,
) -> PlanEntry:
    """Store a row of a plan that the caller has locked.

    :param proposed_by: who sent it in, for the office to decide upon; None: it is listed.
    :param entered_at: when it was typed; None where nobody could have sent it twice.
    :raises Invalid: no theme, or no such day.
    """
    if number is None:
        number = next_number(plan) if proposed_by is None else next_outside(plan)
    entry = _new_entry(plan, facts, number, proposed_by)
    entry.entered_at = entered_at
    session.flush()
    return entry


def insert_entries(
    session: Session, plan: ReleasePlan, rows: Sequence[EntryFacts], proposed_by: Actor | None
) -> None:
    """:func:`insert_entry` for many rows, numbered on as they come and stored at once."""
    first, step = (next_number(plan), 1) if proposed_by is None else (next_outside(plan), -1)
    for number, facts in zip(count(first, step), rows):
        _new_entry(plan, facts, number, proposed_by)
    session.flush()


def _new_entry(
    plan: ReleasePlan, facts: EntryFacts, number: int, proposed_by: Actor | None
) -> PlanEntry:
    check_facts(plan, facts)
    state = EntryState.LISTED if proposed_by is None else EntryState.PROPOSED
    entry = PlanEntry(number=number, state=state, events=[])
    if proposed_by is not None:
        entry.proposed_by_id = proposed_by.id
    write_facts(entry, facts)
    plan.entries.append(entry)
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


def says(entry: PlanEntry, facts: EntryFacts) -> bool:
    """Whether a row says all of this already."""
    return all(getattr(entry, name) == tidy(getattr(facts, name)) for name in FACTS)


def write_facts(entry: PlanEntry, facts: EntryFacts) -> None:
    for name in FACTS:
        setattr(entry, name, tidy(getattr(facts, name)))


def edit_entry(
    session: Session, entry: PlanEntry, facts: EntryFacts, version_id: int, actor: Actor
) -> None:
    """Save changed facts of a row of a draft.

    :param version_id: the version that the person had before them.
    :raises Stale: somebody else saved in between.
    :raises Forbidden: not a row of the person's own unit, or one that was decided upon.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    :raises Invalid: no theme, no such day, or the plan has such a row.
    """
    take_entry(session, entry, version_id, actor)
    if not actor.may(Permission.PLAN_EDIT) and facts.unit.id != actor.unit_id:
        raise Forbidden("只能报送本单位的条目：请把发布单位改回本单位")
    check_facts(entry.plan, facts)
    refuse_twin(entry, facts)
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
    hold_entry(session, entry, version_id)
    if not may_touch(entry, actor):
        raise Forbidden("只能改动本单位报送、还没有决定的条目：请联系新闻办办理")
    check_open(entry.plan)


def hold_entry(session: Session, entry: PlanEntry, version_id: int) -> None:
    """Hold the plan of a row, see ``lock_plan``, for a change of the row.

    :raises NotFound: somebody has taken the row out meanwhile.
    :raises Stale: the row is no longer the one that the person had before them.
    """
    lock_plan(session, entry.plan)
    if entry not in entry.plan.entries:
        raise NotFound("这一条刚被删除或撤回：请从年度计划重新进入")
    check_version(entry, version_id)


def check_version(entry: PlanEntry, version_id: int) -> None:
    """:raises Stale: the row is no longer the one that the person had before them."""
    if entry.version_id != version_id:
        raise Stale("这一条刚被别人修改过：请打开最新内容，核对后再保存")


def may_touch(entry: PlanEntry, actor: Actor) -> bool:
    """Whether this person may change or remove a row of a draft."""
    if actor.may(Permission.PLAN_EDIT):
        return True
    own = actor.unit_id is not None and entry.unit_id == actor.unit_id
    return own and actor.may(Permission.PLAN_PROPOSE) and entry.state is EntryState.PROPOSED
