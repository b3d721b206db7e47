"""Evaluation rounds, made by the product's own services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from responder.accounts.models import Unit, User
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Role
from responder.openness.evaluations import entering, queries, scoring, steps
from responder.openness.evaluations.entering import RoundFacts, TypedIndicator
from responder.openness.evaluations.models import EvaluationRound, RoundKind, RoundState
from responder.openness.evaluations.rules import Mark
from responder.openness.evaluations.scoring import UnitMarks
from tests.factories import NOW, People, unit

INDICATORS = (("公开平台", "主动公开", "60", "60"), ("公开平台", "政策解读", "40", "40"))
TODAY = NOW.date()


def d(text: str) -> Decimal:
    return Decimal(text)


def units() -> list[Unit]:
    return [
        unit("A", "市发展和改革委员会"),
        unit("B", "市教育局"),
        unit("C", "市民政局"),
        unit("D", "市司法局"),
    ]


def facts(**changed: Any) -> RoundFacts:
    known: dict[str, Any] = {
        "year": 2026, "kind": RoundKind.THIRD_PARTY, "number": None, "name": "",
        "evaluator": "某某评估中心", "evaluated_on": date(2026, 6, 20), "bottom": 1,
        "explain_by": date(2026, 12, 20),
    }  # fmt: skip
    return RoundFacts(**{**known, **changed})


def attempt(actor: Actor = CONSOLE, note: str = "") -> Attempt:
    return Attempt(actor, NOW, note)


def a_round(
    indicators: tuple[tuple[str, str, str, str], ...] = INDICATORS, **changed: Any
) -> EvaluationRound:
    with transaction(CONSOLE, NOW) as session:
        one = entering.add_round(session, facts(**changed), attempt())
        rows = [TypedIndicator(0, *each) for each in indicators]
        entering.save_indicators(session, one, rows, attempt())
    return again(one)


def again(one: EvaluationRound) -> EvaluationRound:
    """The round as it is stored."""
    return queries.find(db.session, one.id, CONSOLE)


def scored(one: EvaluationRound, scores: Mapping[str, tuple[str, ...]], group: str = "") -> None:
    """Enter scores: unit code → a score for each indicator (or the total), ``-`` for 不适用."""
    known = {each.code: each.id for each in units()}
    with transaction(CONSOLE, NOW) as session:
        held = queries.hold(session, one.id, CONSOLE)
        for code, said in scores.items():
            marks: dict[int, Mark] = {
                indicator.id: None if text == "-" else d(text)
                for indicator, text in zip(held.indicators, said, strict=False)
            }
            given = None if held.indicators else d(said[0])
            entered = session.get_one(Unit, known[code])
            scoring.put_unit(session, held, entered, UnitMarks(group, marks, given), attempt())


def take(one: EvaluationRound, action: str, note: str = "", actor: Actor = CONSOLE) -> None:
    with transaction(actor, NOW) as session:
        held = queries.hold(session, one.id, actor)
        steps.advance(session, held, action, attempt(actor, note), TODAY)


FOUR = {"A": ("54", "36"), "B": ("60", "30"), "C": ("48", "40"), "D": ("30", "20")}


def brought_to(
    state: RoundState, scores: Mapping[str, tuple[str, ...]] = FOUR, **changed: Any
) -> EvaluationRound:
    """A round in a state, with four units: 90, 90, 88 and 50 points."""
    one = a_round(**changed)
    scored(one, scores)
    for action in ("score", "circulate")[: list(RoundState).index(state)]:
        take(one, action)
    return again(one)


def liaison_of(code: str) -> User:
    """A liaison who works for a unit."""
    user = People().holding(Role.LIAISON, f"liaison-{code}")
    home = next(each for each in units() if each.code == code)
    with transaction(CONSOLE) as session:
        session.merge(user).unit_id = home.id
    return user


def score_file(folder: Path, *rows: list[Any], headings: list[str] | None = None) -> Path:
    path = folder / "得分.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        names = headings or ["单位", "分组", "主动公开", "政策解读"]
        for number, row in enumerate([["2026年测评得分"], names, *rows]):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell)
    return path
