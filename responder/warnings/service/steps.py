"""The office's steps: when it is warned, and how loudly."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core.clocks import ClockRule, Unit
from responder.core.errors import Invalid, NotFound
from responder.core.versions import check_seen
from responder.warnings.models import WarningStep
from responder.warnings.rules import MOST_AMOUNT, MOST_REPEATS, WHOLE, Severity, Timing


@dataclass(frozen=True)
class StepFacts:
    """What a person says of a step. ``rule_id`` None: every rule of ``unit``."""

    name: str
    unit: Unit
    rule_id: int | None
    timing: Timing
    amount: int
    repeats: int
    severity: Severity
    may_wait: bool
    escalates: bool


# Timing → the least and the most of its amount.
AMOUNTS = {
    Timing.BEFORE: (0, MOST_AMOUNT),
    Timing.SHARE: (1, WHOLE - 1),
    Timing.DUE: (0, MOST_AMOUNT),
    Timing.AFTER: (1, MOST_AMOUNT),
}


def steps(session: Session) -> list[WarningStep]:
    """Every step, in the order in which they come: general ones first."""
    found = session.scalars(select(WarningStep).options(joinedload(WarningStep.rule)))
    order = [Timing.SHARE, Timing.BEFORE, Timing.DUE, Timing.AFTER]

    def place(step: WarningStep) -> tuple[object, ...]:
        nearer = -step.amount if step.timing is Timing.BEFORE else step.amount
        return (step.rule_id or 0, step.unit, order.index(step.timing), nearer, step.id)

    return sorted(found, key=place)


def find_step(session: Session, step_id: int) -> WarningStep:
    """:raises NotFound: no such step."""
    step = session.get(WarningStep, step_id)
    if step is None:
        raise NotFound("没有这个预警步骤：请从预警步骤列表重新进入")
    return step


def add_step(session: Session, facts: StepFacts) -> WarningStep:
    """:raises Invalid: a field does not do."""
    step = WarningStep()
    _put(session, step, facts)
    session.add(step)
    session.flush()
    return step


def edit_step(session: Session, step: WarningStep, facts: StepFacts, version: int | None) -> None:
    """Change a step; what was said stays said.

    :raises Invalid: a field does not do.
    :raises Stale: somebody else has changed it since.
    """
    check_seen(step, version)
    _put(session, step, facts)
    session.flush()


def switch_step(session: Session, step: WarningStep, active: bool) -> None:
    step.active = active
    session.flush()


def _put(session: Session, step: WarningStep, facts: StepFacts) -> None:
    name = " ".join(facts.name.split())
    if not name:
        raise Invalid("请填写名称", {"name": "必填"})
    least, most = AMOUNTS[facts.timing]
    if not least <= facts.amount <= most:
        raise Invalid(f"这种时点的数值须在 {least} 到 {most} 之间", {"amount": "超出范围"})
    if not 1 <= facts.repeats <= MOST_REPEATS:
        raise Invalid(f"次数须在 1 到 {MOST_REPEATS} 之间", {"repeats": "超出范围"})
    rule = session.get(ClockRule, facts.rule_id) if facts.rule_id else None
    unit = rule.unit if rule else facts.unit
    if facts.timing is Timing.BEFORE and unit is Unit.HOURS and facts.amount == 0:
        raise Invalid("按小时计的，到期之前至少 1 小时：到期之时请另选时点", {"amount": "太少"})
    for field, value in {**asdict(facts), "name": name, "unit": unit}.items():
        setattr(step, field, value)
    step.rule_id = rule.id if rule else None
