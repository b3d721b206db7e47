"""The way of an application for disclosure, from its receipt to the archive, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from responder.core.lifecycle import Attempt, Choice, Guard, Lifecycle, Transition
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.times import local
from responder.openness.applications.models import Application, ApplicationState, ClockKind

_S = ApplicationState
STEP = "applications.advance"

# Where somebody still works on an application.
OPEN = (
    _S.REGISTERED, _S.ACCEPTED, _S.AWAITING_CORRECTION, _S.AWAITING_FEE, _S.CONSULTING,
)  # fmt: skip
# Where the office itself must act, and the clock of the reply runs or is suspended.
IN_WORK = (_S.ACCEPTED, _S.CONSULTING)


def was_not_asked_before(application: Application, _attempt: Attempt) -> str | None:
    """Article 30: once."""
    if application.correction_asked_on is None:
        return None
    return "补正只能一次性告知，本件已告知过：请按现有内容答复"


def correction_is_overdue(application: Application, attempt: Attempt) -> str | None:
    due = application.correction_due_on
    if due is None or local(attempt.now, office_zone()).date() > due:
        return None
    return f"补正期限到 {due} 为止，还没有过：请等申请人补正"


def fee_is_overdue(application: Application, attempt: Attempt) -> str | None:
    clock = application.running(ClockKind.FEE)
    if clock is None or attempt.now > clock.due_at:
        return None
    due = local(clock.due_at, office_zone()).date()
    return f"缴费期限到 {due} 为止，还没有过：请等申请人缴费"


def was_not_extended(application: Application, _attempt: Attempt) -> str | None:
    """Article 33: by at most twenty working days, and not again."""
    if any(clock.extensions for clock in application.clocks):
        return "本件已延长过一次，不能再延：请在期限内答复"
    return None


def waits_for_delivery(application: Application, _attempt: Attempt) -> str | None:
    pause = application.reply_clock.open_pause
    if pause is not None and pause.delivered_on is None:
        return None
    return "没有等待登记送达的征求意见书"


def waits_for_material(application: Application, _attempt: Attempt) -> str | None:
    return None if application.open_material else "没有等待提供的材料"


# A step whose guard of these refuses is not offered at all: there is nothing it could be about.
_OFFERED_IF = frozenset(
    {was_not_asked_before, was_not_extended, waits_for_delivery, waits_for_material}
)
PERSONAL_GUARDS: tuple[Guard, ...] = ()


def _step(
    action: str,
    label: str,
    sources: tuple[ApplicationState, ...],
    target: ApplicationState | None,
    *guards: Guard,
    needs_note: bool = False,
    tone: str = "outline-primary",
) -> Transition:
    return Transition(
        action, label, sources, target, Permission.APPLICATION_HANDLE,
        guards=guards, needs_note=needs_note, tone=tone, endpoint=STEP,
    )  # fmt: skip


APPLICATION = Lifecycle(
    name="disclosure_application",
    states={
        _S.REGISTERED: "待审查",
        _S.ACCEPTED: "办理中",
        _S.AWAITING_CORRECTION: "待补正",
        _S.AWAITING_FEE: "待缴费",
        _S.CONSULTING: "征求意见中",
        _S.REPLIED: "已答复",
        _S.ABANDONED: "不再处理",
        _S.WITHDRAWN: "申请人撤回",
        _S.ARCHIVED: "已归档",
        _S.VOID: "误登作废",
    },
    initial=_S.REGISTERED,
    transitions=(
        _step("accept", "内容明确，受理", (_S.REGISTERED,), _S.ACCEPTED, tone="primary"),
        _step(
            "ask_correction", "告知补正", (_S.REGISTERED, _S.ACCEPTED), _S.AWAITING_CORRECTION,
            was_not_asked_before,
        ),
        _step(
            "receive_correction", "收到补正", (_S.AWAITING_CORRECTION,), _S.ACCEPTED,
            tone="primary",
        ),
        _step(
            "abandon", "逾期不补正，不再处理", (_S.AWAITING_CORRECTION,), _S.ABANDONED,
            correction_is_overdue, tone="outline-danger",
        ),
        _step("reply", "答复", (_S.REGISTERED, _S.ACCEPTED), _S.REPLIED, tone="primary"),
        _step("consult", "征求意见", (_S.ACCEPTED,), _S.CONSULTING),
        _step("deliver", "登记送达", (_S.CONSULTING,), None, waits_for_delivery),
        _step("end_consultation", "意见收齐", (_S.CONSULTING,), _S.ACCEPTED, tone="primary"),
        _step("extend", "延长答复期限", IN_WORK, None, was_not_extended),
        _step("ask_material", "转单位提供材料", IN_WORK, None),
        _step("receive_material", "收到材料", IN_WORK, None, waits_for_material),
        _step("ask_fee", "通知缴费", (_S.ACCEPTED,), _S.AWAITING_FEE),
        _step("receive_fee", "收到缴费", (_S.AWAITING_FEE,), _S.ACCEPTED, tone="primary"),
        _step(
            "leave_unpaid", "逾期未缴费，不再处理", (_S.AWAITING_FEE,), _S.ABANDONED,
            fee_is_overdue, tone="outline-danger",
        ),
        _step(
            "withdraw", "申请人撤回", OPEN, _S.WITHDRAWN, needs_note=True,
            tone="outline-secondary",
        ),
        _step(
            "void", "误登作废", (_S.REGISTERED, _S.ACCEPTED), _S.VOID, needs_note=True,
            tone="outline-danger",
        ),
        _step(
            "reopen", "答复登记有误，退回办理", (_S.REPLIED,), _S.ACCEPTED, needs_note=True,
            tone="outline-danger",
        ),
        _step(
            "archive", "归档", (_S.REPLIED, _S.ABANDONED, _S.WITHDRAWN), _S.ARCHIVED,
            tone="outline-secondary",
        ),
    ),
)  # fmt: skip

# The steps that the office is waited for in each state: of them warnings tell.
NEXT_STEPS = frozenset(
    {
        "accept", "ask_correction", "reply", "abandon", "leave_unpaid", "end_consultation",
        "receive_fee",
    }
)  # fmt: skip

STATE_TONES = {
    _S.REGISTERED: "soon",
    _S.ACCEPTED: "accent",
    _S.AWAITING_CORRECTION: "soon",
    _S.AWAITING_FEE: "soon",
    _S.CONSULTING: "accent",
    _S.REPLIED: "fine",
}


def offered(application: Application, attempt: Attempt) -> Sequence[Choice]:
    """The steps to show to somebody, each with what still stands in its way."""
    return [
        choice
        for choice in APPLICATION.choices(application, attempt)
        if not any(
            guard(application, attempt)
            for guard in choice.transition.guards
            if guard in _OFFERED_IF
        )
    ]
