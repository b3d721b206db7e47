"""What templates may ask of policy packages, and the trail's words."""

from __future__ import annotations

from flask import Flask

from responder.publishing.packages.lifecycle import PACKAGE, STATE_TONES
from responder.publishing.packages.models import GATE_LABELS, PackageState
from responder.web.trail import Kind, name_kind

DEEDS = {
    "create": "建立", **{t.action: t.label for t in PACKAGE.transitions},
    "save_plan": "填写解读方案", "add_material": "添加解读材料", "edit_material": "修改解读材料",
    "remove_material": "删除解读材料", "add_file": "上传附件", "remove_file": "删除附件",
}  # fmt: skip
FIELDS = {
    "document_number": "文号", "issuer": "发文单位", "planned_on": "拟发布日期",
    "duty": "解读要求", "duty_reason": "不同步解读的理由", "body": "正文", "publish_at": "定时发布",
}  # fmt: skip
PUBLIC = {"create": "发布", "withdraw": "撤回"}


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(package_state)
    app.add_template_filter(package_tone)
    app.jinja_env.globals["gate_labels"] = GATE_LABELS
    name_kind(app, "policy_package", Kind("政策文件", DEEDS, FIELDS, PACKAGE.states))
    name_kind(app, "interpretation_column", Kind("解读栏目", {}, {"position": "顺序"}))
    name_kind(app, "package_plan_line", Kind("解读方案"))
    name_kind(app, "package_material", Kind("解读材料"))
    name_kind(app, "package_file", Kind("文件附件"))
    name_kind(app, "return_slip", Kind("退件单"))
    name_kind(app, "policy_document", Kind("公开的政策文件", PUBLIC))
    name_kind(app, "policy_attachment", Kind("公开的附件", PUBLIC))
    name_kind(app, "policy_interpretation", Kind("公开的政策解读", PUBLIC))
    name_kind(app, "policy_withdrawal", Kind("政策文件的撤回"))


def package_state(state: PackageState) -> str:
    """Where a package stands, in the office's words."""
    return PACKAGE.states[state]


def package_tone(state: PackageState) -> str:
    return STATE_TONES.get(state, "")
