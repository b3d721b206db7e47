"""What people add to the figures: points where nothing is counted, and reasoned adjustments."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import GuardRefused, Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.texts import clean
from responder.openness.assessment import rules
from responder.openness.assessment.computing import Cell
from responder.openness.assessment.lifecycle import ASSESSMENT
from responder.openness.assessment.models import (
    Adjustment,
    AssessmentScheme,
    Criterion,
    HandScore,
)
from responder.openness.assessment.rules import Scoring, said
from responder.openness.assessment.schemes import rule_of

LONGEST_REASON = 500


def rate(
    session: Session,
    criterion: Criterion,
    unit: Unit,
    points: Decimal,
    attempt: Attempt,
    seen: int | None,
) -> HandScore:
    """Give the points of a criterion that nobody counts; the next decision replaces it.

    :param points: as they are typed: of a deduction, how many are taken.
    :param seen: version of what was given before; None where nothing was.
    :raises Invalid: beyond the criterion's points, or no reason.
    :raises Stale: somebody else decided meanwhile.
    """
    ASSESSMENT.allow(criterion.scheme, "decide", attempt)
    if criterion.scoring is not Scoring.HAND:
        raise GuardRefused("这项指标由记录计算，不能直接给分：确需改动的请作调整")
    if not 0 <= points <= criterion.points:
        raise Invalid(
            f"“{criterion.name}”须是 0 到 {said(criterion.points)} 的数", {"points": "超出范围"}
        )
    found = session.scalar(
        select(HandScore).where(
            HandScore.criterion_id == criterion.id, HandScore.unit_id == unit.id
        )
    )
    if (found.version_id if found else None) != seen:
        raise Stale("您打开页面之后，别人评定过这一项：请看过最新内容再办理")
    reason = _reason(attempt)
    if found is None:
        found = HandScore(criterion_id=criterion.id, unit_id=unit.id)
        session.add(found)
    found.points, found.reason = points, reason
    found.at, found.by_name = attempt.now, attempt.actor.name
    session.flush()
    return found


def adjust(
    session: Session,
    scheme: AssessmentScheme,
    cell: Cell,
    unit: Unit,
    points: Decimal,
    attempt: Attempt,
    seen: int | None,
) -> Adjustment:
    """Add points to a criterion of a unit, or take some; it stays to be read, with its reason.

    :param cell: as it stands now; :param seen: how many adjustments the person saw on it.
    :raises Invalid: nothing, no reason, or beyond what the criterion or the scheme allows.
    :raises Stale: there is another one by now, perhaps the same sent twice.
    """
    ASSESSMENT.allow(scheme, "decide", attempt)
    if len(cell.adjustments) != seen:
        raise Stale("您打开页面之后，这一项已有新的调整：请看过最新内容再办理")
    if not points:
        raise Invalid("请填写加减的分数，减分写负数", {"points": "不能为 0"})
    reason = _reason(attempt)
    low, high = rules.allowance_left(scheme.allowance, standing_points(session, scheme, unit))
    if not low <= points <= high:
        raise Invalid(
            f"本方案每个单位的调整合计不超过 ±{said(scheme.allowance)} 分，"
            f"这个单位还可从 {said(low)} 调到 {said(high)} 分",
            {"points": "超出幅度"},
        )
    least, most = rules.bounds(rule_of(cell.criterion))
    if not least <= cell.now + points <= most:
        raise Invalid(
            f"“{cell.criterion.name}”现为 {said(cell.now)} 分，"
            f"调整后须在 {said(least)} 到 {said(most)} 分之间",
            {"points": "超出分值"},
        )
    made = Adjustment(
        criterion_id=cell.criterion.id, unit_id=unit.id, points=points, reason=reason,
        at=attempt.now, by_name=attempt.actor.name,
    )  # fmt: skip
    session.add(made)
    _tell(session, scheme, "adjust", made, unit, attempt)
    return made


def take_back(
    session: Session, scheme: AssessmentScheme, adjustment_id: int, attempt: Attempt
) -> Adjustment:
    """Withdraw an adjustment; it stays to be read, struck out.

    :raises NotFound: none of this scheme; :raises GuardRefused: it was already.
    """
    ASSESSMENT.allow(scheme, "decide", attempt)
    found = session.get(Adjustment, adjustment_id)
    if found is None or found.criterion.scheme_id != scheme.id:
        raise NotFound("没有这次调整：请刷新页面")
    if found.withdrawn_at is not None:
        raise GuardRefused("这次调整已经撤回：请刷新页面查看最新情况")
    found.withdrawn_reason = _reason(attempt)
    found.withdrawn_at, found.withdrawn_by_name = attempt.now, attempt.actor.name
    unit = session.get_one(Unit, found.unit_id)
    _tell(session, scheme, "take_back", found, unit, attempt)
    return found


def standing_points(session: Session, scheme: AssessmentScheme, unit: Unit) -> list[Decimal]:
    """The adjustments of a unit that count."""
    query = (
        select(Adjustment.points)
        .join(Adjustment.criterion)
        .where(
            Criterion.scheme_id == scheme.id,
            Adjustment.unit_id == unit.id,
            Adjustment.withdrawn_at.is_(None),
        )
    )
    return list(session.scalars(query))


def _tell(
    session: Session,
    scheme: AssessmentScheme,
    action: str,
    one: Adjustment,
    unit: Unit,
    attempt: Attempt,
) -> None:
    details = {"unit": unit.name, "points": said(one.points)}
    audit.record(session, action, scheme, details, clean(attempt.note).strip(), attempt.actor)


def _reason(attempt: Attempt) -> str:
    reason = clean(attempt.note).strip()
    if not reason:
        raise Invalid("请写明理由", {"note": "必填"})
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"理由最多 {LONGEST_REASON} 字：请缩短", {"note": "太长"})
    return reason
