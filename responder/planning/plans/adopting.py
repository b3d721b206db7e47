"""A plan is submitted, taken back or returned, and adopted by a meeting."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.times import SHANGHAI, local
from responder.planning.models import PlanState, ReleasePlan
from responder.planning.plans.baselines import freeze, keep_first_baseline
from responder.planning.plans.lifecycle import RELEASE_PLAN
from responder.planning.plans.models import PlanBaseline
from responder.planning.plans.service import lock_plan


def advance_plan(session: Session, plan: ReleasePlan, action: str, attempt: Attempt) -> None:
    """Submit a draft, take it back or return it; errors as ``Lifecycle.advance``."""
    lock_plan(session, plan)
    RELEASE_PLAN.advance(session, plan, action, attempt)
    plan.submitted_at = attempt.now if action == "submit" else None
    session.flush()


def adopt(
    session: Session,
    plan: ReleasePlan,
    adopted_on: date,
    adopted_by: str,
    minutes_number: str = "",
    attempt: Attempt | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> PlanBaseline:
    """A meeting has adopted the plan: it is frozen as the next baseline.

    The console owns the machine: there a draft is submitted by being adopted.

    :param adopted_by: the meeting, e.g. ``市政府第20次常务会议``.
    :param minutes_number: of its minutes (会议纪要文号), if known.
    :param attempt: who says so, and when; by default whoever the transaction names.
    :param zone: of the office, whose today is the last day on which it can have met.
    :raises Invalid: no meeting named, or a day to come, or one before the last adoption.
    :raises GuardRefused: not submitted, nothing in it, rows nobody decided on, or, of a plan
        that was adopted before, nothing changed since.
    """
    attempt = attempt or Attempt(session.info["actor"], session.info["now"])
    lock_plan(session, plan)
    if not adopted_by.strip():
        raise Invalid("请写明审议通过计划的会议名称", {"adopted_by": "必填"})
    _check_day(plan, adopted_on, local(attempt.now, zone).date())
    is_draft = plan.state is PlanState.DRAFT
    if is_draft and plan.submitted_at is None and attempt.actor.id is None:
        advance_plan(session, plan, "submit", attempt)
    if not is_draft:
        keep_first_baseline(session, plan, attempt.now)
    said: dict[str, date | str] = {
        "adopted_on": adopted_on,
        "adopted_by": adopted_by.strip(),
        "minutes_number": minutes_number.strip(),
    }
    told = {name: [_plain(getattr(plan, name)), _plain(value)] for name, value in said.items()}
    RELEASE_PLAN.advance(session, plan, "adopt", attempt, told)
    for name, value in said.items():
        setattr(plan, name, value)
    session.flush()
    return freeze(session, plan, attempt.now)


def _check_day(plan: ReleasePlan, adopted_on: date, today: date) -> None:
    """A baseline is for good, and so is the day that it bears."""
    if adopted_on > today:
        raise Invalid(
            f"审议日期 {adopted_on} 还没有到：会议通过之后再登记", {"adopted_on": "晚于今天"}
        )
    if plan.adopted_on is not None and adopted_on < plan.adopted_on:
        raise Invalid(
            f"审议日期 {adopted_on} 早于上一次审议（{plan.adopted_on}）：请核对会议纪要",
            {"adopted_on": "早于上一次审议"},
        )


def _plain(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
