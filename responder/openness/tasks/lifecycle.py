"""The way of a task, and of a unit's report on it, as two tables."""

from __future__ import annotations

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.openness.tasks.models import Report, ReportState, Task, TaskState

_S = TaskState
_R = ReportState
_P = Permission

STEP = "tasks.advance"
REPORT_STEP = "tasks.advance_report"

# Where a unit may still say how far it has come.
GOING_ON = (_S.OPEN, _S.RETURNED)
UNFINISHED = (*GOING_ON, _S.REPORTED)
UNSETTLED = (_R.DRAFT, _R.SUBMITTED)


def is_of_the_city(task: Task, _attempt: Attempt) -> str | None:
    """The province's tasks are done when the city's are that serve them."""
    return None if task.is_city else "省级任务的进度由对应的市级任务得出：请在市级任务上办理"


def is_of_the_lead(task: Task, attempt: Attempt) -> str | None:
    unit_id = attempt.actor.unit_id
    if unit_id is None or unit_id != task.lead_id:
        return "任务由牵头单位上报完成：请牵头单位办理"
    return None


def nothing_waits(task: Task, _attempt: Attempt) -> str | None:
    """What a unit has sent in is answered first."""
    if any(report.state is _R.SUBMITTED for report in task.reports):
        return "还有待审核的进展报告：请先确认或退回"
    return None


def is_untouched(task: Task, _attempt: Attempt) -> str | None:
    """What has a history is cancelled, and stays."""
    if task.reports:
        return "已有单位填报过进展，不能删除：请改为取消，记录会保留"
    if task.children:
        return "还有市级任务对应它，不能删除：请先修改那些任务的“对应省级任务”"
    return None


TASK = Lifecycle(
    name="openness_task",
    states={
        _S.OPEN: "进行中",
        _S.REPORTED: "已报完成",
        _S.RETURNED: "退回补充",
        _S.COMPLETED: "已完成",
        _S.CANCELLED: "已取消",
    },
    initial=_S.OPEN,
    transitions=(
        # No buttons of their own: the forms, and what a report brings with it.
        Transition("edit", "修改", UNFINISHED, None, _P.OPENNESS_EDIT, guards=(nothing_waits,)),
        Transition(
            "report",
            "上报完成",
            GOING_ON,
            _S.REPORTED,
            _P.OPENNESS_REPORT,
            guards=(is_of_the_city, is_of_the_lead),
        ),
        Transition(
            "withdraw",
            "撤回上报",
            (_S.REPORTED,),
            _S.OPEN,
            _P.OPENNESS_REPORT,
            guards=(is_of_the_lead,),
        ),
        Transition("complete", "确认完成", (_S.REPORTED,), _S.COMPLETED, _P.OPENNESS_EDIT),
        Transition(
            "return", "退回补充", (_S.REPORTED,), _S.RETURNED, _P.OPENNESS_EDIT, needs_note=True
        ),
        Transition("resume", "继续办理", (_S.RETURNED,), _S.OPEN, _P.OPENNESS_EDIT),
        Transition(
            "reopen",
            "重新开启",
            (_S.COMPLETED, _S.CANCELLED),
            _S.OPEN,
            _P.OPENNESS_EDIT,
            needs_note=True,
            tone="outline-primary",
            endpoint=STEP,
        ),
        Transition(
            "cancel",
            "取消任务",
            UNFINISHED,
            _S.CANCELLED,
            _P.OPENNESS_EDIT,
            guards=(nothing_waits,),
            needs_note=True,
            tone="outline-danger",
            endpoint=STEP,
        ),
        Transition(
            "remove",
            "删除",
            (_S.OPEN,),
            None,
            _P.OPENNESS_EDIT,
            guards=(is_untouched,),
            needs_note=True,
            tone="outline-secondary",
            endpoint=STEP,
        ),
    ),
)

STATE_TONES = {
    _S.OPEN: "accent",
    _S.REPORTED: "soon",
    _S.RETURNED: "late",
    _S.COMPLETED: "fine",
}


def is_of_the_unit(report: Report, attempt: Attempt) -> str | None:
    """A unit's report is the unit's."""
    if attempt.actor.unit_id is None or attempt.actor.unit_id != report.unit_id:
        return "这是其他单位的进展报告：请由该单位办理"
    return None


def task_goes_on(report: Report, _attempt: Attempt) -> str | None:
    state = report.task.state
    if state in GOING_ON or (state is _S.REPORTED and not report.is_of_lead):
        return None
    return f"任务现在是“{TASK.states[state]}”，不能再报进展：如有变化，请联系政务公开办"


def task_stands(report: Report, _attempt: Attempt) -> str | None:
    if report.task.state is _S.CANCELLED:
        return "任务已取消：请先重新开启任务"
    return None


def is_of_others(report: Report, attempt: Attempt) -> str | None:
    """Nobody accepts what they reported."""
    wrote = {writer.user_id for writer in report.writers} | {report.reported_by_id}
    if attempt.actor.id in wrote - {None}:
        return "这份报告由您填报，不能自己审核：请由其他同事办理"
    return None


def says_something(report: Report, _attempt: Attempt) -> str | None:
    return None if report.body.strip() else "还没有写进展情况：请写明做了什么、到哪一步"


def has_all_milestones(report: Report, _attempt: Attempt) -> str | None:
    """Done is what was done step by step."""
    if not report.completes:
        return None
    reached = {one.milestone_id for one in report.reached}
    missing = [
        one.what for one in report.task.milestones if one.done_on is None and one.id not in reached
    ]
    if missing:
        named = "、".join(missing)
        return f"还有时序节点没有完成：{named}。请勾选并填写完成日期，或把进度改为 100 以下"
    return None


_OWN = (is_of_the_unit, task_goes_on)

REPORT = Lifecycle(
    name="task_report",
    states={
        _R.DRAFT: "草稿",
        _R.SUBMITTED: "待审核",
        _R.ACCEPTED: "已确认",
        _R.RETURNED: "已退回",
    },
    initial=_R.DRAFT,
    transitions=(
        Transition("save", "保存草稿", (_R.DRAFT,), None, _P.OPENNESS_REPORT, guards=_OWN),
        Transition(
            "submit",
            "上报",
            (_R.DRAFT,),
            _R.SUBMITTED,
            _P.OPENNESS_REPORT,
            guards=(*_OWN, says_something, has_all_milestones),
        ),
        Transition(
            "accept",
            "确认",
            (_R.SUBMITTED,),
            _R.ACCEPTED,
            _P.OPENNESS_EDIT,
            guards=(task_stands, is_of_others),
            endpoint=REPORT_STEP,
        ),
        Transition(
            "return",
            "退回",
            (_R.SUBMITTED,),
            _R.RETURNED,
            _P.OPENNESS_EDIT,
            guards=(is_of_others,),
            needs_note=True,
            tone="outline-danger",
            endpoint=REPORT_STEP,
        ),
        Transition(
            "withdraw",
            "撤回修改",
            (_R.SUBMITTED,),
            _R.DRAFT,
            _P.OPENNESS_REPORT,
            guards=(is_of_the_unit,),
            tone="outline-secondary",
            endpoint=REPORT_STEP,
        ),
        Transition(
            "discard",
            "删除草稿",
            (_R.DRAFT,),
            None,
            _P.OPENNESS_REPORT,
            guards=(is_of_the_unit,),
            tone="outline-secondary",
            endpoint=REPORT_STEP,
        ),
    ),
)

REPORT_TONES = {
    _R.DRAFT: "",
    _R.SUBMITTED: "soon",
    _R.ACCEPTED: "fine",
    _R.RETURNED: "late",
}
