"""How a count becomes points. Pure: decimals in, decimals and sentences out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
ZERO = Decimal(0)


class Scoring(StrEnum):
    """How points come of what was counted (计分办法)."""

    TARGET = "target"
    EACH = "each"
    SHARE = "share"
    HAND = "hand"


SCORING_LABELS = {
    Scoring.TARGET: "达到目标数得满分，不足按比例",
    Scoring.EACH: "每件计分，封顶",
    Scoring.SHARE: "按百分比折算",
    Scoring.HAND: "人工评定",
}


@dataclass(frozen=True)
class Rule:
    """The rule of a criterion, see ``models.Criterion``.

    :param points: the most that it gives or takes, above 0.
    """

    scoring: Scoring
    points: Decimal
    deduction: bool = False
    target: Decimal | None = None
    each: Decimal | None = None
    idle_full: bool = False


@dataclass(frozen=True)
class Outcome:
    """Points, and the arithmetic that led to them."""

    points: Decimal
    arithmetic: str


def bounds(rule: Rule) -> tuple[Decimal, Decimal]:
    """The least and the most that a criterion may give."""
    return (-rule.points, ZERO) if rule.deduction else (ZERO, rule.points)


def score(rule: Rule, count: Decimal | None, unit_word: str = "") -> Outcome:
    """Points for what was counted: two decimals, a half upwards, within :func:`bounds`.

    :param count: a number, a percent, or the points of a person; None: nothing to measure by.
    :param unit_word: what is counted, for the sentence.
    """
    if count is None:
        return _idle(rule)
    gained, how = _gained(rule, count, unit_word)
    capped = min(max(gained, ZERO), rule.points)
    points = capped.quantize(_CENT, ROUND_HALF_UP)
    if gained > rule.points:
        how += f"，最多{'扣' if rule.deduction else ''} {said(rule.points)} 分"
    return Outcome(-points if rule.deduction else points, f"{how}，{_verdict(rule, points)}")


def adjusted(rule: Rule, points: Decimal, adjustments: Iterable[Decimal]) -> Decimal:
    """Points after what people added or took, within :func:`bounds`."""
    low, high = bounds(rule)
    return min(max(points + sum(adjustments, ZERO), low), high)


def total(points: Iterable[Decimal], most: Decimal) -> Decimal:
    """What a unit has in all: the sum, never below 0 nor above the scheme's total."""
    return min(max(sum(points, ZERO), ZERO), most)


def of_overall(points: Decimal, most: Decimal, share: Decimal) -> Decimal:
    """What points of openness are worth in the overall assessment, in percent."""
    return (points / most * share).quantize(_CENT, ROUND_HALF_UP) if most else ZERO


def rule_problem(rule: Rule, measured: bool, percent: bool) -> dict[str, str]:
    """What of a rule does not fit together: field → sentence; empty where all does.

    :param measured: whether something is counted; :param percent: whether it is out of 100.
    """
    if rule.points <= 0:
        return {"points": "分值须大于 0：扣分项请勾选“扣分”，分值仍填正数"}
    if rule.scoring is Scoring.HAND:
        return {"measure": "人工评定的不选计量：请清空，或改选计分办法"} if measured else {}
    if not measured:
        return {"measure": "请选择计量；没有记录可计的请改为“人工评定”"}
    if rule.scoring is Scoring.TARGET and (rule.target is None or rule.target <= 0):
        return {"target": "请填写目标数，须大于 0"}
    if rule.scoring is Scoring.EACH and (rule.each is None or rule.each <= 0):
        return {"each": "请填写每件的分数，须大于 0"}
    if rule.scoring is Scoring.SHARE and not percent:
        return {"scoring": "这个计量不是百分数：请改为“达到目标数”或“每件计分”"}
    return {}


def allowance_left(allowance: Decimal, given: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """By how much a unit may still go down and up; ``given`` are its standing adjustments."""
    total = sum(given, ZERO)
    return -allowance - total, allowance - total


def said(value: Decimal) -> str:
    """``8``, ``0.25``: a number without zeros that say nothing."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _gained(rule: Rule, count: Decimal, unit_word: str) -> tuple[Decimal, str]:
    counted = f"{said(count)} {unit_word}".strip()
    most = said(rule.points)
    if rule.scoring is Scoring.TARGET:
        target = rule.target or Decimal(1)
        reached = min(count / target, Decimal(1))
        return rule.points * reached, f"{counted} ÷ 目标 {said(target)}（至多 1）× {most} 分"
    if rule.scoring is Scoring.EACH:
        each = rule.each or ZERO
        return count * each, f"{counted} × 每件 {said(each)} 分"
    if rule.scoring is Scoring.SHARE:
        share = f"{said(count)}%" if unit_word in ("", "%") else f"{counted} ÷ 100"
        return rule.points * count / HUNDRED, f"{share} × {most} 分"
    return abs(count), f"人工评定{'扣' if rule.deduction else ''} {said(abs(count))} 分"


def _idle(rule: Rule) -> Outcome:
    if rule.scoring is Scoring.HAND:
        return Outcome(ZERO, "尚未评定，暂计 0 分")
    if rule.idle_full and not rule.deduction:
        return Outcome(rule.points, f"没有可计量的事项，按满分计，得 {said(rule.points)} 分")
    return Outcome(ZERO, f"没有可计量的事项，{_verdict(rule, ZERO)}")


def _verdict(rule: Rule, points: Decimal) -> str:
    return f"{'扣' if rule.deduction else '得'} {said(points)} 分"
