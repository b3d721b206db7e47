"""The way of a work order, from its receipt to the archive, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from responder.core import privacy
from responder.core.lifecycle import Attempt, Choice, Guard, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.orders import rules
from responder.orders.callers import callers_of
from responder.orders.models import (
    ClockKind,
    OrderClock,
    OrderState,
    PartState,
    Satisfaction,
    WorkOrder,
)

_S = OrderState
_P = Permission

DESK = "orders.advance"

# Where an order is with its units, and where it is not yet settled.
WITH_UNITS = (_S.DISPATCHED, _S.HANDLING)
OPEN = (
    _S.RECEIVED, _S.ACCEPTED, _S.DISPATCHED, _S.HANDLING, _S.ANSWERED, _S.CHECKED,
    _S.CALLED_BACK,
)  # fmt: skip


def handle_clock(order: WorkOrder) -> OrderClock | None:
    """The clock of the answer that is in force; None where no rule gives one."""
    clocks = [clock for clock in order.clocks if clock.kind is ClockKind.HANDLE]
    return max(clocks, key=lambda clock: clock.round, default=None)


def stands_alone(order: WorkOrder, _attempt: Attempt) -> str | None:
    """A merged order is dealt with where it went."""
    if order.merged_into is None:
        return None
    return f"本单已并入工单 {order.merged_into.number}：请在那里办理，或先撤销并单"


def is_merged(order: WorkOrder, _attempt: Attempt) -> str | None:
    return None if order.merged_into_id else "本单没有并入其他工单"


def leads(order: WorkOrder, attempt: Attempt) -> str | None:
    """The lead unit's steps are its own."""
    unit_id = attempt.actor.unit_id
    if unit_id is not None and unit_id == order.lead_unit_id:
        return None
    return "这一步由主办单位的联络员办理"


def may_settle_part(order: WorkOrder, attempt: Attempt) -> str | None:
    """An assisting unit signs for, or returns, what waits for it."""
    part = order.part_of(attempt.actor.unit_id)
    if part is not None and not part.leads and part.state is PartState.WAITING:
        return None
    return "没有等您签收的协办事项"


def has_signed_part(order: WorkOrder, attempt: Attempt) -> str | None:
    part = order.part_of(attempt.actor.unit_id)
    if part is not None and not part.leads and part.state is PartState.SIGNED:
        return None
    return "请先签收，再提交协办意见"


def is_running(order: WorkOrder, _attempt: Attempt) -> str | None:
    clock = handle_clock(order)
    if clock is None:
        return "本单没有办理时限，不必挂起"
    return None if clock.open_pause is None else "本单已挂起：请先恢复"


def is_paused(order: WorkOrder, _attempt: Attempt) -> str | None:
    clock = handle_clock(order)
    return None if clock and clock.open_pause else "本单没有挂起"


def is_not_paused(order: WorkOrder, attempt: Attempt) -> str | None:
    return None if is_paused(order, attempt) else "本单已挂起：请先恢复，再办理"


def asks_for_nothing(order: WorkOrder, _attempt: Attempt) -> str | None:
    clock = handle_clock(order)
    return "已有一份延期申请等待批准" if clock and clock.asked_extension else None


def is_in_time(order: WorkOrder, attempt: Attempt) -> str | None:
    clock = handle_clock(order)
    if clock and attempt.now <= clock.due_at:
        return None
    return "时限已过或没有时限，不能申请延期：请尽快答复"


def asks_for_time(order: WorkOrder, _attempt: Attempt) -> str | None:
    clock = handle_clock(order)
    return None if clock and clock.asked_extension else "没有等待批准的延期申请"


def did_not_ask(order: WorkOrder, attempt: Attempt) -> str | None:
    """Nobody grants what they asked for."""
    clock = handle_clock(order)
    asked = clock.asked_extension if clock else None
    if asked is not None and asked.asked_by_id == attempt.actor.id:
        return "这份延期是您申请的，不能由您批准：请由其他同事办理"
    return None


def has_answers(order: WorkOrder, _attempt: Attempt) -> str | None:
    """Both what was done and what the citizen is told."""
    if len(order.answer.strip()) < rules.MIN_ANSWER_LENGTH:
        return "还没有办理情况，或过于简单：请先填写并保存"
    if len(order.public_answer.strip()) < rules.MIN_ANSWER_LENGTH:
        return "还没有公开答复，或过于简单：请先填写并保存"
    return None


def tells_no_private_data(order: WorkOrder, _attempt: Attempt) -> str | None:
    """The public answer may be read by everybody."""
    labels = sorted({found.label for found in privacy.find(order.public_answer)})
    if not labels:
        return None
    return f"公开答复含有个人信息（{'、'.join(labels)}）：请删去或改用概括说法"


def names_no_caller(order: WorkOrder, _attempt: Attempt) -> str | None:
    """Nor who called, whatever the name looks like: it is on record."""
    if not order.public_answer:
        return None
    found = privacy.named(order.public_answer, callers_of(order))
    if not found:
        return None
    shown = "、".join(dict.fromkeys(one.masked for one in found))
    return f"公开答复写有来电人的姓名（{shown}）：请改用“市民”等称呼"


def did_not_answer(order: WorkOrder, attempt: Attempt) -> str | None:
    """Nobody checks what they answered."""
    if attempt.actor.id in order.answerer_ids:
        return "您参与过本单的答复，不能审核：请由其他同事办理"
    return None


def left_somebody_dissatisfied(order: WorkOrder, _attempt: Attempt) -> str | None:
    if order.satisfaction is Satisfaction.DISSATISFIED:
        return None
    return "只有回访结果是“不满意”的工单可以重新办理"


def _unsettled(order: WorkOrder) -> str | None:
    """What speaks against settling an order, as a sentence; None when nothing does."""
    if order.satisfaction is Satisfaction.DISSATISFIED:
        return "回访结果是“不满意”：请重新办理，或写明理由办结"
    waiting = [
        f"{part.unit.name}{'待签收' if part.state is PartState.WAITING else '还没有提交协办意见'}"
        for part in order.parts
        if not part.leads and (part.state is PartState.WAITING or part.owes_opinion)
    ]
    return f"协办单位{'、'.join(waiting)}：请催其办理，或写明理由办结" if waiting else None


def nothing_is_left(order: WorkOrder, _attempt: Attempt) -> str | None:
    """Who is dissatisfied, or still owes something, is not passed over in silence."""
    return _unsettled(order)


def something_is_left(order: WorkOrder, _attempt: Attempt) -> str | None:
    return None if _unsettled(order) else "没有妨碍办结的事项：请直接办结"


# A step whose guard of these refuses is not offered at all: it is not this person's, or there is
# nothing that it could be about.
_OFFERED_IF = frozenset(
    {
        stands_alone, is_merged, leads, may_settle_part, has_signed_part, is_running, is_paused,
        asks_for_time, asks_for_nothing, left_somebody_dissatisfied, something_is_left,
    }
)  # fmt: skip
# These refuse a person; another could take the step at once.
PERSONAL_GUARDS = (leads, did_not_answer, did_not_ask)


def _step(
    action: str,
    label: str,
    sources: tuple[OrderState, ...],
    target: OrderState | None,
    permission: Permission,
    *guards: Guard,
    needs_note: bool = False,
    tone: str = "primary",
) -> Transition:
    """An arrow for an order that stands alone."""
    return Transition(
        action,
        label,
        sources,
        target,
        permission,
        guards=(stands_alone, *guards),
        needs_note=needs_note,
        tone=tone,
        endpoint=DESK,
    )


_ALONG_THE_WAY = (
    _step("accept", "受理", (_S.RECEIVED, _S.REFUSED), _S.ACCEPTED, _P.ORDER_DISPATCH),
    _step("dispatch", "派单", (_S.ACCEPTED,), _S.DISPATCHED, _P.ORDER_DISPATCH),
    _step("sign", "签收", (_S.DISPATCHED,), _S.HANDLING, _P.ORDER_HANDLE, leads),
    _step(
        "answer", "提交答复", (_S.HANDLING,), _S.ANSWERED, _P.ORDER_HANDLE,
        leads, is_not_paused, has_answers, tells_no_private_data, names_no_caller,
    ),
    _step(
        "check", "审核通过", (_S.ANSWERED,), _S.CHECKED, _P.ORDER_CHECK,
        did_not_answer, has_answers, tells_no_private_data, names_no_caller,
    ),
    _step("call_back", "登记回访", (_S.CHECKED,), _S.CALLED_BACK, _P.ORDER_CALL_BACK),
    _step(
        "reopen", "重新办理", (_S.CALLED_BACK,), _S.HANDLING, _P.ORDER_CALL_BACK,
        left_somebody_dissatisfied, needs_note=True,
    ),
    _step("close", "办结", (_S.CALLED_BACK,), _S.CLOSED, _P.ORDER_CALL_BACK, nothing_is_left),
    _step(
        "close_anyway", "写明理由办结", (_S.CALLED_BACK,), _S.CLOSED, _P.ORDER_CALL_BACK,
        something_is_left, needs_note=True, tone="outline-secondary",
    ),
    _step(
        "archive", "归档", (_S.CLOSED, _S.REFUSED), _S.ARCHIVED, _P.ORDER_CALL_BACK,
        tone="outline-secondary",
    ),
)  # fmt: skip

_BACK = (
    _step(
        "refuse", "不予受理", (_S.RECEIVED, _S.ACCEPTED), _S.REFUSED, _P.ORDER_DISPATCH,
        tone="outline-danger",
    ),
    _step(
        "return", "退单", (_S.DISPATCHED,), _S.ACCEPTED, _P.ORDER_HANDLE, leads,
        needs_note=True, tone="outline-danger",
    ),
    _step(
        "recall", "撤回派单", (_S.DISPATCHED,), _S.ACCEPTED, _P.ORDER_DISPATCH,
        needs_note=True, tone="outline-danger",
    ),
    _step(
        "send_back", "退回重办", (_S.ANSWERED,), _S.HANDLING, _P.ORDER_CHECK, did_not_answer,
        needs_note=True, tone="outline-danger",
    ),
)  # fmt: skip

_ON_THE_WAY = (
    _step(
        "sign_part", "协办签收", WITH_UNITS, None, _P.ORDER_HANDLE, may_settle_part,
    ),
    _step(
        "return_part", "协办退单", WITH_UNITS, None, _P.ORDER_HANDLE, may_settle_part,
        needs_note=True, tone="outline-danger",
    ),
    _step(
        "contribute", "提交协办意见", WITH_UNITS, None, _P.ORDER_HANDLE, has_signed_part,
        needs_note=True,
    ),
    _step(
        "pause", "挂起", (_S.HANDLING,), None, _P.ORDER_HANDLE, leads, is_running,
        needs_note=True, tone="outline-secondary",
    ),
    _step("resume", "恢复办理", (_S.HANDLING,), None, _P.ORDER_HANDLE, leads, is_paused),
    _step(
        "ask_extension", "申请延期", (_S.HANDLING,), None, _P.ORDER_HANDLE,
        leads, asks_for_nothing, is_in_time, needs_note=True, tone="outline-secondary",
    ),
    _step(
        "grant_extension", "批准延期", (_S.HANDLING,), None, _P.ORDER_EXTEND,
        asks_for_time, did_not_ask,
    ),
    _step(
        "deny_extension", "不同意延期", (_S.HANDLING,), None, _P.ORDER_EXTEND,
        asks_for_time, did_not_ask, needs_note=True, tone="outline-danger",
    ),
    _step("urge", "催办", WITH_UNITS, None, _P.ORDER_URGE, tone="outline-primary"),
    _step(
        "supervise", "督办", WITH_UNITS, None, _P.ORDER_SUPERVISE,
        needs_note=True, tone="outline-primary",
    ),
    _step("add_unit", "加派", WITH_UNITS, None, _P.ORDER_DISPATCH, tone="outline-primary"),
    _step(
        "merge", "并单", (_S.RECEIVED, _S.ACCEPTED, *WITH_UNITS), None, _P.ORDER_DISPATCH,
        tone="outline-secondary",
    ),
    Transition(
        "unmerge", "撤销并单", (_S.RECEIVED, _S.ACCEPTED, *WITH_UNITS), None, _P.ORDER_DISPATCH,
        guards=(is_merged,), tone="outline-secondary", endpoint=DESK,
    ),
)  # fmt: skip

WORK_ORDER = Lifecycle(
    name="work_order",
    states={
        _S.RECEIVED: "待受理",
        _S.REFUSED: "不予受理",
        _S.ACCEPTED: "待派单",
        _S.DISPATCHED: "待签收",
        _S.HANDLING: "办理中",
        _S.ANSWERED: "待审核",
        _S.CHECKED: "待回访",
        _S.CALLED_BACK: "待办结",
        _S.CLOSED: "已办结",
        _S.ARCHIVED: "已归档",
    },
    initial=_S.RECEIVED,
    transitions=(*_ALONG_THE_WAY, *_BACK, *_ON_THE_WAY),
)

# The step that somebody is waited for in each state.
NEXT_STEPS = frozenset(
    {"accept", "dispatch", "sign", "answer", "check", "call_back", "close", "sign_part"}
    | {"grant_extension"}
)

STATE_TONES = {
    _S.RECEIVED: "soon",
    _S.ACCEPTED: "soon",
    _S.DISPATCHED: "accent",
    _S.HANDLING: "accent",
    _S.ANSWERED: "accent",
    _S.CHECKED: "accent",
    _S.CALLED_BACK: "accent",
    _S.CLOSED: "fine",
}

STEP_PERMISSIONS = tuple(sorted({step.permission for step in WORK_ORDER.transitions}))


def offered(order: WorkOrder, attempt: Attempt) -> Sequence[Choice]:
    """The steps to show to somebody, each with what still stands in its way."""
    return [
        choice
        for choice in WORK_ORDER.choices(order, attempt)
        if not any(
            guard(order, attempt) for guard in choice.transition.guards if guard in _OFFERED_IF
        )
    ]
