"""What templates may ask of findings, and the trail's words."""

from __future__ import annotations

from flask import Flask

from responder.openness.findings.lifecycle import FINDING, STATE_TONES
from responder.openness.findings.models import SOURCE_LABELS, FindingState
from responder.web.trail import Kind, name_kind, name_values

DEEDS = {
    "create": "列入清单", "import": "导入", **{t.action: t.label for t in FINDING.transitions}
}  # fmt: skip
FIELDS = {
    "inspection": "检查名称", "inspected_on": "检查日期", "problem": "问题描述",
    "category": "问题类别", "person": "整改责任人", "post": "责任人职务", "measures": "整改措施",
    "basis": "整改依据", "deadline": "整改期限", "source": "问题来源", "unit_id": "责任单位编号",
    "day": "日期",
}  # fmt: skip


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(finding_state)
    app.add_template_filter(finding_tone)
    app.jinja_env.globals["finding_states"] = FINDING.states
    app.jinja_env.globals["finding_sources"] = SOURCE_LABELS
    name_kind(app, "finding", Kind("问题", DEEDS, FIELDS, FINDING.states))
    name_kind(app, "finding_evidence", Kind("整改情况", {"create": "报送"}, {"link": "网址"}))
    name_kind(app, "finding_file", Kind("佐证材料", {"create": "报送"}))
    name_values(app, "source", {one.value: label for one, label in SOURCE_LABELS.items()})


def finding_state(state: FindingState) -> str:
    """Where a finding stands, in the office's words."""
    return FINDING.states[state]


def finding_tone(state: FindingState) -> str:
    return STATE_TONES.get(state, "")
