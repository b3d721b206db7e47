"""Which rounds there are, and who may see which."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.core.errors import NotFound
from responder.core.permissions import Actor
from responder.core.versions import check_seen
from responder.openness.access import own_rows
from responder.openness.evaluations.models import (
    EvaluationRound,
    Participant,
    RoundKind,
    RoundState,
)

_PARTS = (
    selectinload(EvaluationRound.indicators),
    selectinload(EvaluationRound.participants).joinedload(Participant.unit),
    selectinload(EvaluationRound.participants).selectinload(Participant.scores),
    selectinload(EvaluationRound.participants).selectinload(Participant.corrections),
)
_GONE = "没有这一轮测评，或它还没有通报：请从测评列表重新进入"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The office sees every round, a unit those that were circulated."""
    return own_rows(actor, EvaluationRound.state == RoundState.CIRCULATED)


def find(session: Session, round_id: int, actor: Actor) -> EvaluationRound:
    """A round with all that belongs to it.

    :raises NotFound: no such round, or none that this person may know of.
    """
    query = select(EvaluationRound).where(EvaluationRound.id == round_id, visible_to(actor))
    found = session.scalar(query.options(*_PARTS).execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_GONE)
    return found


def find_to_change(
    session: Session, round_id: int, actor: Actor, version: int | None
) -> EvaluationRound:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound: as :func:`find`; :raises Stale: it has changed since.
    """
    held = hold(session, round_id, actor)
    check_seen(held, version)
    return held


def hold(session: Session, round_id: int, actor: Actor) -> EvaluationRound:
    """The same, whatever version somebody saw: for scores, which each have their own form."""
    locked = select(EvaluationRound.id).where(EvaluationRound.id == round_id).with_for_update()
    session.scalar(locked)
    return find(session, round_id, actor)


def listed(
    actor: Actor,
    year: int | None = None,
    kind: RoundKind | None = None,
    state: RoundState | None = None,
    text: str = "",
) -> Select[EvaluationRound]:
    """What somebody sees, newest first; indicators and units loaded, no scores.

    :param text: in the name of the round or of who evaluates.
    """
    query = select(EvaluationRound).where(visible_to(actor))
    if year is not None:
        query = query.where(EvaluationRound.year == year)
    if kind is not None:
        query = query.where(EvaluationRound.kind == kind)
    if state is not None:
        query = query.where(EvaluationRound.state == state)
    if text:
        query = query.where(
            EvaluationRound.name.contains(text, autoescape=True)
            | EvaluationRound.evaluator.contains(text, autoescape=True)
        )
    return query.order_by(
        EvaluationRound.year.desc(), EvaluationRound.evaluated_on.desc(), EvaluationRound.id.desc()
    ).options(selectinload(EvaluationRound.participants).joinedload(Participant.unit))


def years(session: Session, actor: Actor) -> list[int]:
    """Years that have a round which somebody sees, newest first."""
    query = select(EvaluationRound.year).where(visible_to(actor)).distinct()
    return list(session.scalars(query.order_by(EvaluationRound.year.desc())))


def previous(session: Session, one: EvaluationRound, actor: Actor) -> EvaluationRound | None:
    """The round of the same kind before this one, by year and number, that has been scored and
    of which this person may know."""
    return _previous(session, one, visible_to(actor))


def previous_circulated(session: Session, one: EvaluationRound) -> EvaluationRound | None:
    """The last one before it of which everybody knows: what a circular compares with."""
    return _previous(session, one, EvaluationRound.state == RoundState.CIRCULATED)


def _previous(
    session: Session, one: EvaluationRound, known: ColumnElement[bool]
) -> EvaluationRound | None:
    earlier = or_(
        EvaluationRound.year < one.year,
        and_(EvaluationRound.year == one.year, EvaluationRound.number < one.number),
    )
    query = select(EvaluationRound).where(
        EvaluationRound.kind == one.kind,
        earlier,
        EvaluationRound.state != RoundState.PREPARING,
        known,
    )
    newest = (EvaluationRound.year.desc(), EvaluationRound.number.desc())
    return session.scalar(query.order_by(*newest).limit(1).options(*_PARTS))


def last_circulated(session: Session, year: int, kind: RoundKind) -> EvaluationRound | None:
    """The last round of a year and kind that was circulated, with all that belongs to it."""
    query = select(EvaluationRound).where(
        EvaluationRound.year == year,
        EvaluationRound.kind == kind,
        EvaluationRound.state == RoundState.CIRCULATED,
    )
    return session.scalar(query.order_by(EvaluationRound.number.desc()).limit(1).options(*_PARTS))


def by_number(session: Session, year: int, kind: RoundKind, number: int) -> EvaluationRound:
    """:raises NotFound: there is none."""
    query = select(EvaluationRound).where(
        EvaluationRound.year == year, EvaluationRound.kind == kind, EvaluationRound.number == number
    )
    found = session.scalar(query.options(*_PARTS).execution_options(populate_existing=True))
    if found is None:
        raise NotFound(
            f"没有 {year} 年第 {number} 次这一类测评：请用 responder evaluations list 查看"
        )
    return found


def next_number(session: Session, year: int, kind: RoundKind) -> int:
    """The number that the next round of a year and kind has."""
    query = select(func.max(EvaluationRound.number)).where(
        EvaluationRound.year == year, EvaluationRound.kind == kind
    )
    return (session.scalar(query) or 0) + 1


def with_indicators(session: Session, but: int) -> list[EvaluationRound]:
    """Rounds whose indicators another may copy, newest first."""
    query = select(EvaluationRound).where(
        EvaluationRound.indicators.any(), EvaluationRound.id != but
    )
    return list(
        session.scalars(
            query.order_by(EvaluationRound.year.desc(), EvaluationRound.id.desc()).limit(20)
        )
    )


def participant_of(one: EvaluationRound, unit_id: int) -> Participant:
    """:raises NotFound: the unit is not in the round."""
    found = next((each for each in one.participants if each.unit_id == unit_id), None)
    if found is None:
        raise NotFound("这个单位不在本轮测评之列：请从本轮页面重新进入")
    return found


def asked_of(session: Session, unit_id: int) -> list[Participant]:
    """What a unit was asked to explain and has not yet."""
    query = select(Participant).where(
        Participant.unit_id == unit_id,
        Participant.asked_at.is_not(None),
        Participant.received_at.is_(None),
    )
    return list(session.scalars(query.options(joinedload(Participant.round))))
