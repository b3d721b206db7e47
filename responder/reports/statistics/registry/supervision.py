"""How the work is kept up: figures of trainings, meetings, evaluations, the assessment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.openness.assessment.models import AssessmentScheme, SchemeState
from responder.openness.evaluations.models import EvaluationRound, RoundKind, RoundState
from responder.openness.trainings.models import Occasion, OccasionKind
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.spans import Dating, Span

_S = Section.SUPERVISION
_OCCASION = ("trainings.show", "occasion_id")
_P = Permission.OPENNESS_READ


def _occasions(kind: OccasionKind, amount: Any = None) -> Select[Any]:
    rows = rows_of(
        Occasion, title=Occasion.title, at=Occasion.held_on, unit_id=Occasion.organiser_id,
        amount=amount,
    )  # fmt: skip
    return rows.where(Occasion.kind == kind)


def _trainings(_span: Span) -> Select[Any]:
    return _occasions(OccasionKind.TRAINING)


def _attendance(_span: Span) -> Select[Any]:
    rows = _occasions(OccasionKind.TRAINING, Occasion.attendance)
    return rows.where(Occasion.attendance.is_not(None))


def _meetings(_span: Span) -> Select[Any]:
    return _occasions(OccasionKind.LEADING_GROUP)


def _rounds(_span: Span) -> Select[Any]:
    rows = rows_of(EvaluationRound, title=EvaluationRound.name, at=EvaluationRound.year)
    return rows.where(
        EvaluationRound.kind == RoundKind.THIRD_PARTY,
        EvaluationRound.state == RoundState.CIRCULATED,
    )


def _schemes(amount: Any) -> Select[Any]:
    rows = rows_of(
        AssessmentScheme, title=AssessmentScheme.name, at=AssessmentScheme.year, amount=amount
    )
    return rows.where(AssessmentScheme.state != SchemeState.DRAFT)


def _points(_span: Span) -> Select[Any]:
    return _schemes(AssessmentScheme.total)


def _share(_span: Span) -> Select[Any]:
    return _schemes(AssessmentScheme.share)


FIGURES: tuple[Figure, ...] = (
    Figure(
        "trainings", _S, "业务培训", "场",
        "本年举办的业务培训，不论由哪个单位举办。",
        "openness_occasion", _trainings, Dating.DAY, _OCCASION, permission=_P,
    ),
    Figure(
        "training_attendance", _S, "参训人数", "人次",
        "本年业务培训登记的参加人数之和，一人参加两场计两次；没有登记人数的不计。",
        "openness_occasion", _attendance, Dating.DAY, _OCCASION, among="trainings",
        permission=_P,
    ),
    Figure(
        "leading_group_meetings", _S, "领导小组会议", "次",
        "本年召开的政务公开领导小组会议。",
        "openness_occasion", _meetings, Dating.DAY, _OCCASION, permission=_P,
    ),
    Figure(
        "third_party_rounds", _S, "第三方测评", "次",
        "年度为本年、已经通报的第三方测评。",
        "evaluation_round", _rounds, Dating.YEAR, ("evaluations.show", "round_id"),
        permission=_P,
    ),
    Figure(
        "assessment_points", _S, "考核分值", "分",
        "本年施行或已结算的考核方案的总分。",
        "assessment_scheme", _points, Dating.YEAR, permission=_P,
    ),
    Figure(
        "assessment_share", _S, "考核占比", "％",
        "本年施行或已结算的考核方案在单位年度目标考核中所占的百分比。",
        "assessment_scheme", _share, Dating.YEAR, permission=_P,
    ),
)  # fmt: skip
