"""Rows that units send in: entered, seen by whom they concern, listed or declined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.audit import AuditEvent
from responder.core.errors import Forbidden, NotFound
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor, Permission
from responder.core.turns import SAME_CLICK, take_turns
from responder.planning.models import EntryState, PlanEntry, ReleasePlan
from responder.planning.plans.entries import (
    EntryFacts,
    check_facts,
    check_version,
    hold_entry,
    insert_entry,
    key_of,
    next_number,
    says,
    twin_refusal,
    write_facts,
)
from responder.planning.plans.lifecycle import PLAN_ENTRY
from responder.planning.plans.service import check_open, lock_plan


def enter(
    session: Session, plan: ReleasePlan, facts: EntryFacts, actor: Actor, now: datetime
) -> PlanEntry:
    """Add a row to a draft: listed when the office writes it, else waiting for its decision.

    The same sent twice (a double click) is one row. What was declined waits for a decision
    anew, as it is written now.

    :raises Forbidden: a row of another unit.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    :raises Invalid: no theme, no such day, or the plan has such a row.
    """
    take_turns(session, actor)
    check_own(facts, actor)
    lock_plan(session, plan)
    check_open(plan)
    same = [one for one in plan.entries if key_of(one) == key_of(facts)]
    standing = next((one for one in same if one.state is not EntryState.DECLINED), None)
    if standing is not None:
        if _is_same_click(standing, facts, actor, now):
            return standing
        raise twin_refusal(standing)
    if same:
        _send_again(session, same[0], facts, Attempt(actor, now))
        return same[0]
    return insert_entry(session, plan, facts, proposed_by=proposer(actor), entered_at=now)


def _is_same_click(entry: PlanEntry, facts: EntryFacts, actor: Actor, now: datetime) -> bool:
    sender = proposer(actor)
    return (
        entry.entered_at is not None
        and entry.entered_at > now - SAME_CLICK
        and entry.proposed_by_id == (sender.id if sender else None)
        and says(entry, facts)
    )


def _send_again(session: Session, entry: PlanEntry, facts: EntryFacts, attempt: Attempt) -> None:
    """Take up a declined row again: for a decision, or listed when the office does it."""
    check_facts(entry.plan, facts)
    sender = proposer(attempt.actor)
    write_facts(entry, facts)
    entry.entered_at, entry.proposed_by_id = attempt.now, sender.id if sender else None
    if sender is None:
        entry.number = next_number(entry.plan)
    PLAN_ENTRY.advance(session, entry, "list" if sender is None else "resend", attempt)


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


def decide(
    session: Session, entry: PlanEntry, action: str, version_id: int, attempt: Attempt
) -> None:
    """List or decline what a unit sent in; errors as ``Lifecycle.advance``, and :class:`Stale`."""
    hold_entry(session, entry, version_id)
    if action == "list":
        entry.number = next_number(entry.plan)
    PLAN_ENTRY.advance(session, entry, action, attempt)


def list_several(
    session: Session, plan: ReleasePlan, chosen: Mapping[int, int], attempt: Attempt
) -> None:
    """List rows that units sent in, in this order; errors as :func:`decide`.

    :param chosen: entry id → the version that the person had before them.
    """
    lock_plan(session, plan)
    rows = {entry.id: entry for entry in plan.entries}
    for number, (entry_id, version_id) in enumerate(chosen.items(), start=next_number(plan)):
        entry = rows.get(entry_id)
        if entry is None:
            raise NotFound("有的条目刚被撤回或删除：请刷新页面后重新勾选")
        check_version(entry, version_id)
        entry.number = number
        PLAN_ENTRY.advance(session, entry, "list", attempt)


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
