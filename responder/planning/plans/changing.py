"""After its adoption a plan changes only by the change table (变更表), with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.core.turns import SAME_CLICK, take_turns
from responder.planning.models import EntryState, PlanEntry, PlanState, ReleasePlan
from responder.planning.plans.baselines import (
    FIELD_LABELS,
    entry_in_words,
    keep_first_baseline,
    listed,
)
from responder.planning.plans.entries import (
    EntryFacts,
    check_facts,
    check_version,
    insert_entry,
    key_of,
    refuse_twin,
    says,
    write_facts,
)
from responder.planning.plans.lifecycle import PLAN_ENTRY, why_not_adopted
from responder.planning.plans.models import ChangeKind, PlanChange
from responder.planning.plans.service import lock_plan


@dataclass(frozen=True)
class Ground:
    """Why a plan is changed, by whom and when.

    :param approval: who agreed, where somebody had to (领导批示).
    """

    reason: str
    approval: str
    actor: Actor
    now: datetime


def change_entry(
    session: Session, entry: PlanEntry, facts: EntryFacts, version_id: int, ground: Ground
) -> PlanChange:
    """Change a row of an adopted plan, whatever of it.

    :raises Stale: somebody else changed it in between.
    :raises WrongState: the plan has not been adopted, or the row was dropped.
    :raises GuardRefused: no reason.
    :raises Invalid: no theme, no such day, nothing is changed, or the plan has such a row.
    """
    plan = entry.plan
    _take(session, plan, ground)
    check_version(entry, version_id)
    if entry.state is not EntryState.LISTED:
        raise WrongState("这一条已不在计划中，不能再调整：需要时请增加一条")
    check_facts(plan, facts)
    refuse_twin(entry, facts)
    before, unit_id = entry_in_words(entry), entry.unit_id
    write_facts(entry, facts)
    after = entry_in_words(entry)
    changed = {name: [before[name], after[name]] for name in FIELD_LABELS}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if not changed:
        raise Invalid("内容与现列计划相同，没有可登记的变更：请先修改，再登记")
    session.flush()
    return _record(session, entry, unit_id, ChangeKind.CHANGED, changed, ground)


def add_to_adopted(
    session: Session, plan: ReleasePlan, facts: EntryFacts, ground: Ground
) -> PlanChange:
    """Add a row to an adopted plan. The same sent twice (a double click) is one.

    :raises WrongState: the plan has not been adopted.
    :raises GuardRefused: no reason.
    :raises Invalid: no theme, no such day, or such a row is in the plan already.
    """
    take_turns(session, ground.actor)
    _take(session, plan, ground)
    same = next((one for one in listed(plan) if key_of(one) == key_of(facts)), None)
    if same is not None:
        if says(same, facts) and (sent := _added_already(session, same, ground)):
            return sent
        raise Invalid(f"计划中已有相同的条目（第 {same.number} 项）：请核对后再增加")
    entry = insert_entry(session, plan, facts)
    added = {name: ["", text] for name, text in entry_in_words(entry).items() if text}
    return _record(session, entry, entry.unit_id, ChangeKind.ADDED, added, ground)


def _added_already(session: Session, entry: PlanEntry, ground: Ground) -> PlanChange | None:
    """The change that added this very row, by the same person a moment ago on the same ground."""
    query = select(PlanChange).where(
        PlanChange.entry_id == entry.id,
        PlanChange.kind == ChangeKind.ADDED,
        PlanChange.by_id == ground.actor.id,
        PlanChange.at > ground.now - SAME_CLICK,
        PlanChange.reason == ground.reason.strip(),
        PlanChange.approval == ground.approval.strip(),
    )
    return session.scalar(query.limit(1))


def drop_entry(session: Session, entry: PlanEntry, version_id: int, ground: Ground) -> PlanChange:
    """Drop a row of an adopted plan; it stays to be read, struck out.

    :raises Stale: somebody else changed it in between.
    :raises WrongState: the plan has not been adopted, or the row was dropped already.
    :raises GuardRefused: no reason, or an event has come of it.
    """
    plan = entry.plan
    _take(session, plan, ground)
    check_version(entry, version_id)
    gone = {name: [text, ""] for name, text in entry_in_words(entry).items() if text}
    PLAN_ENTRY.advance(session, entry, "drop", Attempt(ground.actor, ground.now, ground.reason))
    session.flush()
    return _record(session, entry, entry.unit_id, ChangeKind.DROPPED, gone, ground)


def _take(session: Session, plan: ReleasePlan, ground: Ground) -> None:
    """Lock an adopted plan for a change."""
    lock_plan(session, plan)
    if plan.state is not PlanState.ADOPTED:
        raise WrongState(why_not_adopted(plan) or "")
    if not ground.reason.strip():
        raise GuardRefused("请写明变更的理由", {"reason": "必填"})
    keep_first_baseline(session, plan, ground.now)


def _record(
    session: Session,
    entry: PlanEntry,
    unit_id: int,
    kind: ChangeKind,
    changed: Mapping[str, Sequence[str]],
    ground: Ground,
) -> PlanChange:
    """:param unit_id: whose row it was until now."""
    last = select(func.max(PlanChange.number)).where(PlanChange.plan_id == entry.plan_id)
    change = PlanChange(
        plan=entry.plan,
        entry=entry,
        unit_id=unit_id,
        number=(session.scalar(last) or 0) + 1,
        kind=kind,
        reason=ground.reason.strip(),
        approval=ground.approval.strip(),
        changes={name: list(pair) for name, pair in changed.items()},
        at=ground.now,
        by_id=ground.actor.id,
        by_name=ground.actor.name,
    )
    session.add(change)
    session.flush()
    return change


def changes_of(session: Session, plan: ReleasePlan) -> list[PlanChange]:
    """The change table of a plan, the first change first, rows loaded."""
    query = select(PlanChange).where(PlanChange.plan_id == plan.id).order_by(PlanChange.number)
    return list(session.scalars(query.options(joinedload(PlanChange.entry))))
