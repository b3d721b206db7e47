"""What templates may ask of tasks, and the trail's words."""

from __future__ import annotations

from flask import Flask

from responder.openness.tasks.lifecycle import REPORT, REPORT_TONES, STATE_TONES, TASK
from responder.openness.tasks.models import ReportState, TaskState
from responder.openness.tasks.rules import standing
from responder.openness.tasks.standings import done_on, is_done, progress_of, standing_of
from responder.web.trail import Kind, name_kind

DEEDS = {"create": "登记", "import": "导入", **{t.action: t.label for t in TASK.transitions}}
REPORT_DEEDS = {
    "create": "填写",
    **{t.action: t.label for t in REPORT.transitions},
    "submit": "上报进展", "accept": "确认进展", "return": "退回进展", "withdraw": "撤回进展报告",
}  # fmt: skip
FIELDS = {
    "requirement": "任务要求", "lead_id": "牵头单位", "due_on": "完成时限", "progress": "进度",
    "completed_on": "完成日期", "title": "任务名称", "number": "序号", "basis": "依据",
    "remark": "备注",
}  # fmt: skip
MILESTONE_FIELDS = {
    "position": "顺序", "what": "内容", "due_on": "时间", "done_on": "完成日期",
    "evidence": "佐证", "report_id": "报告编号", "task_id": "任务编号",
}  # fmt: skip
REPORT_FIELDS = {
    "percent": "进度", "body": "进展情况", "link": "佐证链接", "outcome": "退回理由",
    "reported_by_name": "报告人", "decided_by_name": "审核人", "task_id": "任务编号",
    "reported_by_id": "报告人编号",
}  # fmt: skip
FILE_FIELDS = {
    "size": "大小", "media_type": "类型", "digest": "文件摘要", "added_at": "上传时间",
    "added_by_name": "上传人", "report_id": "报告编号",
}  # fmt: skip


def register(app: Flask) -> None:
    """Filters by these names."""
    app.add_template_filter(task_state)
    app.add_template_filter(task_tone)
    app.add_template_filter(progress_state)
    app.add_template_filter(progress_tone)
    app.add_template_filter(progress_of, "task_progress")
    app.add_template_filter(standing_of, "task_standing")
    app.add_template_filter(is_done, "task_done")
    app.add_template_filter(done_on, "task_done_on")
    app.add_template_global(standing, "date_standing")
    name_kind(app, "openness_task", Kind("年度任务", DEEDS, FIELDS, TASK.states))
    name_kind(app, "task_milestone", Kind("时序进度", {}, MILESTONE_FIELDS))
    name_kind(app, "task_report", Kind("进展报告", REPORT_DEEDS, REPORT_FIELDS, REPORT.states))
    name_kind(app, "task_file", Kind("佐证材料", {"create": "上传"}, FILE_FIELDS))


def task_state(state: TaskState) -> str:
    """Where a task stands, in the office's words."""
    return TASK.states[state]


def task_tone(state: TaskState) -> str:
    return STATE_TONES.get(state, "")


def progress_state(state: ReportState) -> str:
    """Where a report stands, in the office's words."""
    return REPORT.states[state]


def progress_tone(state: ReportState) -> str:
    return REPORT_TONES.get(state, "")
