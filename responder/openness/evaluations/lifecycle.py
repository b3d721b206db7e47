"""The way of an evaluation round, as a table."""

from __future__ import annotations

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.openness.evaluations.models import EvaluationRound, RoundState

_S = RoundState
_EDIT = Permission.OPENNESS_EDIT
STEP = "evaluations.advance"
NAMED = 5  # units in a sentence; the rest are counted


def has_all_scores(one: EvaluationRound, _attempt: Attempt) -> str | None:
    """Nobody is ranked by half of their scores."""
    if not one.participants:
        return "还没有被测评的单位：请先导入或录入得分"
    wanted = {indicator.id for indicator in one.indicators}
    lacking = [
        unit.unit.name
        for unit in one.participants
        if (wanted - unit.marks.keys() if wanted else unit.given is None)
    ]
    if not lacking:
        return None
    more = f"等 {len(lacking)} 个单位" if len(lacking) > NAMED else ""
    return f"{'、'.join(lacking[:NAMED])}{more}的得分不全：请补齐，不适用的标“不适用”"


def says_until_when(one: EvaluationRound, _attempt: Attempt) -> str | None:
    """Who must explain themselves must be told by when."""
    if one.bottom and one.explain_by is None:
        return "末位单位须表态发言，但没有填写期限：请退回后修改轮次，填上期限或把末位数改为 0"
    return None


EVALUATION = Lifecycle(
    name="evaluation_round",
    states={
        _S.PREPARING: "录入中",
        _S.SCORED: "已评分",
        _S.CIRCULATED: "已通报",
    },
    initial=_S.PREPARING,
    transitions=(
        # No button of its own: the forms of facts, indicators and scores.
        Transition("edit", "修改", (_S.PREPARING,), None, _EDIT),
        Transition(
            "score", "得分已齐，完成评分", (_S.PREPARING,), _S.SCORED, _EDIT,
            guards=(has_all_scores,), endpoint=STEP,
        ),
        Transition(
            "circulate", "通报", (_S.SCORED,), _S.CIRCULATED, _EDIT,
            guards=(has_all_scores, says_until_when), endpoint=STEP,
        ),
        Transition(
            "reopen", "退回修改", (_S.SCORED,), _S.PREPARING, _EDIT,
            needs_note=True, tone="outline-secondary", endpoint=STEP,
        ),
        # No button of its own either: the form beside the score.
        Transition(
            "correct", "更正得分", (_S.CIRCULATED,), None, _EDIT, needs_note=True,
        ),
    ),
)  # fmt: skip

STATE_TONES = {_S.PREPARING: "soon", _S.SCORED: "accent", _S.CIRCULATED: "fine"}
