"""Schemes of assessment, made by the product's own services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor
from responder.core.times import SHANGHAI
from responder.openness.assessment import deciding, queries, schemes, steps
from responder.openness.assessment.computing import Sheet, compute
from responder.openness.assessment.models import AssessmentScheme, SchemeState
from responder.openness.assessment.schemes import SchemeFacts, TypedCriterion
from tests.factories import NOW

YEAR = 2026


def d(text: str) -> Decimal:
    return Decimal(text)


def attempt(note: str = "", actor: Actor = CONSOLE) -> Attempt:
    return Attempt(actor, NOW, note)


def row(name: str, points: str, **changed: Any) -> TypedCriterion:
    known: dict[str, Any] = {
        "id": 0, "group": "信息公开", "name": name, "points": points, "deduction": False,
        "measure": "", "scoring": "hand", "target": "", "each": "", "idle_full": False,
    }  # fmt: skip
    return TypedCriterion(**{**known, **changed})


EVENTS = row("新闻发布", "2", measure="press_events_held", scoring="target", target="2")
BY_HAND = row("日常管理", "1")
TAKEN = row("通报批评", "1", deduction=True)


def facts(**changed: Any) -> SchemeFacts:
    known: dict[str, Any] = {
        "name": "2026年度政务公开考核方案", "total": d("3"), "share": d("5"), "allowance": d("1"),
        "source": "本市自定", "all_units": True, "units": (),
    }  # fmt: skip
    return SchemeFacts(**{**known, **changed})


def draft(*rows: TypedCriterion, year: int = YEAR, **changed: Any) -> AssessmentScheme:
    """A draft with these criteria; without any, two of 3 points and a deduction."""
    with transaction(CONSOLE, NOW) as session:
        made = schemes.create(session, year, None, attempt())
        schemes.edit(session, made, facts(**changed), attempt())
        schemes.save_criteria(session, made, rows or (EVENTS, BY_HAND, TAKEN), attempt())
    return again(made)


def again(scheme: AssessmentScheme) -> AssessmentScheme:
    return queries.find(db.session, scheme.id, CONSOLE)


def take(scheme: AssessmentScheme, action: str, note: str = "", actor: Actor = CONSOLE) -> None:
    with transaction(actor, NOW) as session:
        held = queries.hold(session, scheme.id, actor)
        steps.advance(session, held, action, attempt(note, actor), SHANGHAI)


def in_force(*rows: TypedCriterion, **changed: Any) -> AssessmentScheme:
    made = draft(*rows, **changed)
    take(made, "enact")
    return again(made)


def sheet(scheme: AssessmentScheme) -> Sheet:
    db.session.expire_all()
    return compute(db.session, again(scheme), SHANGHAI)


def rate(
    scheme: AssessmentScheme, unit: Unit, points: str, place: int = 1, note: str = "检查记录",
    seen: int | None = None,
) -> None:  # fmt: skip
    with transaction(CONSOLE, NOW) as session:
        held = queries.hold(session, scheme.id, CONSOLE)
        deciding.rate(session, held.criteria[place], unit, d(points), attempt(note), seen)


def adjust(
    scheme: AssessmentScheme, unit: Unit, points: str, place: int = 0, note: str = "另有佐证"
) -> int:
    with transaction(CONSOLE, NOW) as session:
        held = queries.hold(session, scheme.id, CONSOLE)
        found = compute(session, held, SHANGHAI).row(unit.id)
        assert found is not None
        cell = found.cell(held.criteria[place].id)
        seen = len(cell.adjustments)
        return deciding.adjust(session, held, cell, unit, d(points), attempt(note), seen).id


def rated(scheme: AssessmentScheme, *units: Unit) -> None:
    """Everything that people owe these units."""
    for unit in units:
        rate(scheme, unit, "1", 1)
        rate(scheme, unit, "0", 2)


STATES = tuple(SchemeState)


def brought_to(state: SchemeState, *units: Unit) -> AssessmentScheme:
    made = draft(all_units=False, units=units)
    if state is not SchemeState.DRAFT:
        take(made, "enact")
    if state is SchemeState.SETTLED:
        rated(made, *units)
        take(made, "settle")
    return again(made)
