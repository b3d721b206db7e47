"""Scores come in, are put right in the open, and are explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.errors import Forbidden, GuardRefused, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.texts import clean
from responder.openness.access import is_of
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import (
    Correction,
    EvaluationRound,
    Indicator,
    Participant,
    RoundState,
    UnitScore,
)
from responder.openness.evaluations.rules import Mark
from responder.openness.points import plain

LONGEST_GROUP = 32
LONGEST_TEXT = 5000
NOT_APPLICABLE = "不适用"


@dataclass(frozen=True)
class UnitMarks:
    """All that is scored of a unit.

    :param marks: indicator id → score, None: not applicable; what is missing is left as it is.
    :param given: the total, where the round has no indicators.
    """

    group: str
    marks: Mapping[int, Mark]
    given: Decimal | None = None


def put_unit(
    session: Session, one: EvaluationRound, unit: Unit, marks: UnitMarks, attempt: Attempt
) -> Participant:
    """Enter a unit with its scores, or write over those that it has.

    :raises Invalid: a score that no indicator gives.
    :raises Forbidden, WrongState: as the lifecycle.
    """
    EVALUATION.allow(one, "edit", attempt)
    check_marks(one, marks)
    found = next((each for each in one.participants if each.unit_id == unit.id), None)
    if found is None:
        found = Participant(unit=unit, unit_id=unit.id, group="", edits=0)
        one.participants.append(found)
    write_marks(found, marks)
    session.flush()
    return found


def write_marks(found: Participant, marks: UnitMarks) -> None:
    """Put what was checked into a unit's rows."""
    found.group, found.given = marks.group, marks.given
    found.edits = (found.edits or 0) + 1
    kept = found.marks
    for indicator_id, score in marks.marks.items():
        if indicator_id in kept:
            kept[indicator_id].score = score
        else:
            found.scores.append(UnitScore(indicator_id=indicator_id, score=score))


def check_marks(one: EvaluationRound, marks: UnitMarks) -> None:
    """:raises Invalid: above the full mark, below 0, or of no indicator of the round."""
    known = {indicator.id: indicator for indicator in one.indicators}
    for indicator_id, score in marks.marks.items():
        indicator = known.get(indicator_id)
        if indicator is None:
            raise Invalid("指标已被修改：请刷新页面后重新录入")
        if problem := mark_problem(indicator, score):
            raise Invalid(problem, {f"score-{indicator_id}": problem})
    given = marks.given
    if given is not None and (known or not 0 <= given <= 100):
        raise Invalid("总分须是 0 到 100 的数；有指标的由指标得分算出", {"given": "请核对"})
    if len(marks.group) > LONGEST_GROUP:
        raise Invalid(f"分组最多 {LONGEST_GROUP} 字：请缩短", {"group": "太长"})


def mark_problem(indicator: Indicator, score: Mark) -> str:
    """Why an indicator cannot give this score; empty where it can."""
    if score is None or 0 <= score <= indicator.full:
        return ""
    return mark_sentence(indicator)


def mark_sentence(indicator: Indicator) -> str:
    """What an indicator takes."""
    full = plain(indicator.full)
    return f"“{indicator.name}”须是 0 到 {full} 的数，最多两位小数，不适用的填“{NOT_APPLICABLE}”"


def drop_unit(session: Session, one: EvaluationRound, found: Participant, attempt: Attempt) -> None:
    """Take a unit out of the round, with its scores."""
    EVALUATION.allow(one, "edit", attempt)
    one.participants.remove(found)
    session.flush()


def correct(
    session: Session,
    found: Participant,
    indicator: Indicator | None,
    new: Mark,
    attempt: Attempt,
) -> Correction:
    """Put a score right after the circular; the old one and the reason stay to be read.

    :param indicator: None where the total itself was entered.
    :raises GuardRefused: no reason; :raises Invalid: no such score, or nothing changes.
    """
    EVALUATION.allow(found.round, "correct", attempt)
    if indicator is None:
        old = found.given
        check_marks(found.round, UnitMarks("", {}, new))
        if new is None:
            raise Invalid("请填写更正后的总分", {"new": "必填"})
        found.given = new
    else:
        row = found.marks[indicator.id]
        old = row.score
        if problem := mark_problem(indicator, new):
            raise Invalid(problem, {"new": problem})
        row.score = new
    if old == new:
        raise Invalid("与原来的得分相同，不必更正", {"new": "没有变化"})
    made = Correction(
        indicator_name=indicator.name if indicator else "", old=old, new=new,
        reason=clean(attempt.note).strip(), at=attempt.now, by_name=attempt.actor.name,
    )  # fmt: skip
    found.corrections.append(made)
    found.edits += 1
    EVALUATION.advance(
        session, found.round, "correct", attempt,
        {"unit": found.unit.name, "score": [_told(old), _told(new)]},
    )  # fmt: skip
    return made


def explain(session: Session, found: Participant, text: str, attempt: Attempt) -> None:
    """Keep what a unit says of its place (表态发言): its liaison sends it, or the office enters it.

    :raises Forbidden: somebody else's; :raises GuardRefused: it was not asked;
    :raises Invalid: nothing was written.
    """
    actor = attempt.actor
    own = actor.may(Permission.OPENNESS_REPORT) and is_of(actor, found.unit_id)
    if not own and not actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("表态发言由本单位联络员报送，或由政务公开办代为登记")
    if found.asked_at is None or found.round.state is not RoundState.CIRCULATED:
        raise GuardRefused("本轮没有要求这个单位表态发言：不必报送")
    words = clean(text).strip()
    if not words:
        raise Invalid("请填写表态发言：问题原因、整改措施和时限", {"explanation": "必填"})
    if len(words) > LONGEST_TEXT:
        raise Invalid(f"表态发言最多 {LONGEST_TEXT} 字：请缩短", {"explanation": "太长"})
    found.explanation, found.received_at = words, attempt.now
    found.received_by_name = actor.name
    session.flush()


def _told(mark: Mark) -> str:
    return NOT_APPLICABLE if mark is None else plain(mark)
