"""Tables three and four of the statutory yearly report, filled from the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Invalid
from responder.openness.applications import outcomes as outcome_rows
from responder.openness.applications.models import (
    Application,
    Outcome,
)
from responder.openness.applications.proceeding_models import (
    PROCEEDING_LABELS,
    RESULT_LABELS,
    Proceeding,
    ProceedingKind,
    ProceedingResult,
)
from responder.openness.applications.queries import Part, is_counted, of_part
from responder.openness.applications.rules import (
    ApplicantKind,
    Balance,
    TableRow,
    ordinal,
    summed,
    with_total,
)

KINDS = tuple(ApplicantKind)
PENDING, TOTAL = "pending", "total"
PENDING_LABEL = "尚未审结"
RESULTS = (*(result.value for result in ProceedingResult), PENDING)
RESULT_HEADINGS = {
    **{one.value: label for one, label in RESULT_LABELS.items()},
    PENDING: PENDING_LABEL,
}

_NEW = "一、本年新收政府信息公开申请数量"
_IN = "二、上年结转政府信息公开申请数量"
_DONE = "三、本年度办理结果"
_ON = "四、结转下年度继续办理"


@dataclass(frozen=True)
class ApplicationTable:
    """Table three: its rows, and for each column whether it balances.

    :param balances: by column, the total last.
    :param strays: applications that a row of the table cannot hold, with the reason.
    """

    year: int
    rows: tuple[TableRow, ...]
    balances: tuple[Balance, ...]
    strays: tuple[tuple[Application, str], ...]

    @property
    def holds(self) -> bool:
        return not self.strays and all(balance.holds for balance in self.balances)

    def row(self, code: str) -> TableRow:
        return next(one for one in self.rows if one.code == code)


def application_table(session: Session, year: int) -> ApplicationTable:
    """Table three of a year: 收到和处理政府信息公开申请情况."""
    by_part = {part: _by_kind(session, part, year) for part in Part}
    results = _result_rows(session, year)
    whole = summed([row.counts for row in results if row.depth == 1], len(KINDS) + 1)
    rows = (
        TableRow(Part.NEW, _NEW, 0, with_total(by_part[Part.NEW], KINDS)),
        TableRow(Part.CARRIED_IN, _IN, 0, with_total(by_part[Part.CARRIED_IN], KINDS)),
        TableRow(Part.HANDLED, _DONE, 0, whole, heading=True),
        *results,
        TableRow(TOTAL, f"{ordinal(_groups(results) + 1)}总计", 1, whole),
        TableRow(Part.CARRIED_ON, _ON, 0, with_total(by_part[Part.CARRIED_ON], KINDS)),
    )
    columns = zip(rows[0].counts, rows[1].counts, whole, rows[-1].counts, strict=True)
    balances = tuple(Balance(*column) for column in columns)
    return ApplicationTable(year, rows, balances, tuple(_strays(session, year)))


def _groups(results: Iterable[TableRow]) -> int:
    return sum(row.depth == 1 for row in results)


def _by_kind(session: Session, part: Part, year: int) -> Mapping[str, int]:
    query = (
        select(Application.applicant_kind, func.count().label("number"))
        .where(of_part(part, year))
        .group_by(Application.applicant_kind)
    )
    return {row.applicant_kind: row.number for row in session.execute(query)}


def _result_rows(session: Session, year: int) -> list[TableRow]:
    """Item three, row by row as the office's list of outcomes has them."""
    counted = _by_outcome(session, year)
    listed = outcome_rows.all_outcomes(session)
    below: defaultdict[int | None, list[Outcome]] = defaultdict(list)
    for outcome in listed:
        below[outcome.parent_id].append(outcome)
    rows: list[TableRow] = []
    for number, group in enumerate(below[None], 1):
        own = with_total(counted[group.id], KINDS)
        inner = [
            _result_row(one, f"{place}. {one.label}", 2, with_total(counted[one.id], KINDS))
            for place, one in enumerate(below[group.id], 1)
        ]
        counts = summed([own, *(row.counts for row in inner)], len(KINDS) + 1)
        label = f"{ordinal(number)}{group.label}"
        rows += [_result_row(group, label, 1, counts, heading=bool(inner)), *inner]
    return rows


def _result_row(
    outcome: Outcome, label: str, depth: int, counts: tuple[int, ...], heading: bool = False
) -> TableRow:
    return TableRow(outcome.code, label, depth, counts, outcome.remark, heading)


def _by_outcome(session: Session, year: int) -> defaultdict[int | None, dict[str, int]]:
    query = (
        select(Application.outcome_id, Application.applicant_kind, func.count())
        .where(of_part(Part.HANDLED, year), Application.outcome_id.is_not(None))
        .group_by(Application.outcome_id, Application.applicant_kind)
    )
    found: defaultdict[int | None, dict[str, int]] = defaultdict(dict)
    for outcome_id, kind, count in session.execute(query):
        found[outcome_id][kind] = count
    return found


def _strays(session: Session, year: int) -> list[tuple[Application, str]]:
    """What keeps the table from balancing: records that say two things at once."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    touched = or_(
        Application.closed_on.between(first, last), Application.received_on.between(first, last)
    )
    no_outcome = and_(Application.closed_on.is_not(None), Application.outcome_id.is_(None))
    backwards = Application.closed_on < Application.received_on
    query = select(Application).where(is_counted(), touched, or_(no_outcome, backwards))
    return [
        (one, "办结却没有办理结果" if one.outcome_id is None else "办结日期早于收到日期")
        for one in session.scalars(query.order_by(Application.id))
    ]


@dataclass(frozen=True)
class ProceedingTable:
    """Table four: for each kind the counts of :data:`RESULTS` and their sum."""

    year: int
    rows: tuple[TableRow, ...]

    def row(self, kind: ProceedingKind) -> TableRow:
        return next(one for one in self.rows if one.code == kind)


def of_year(year: int) -> ColumnElement[bool]:
    """Proceedings that a year's table counts: concluded in it, or pending at its end."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return or_(Proceeding.concluded_on.between(first, last), is_pending(year))


def is_pending(year: int) -> ColumnElement[bool]:
    """Begun by the end of a year and not concluded by then (尚未审结)."""
    last = date(year, 12, 31)
    done = Proceeding.concluded_on
    return and_(Proceeding.begun_on <= last, or_(done.is_(None), done > last))


def with_result(result: str, year: int) -> ColumnElement[bool]:
    """Proceedings of one cell's column.

    :raises Invalid: no such column.
    """
    if result == PENDING:
        return is_pending(year)
    if result not in RESULTS:
        raise Invalid("没有这一列：请从表四点数字进入")
    first, last = date(year, 1, 1), date(year, 12, 31)
    return and_(
        Proceeding.result == ProceedingResult(result), Proceeding.concluded_on.between(first, last)
    )


def years_of_proceedings(session: Session) -> list[int]:
    """From the first that was begun to the last that was begun or concluded."""
    last_day = func.max(func.coalesce(Proceeding.concluded_on, Proceeding.begun_on))
    first, last = session.execute(select(func.min(Proceeding.begun_on), last_day)).one()
    return list(range(first.year, last.year + 1)) if first and last else []


def proceeding_table(session: Session, year: int) -> ProceedingTable:
    """Table four of a year: 政府信息公开行政复议、行政诉讼情况."""
    counted: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for result in RESULTS:
        query = (
            select(Proceeding.kind, func.count())
            .where(with_result(result, year))
            .group_by(Proceeding.kind)
        )
        for kind, count in session.execute(query):
            counted[kind][result] = count
    return ProceedingTable(
        year,
        tuple(
            TableRow(kind, label, 0, with_total(counted[kind], RESULTS))
            for kind, label in PROCEEDING_LABELS.items()
        ),
    )


def ended(result: str) -> ColumnElement[bool]:
    """The same in whichever year, as things are now."""
    if result == PENDING:
        return Proceeding.concluded_on.is_(None)
    return Proceeding.result == ProceedingResult(result)


def proceedings(
    year: int | None = None, kind: ProceedingKind | None = None, result: str = "", text: str = ""
) -> Select[Proceeding]:
    """The register of proceedings, newest first.

    :param text: in the name of who decides, or in the number of the case.
    """
    query = select(Proceeding).options(joinedload(Proceeding.application))
    if year is not None:
        query = query.where(with_result(result, year) if result else of_year(year))
    elif result:
        query = query.where(ended(result))
    if text:
        query = query.where(
            Proceeding.body.contains(text, autoescape=True)
            | Proceeding.case_number.contains(text, autoescape=True)
        )
    if kind is not None:
        query = query.where(Proceeding.kind == kind)
    return query.order_by(Proceeding.begun_on.desc(), Proceeding.id.desc())
