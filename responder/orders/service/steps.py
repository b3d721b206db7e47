"""Every step of an order: the arrow of the table, and what else it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from responder.accounts.models import Unit
from responder.core.errors import GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt, Transition
from responder.core.times import SHANGHAI
from responder.core.work_calendar import hold_calendar, load_calendar
from responder.intake.models import Nature
from responder.orders.lifecycle import OPEN, WORK_ORDER
from responder.orders.models import (
    REFUSAL_LABELS,
    SATISFACTION_LABELS,
    OrderPart,
    PartState,
    Refusal,
    Satisfaction,
    WorkOrder,
)
from responder.orders.service import clocks
from responder.orders.service.messages import family


@dataclass(frozen=True)
class Facts:
    """What the form of a step says besides the note; each step needs its own.

    :param lead: dispatch. ``assisting``: dispatch, add_unit. ``refusal``: refuse.
    :param satisfaction: call_back. ``length``: ask_extension, in the clock's units.
    :param into: merge: the order that stays.
    """

    lead: Unit | None = None
    assisting: Sequence[Unit] = ()
    refusal: Refusal | None = None
    satisfaction: Satisfaction | None = None
    length: int | None = None
    into: WorkOrder | None = None

    @property
    def told(self) -> dict[str, Any]:
        """As the audit trail keeps them."""
        told = {
            "lead": self.lead.name if self.lead else None,
            "assisting": "、".join(unit.name for unit in self.assisting),
            "refusal": REFUSAL_LABELS[self.refusal] if self.refusal else None,
            "satisfaction": SATISFACTION_LABELS[self.satisfaction] if self.satisfaction else None,
            "length": self.length,
            "into": self.into.number if self.into else None,
        }
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Step:
    """One step being taken."""

    session: Session
    order: WorkOrder
    attempt: Attempt
    facts: Facts
    zone: ZoneInfo


# The moment that a step leaves on the order.
MOMENTS = {
    "accept": "accepted_at",
    "dispatch": "dispatched_at",
    "sign": "signed_at",
    "answer": "answered_at",
    "check": "checked_at",
    "call_back": "called_back_at",
    "close": "closed_at",
    "close_anyway": "closed_at",
    "archive": "archived_at",
    "supervise": "supervised_at",
}


def take(
    session: Session,
    order: WorkOrder,
    action: str,
    attempt: Attempt,
    facts: Facts | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> Transition:
    """Take one step of the table.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    :raises Invalid: no such action, or its form does not say what it must.
    """
    step = Step(session, order, attempt, facts or Facts(), zone)
    hold_calendar(session)
    transition = WORK_ORDER.advance(session, order, action, attempt, step.facts.told)
    moment = MOMENTS.get(action)
    if moment:
        setattr(order, moment, attempt.now)
    if action in _EFFECTS:
        _EFFECTS[action](step)
    if moment:
        clocks.start_handling(session, order, moment, zone)
    touch(order, attempt)
    session.flush()
    return transition


def touch(order: WorkOrder, attempt: Attempt) -> None:
    """Whatever was done to an order, whoever looked at it before must look again."""
    order.changed_at = attempt.now
    flag_modified(order, "changed_at")


def _accept(step: Step) -> None:
    step.order.refusal = None


def _refuse(step: Step) -> None:
    if step.facts.refusal is None:
        raise Invalid("请选择不予受理的情形", {"refusal": "请选择"})
    step.order.refusal = step.facts.refusal
    clocks.stop_all(step.order, step.attempt.now)


def _dispatch(step: Step) -> None:
    order, lead = step.order, step.facts.lead
    if lead is None:
        raise Invalid("请选择主办单位", {"lead": "请选择"})
    if order.nature is Nature.REPORT and not order.brief:
        raise GuardRefused("举报件只转交办内容，不转原文：请先在“修改”里写明交办内容，再派单")
    order.lead_unit = lead
    for unit in dict.fromkeys((lead, *step.facts.assisting)):
        _assign(step, unit)
    clocks.start_signing(step.session, order, step.zone)


def _add_unit(step: Step) -> None:
    added = [unit for unit in step.facts.assisting if step.order.part_of(unit.id) is None]
    if not added:
        raise Invalid("请选择还没有承办本单的单位", {"assisting": "请选择"})
    for unit in added:
        _assign(step, unit)


def _assign(step: Step, unit: Unit) -> None:
    """Give a unit its part, anew if it had one before."""
    order = step.order
    if unit.id in _reported_units(step.session, order):
        raise GuardRefused(f"{unit.name}是被举报单位，不能承办本单：请改派其他单位")
    part = next((part for part in order.parts if part.unit_id == unit.id), None)
    if part is None:
        part = OrderPart(unit=unit, unit_id=unit.id)
        order.parts.append(part)
    part.state, part.assigned_at = PartState.WAITING, step.attempt.now
    part.settled_at, part.settled_by_name, part.note = None, "", ""


def _reported_units(session: Session, order: WorkOrder) -> set[int]:
    """The units that an order, or one that was merged into it, reports on."""
    together = select(WorkOrder.reported_unit_id).where(
        WorkOrder.id.in_(family(session, [order.id]))
    )
    return {one for one in (order.reported_unit_id, *session.scalars(together)) if one}


def _settle(step: Step, state: PartState) -> None:
    part = step.order.part_of(step.attempt.actor.unit_id)
    if part is not None:
        part.state, part.settled_at = state, step.attempt.now
        part.settled_by_name, part.note = step.attempt.actor.name, step.attempt.note.strip()


def _sign(step: Step) -> None:
    _settle(step, PartState.SIGNED)
    clocks.stop(step.order, "signed", step.attempt.now)


def _sign_part(step: Step) -> None:
    _settle(step, PartState.SIGNED)


def _return_part(step: Step) -> None:
    _settle(step, PartState.RETURNED)


def _return(step: Step) -> None:
    _settle(step, PartState.RETURNED)
    _take_back(step)


def _recall(step: Step) -> None:
    part = step.order.part_of(step.order.lead_unit_id)
    if part is not None:
        step.order.parts.remove(part)
    _take_back(step)


def _take_back(step: Step) -> None:
    """Nobody leads now; what was with the assisting units waits for the next dispatch."""
    order = step.order
    order.lead_unit, order.dispatched_at, order.signed_at = None, None, None
    order.parts = [part for part in order.parts if part.state is PartState.RETURNED]
    clocks.stop(order, "signed", step.attempt.now)


def _contribute(step: Step) -> None:
    part = step.order.part_of(step.attempt.actor.unit_id)
    if part is not None:
        part.note = step.attempt.note.strip()


def _answer(step: Step) -> None:
    note_answerer(step.order, step.attempt)
    clocks.stop(step.order, "answered", step.attempt.now)


def note_answerer(order: WorkOrder, attempt: Attempt) -> None:
    """Whoever wrote on an answer does not check it."""
    if attempt.actor.id is not None and attempt.actor.id not in order.answerer_ids:
        order.answerer_ids = [*order.answerer_ids, attempt.actor.id]


def _send_back(step: Step) -> None:
    step.order.answered_at = None
    clocks.run_on(step.order, "answered", step.zone, load_calendar(step.session))


def _call_back(step: Step) -> None:
    if step.facts.satisfaction is None:
        raise Invalid("请选择回访结果", {"satisfaction": "请选择"})
    step.order.satisfaction = step.facts.satisfaction


def _reopen(step: Step) -> None:
    order = step.order
    order.answered_at = order.checked_at = order.called_back_at = None
    clocks.stop_all(order, step.attempt.now)
    clocks.start_again(step.session, order, step.attempt.now, step.zone)


def _close(step: Step) -> None:
    clocks.stop(step.order, "closed", step.attempt.now)


def _pause(step: Step) -> None:
    clocks.pause(step.order, step.attempt, step.zone, load_calendar(step.session))


def _resume(step: Step) -> None:
    clocks.resume(step.order, step.attempt.now, step.zone, load_calendar(step.session))


def _ask_extension(step: Step) -> None:
    clocks.ask_extension(step.order, step.facts.length, step.attempt)


def _grant_extension(step: Step) -> None:
    calendar = load_calendar(step.session)
    clocks.decide_extension(step.order, True, step.attempt, step.zone, calendar)


def _deny_extension(step: Step) -> None:
    calendar = load_calendar(step.session)
    clocks.decide_extension(step.order, False, step.attempt, step.zone, calendar)


def _merge(step: Step) -> None:
    into = step.facts.into
    if into is None:
        raise Invalid("请填写要并入哪个工单的编号", {"into": "请填写编号"})
    if into.id in family(step.session, [step.order.id]):
        raise Invalid("工单不能并入自己，或并入已并进它的工单：请另选一个", {"into": "请另选"})
    if into.merged_into is not None:
        raise WrongState(f"工单 {into.number} 已并入 {into.merged_into.number}：请直接并入后者")
    if into.state not in OPEN:
        label = WORK_ORDER.states[into.state]
        raise WrongState(f"工单 {into.number} 现在是“{label}”，不能再并入：请选择还在办理的工单")
    reported = _reported_units(step.session, step.order)
    for part in into.parts:
        if part.unit_id in reported:
            raise GuardRefused(f"{part.unit.name}是被举报单位，又承办 {into.number}：不能并入该单")
    step.order.merged_into = into
    touch(into, step.attempt)


def _unmerge(step: Step) -> None:
    if step.order.merged_into is not None:
        touch(step.order.merged_into, step.attempt)
    step.order.merged_into = None


_EFFECTS: dict[str, Callable[[Step], None]] = {
    "accept": _accept,
    "refuse": _refuse,
    "dispatch": _dispatch,
    "add_unit": _add_unit,
    "sign": _sign,
    "sign_part": _sign_part,
    "return": _return,
    "return_part": _return_part,
    "recall": _recall,
    "contribute": _contribute,
    "answer": _answer,
    "send_back": _send_back,
    "call_back": _call_back,
    "reopen": _reopen,
    "close": _close,
    "close_anyway": _close,
    "pause": _pause,
    "resume": _resume,
    "ask_extension": _ask_extension,
    "grant_extension": _grant_extension,
    "deny_extension": _deny_extension,
    "merge": _merge,
    "unmerge": _unmerge,
}
