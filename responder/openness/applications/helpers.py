"""What templates may ask of applications, and the trail's words."""

from __future__ import annotations

from flask import Flask

from responder.core.office import office_zone
from responder.core.times import local
from responder.openness.applications import revealing
from responder.openness.applications.forms import STEP_FIELDS
from responder.openness.applications.lifecycle import APPLICATION, OPEN, STATE_TONES
from responder.openness.applications.models import (
    CONSULTED_LABELS,
    ApplicationClock,
    ApplicationState,
)
from responder.openness.applications.proceeding_models import (
    PROCEEDING_LABELS,
    RESULT_LABELS,
)
from responder.openness.applications.queries import PART_LABELS
from responder.openness.applications.rules import BASIS_LABELS, WAY_LABELS, ApplicantKind, kind_name
from responder.web.trail import Kind, name_kind, name_values

DEEDS = {
    "register": "登记",
    "import": "导入",
    "reveal": "查看申请人身份",
    "reveal_export": "导出申请人身份",
    "recompute": "重算时限",
    **{step.action: step.label for step in APPLICATION.transitions},
}
FIELDS = {
    "received_on": "收到日期", "way": "申请方式", "basis": "收到日期的依据", "content": "申请内容",
    "applicant_kind": "申请人类型", "applicant_name": "申请人", "applicant_code": "证件号码",
    "applicant_phone": "联系电话", "applicant_contact": "联系地址", "form_wanted": "获取方式",
    "purpose": "用途", "on": "日期", "until": "期限", "consulted": "征求意见对象",
    "length": "延长（工作日）", "approver": "同意的负责人", "unit_name": "单位",
    "outcome": "办理结果", "reply_number": "答复书文号", "reply_text": "答复内容",
    "correction_matter": "补正事项", "due_at": "到期", "old_number": "原编号",
}  # fmt: skip
PROCEEDING_FIELDS = {
    "kind": "种类", "matter": "事项", "body": "复议机关或法院", "case_number": "案号",
    "begun_on": "受理日期", "result": "结果", "concluded_on": "审结日期",
    "application_id": "申请编号",
}  # fmt: skip
MATERIAL_FIELDS = {
    "matter": "需要提供什么", "asked_on": "转办之日", "due_on": "提供期限",
    "received_on": "收到之日", "received_note": "收到的说明", "application_id": "申请编号",
}  # fmt: skip

# What a line of the history says besides the deed, each in its words.
_DETAILS = {
    "on": "%s", "unit_name": "%s", "consulted": "%s", "length": "延长 %s 个工作日",
    "approver": "%s同意", "outcome": "%s", "reply_number": "%s", "until": "期限 %s",
}  # fmt: skip


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(application_state)
    app.add_template_filter(application_tone)
    app.add_template_filter(revealing.shown_name, "applicant_masked")
    app.add_template_filter(revealing.names_of, "applicant_names")
    app.add_template_filter(clock_day)
    app.add_template_filter(application_detail)
    app.jinja_env.globals.update(
        application_states=APPLICATION.states,
        applicant_kinds={kind: kind_name(kind) for kind in ApplicantKind},
        application_ways=WAY_LABELS,
        application_bases=BASIS_LABELS,
        application_parts=PART_LABELS,
        application_fields=STEP_FIELDS,
        application_open=OPEN,
        consulted_labels=CONSULTED_LABELS,
    )
    name_kind(app, "disclosure_application", Kind("依申请公开", DEEDS, FIELDS, APPLICATION.states))
    name_kind(app, "application_proceeding", Kind("复议和诉讼", fields=PROCEEDING_FIELDS))
    name_kind(app, "application_material", Kind("转办材料", fields=MATERIAL_FIELDS))
    name_kind(
        app, "application_file", Kind("依申请公开附件", {"create": "上传", "download": "下载"})
    )
    name_kind(app, "application_outcome", Kind("办理结果", fields={"label": "名称"}))
    name_values(app, "way", WAY_LABELS)
    name_values(app, "basis", BASIS_LABELS)
    name_values(app, "applicant_kind", {kind: kind_name(kind) for kind in ApplicantKind})
    name_values(app, "result", RESULT_LABELS)
    name_values(app, "kind", PROCEEDING_LABELS)


def application_state(state: ApplicationState) -> str:
    """Where an application stands, in the office's words."""
    return APPLICATION.states[state]


def application_tone(state: ApplicationState) -> str:
    return STATE_TONES.get(state, "")


def clock_day(clock: ApplicationClock) -> str:
    """The last day of a clock."""
    return local(clock.due_at, office_zone()).date().isoformat()


def application_detail(line: object) -> str:
    """What else a line of the history says: the day it happened, and what the form said."""
    changes = getattr(line, "changes", {})
    told = [words % changes[name] for name, words in _DETAILS.items() if changes.get(name)]
    return "，".join(told)
