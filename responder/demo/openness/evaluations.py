"""Evaluation rounds of the demo: circulated, corrected, scored, and one that is being entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import local
from responder.demo import lookup
from responder.openness.evaluations import circular, entering, queries, scoring, steps
from responder.openness.evaluations.entering import RoundFacts, TypedIndicator
from responder.openness.evaluations.models import EvaluationRound, RoundKind
from responder.openness.evaluations.rules import Mark
from responder.openness.evaluations.scoring import UnitMarks
from responder.settings import Settings

EVALUATOR = "江澜公共管理评估中心"
COMPANIES = frozenset({"GJJT", "SWJT", "RQGS"})
INDICATORS = (
    ("信息公开", "主动公开目录", "20", "20"),
    ("信息公开", "重点领域公开", "20", "20"),
    ("信息公开", "依申请公开", "10", "10"),
    ("政策解读", "解读材料质量", "15", "15"),
    ("回应关切", "回应及时", "15", "15"),
    ("平台建设", "网站和新媒体", "20", "20"),
)
NOT_APPLICABLE = "解读材料质量"  # to companies, which draft no policy
EXPLANATION = (
    "主要问题是栏目更新不及时、责任不到人。已明确一名分管负责人和两名信息员，"
    "每周核对一次目录，逾期未更新的当日补齐，月底前整改到位。"
)


@dataclass(frozen=True)
class _Round:
    """A round of the demo. ``days`` before now; ``luck`` moves the scores; ``goes``: its steps."""

    kind: RoundKind
    days: int
    evaluator: str
    luck: int
    goes: tuple[str, ...]
    units: int = 99


ROUNDS = (
    _Round(RoundKind.THIRD_PARTY, 420, EVALUATOR, 1, ("score", "circulate")),
    _Round(RoundKind.THIRD_PARTY, 150, EVALUATOR, 4, ("score", "circulate")),
    _Round(RoundKind.INTERNAL, 60, "市政务公开办公室", 2, ("score",)),
    _Round(RoundKind.THIRD_PARTY, 4, EVALUATOR, 6, (), units=12),
)


def load_evaluations(now: datetime, settings: Settings) -> None:
    """Four rounds; the earlier two went out, one was put right, one unit has explained itself."""
    with transaction(CONSOLE, now) as session:
        circular.seed_circular(session)
    for plan in ROUNDS:
        at = now - timedelta(days=plan.days)
        day = local(at, settings.zone).date()
        round_id = _enter(plan, day, at)
        for hours, action in enumerate(plan.goes, 1):
            _take(round_id, action, at + timedelta(hours=20 * hours), settings)
        if plan.days == 150:
            _correct(round_id, at + timedelta(days=12))
            _explain(round_id, at + timedelta(days=9))


def _enter(plan: _Round, day: date, at: datetime) -> int:
    actor = lookup.actor("openness")
    attempt = Attempt(actor, at)
    with transaction(actor, at) as session:
        facts = RoundFacts(
            day.year, plan.kind, None, "", plan.evaluator, day, 2, day + timedelta(days=20)
        )
        one = entering.add_round(session, facts, attempt)
        source = next(iter(queries.with_indicators(session, one.id)), None)
        if source is not None:
            entering.copy_indicators(session, one, source, attempt)
        else:
            rows = [TypedIndicator(0, *indicator) for indicator in INDICATORS]
            entering.save_indicators(session, one, rows, attempt)
        for place, unit in enumerate(accounts.units(session)[: plan.units]):
            scoring.put_unit(session, one, unit, _marks(one, unit, place, plan.luck), attempt)
        return one.id


def _marks(one: EvaluationRound, unit: Unit, place: int, luck: int) -> UnitMarks:
    """Scores that look like an evaluation's, and are the same whenever the demo is made."""
    company = unit.code in COMPANIES
    marks: dict[int, Mark] = {}
    for number, indicator in enumerate(one.indicators, 1):
        share = Decimal(62 + (place * 11 + number * 7 + luck * 5 * (place % 3 + 1)) % 37) / 100
        marks[indicator.id] = round(indicator.full * share, 1)
        if company and indicator.name == NOT_APPLICABLE:
            marks[indicator.id] = None
    return UnitMarks("公用企业" if company else "市直部门", marks)


def _take(round_id: int, action: str, at: datetime, settings: Settings) -> None:
    actor = lookup.actor("openness")
    with transaction(actor, at) as session:
        one = queries.hold(session, round_id, actor)
        steps.advance(session, one, action, Attempt(actor, at), local(at, settings.zone).date())


def _correct(round_id: int, at: datetime) -> None:
    actor = lookup.actor("openness")
    note = "测评机构复核：漏计该单位网站专栏 3 条公开信息。"
    with transaction(actor, at) as session:
        one = queries.hold(session, round_id, actor)
        found, indicator = one.participants[2], one.indicators[0]
        score = found.marks[indicator.id].score or Decimal(0)
        new = min(score + 2, indicator.full)
        scoring.correct(session, found, indicator, new, Attempt(actor, at, note))


def _explain(round_id: int, at: datetime) -> None:
    actor = lookup.actor("openness")
    with transaction(actor, at) as session:
        one = queries.hold(session, round_id, actor)
        found = next(each for each in one.participants if each.asked_at)
        scoring.explain(session, found, EXPLANATION, Attempt(actor, at))
