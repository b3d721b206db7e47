"""The way of a finding over the three lists, as a table."""

from __future__ import annotations

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.openness.access import is_of
from responder.openness.findings.models import Finding, FindingState

_S = FindingState
_P = Permission

STEP = "findings.advance"
SEND = "findings.send"

OPEN_STATES = (_S.LISTED, _S.ASSIGNED)


def is_own(finding: Finding, attempt: Attempt) -> str | None:
    """A unit tells only of what it was given itself."""
    if is_of(attempt.actor, finding.unit_id):
        return None
    return "这是其他单位的问题：请由责任单位报送，或请政务公开办代为登记"


def is_ready(finding: Finding, _attempt: Attempt) -> str | None:
    """Nothing is asked of a unit without a person, measures and a deadline."""
    if lacks := finding.lacks:
        return f"还缺{'、'.join(lacks)}：请先点“修改”补齐"
    return None


def is_of_another_unit(finding: Finding, attempt: Attempt) -> str | None:
    """No unit says of itself that all is well, nor gives itself more time."""
    if is_of(attempt.actor, finding.unit_id):
        return "您是责任单位的人，不能办理这一步：请由督查或政务公开办办理"
    return None


def sent_no_evidence(finding: Finding, attempt: Attempt) -> str | None:
    """Nobody verifies what they sent, in this round or an earlier one."""
    if attempt.actor.id in {one.sent_by_id for one in finding.evidence}:
        return "整改情况由您报送，不能由您核查：请由其他核查人办理"
    return None


def did_not_list(finding: Finding, attempt: Attempt) -> str | None:
    """Whoever listed a finding does not strike it off."""
    if attempt.actor.id == finding.listed_by_id:
        return "这个问题由您列入清单，不能由您核查：请由其他核查人办理"
    return None


_VERIFIER = (is_of_another_unit, sent_no_evidence, did_not_list)

FINDING = Lifecycle(
    name="finding",
    states={
        _S.LISTED: "待交办",
        _S.ASSIGNED: "整改中",
        _S.RECTIFIED: "待核查",
        _S.CLOSED: "已销号",
        _S.WITHDRAWN: "已撤出",
    },
    initial=_S.LISTED,
    transitions=(
        # No button of its own: the form of the finding.
        Transition("edit", "修改", OPEN_STATES, None, _P.OPENNESS_EDIT),
        Transition(
            "assign",
            "交办，列入责任清单",
            (_S.LISTED,),
            _S.ASSIGNED,
            _P.OPENNESS_EDIT,
            guards=(is_ready,),
            endpoint=STEP,
        ),
        Transition(
            "rectify",
            "报送整改情况",
            (_S.ASSIGNED,),
            _S.RECTIFIED,
            _P.OPENNESS_REPORT,
            guards=(is_own,),
            endpoint=SEND,
        ),
        Transition(
            "record",
            "代为登记整改情况",
            (_S.ASSIGNED,),
            _S.RECTIFIED,
            _P.OPENNESS_EDIT,
            tone="outline-primary",
            endpoint=SEND,
        ),
        Transition(
            "close",
            "核查属实，销号",
            (_S.RECTIFIED,),
            _S.CLOSED,
            _P.OPENNESS_VERIFY,
            guards=_VERIFIER,
            needs_note=True,
            endpoint=STEP,
        ),
        Transition(
            "return",
            "退回继续整改",
            (_S.RECTIFIED,),
            _S.ASSIGNED,
            _P.OPENNESS_VERIFY,
            guards=_VERIFIER,
            needs_note=True,
            tone="outline-danger",
            endpoint=STEP,
        ),
        Transition(
            "extend",
            "批准延期",
            (_S.ASSIGNED,),
            None,
            _P.OPENNESS_EDIT,
            guards=(is_of_another_unit,),
            needs_note=True,
            tone="outline-primary",
            endpoint=STEP,
        ),
        Transition(
            "reopen",
            "重新打开",
            (_S.CLOSED,),
            _S.ASSIGNED,
            _P.OPENNESS_EDIT,
            guards=(is_of_another_unit,),
            needs_note=True,
            tone="outline-danger",
            endpoint=STEP,
        ),
        Transition(
            "withdraw",
            "列入有误，撤出",
            (*OPEN_STATES, _S.RECTIFIED),
            _S.WITHDRAWN,
            _P.OPENNESS_EDIT,
            needs_note=True,
            tone="outline-secondary",
            endpoint=STEP,
        ),
    ),
)

STATE_TONES = {
    _S.LISTED: "soon",
    _S.ASSIGNED: "accent",
    _S.RECTIFIED: "soon",
    _S.CLOSED: "fine",
}
