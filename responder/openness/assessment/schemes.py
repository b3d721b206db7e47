"""Schemes and their criteria come in and change, as long as they are drafts."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.errors import GuardRefused, Invalid
from responder.core.lifecycle import Attempt
from responder.core.texts import clean
from responder.openness.assessment import rules
from responder.openness.assessment.lifecycle import ASSESSMENT
from responder.openness.assessment.measures import MEASURES
from responder.openness.assessment.models import (
    Adjustment,
    AssessmentScheme,
    Criterion,
    HandScore,
    SchemeState,
)
from responder.openness.assessment.rules import Rule, Scoring
from responder.openness.evaluations.entering import number
from responder.openness.years import check_year

MOST_CRITERIA = 30
HIGHEST = Decimal(10_000)
_COPIED = (
    "position", "group", "name", "points", "deduction", "measure", "scoring", "target", "each",
    "idle_full",
)  # fmt: skip


@dataclass(frozen=True)
class SchemeFacts:
    """What a person says of a scheme."""

    name: str
    total: Decimal
    share: Decimal
    allowance: Decimal
    source: str
    all_units: bool
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class TypedCriterion:
    """A row of the form of criteria, as it was typed. ``id`` 0: a new one."""

    id: int
    group: str
    name: str
    points: str
    deduction: bool
    measure: str
    scoring: str
    target: str
    each: str
    idle_full: bool

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.points)


def create(
    session: Session, year: int, source: AssessmentScheme | None, attempt: Attempt
) -> AssessmentScheme:
    """A draft for a year, after another year's scheme or after the shipped example.

    :raises Invalid: the year has one, or is no year.
    """
    check_year(year)
    ASSESSMENT.allow(AssessmentScheme(state=SchemeState.DRAFT), "edit", attempt)
    if session.scalar(select(AssessmentScheme.id).where(AssessmentScheme.year == year)):
        raise Invalid(f"{year} 年已有考核方案：请直接修改", {"year": "已有"})
    made = _copied(source, year) if source else _example(year)
    session.add(made)
    session.flush()
    return made


def edit(session: Session, scheme: AssessmentScheme, facts: SchemeFacts, attempt: Attempt) -> None:
    """:raises Invalid: no name, or a number out of bounds; else as the lifecycle."""
    ASSESSMENT.allow(scheme, "edit", attempt)
    name = " ".join(clean(facts.name).split())
    if not name:
        raise Invalid("请填写方案名称", {"name": "必填"})
    if facts.total <= 0:
        raise Invalid("总分须大于 0", {"total": "须大于 0"})
    if not 0 <= facts.share <= 100:
        raise Invalid("占考核比重须是 0 到 100 的百分数", {"share": "超出范围"})
    if facts.allowance < 0:
        raise Invalid("调整幅度不能小于 0；不允许调整的填 0", {"allowance": "不能小于 0"})
    scheme.name, scheme.source = name, " ".join(clean(facts.source).split())
    scheme.total, scheme.share, scheme.allowance = facts.total, facts.share, facts.allowance
    scheme.all_units = facts.all_units
    scheme.units = [] if facts.all_units else list(facts.units)
    session.flush()


def save_criteria(
    session: Session, scheme: AssessmentScheme, typed: Sequence[TypedCriterion], attempt: Attempt
) -> None:
    """Write the criteria in the order of the rows; rows that are not sent are removed.

    :raises Invalid: fields by name and row, e.g. ``points-3``.
    :raises GuardRefused: a criterion would go on which people have decided.
    """
    ASSESSMENT.allow(scheme, "edit", attempt)
    wanted = _read(typed)
    staying = {row.id for row, _rule in wanted}
    kept = {one.id: one for one in scheme.criteria}
    _keep_decided(session, [one for one in scheme.criteria if one.id not in staying])
    ordered = []
    for position, (row, rule) in enumerate(wanted, 1):
        one = kept.get(row.id) or Criterion()
        one.position, one.group, one.name = position, row.group or "其他", row.name
        one.measure, one.scoring, one.points = row.measure, rule.scoring, rule.points
        one.deduction, one.idle_full = rule.deduction, rule.idle_full
        one.target, one.each = rule.target, rule.each
        ordered.append(one)
    scheme.criteria = ordered
    scheme.edits += 1
    session.flush()


def rule_of(one: Criterion) -> Rule:
    """How a criterion scores."""
    return Rule(one.scoring, one.points, one.deduction, one.target, one.each, one.idle_full)


def _read(typed: Sequence[TypedCriterion]) -> list[tuple[TypedCriterion, Rule]]:
    wrong: dict[str, str] = {}
    found = []
    for place, row in enumerate(typed, 1):
        if row.is_empty:
            continue
        rule, problems = _rule(row)
        if not row.name:
            problems["name"] = "请填写指标名称"
        elif len(row.name) > 100:
            problems["name"] = "指标名称最多 100 字"
        if len(row.group) > 32:
            problems["group"] = "类别最多 32 字"
        for name, said in problems.items():
            wrong[f"{name}-{place}"] = f"第 {place} 行：{said}"
        found.append((row, rule))
    if wrong:
        raise Invalid("考核指标有误：请按提示改正后再保存", wrong)
    return found


def _rule(row: TypedCriterion) -> tuple[Rule, dict[str, str]]:
    """The rule of a row, and what is wrong with it by field."""
    problems: dict[str, str] = {}
    numbers: dict[str, Decimal | None] = {}
    for name, text in (("points", row.points), ("target", row.target), ("each", row.each)):
        numbers[name] = number(text, Decimal(0), HIGHEST) if text else None
        if text and numbers[name] is None:
            problems[name] = "须是不小于 0 的数，最多两位小数"
    if row.scoring not in set(Scoring):
        problems["scoring"] = "请选择计分办法"
    scoring = Scoring(row.scoring) if row.scoring in set(Scoring) else Scoring.HAND
    measure = MEASURES.get(row.measure)
    if row.measure and measure is None:
        problems["measure"] = "没有这个计量：请重新选择"
    target = numbers["target"] if scoring is Scoring.TARGET else None
    each = numbers["each"] if scoring is Scoring.EACH else None
    points = numbers["points"] or Decimal(0)
    rule = Rule(scoring, points, row.deduction, target, each, row.idle_full)
    fits = rules.rule_problem(rule, measure is not None, bool(measure and measure.percent))
    return rule, {**fits, **problems}


def _keep_decided(session: Session, going: Sequence[Criterion]) -> None:
    ids = [one.id for one in going]
    decided = {
        *session.scalars(select(HandScore.criterion_id).where(HandScore.criterion_id.in_(ids))),
        *session.scalars(select(Adjustment.criterion_id).where(Adjustment.criterion_id.in_(ids))),
    }
    for one in going:
        if one.id in decided:
            raise GuardRefused(f"“{one.name}”已有评定或调整，不能删除：可以改名、改分值")


def _copied(source: AssessmentScheme, year: int) -> AssessmentScheme:
    return AssessmentScheme(
        year=year, name=source.name.replace(str(source.year), str(year)), total=source.total,
        share=source.share, allowance=source.allowance, source=source.source,
        all_units=source.all_units, units=list(source.units), state=SchemeState.DRAFT,
        criteria=[
            Criterion(**{name: getattr(one, name) for name in _COPIED}) for one in source.criteria
        ],
    )  # fmt: skip


def _example(year: int) -> AssessmentScheme:
    text = files("responder").joinpath("data/assessment.toml").read_text(encoding="utf-8")
    shipped: dict[str, Any] = tomllib.loads(text)
    return AssessmentScheme(
        year=year, name=shipped["name"].format(year=year), total=Decimal(shipped["total"]),
        share=Decimal(shipped["share"]), allowance=Decimal(shipped["allowance"]),
        source=shipped["source"], all_units=True, state=SchemeState.DRAFT,
        criteria=[
            Criterion(
                position=position, group=row["group"], name=row["name"],
                points=Decimal(row["points"]), deduction=row.get("deduction", False),
                measure=row.get("measure", ""), scoring=Scoring(row["scoring"]),
                target=_decimal(row.get("target")), each=_decimal(row.get("each")),
                idle_full=row.get("idle_full", False),
            )
            for position, row in enumerate(shipped["criterion"], 1)
        ],
    )  # fmt: skip


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
