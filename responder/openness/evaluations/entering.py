"""Rounds and their indicators come in and change, as long as nothing has been scored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp import to_simplified
from responder.core.errors import GuardRefused, Invalid
from responder.core.lifecycle import Attempt
from responder.core.texts import clean
from responder.intake.imports.mapping import normalised_heading
from responder.openness.evaluations import queries
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import (
    EvaluationRound,
    Indicator,
    RoundKind,
    RoundState,
    UnitScore,
)
from responder.openness.points import plain
from responder.openness.years import check_year

MOST_INDICATORS = 40
MOST_BOTTOM = 50
LONGEST_NAME = 50
HIGHEST_MARK = 1000
_REMARK = re.compile(r"\(.*?\)$")
# Headings of the table of scores that are no indicator.
RESERVED = frozenset({"单位", "分组", "得分", "总分", "序号", "名次", "备注"})


@dataclass(frozen=True)
class RoundFacts:
    """What a person says of a round. ``number`` None: the next of its year and kind."""

    year: int
    kind: RoundKind
    number: int | None
    name: str
    evaluator: str
    evaluated_on: date
    bottom: int = 0
    explain_by: date | None = None


@dataclass(frozen=True)
class TypedIndicator:
    """A row of the form of indicators, as it was typed. ``id`` 0: a new one."""

    id: int
    group: str
    name: str
    weight: str
    full: str

    @property
    def is_empty(self) -> bool:
        return not (self.group or self.name or self.weight or self.full)


def add_round(session: Session, facts: RoundFacts, attempt: Attempt) -> EvaluationRound:
    """:raises Invalid: a fact is missing, wrong, or the number is taken."""
    EVALUATION.allow(EvaluationRound(state=RoundState.PREPARING), "edit", attempt)
    one = EvaluationRound(state=RoundState.PREPARING)
    _put(session, one, facts)
    session.add(one)
    session.flush()
    return one


def edit_round(session: Session, one: EvaluationRound, facts: RoundFacts, attempt: Attempt) -> None:
    """:raises Invalid, Forbidden, WrongState: as the lifecycle and :func:`add_round`."""
    EVALUATION.allow(one, "edit", attempt)
    _put(session, one, facts)
    session.flush()


def remove_round(session: Session, one: EvaluationRound, attempt: Attempt) -> None:
    """:raises GuardRefused: scores stand in it."""
    EVALUATION.allow(one, "edit", attempt)
    if one.participants:
        raise GuardRefused("这一轮已有单位和得分：请先逐个移出，再删除")
    session.delete(one)
    session.flush()


def save_indicators(
    session: Session, one: EvaluationRound, typed: Sequence[TypedIndicator], attempt: Attempt
) -> None:
    """Write the indicators in the order of the rows; rows that are not sent are removed.

    :raises Invalid: fields by name and row, e.g. ``weight-3``.
    :raises GuardRefused: an indicator that has scores would go, or get less than was scored.
    """
    EVALUATION.allow(one, "edit", attempt)
    kept = {indicator.id: indicator for indicator in one.indicators}
    wanted = _read(typed)
    _check_scores(session, one, {row.id: full for row, _weight, full in wanted})
    ordered = []
    for position, (row, weight, full) in enumerate(wanted, 1):
        indicator = kept.get(row.id) or Indicator()
        indicator.position, indicator.group, indicator.name = position, row.group, row.name
        indicator.weight, indicator.full = weight, full
        ordered.append(indicator)
    one.indicators = ordered
    _touch(session, one)


def copy_indicators(
    session: Session, one: EvaluationRound, source: EvaluationRound, attempt: Attempt
) -> int:
    """Take over the indicators of another round; how many.

    :raises GuardRefused: this one has indicators already, or the other has none.
    """
    EVALUATION.allow(one, "edit", attempt)
    if one.indicators:
        raise GuardRefused("本轮已有指标，不能再复制：请直接修改，或先清空")
    if not source.indicators:
        raise GuardRefused("所选的一轮没有指标：请换一轮")
    one.indicators = [
        Indicator(
            position=each.position, group=each.group, name=each.name,
            weight=each.weight, full=each.full,
        )
        for each in source.indicators
    ]  # fmt: skip
    _touch(session, one)
    return len(one.indicators)


def _touch(session: Session, one: EvaluationRound) -> None:
    """Whoever had the round before them has seen other indicators."""
    one.edits += 1
    session.flush()


def plain_name(name: str) -> str:
    """A name as headings are compared: Simplified script, one width, no remark in brackets."""
    return _REMARK.sub("", normalised_heading(to_simplified(name)))


def number(text: str, low: Decimal, high: Decimal) -> Decimal | None:
    """A number of two decimals at most, within bounds; None for anything else."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not found.is_finite() or not low <= found <= high or found != round(found, 2):
        return None
    return found


def _read(typed: Sequence[TypedIndicator]) -> list[tuple[TypedIndicator, Decimal, Decimal]]:
    """The rows that say something, each with its weight and full mark."""
    wrong: dict[str, str] = {}
    found: list[tuple[TypedIndicator, Decimal, Decimal]] = []
    names: set[str] = set()
    for place, raw in enumerate(typed, 1):
        if raw.is_empty:
            continue
        row = TypedIndicator(
            raw.id, " ".join(clean(raw.group).split()), " ".join(clean(raw.name).split()),
            raw.weight, raw.full,
        )  # fmt: skip
        weight = number(row.weight, Decimal(0), Decimal(100))
        full = number(row.full or "100", Decimal("0.01"), Decimal(HIGHEST_MARK))
        if problem := _name_problem(row.name, names):
            wrong[f"name-{place}"] = f"第 {place} 行：{problem}"
        if len(row.group) > LONGEST_NAME:
            wrong[f"group-{place}"] = f"第 {place} 行：一级指标最多 {LONGEST_NAME} 字"
        if weight is None:
            wrong[f"weight-{place}"] = f"第 {place} 行：权重须是 0 到 100 的数，最多两位小数"
        if full is None:
            wrong[f"full-{place}"] = f"第 {place} 行：满分须是大于 0、不超过 1000 的数"
        names.add(plain_name(row.name))
        found.append((row, weight or Decimal(0), full or Decimal(HIGHEST_MARK)))
    if wrong:
        raise Invalid("指标有误：请按提示改正后再保存", wrong)
    return found


def _name_problem(name: str, names: set[str]) -> str:
    if not name:
        return "请填写指标名称"
    if len(name) > LONGEST_NAME:
        return f"指标名称最多 {LONGEST_NAME} 字"
    plain = plain_name(name)
    if plain in RESERVED or not plain:
        return f"指标不能叫“{name}”，会与得分表的其他列混淆：请改名"
    return f"“{name}”与上面的指标重名：请改名" if plain in names else ""


def _check_scores(session: Session, one: EvaluationRound, fulls: dict[int, Decimal]) -> None:
    """What has been scored stays, and below its full mark."""
    ids = [indicator.id for indicator in one.indicators]
    query = (
        select(UnitScore.indicator_id, func.max(UnitScore.score))
        .where(UnitScore.indicator_id.in_(ids))
        .group_by(UnitScore.indicator_id)
    )
    highest = {row[0]: row[1] for row in session.execute(query)}
    for indicator in one.indicators:
        if indicator.id not in highest:
            continue
        full, most = fulls.get(indicator.id), highest[indicator.id]
        if full is None:
            raise GuardRefused(f"“{indicator.name}”已有得分，不能删除：请先移出有得分的单位")
        if most is not None and most > full:
            raise GuardRefused(
                f"“{indicator.name}”已有 {plain(most)} 分，满分不能低于它：请核对满分"
            )


def _put(session: Session, one: EvaluationRound, facts: RoundFacts) -> None:
    check_year(facts.year)
    name, evaluator = (" ".join(clean(text).split()) for text in (facts.name, facts.evaluator))
    if not 0 <= facts.bottom <= MOST_BOTTOM:
        raise Invalid(f"末位单位数须是 0 到 {MOST_BOTTOM} 的整数", {"bottom": "超出范围"})
    wanted = facts.number or queries.next_number(session, facts.year, facts.kind)
    twin = session.scalar(
        select(EvaluationRound).where(
            EvaluationRound.year == facts.year,
            EvaluationRound.kind == facts.kind,
            EvaluationRound.number == wanted,
            EvaluationRound.id != (one.id or 0),
        )
    )
    if twin is not None:
        raise Invalid(f"已有{twin.ordinal}：请改第几次，留空则自动取下一次", {"number": "已有"})
    one.year, one.kind, one.number = facts.year, facts.kind, wanted
    one.name, one.evaluator = name or one.ordinal, evaluator
    one.evaluated_on, one.bottom = facts.evaluated_on, facts.bottom
    one.explain_by = facts.explain_by
