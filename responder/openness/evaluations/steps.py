"""A round advances; circulated, it is kept as it went out."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from responder.core.lifecycle import Attempt
from responder.openness.evaluations import queries
from responder.openness.evaluations.circular import as_kept, compose, template
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import EvaluationRound
from responder.openness.evaluations.ranking import asked_units, places


def advance(
    session: Session, one: EvaluationRound, action: str, attempt: Attempt, day: date
) -> None:
    """Take a step of the lifecycle.

    :param day: today, in the office's zone: the date of a circular.
    :raises Forbidden, WrongState, GuardRefused: as the lifecycle.
    """
    if action != "circulate":
        EVALUATION.advance(session, one, action, attempt)
        return
    EVALUATION.allow(one, action, attempt)
    before = queries.previous_circulated(session, one)
    asked = asked_units(one)
    one.circular = as_kept(compose(one, before, template(session), day))
    for unit_id, (_group, rank, total) in places(one).items():
        found = queries.participant_of(one, unit_id)
        found.circulated_rank, found.circulated_total = rank, total
    for found in asked:
        found.asked_at = attempt.now
    one.circulated_at = attempt.now
    details = {"asked": [found.unit.name for found in asked]} if asked else {}
    EVALUATION.advance(session, one, action, attempt, details)
