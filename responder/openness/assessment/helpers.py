"""What templates may ask of the assessment, and the trail's words."""

from __future__ import annotations

from flask import Flask, current_app

from responder.core.permissions import Permission
from responder.openness.assessment.lifecycle import ASSESSMENT, STATE_TONES
from responder.openness.assessment.measures import MEASURES
from responder.openness.assessment.models import SchemeState
from responder.openness.assessment.rules import SCORING_LABELS
from responder.web.access import PUBLIC, SIGNED_IN, declared_access, may
from responder.web.trail import Kind, name_kind, name_values

_SCHEME = {
    "total": "总分", "share": "占考核比重", "allowance": "调整幅度", "all_units": "所有单位",
    "unit": "单位", "points": "分数", "settled_at": "核定时间",
}  # fmt: skip
_CRITERION = {
    "group": "类别", "points": "分值", "deduction": "扣分", "measure": "计量",
    "scoring": "计分办法", "target": "目标数", "each": "每件分数", "idle_full": "无可计量得满分",
    "position": "顺序",
}  # fmt: skip
_DECISION = {
    "points": "分数", "reason": "理由", "by_name": "办理人", "criterion_id": "指标编号",
    "withdrawn_reason": "撤回理由",
}  # fmt: skip


def register(app: Flask) -> None:
    """Filters and globals by these names, and what the trail calls things."""
    app.add_template_filter(scheme_state)
    app.add_template_filter(scheme_tone)
    app.add_template_filter(measure_name)
    app.add_template_filter(measure_meaning)
    app.add_template_global(opens_for_me)
    app.jinja_env.globals["scoring_labels"] = SCORING_LABELS
    deeds = {step.action: step.label for step in ASSESSMENT.transitions}
    deeds |= {"adjust": "调整得分", "take_back": "撤回调整"}
    name_kind(app, "assessment_scheme", Kind("考核方案", deeds, _SCHEME, ASSESSMENT.states))
    name_kind(app, "assessment_criterion", Kind("考核指标", {}, _CRITERION))
    name_kind(app, "assessment_hand_score", Kind("考核评定", {}, _DECISION))
    name_kind(app, "assessment_adjustment", Kind("考核调整", {}, _DECISION))
    name_values(app, "scoring", SCORING_LABELS)
    name_values(app, "measure", {one.code: one.name for one in MEASURES.values()})


def scheme_state(state: SchemeState) -> str:
    """Where a scheme stands, in the office's words."""
    return ASSESSMENT.states[state]


def scheme_tone(state: SchemeState) -> str:
    return STATE_TONES.get(state, "")


def measure_name(code: str) -> str:
    """What a measure is called; of one that is gone, its code."""
    return MEASURES[code].name if code in MEASURES else code


def measure_meaning(code: str) -> str:
    return MEASURES[code].meaning if code in MEASURES else "这个计量已不再使用"


def opens_for_me(endpoint: str) -> bool:
    """Whether whoever looks at the page may open a record's own page."""
    if endpoint not in current_app.view_functions:
        return False
    declared = declared_access(current_app, endpoint)
    if isinstance(declared, frozenset):
        return any(may(Permission(one)) for one in declared)
    return declared in (PUBLIC, SIGNED_IN)
