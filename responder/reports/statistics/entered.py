"""Figures whose records are kept elsewhere: entered by the office, with what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.texts import tidy
from responder.core.versions import check_seen
from responder.reports.statistics.counting import Counted, count_all
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.models import EnteredFigure
from responder.reports.statistics.registry import FIGURES
from responder.reports.statistics.spans import Dating, Span

ENTERED_CODE = "entered-"
LARGEST = Decimal(10) ** 11


@dataclass(frozen=True)
class EnteredFacts:
    """What a person writes of a figure of their own."""

    name: str
    measure: str
    value: Decimal
    meaning: str
    basis: str


def figures_of(session: Session, year: int) -> list[EnteredFigure]:
    """The figures entered of a year, in the order in which they were."""
    query = select(EnteredFigure).where(EnteredFigure.year == year).order_by(EnteredFigure.id)
    return list(session.scalars(query))


def all_figures(session: Session, span: Span) -> dict[str, Counted]:
    """Every figure of a year, those of the records first, by code."""
    names = select(EnteredFigure).where(EnteredFigure.year.in_((span.year, span.year - 1)))
    named: dict[str, EnteredFigure] = {}
    for one in session.scalars(names.order_by(EnteredFigure.year.desc(), EnteredFigure.id)):
        named.setdefault(one.name, one)
    return count_all(session, [*FIGURES, *map(as_figure, named.values())], span)


def as_figure(entered: EnteredFigure) -> Figure:
    """The figure of this name, whichever year's."""
    return named_figure(entered.name, entered.measure, entered.meaning)


def named_figure(name: str, measure: str, meaning: str) -> Figure:
    """A figure of the office's own. Its code is made of its name, and stays when a row goes."""

    def rows(_span: Span) -> Select[Any]:
        return rows_of(
            EnteredFigure, title=EnteredFigure.basis, at=EnteredFigure.year,
            amount=EnteredFigure.value,
        ).where(EnteredFigure.name == name)  # fmt: skip

    return Figure(
        code=f"{ENTERED_CODE}{sha256(name.encode()).hexdigest()[:12]}",
        section=Section.ENTERED,
        name=name,
        measure=measure,
        meaning=meaning,
        source="entered_figure",
        rows=rows,
        dating=Dating.YEAR,
        page=("statistics.edit_entered", "entered_id"),
    )


def find_figure(session: Session, code: str) -> Figure | None:
    """The figure of this code, whether of the records or entered, in whichever year."""
    found = next((one for one in FIGURES if one.code == code), None)
    if found is not None or not code.startswith(ENTERED_CODE):
        return found
    newest = select(EnteredFigure).order_by(EnteredFigure.year.desc(), EnteredFigure.id)
    figures = map(as_figure, session.scalars(newest))
    return next((one for one in figures if one.code == code), None)


def find(session: Session, entered_id: int) -> EnteredFigure:
    """:raises NotFound: there is none."""
    entered = session.get(EnteredFigure, entered_id)
    if entered is None:
        raise NotFound("没有这项自填数据：可能已经删除，请返回统计页")
    return entered


def enter(
    session: Session,
    year: int,
    facts: EnteredFacts,
    attempt: Attempt,
    entered: EnteredFigure | None = None,
    seen: int | None = None,
) -> EnteredFigure:
    """Store a figure of the office's own, or change one.

    :param seen: its version as the form was shown.
    :raises Forbidden: whoever asks may not.
    :raises Invalid: something is missing, or the name is another figure's.
    :raises Stale: somebody has changed it since.
    """
    _demand(attempt)
    _check(session, year, facts, entered)
    if entered is None:
        entered = EnteredFigure(year=year)
        session.add(entered)
    else:
        check_seen(entered, seen)
    for name in ("name", "measure", "value", "meaning", "basis"):
        setattr(entered, name, tidy(getattr(facts, name)))
    entered.entered_at, entered.entered_by = attempt.now, attempt.actor.name
    session.flush()
    return entered


def remove(session: Session, entered: EnteredFigure, attempt: Attempt, seen: int | None) -> None:
    """Take a figure back. What a frozen year says of it stays, with the difference.

    :raises Forbidden: whoever asks may not.
    :raises Stale: somebody has changed it since.
    """
    _demand(attempt)
    check_seen(entered, seen)
    session.delete(entered)
    session.flush()


def _demand(attempt: Attempt) -> None:
    if not attempt.may(Permission.STATISTICS_FREEZE):
        raise Forbidden("您没有填报统计数据的权限：请联系政务公开办")


def _check(session: Session, year: int, facts: EnteredFacts, entered: EnteredFigure | None) -> None:
    for name, label in (("name", "名称"), ("measure", "计量单位"), ("meaning", "口径"),
                        ("basis", "依据")):  # fmt: skip
        if not str(getattr(facts, name)).strip():
            raise Invalid(f"请填写{label}", {name: "必填"})
    if any(mark in facts.name for mark in "{}|"):
        raise Invalid("名称里不能有 { } |：请改写", {"name": "有不能用的符号"})
    if abs(facts.value) > LARGEST:
        raise Invalid("数值太大：请核对", {"value": "太大"})
    same = select(EnteredFigure.id).where(
        EnteredFigure.year == year, EnteredFigure.name == facts.name.strip()
    )
    taken = session.scalar(same)
    if facts.name.strip() in {one.name for one in FIGURES} or (
        taken is not None and (entered is None or taken != entered.id)
    ):
        raise Invalid(f"“{facts.name}”已是另一项统计的名称：请换一个名称", {"name": "已被使用"})
