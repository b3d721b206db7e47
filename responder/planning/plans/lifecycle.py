"""The way of a year's plan to its adoption, and of its rows, as tables."""

from __future__ import annotations

from sqlalchemy.orm import object_session

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.planning.models import (
    ENTRY_STATE_LABELS,
    PLAN_STATE_LABELS,
    EntryState,
    EventState,
    PlanEntry,
    PlanState,
    ReleasePlan,
)
from responder.planning.plans.baselines import differs_from_baseline

_P, _E = PlanState, EntryState
EDIT = Permission.PLAN_EDIT


def has_rows(plan: ReleasePlan, _attempt: Attempt) -> str | None:
    if any(entry.state is _E.LISTED for entry in plan.entries):
        return None
    return "计划还没有列入的条目：请先录入或列入条目"


def all_decided(plan: ReleasePlan, _attempt: Attempt) -> str | None:
    """Nothing that a unit sent in is passed over in silence."""
    waiting = sum(entry.state is _E.PROPOSED for entry in plan.entries)
    if not waiting:
        return None
    return f"还有 {waiting} 条单位报送的条目没有决定：请逐条列入或不列入，再提交审议"


def is_not_submitted(plan: ReleasePlan, _attempt: Attempt) -> str | None:
    return "计划已提交审议，不需再次提交" if plan.submitted_at else None


def is_submitted(plan: ReleasePlan, _attempt: Attempt) -> str | None:
    return None if plan.submitted_at else "计划还没有提交审议：请先提交审议"


def was_changed(plan: ReleasePlan, _attempt: Attempt) -> str | None:
    """A plan is adopted again only for what has changed since."""
    session = object_session(plan)
    if session is not None and differs_from_baseline(session, plan):
        return None
    return "现列计划与上次审议通过的相同，没有需要再次审议的变更"


RELEASE_PLAN = Lifecycle(
    name="release_plan",
    states={str(state): label for state, label in PLAN_STATE_LABELS.items()},
    initial=_P.DRAFT,
    transitions=(
        Transition(
            "submit",
            "提交审议",
            (_P.DRAFT,),
            None,
            EDIT,
            guards=(is_not_submitted, has_rows, all_decided),
        ),
        Transition(
            "take-back",
            "撤回修改",
            (_P.DRAFT,),
            None,
            EDIT,
            guards=(is_submitted,),
            needs_note=True,
            tone="secondary",
        ),
        Transition(
            "return",
            "审议退回",
            (_P.DRAFT,),
            None,
            EDIT,
            guards=(is_submitted,),
            needs_note=True,
            tone="secondary",
        ),
        Transition(
            "adopt",
            "登记审议通过",
            (_P.DRAFT,),
            _P.ADOPTED,
            EDIT,
            guards=(is_submitted, has_rows, all_decided),
        ),
        # After changes the meeting may look at the whole plan again.
        Transition(
            "adopt", "登记审议通过", (_P.ADOPTED,), None, EDIT, guards=(has_rows, was_changed)
        ),
    ),
)

# The steps that are a button, perhaps with a reason; adoption has a form of its own.
STEPS = frozenset({"submit", "take-back", "return"})


def plan_is_open(entry: PlanEntry, _attempt: Attempt) -> str | None:
    return why_closed(entry.plan)


def why_closed(plan: ReleasePlan) -> str | None:
    """Why the rows of a plan cannot be touched as those of a draft; None when they can."""
    if plan.state is _P.ADOPTED:
        return f"{plan.title}已经{plan.adopted_by}审议通过：改动请在计划页登记变更"
    if plan.submitted_at is not None:
        return f"{plan.title}已提交审议：要改动请新闻办先撤回"
    return None


def plan_is_adopted(entry: PlanEntry, _attempt: Attempt) -> str | None:
    return why_not_adopted(entry.plan)


def why_not_adopted(plan: ReleasePlan) -> str | None:
    if plan.state is _P.ADOPTED:
        return None
    return f"{plan.title}还没有审议通过：草案的条目请直接修改或删除"


def has_no_living_event(entry: PlanEntry, _attempt: Attempt) -> str | None:
    if all(event.state is EventState.CANCELLED for event in entry.events):
        return None
    return "这一条已有发布活动：请先取消活动，或在活动中改为“计划外”"


PLAN_ENTRY = Lifecycle(
    name="plan_entry",
    states={str(state): label for state, label in ENTRY_STATE_LABELS.items()},
    initial=_E.PROPOSED,
    transitions=(
        Transition(
            "list", "列入", (_E.PROPOSED, _E.DECLINED), _E.LISTED, EDIT, guards=(plan_is_open,)
        ),
        Transition(
            "decline",
            "不列入",
            (_E.PROPOSED,),
            _E.DECLINED,
            EDIT,
            guards=(plan_is_open,),
            needs_note=True,
            tone="secondary",
        ),
        # A unit sends in again what was declined, as it writes it now.
        Transition(
            "resend",
            "重新报送",
            (_E.DECLINED,),
            _E.PROPOSED,
            Permission.PLAN_PROPOSE,
            guards=(plan_is_open,),
        ),
        Transition(
            "drop",
            "取消",
            (_E.LISTED,),
            _E.DROPPED,
            EDIT,
            guards=(plan_is_adopted, has_no_living_event),
            needs_note=True,
            tone="danger",
        ),
    ),
)
