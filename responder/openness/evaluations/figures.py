"""What the annual summary says of evaluations."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.openness.evaluations.models import (
    EvaluationRound,
    Participant,
    RoundKind,
    RoundState,
)


def third_party_rounds(session: Session, year: int, _zone: ZoneInfo) -> int:
    """Rounds of the kind 第三方测评 whose year is ``year`` and that were circulated (已通报).

    The year is the column that the office fills in, not the date of the evaluation.
    """
    query = select(func.count()).select_from(EvaluationRound)
    return (
        session.scalar(
            query.where(
                EvaluationRound.year == year,
                EvaluationRound.kind == RoundKind.THIRD_PARTY,
                EvaluationRound.state == RoundState.CIRCULATED,
            )
        )
        or 0
    )


def evaluated_units(session: Session, year: int, _zone: ZoneInfo) -> int:
    """Units that stand in a circulated round of ``year``, of any kind; each is counted once."""
    query = select(func.count(Participant.unit_id.distinct())).join(Participant.round)
    return (
        session.scalar(
            query.where(
                EvaluationRound.year == year, EvaluationRound.state == RoundState.CIRCULATED
            )
        )
        or 0
    )
