"""A scheme advances; settled, the year's points are kept as they were."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.errors import GuardRefused
from responder.core.lifecycle import Attempt
from responder.openness.assessment.computing import Cell, Sheet, compute
from responder.openness.assessment.lifecycle import ASSESSMENT
from responder.openness.assessment.models import AssessmentScheme, SettledScore


def advance(
    session: Session, scheme: AssessmentScheme, action: str, attempt: Attempt, zone: ZoneInfo
) -> None:
    """Take a step of the lifecycle.

    :raises Forbidden, WrongState, GuardRefused: as the lifecycle; or points are still owed.
    """
    if action == "settle":
        ASSESSMENT.allow(scheme, action, attempt)
        _settle(session, compute(session, scheme, zone))
        scheme.settled_at = attempt.now
    ASSESSMENT.advance(session, scheme, action, attempt)


def _settle(session: Session, sheet: Sheet) -> None:
    if owed := sheet.unrated:
        names = "、".join(dict.fromkeys(cell.criterion.name for cell in owed))
        raise GuardRefused(f"还有 {len(owed)} 项没有评定（{names}）：请评定后再核定")
    session.add_all(_kept(cell, row.unit.id) for row in sheet.rows for cell in row.cells)
    session.flush()


def _kept(cell: Cell, unit_id: int) -> SettledScore:
    return SettledScore(
        criterion_id=cell.criterion.id,
        unit_id=unit_id,
        count=cell.tally.value if cell.tally else None,
        evidence=cell.tally.records if cell.tally else 0,
        adjusted=cell.now - cell.computed,
        points=cell.now,
    )
