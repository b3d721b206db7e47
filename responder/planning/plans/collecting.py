"""Rows that units send in: entered, seen by whom they concern, listed or declined."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp import normalise
from responder.core.audit import AuditEvent
from responder.core.errors import Forbidden
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor, Permission
from responder.core.turns import take_turns
from responder.planning.models import EntryState, PlanEntry, ReleasePlan
from responder.planning.plans.lifecycle import PLAN_ENTRY
from responder.planning.plans.service import (
    EntryFacts,
    check_open,
    check_version,
    insert_entry,
    lock_plan,
    next_number,
)

Key = tuple[int, str, str, int, int | None]


def enter(session: Session, plan: ReleasePlan, facts: EntryFacts, actor: Actor) -> PlanEntry:
    """Add a row to a draft: listed when the office writes it, else waiting for its decision.

    The same row sent twice (a double click) is one row.

    :raises Forbidden: a row of another unit.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    :raises Invalid: no theme, or no such day.
    """
    take_turns(session, actor)
    check_own(facts, actor)
    lock_plan(session, plan)
    check_open(plan)
    same = next((one for one in plan.entries if key_of(one) == key_of(facts)), None)
    if same is not None:
        return same
    return insert_entry(session, plan, facts, proposed_by=proposer(actor))


def proposer(actor: Actor) -> Actor | None:
    """Who a row is sent in by; None for the office, which lists at once."""
    return None if actor.may(Permission.PLAN_EDIT) else actor


def check_own(facts: EntryFacts, actor: Actor) -> None:
    """:raises Forbidden: the person may send in nothing, or nothing of this unit."""
    if actor.may(Permission.PLAN_EDIT):
        return
    if not actor.may(Permission.PLAN_PROPOSE) or actor.unit_id is None:
        raise Forbidden("您还没有所属单位，不能报送：请系统管理员在“人员”页登记您的单位")
    if facts.unit.id != actor.unit_id:
        raise Forbidden("只能报送本单位的条目：请把发布单位改为本单位")


def key_of(row: PlanEntry | EntryFacts) -> Key:
    """What makes two rows the same: unit, theme, form and time."""
    return row.unit.id, normalise(row.theme), str(row.form), row.month, row.day


def decide(
    session: Session, entry: PlanEntry, action: str, version_id: int, attempt: Attempt
) -> None:
    """List or decline what a unit sent in; errors as ``Lifecycle.advance``, and :class:`Stale`."""
    lock_plan(session, entry.plan)
    check_version(session, entry, version_id)
    PLAN_ENTRY.advance(session, entry, action, attempt)
    if entry.state is EntryState.LISTED:
        entry.number = next_number(entry.plan)
    session.flush()


def waiting_for(plan: ReleasePlan, actor: Actor) -> list[PlanEntry]:
    """What units sent in and nobody has decided on, as far as this person may see it."""
    return _outside(plan, actor, EntryState.PROPOSED)


def declined_for(plan: ReleasePlan, actor: Actor) -> list[PlanEntry]:
    """What was not taken up, as far as this person may see it."""
    return _outside(plan, actor, EntryState.DECLINED)


def _outside(plan: ReleasePlan, actor: Actor, state: EntryState) -> list[PlanEntry]:
    """Rows that are not in the table: the office sees all, a unit its own."""
    everything = actor.may(Permission.PLAN_EDIT)
    own = actor.unit_id if actor.may(Permission.PLAN_PROPOSE) else None
    found = [
        entry
        for entry in plan.entries
        if entry.state is state and (everything or entry.unit_id == own)
    ]
    return sorted(found, key=lambda entry: (entry.unit.code, entry.month, entry.day or 99))


def decline_reasons(session: Session, entries: Iterable[PlanEntry]) -> dict[int, str]:
    """Entry id → why it was last declined."""
    query = select(AuditEvent.object_id, AuditEvent.note).where(
        AuditEvent.object_type == PlanEntry.__tablename__,
        AuditEvent.object_id.in_([entry.id for entry in entries]),
        AuditEvent.action == "decline",
    )
    found = session.execute(query.order_by(AuditEvent.id))
    return {row.object_id: row.note for row in found}
