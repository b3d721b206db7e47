"""Tasks, findings, trainings, meetings, evaluations and the assessment of a past year."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from responder.demo.past import PastYear
from responder.openness.assessment.models import AssessmentScheme, Criterion, SchemeState
from responder.openness.assessment.rules import Scoring
from responder.openness.evaluations.models import (
    EvaluationRound,
    Participant,
    RoundKind,
    RoundState,
)
from responder.openness.findings.models import (
    Finding,
    FindingEvidence,
    FindingSource,
    FindingState,
    FindingVerdict,
    Outcome,
)
from responder.openness.tasks.models import Level, Task, TaskState
from responder.openness.trainings.models import Occasion, OccasionKind

GROUPS = ("信息公开", "政策解读", "回应关切", "媒体参与")


def add_tasks(past: PastYear) -> None:
    """The province's tasks; the city's, one for each, the rest split from the first ones."""
    provincial = [
        Task(
            year=past.year, level=Level.PROVINCE, number=number, state=TaskState.OPEN,
            title=f"推进{past.matter(number)}领域政务公开", created_at=past.moment(0, 1),
        )
        for number in range(1, past.totals["provincial_tasks"] + 1)
    ]  # fmt: skip
    past.session.add_all(provincial)
    for number in range(1, past.totals["city_tasks"] + 1):
        parent = provincial[(number - 1) % len(provincial)]
        done = past.day(number, 120) + timedelta(days=200)
        past.session.add(
            Task(
                year=past.year, level=Level.CITY, number=number, state=TaskState.COMPLETED,
                title=f"{past.matter(number)}信息公开及解读回应", lead=past.unit(number),
                requirement="明确责任主体和时序进度，按季度报送进展。", parents=[parent],
                due_on=date(past.year, 12, 20), completed_on=done, progress=100,
                created_at=past.moment(0, 1),
            )
        )  # fmt: skip


def add_findings(past: PastYear) -> None:
    """Each told of and verified before its deadline, in its first round."""
    total = past.totals["findings"]
    for place in range(total):
        found, listed_at = past.day(place, total), past.moment(place, total)
        sent_at, seen_at = listed_at + timedelta(days=12), listed_at + timedelta(days=14)
        past.session.add(
            Finding(
                state=FindingState.CLOSED, year=past.year, unit=past.unit(place),
                source=FindingSource.PROVINCE if place % 3 == 0 else FindingSource.THIRD_PARTY,
                inspection="政务公开督查" if place % 3 == 0 else "第三方测评",
                inspected_on=found, problem=f"{past.matter(place)}栏目更新不及时",
                measures="补充公开并明确更新责任人。", deadline=found + timedelta(days=20),
                assigned_on=found, closed_on=seen_at.date(),
                listed_at=listed_at, listed_by_name="政务公开办",
                evidence=[
                    FindingEvidence(
                        round=1, text=f"{past.matter(place)}栏目已补充公开，更新责任人已明确。",
                        sent_at=sent_at, sent_by_name="责任单位联络员",
                    )
                ],
                verdicts=[
                    FindingVerdict(
                        round=1, outcome=Outcome.CLOSED, seen="栏目已更新，情况属实。",
                        on=seen_at.date(), at=seen_at, by_name="政务督查",
                    )
                ],
            )
        )  # fmt: skip


def add_occasions(past: PastYear) -> None:
    attendance = past.totals["attendance"]
    for place in range(past.totals["trainings"]):
        past.session.add(
            Occasion(
                kind=OccasionKind.TRAINING, held_on=past.day(place, past.totals["trainings"]),
                title=f"政务公开业务培训（第{place + 1}场）", attendance=attendance[place],
                units=len(past.units), created_at=past.moment(place, 12),
            )
        )  # fmt: skip
    for place in range(past.totals["leading_group_meetings"]):
        past.session.add(
            Occasion(
                kind=OccasionKind.LEADING_GROUP, held_on=past.day(place * 2 + 1, 4),
                title="政务公开工作领导小组会议", attendance=32, units=len(past.units),
                created_at=past.moment(place * 2 + 1, 4),
            )
        )  # fmt: skip


def add_rounds(past: PastYear) -> None:
    for number in range(1, past.totals["third_party_rounds"] + 1):
        scores = [
            Participant(unit=unit, given=Decimal(96 - place % 21), edits=1)
            for place, unit in enumerate(past.units)
        ]
        past.session.add(
            EvaluationRound(
                year=past.year, kind=RoundKind.THIRD_PARTY, number=number,
                name=f"{past.year}年第{number}次政务公开第三方测评", evaluator="第三方测评机构",
                evaluated_on=past.day(number, 3), state=RoundState.CIRCULATED,
                circulated_at=past.moment(number, 3, 16), participants=scores,
            )
        )  # fmt: skip


def add_scheme(past: PastYear) -> None:
    total = Decimal(past.totals["assessment_points"])
    each = total / len(GROUPS)
    past.session.add(
        AssessmentScheme(
            year=past.year, name=f"{past.year}年度政务公开考核方案", total=total,
            share=Decimal(past.totals["assessment_share"]), allowance=Decimal(1),
            source="本市自定（演示数据）", state=SchemeState.IN_FORCE,
            criteria=[
                Criterion(
                    position=place, group=group, name=f"{group}情况", points=each,
                    scoring=Scoring.HAND,
                )
                for place, group in enumerate(GROUPS)
            ],
        )
    )  # fmt: skip
