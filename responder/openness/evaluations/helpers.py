"""What templates may ask of evaluations, and the trail's words."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask

from responder.openness.evaluations.circular import change_words
from responder.openness.evaluations.lifecycle import EVALUATION, STATE_TONES
from responder.openness.evaluations.models import RoundState
from responder.openness.evaluations.scoring import NOT_APPLICABLE
from responder.openness.points import plain
from responder.web.trail import Kind, name_kind

_ROUND = {
    "kind": "类别", "evaluator": "测评机构", "evaluated_on": "测评日期", "bottom": "末位单位数",
    "explain_by": "表态发言期限", "circulated_at": "通报时间", "asked": "须表态发言",
    "unit": "单位", "score": "得分", "number": "第几次",
}  # fmt: skip
_INDICATOR = {"group": "一级指标", "weight": "权重", "full": "满分", "position": "顺序"}
_UNIT = {
    "group": "分组", "given": "得分", "explanation": "表态发言", "received_at": "报送时间",
    "received_by_name": "报送人", "round_id": "轮次编号",
}  # fmt: skip
_CORRECTION = {"old": "原得分", "new": "更正为", "reason": "理由", "indicator_name": "指标"}


def register(app: Flask) -> None:
    """Filters by these names, and what the trail calls things."""
    app.add_template_filter(round_state)
    app.add_template_filter(round_tone)
    app.add_template_filter(change_words)
    app.add_template_filter(plain, "points")
    app.add_template_filter(mark)
    deeds = {step.action: step.label for step in EVALUATION.transitions}
    kind = Kind("测评轮次", deeds | {"import": "导入得分"}, _ROUND, EVALUATION.states)
    name_kind(app, "evaluation_round", kind)
    name_kind(app, "evaluation_indicator", Kind("测评指标", {}, _INDICATOR))
    name_kind(app, "evaluation_participant", Kind("被测评单位", {}, _UNIT))
    name_kind(app, "evaluation_score", Kind("测评得分", {}, {"score": "得分"}))
    name_kind(app, "evaluation_correction", Kind("测评得分更正", {}, _CORRECTION))
    name_kind(app, "circular_template", Kind("通报模板", {}, {"sender": "发文单位"}))


def round_state(state: RoundState) -> str:
    """Where a round stands, in the office's words."""
    return EVALUATION.states[state]


def mark(score: Decimal | None) -> str:
    """A score; of what does not apply, that it does not."""
    return NOT_APPLICABLE if score is None else plain(score)


def round_tone(state: RoundState) -> str:
    return STATE_TONES.get(state, "")
