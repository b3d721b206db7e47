"""The way of a press event, from proposal to evaluation, as a table."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import object_session

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.planning.events.models import PreparationTask
from responder.planning.models import EventState, PressEvent

_S = EventState

EDIT = Permission.PLAN_EDIT

# Taken by changing what was approved, and so without a button of its own.
RESUBMIT = "resubmit"

APPROVE, RESUME, CANCEL = "approve", "resume", "cancel"

# Taken by undoing such a change: the approval it had is the approval of what it is again.
RESTORE = {
    state: f"restore_{state}" for state in (_S.APPROVED, _S.PREPARING, _S.CONFIRMED, _S.POSTPONED)
}


def not_before_it_starts(event: PressEvent, attempt: Attempt) -> str | None:
    """Nobody can say of tomorrow's conference that it was held."""
    if attempt.now < event.starts_at:
        return "活动尚未开始：到发布时间之后再登记已举行"
    return None


def was_proposed_by_somebody_else(event: PressEvent, attempt: Attempt) -> str | None:
    """Nobody approves what they proposed, or changed since. The console is nobody."""
    if attempt.actor.id is not None and attempt.actor.id == event.proposed_by_id:
        return "您提出的活动须由其他同事审批"
    return None


def is_cleared(event: PressEvent, _attempt: Attempt) -> str | None:
    """A day is not certain while something of the checklist is open that comes before it."""
    session = object_session(event)
    assert session is not None, "an event that is advanced is stored"
    query = select(PreparationTask.name).where(
        PreparationTask.event_id == event.id,
        PreparationTask.before_confirmation.is_(True),
        PreparationTask.done_at.is_(None),
    )
    open_names = session.scalars(query.order_by(PreparationTask.position)).all()
    if open_names:
        return f"“{'”“'.join(open_names)}”尚未完成：办理后请先在筹备清单上登记完成"
    return None


def has_been_evaluated(event: PressEvent, _attempt: Attempt) -> str | None:
    """An evaluation is a text, not a click."""
    if not event.evaluation.strip():
        return "还没有效果评估：请先在“修改”页填写效果评估"
    return None


PRESS_EVENT = Lifecycle(
    name="press_event",
    states={
        _S.PROPOSED: "待审批",
        _S.APPROVED: "已批准",
        _S.PREPARING: "筹备中",
        _S.CONFIRMED: "已确定",
        _S.HELD: "已举行",
        _S.EVALUATED: "已评估",
        _S.POSTPONED: "已推迟",
        _S.CANCELLED: "已取消",
    },
    initial=_S.PROPOSED,
    transitions=(
        Transition(
            APPROVE,
            "批准",
            (_S.PROPOSED,),
            _S.APPROVED,
            EDIT,
            guards=(was_proposed_by_somebody_else,),
        ),
        Transition("prepare", "开始筹备", (_S.APPROVED,), _S.PREPARING, EDIT),
        Transition(
            "confirm", "确定举行", (_S.PREPARING,), _S.CONFIRMED, EDIT, guards=(is_cleared,)
        ),
        Transition(
            "hold", "登记已举行", (_S.CONFIRMED,), _S.HELD, EDIT, guards=(not_before_it_starts,)
        ),
        Transition(
            "evaluate", "完成评估", (_S.HELD,), _S.EVALUATED, EDIT, guards=(has_been_evaluated,)
        ),
        Transition(RESUME, "恢复筹备", (_S.POSTPONED,), _S.PREPARING, EDIT),
        Transition(
            RESUBMIT,
            "重新报批",
            (_S.APPROVED, _S.PREPARING, _S.CONFIRMED, _S.POSTPONED),
            _S.PROPOSED,
            EDIT,
        ),
        *(
            Transition(action, "撤销改期", (_S.PROPOSED,), state, EDIT)
            for state, action in RESTORE.items()
        ),
        Transition(
            "postpone",
            "推迟",
            (_S.APPROVED, _S.PREPARING, _S.CONFIRMED),
            _S.POSTPONED,
            EDIT,
            needs_note=True,
            tone="secondary",
        ),
        Transition(
            CANCEL,
            "取消",
            (_S.PROPOSED, _S.APPROVED, _S.PREPARING, _S.CONFIRMED, _S.POSTPONED),
            _S.CANCELLED,
            EDIT,
            needs_note=True,
            tone="danger",
        ),
    ),
)

# What an event's state means for those who count or link.
TOOK_PLACE = frozenset({_S.HELD, _S.EVALUATED})
EXPECTED = frozenset({_S.PROPOSED, _S.APPROVED, _S.PREPARING, _S.CONFIRMED})
CLOSED = frozenset({_S.EVALUATED, _S.CANCELLED})
WITHOUT_BUTTON = frozenset({RESUBMIT, *RESTORE.values()})

# A postponed event was approved too: a new date set and resumed must not slip past approval.
APPROVED = frozenset({_S.APPROVED, _S.PREPARING, _S.CONFIRMED, _S.POSTPONED})

STATE_TONES = {
    _S.PROPOSED: "soon",
    _S.APPROVED: "accent",
    _S.PREPARING: "accent",
    _S.CONFIRMED: "fine",
    _S.POSTPONED: "soon",
    _S.CANCELLED: "late",
}
