"""A year is closed: its figures stay what they were, and later changes show as differences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import local
from responder.reports.statistics.counting import Counted, count_all, first, plain
from responder.reports.statistics.entered import all_figures, named_figure
from responder.reports.statistics.figure import Figure
from responder.reports.statistics.models import FrozenFigure, FrozenYear
from responder.reports.statistics.registry import FIGURES
from responder.reports.statistics.rules import NAMED, Value, named
from responder.reports.statistics.spans import Span


@dataclass(frozen=True)
class Standing:
    """A figure as the year's summary says it.

    :param said: of a frozen year what was frozen, else what the records say now.
    :param last_year: what was said of the year before: frozen with this one, or in its own year.
    :param frozen: whether it was.
    :param names: titles of its first rows, of a frozen one as they were.
    """

    counted: Counted
    said: Value | None
    last_year: Value | None
    frozen: bool
    names: str = ""

    @property
    def differs(self) -> bool:
        """Whether the records have changed since the year was frozen."""
        return self.frozen and self.said != self.counted.value

    @property
    def difference(self) -> Value | None:
        if not self.differs or self.said is None or self.counted.value is None:
            return None
        return self.counted.value - self.said


def latest(session: Session, year: int) -> FrozenYear | None:
    """What was frozen last of a year."""
    query = select(FrozenYear).where(FrozenYear.year == year)
    return session.scalar(query.order_by(FrozenYear.number.desc()).limit(1))


def standings(session: Session, span: Span) -> dict[str, Standing]:
    """Every figure of a year by its code; of a frozen one also those that are entered no more."""
    counted = all_figures(session, span)
    kept, before = _kept(session, span.year), _kept(session, span.year - 1)
    gone = [one for code, one in kept.items() if code not in counted]
    for figure in gone:
        made = named_figure(figure.name, figure.measure, figure.meaning)
        counted[figure.code] = Counted(made, span.year, None, None)
    return {
        code: _standing(one, kept.get(code), before.get(code), bool(kept))
        for code, one in counted.items()
    }


def standing_of(session: Session, figure: Figure, span: Span) -> Standing:
    """One figure of a year."""
    among = [one for one in FIGURES if one.code == figure.among]
    counted = count_all(session, [figure, *among], span)[figure.code]
    kept, before = (_kept(session, year) for year in (span.year, span.year - 1))
    code = figure.code
    return _standing(counted, kept.get(code), before.get(code), bool(kept))


def _kept(session: Session, year: int) -> dict[str, FrozenFigure]:
    """Code → what was frozen last of a year."""
    frozen = latest(session, year)
    return {one.code: one for one in frozen.figures} if frozen else {}


def _standing(
    counted: Counted, kept: FrozenFigure | None, before: FrozenFigure | None, frozen: bool
) -> Standing:
    """Of a frozen year only what was frozen is said; what came later is a difference."""
    last = counted.last_year if before is None else _plain(before.value)
    if kept is not None:
        return Standing(counted, _plain(kept.value), _plain(kept.last_value), True, kept.names)
    return Standing(counted, None if frozen else counted.value, last, frozen)


def _plain(value: Decimal | None) -> Value | None:
    return None if value is None else plain(value)


def freeze(session: Session, span: Span, attempt: Attempt) -> FrozenYear:
    """Close a year.

    :raises Forbidden: whoever asks may not.
    :raises Invalid: the year is not over, or it is frozen and no reason is given.
    """
    if not attempt.may(Permission.STATISTICS_FREEZE):
        raise Forbidden("您没有冻结年度数据的权限：请联系政务公开办")
    if local(attempt.now, span.zone).date() < date(span.year, 12, 1):
        raise Invalid(f"{span.year} 年还没有结束，12 月起才能冻结：请届时再办")
    before = latest(session, span.year)
    if before is not None and not attempt.note.strip():
        raise Invalid("这一年已经冻结，再次冻结须写明理由", {"note": "必填"})
    frozen = FrozenYear(
        year=span.year,
        number=before.number + 1 if before else 1,
        frozen_at=attempt.now,
        by_id=attempt.actor.id,
        by_name=attempt.actor.name,
        reason=attempt.note.strip(),
        figures=[_frozen(session, one, span) for one in standings(session, span).values()],
    )
    session.add(frozen)
    audit.record(session, "freeze", frozen, {"year": span.year}, attempt.note, attempt.actor)
    return frozen


def _frozen(session: Session, standing: Standing, span: Span) -> FrozenFigure:
    counted = standing.counted
    figure, last = counted.figure, standing.last_year
    return FrozenFigure(
        code=figure.code,
        name=figure.name,
        measure=figure.measure,
        meaning=figure.meaning,
        value=None if counted.value is None else Decimal(counted.value),
        last_value=None if last is None else Decimal(last),
        names=titles_of(session, figure, span),
    )


def titles_of(session: Session, figure: Figure, span: Span) -> str:
    """The titles of a figure's first rows in one sentence; empty where they are not for all."""
    if not figure.is_named_openly:
        return ""
    rows = session.execute(first(figure, span, NAMED + 1)).all()
    return named([row.title for row in rows])
