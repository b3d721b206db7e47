"""The way of a year's assessment scheme, as a table."""

from __future__ import annotations

from decimal import Decimal

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.openness.assessment.models import AssessmentScheme, SchemeState
from responder.openness.assessment.rules import said

_S = SchemeState
_EDIT = Permission.OPENNESS_EDIT
STEP = "assessment.advance"


def points_make_the_total(scheme: AssessmentScheme, _attempt: Attempt) -> str | None:
    """The criteria give what the scheme says, no more and no less."""
    given = sum((one.points for one in scheme.criteria if not one.deduction), Decimal(0))
    if given == scheme.total:
        return None
    return (
        f"各项分值（不含扣分项）之和是 {said(given)} 分，方案总分是 {said(scheme.total)} 分："
        "请修改考核指标或总分"
    )


def binds_somebody(scheme: AssessmentScheme, _attempt: Attempt) -> str | None:
    """A scheme for nobody assesses nothing."""
    if scheme.all_units or scheme.units:
        return None
    return "还没有选定被考核的单位：请在方案里选定，或勾选“所有单位”"


ASSESSMENT = Lifecycle(
    name="assessment_scheme",
    states={_S.DRAFT: "草案", _S.IN_FORCE: "执行中", _S.SETTLED: "已核定"},
    initial=_S.DRAFT,
    transitions=(
        # No button of its own: the forms of facts and criteria.
        Transition("edit", "修改", (_S.DRAFT,), None, _EDIT),
        Transition(
            "enact", "开始执行", (_S.DRAFT,), _S.IN_FORCE, _EDIT,
            guards=(points_make_the_total, binds_somebody), endpoint=STEP,
        ),
        # No button of its own either: the forms on the page of a unit.
        Transition("decide", "评定和调整", (_S.IN_FORCE,), None, _EDIT),
        Transition("settle", "核定全年得分", (_S.IN_FORCE,), _S.SETTLED, _EDIT, endpoint=STEP),
        Transition(
            "revise", "退回修改方案", (_S.IN_FORCE,), _S.DRAFT, _EDIT,
            needs_note=True, tone="outline-secondary", endpoint=STEP,
        ),
    ),
)  # fmt: skip

STATE_TONES = {_S.DRAFT: "soon", _S.IN_FORCE: "accent", _S.SETTLED: "fine"}
