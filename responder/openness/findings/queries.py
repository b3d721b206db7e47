"""Questions on findings: who sees which, what stands on which list, who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.accounts.models import Unit
from responder.core.errors import NotFound
from responder.core.permissions import Actor
from responder.core.versions import check_seen
from responder.openness.access import demand_sight, own_rows
from responder.openness.findings.lifecycle import OPEN_STATES
from responder.openness.findings.models import (
    Finding,
    FindingEvidence,
    FindingFile,
    FindingSource,
    FindingState,
)
from responder.openness.findings.rules import ThreeLists

_S = FindingState


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for.

    :param overdue_on: only those that are late on this day.
    """

    year: int | None
    which: ThreeLists = ThreeLists.PROBLEMS
    unit_id: int | None = None
    source: FindingSource | None = None
    state: FindingState | None = None
    text: str = ""
    overdue_on: date | None = None


def stands_on(which: ThreeLists) -> ColumnElement[bool]:
    """Whether a finding is on a list; what was withdrawn is on none but when asked for."""
    if which is ThreeLists.CLOSINGS:
        return Finding.state == _S.CLOSED
    if which is ThreeLists.DUTIES:
        return and_(Finding.assigned_on.is_not(None), Finding.state != _S.WITHDRAWN)
    return Finding.state != _S.WITHDRAWN


def is_overdue(day: date) -> ColumnElement[bool]:
    """As :meth:`Finding.is_overdue`."""
    return and_(Finding.state.in_(OPEN_STATES), Finding.deadline < day)


def listed(actor: Actor, wanted: Wanted) -> Select[Finding]:
    """What somebody sees of a list, in the order in which it was listed."""
    query = select(Finding).where(*_conditions(actor, wanted)).options(joinedload(Finding.unit))
    if wanted.overdue_on is not None:
        return query.order_by(Finding.deadline, Finding.id)
    return query.order_by(Finding.year, Finding.id)


def with_rounds(query: Select[Finding]) -> Select[Finding]:
    """The same with all that happened, for a table or a page."""
    return query.options(
        selectinload(Finding.evidence).selectinload(FindingEvidence.files),
        selectinload(Finding.verdicts),
        selectinload(Finding.extensions),
    )


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_own(actor)]
    if wanted.state is _S.WITHDRAWN:
        found.append(Finding.state == _S.WITHDRAWN)
    else:
        found.append(stands_on(wanted.which))
        if wanted.state is not None:
            found.append(Finding.state == wanted.state)
    if wanted.year is not None:
        found.append(Finding.year == wanted.year)
    if wanted.unit_id is not None:
        found.append(Finding.unit_id == wanted.unit_id)
    if wanted.source is not None:
        found.append(Finding.source == wanted.source)
    if wanted.text:
        found.append(
            Finding.problem.contains(wanted.text, autoescape=True)
            | Finding.inspection.contains(wanted.text, autoescape=True)
        )
    if wanted.overdue_on is not None:
        found.append(is_overdue(wanted.overdue_on))
    return found


def list_counts(session: Session, actor: Actor, wanted: Wanted, day: date) -> dict[ThreeLists, int]:
    """How many each of the lists would show under the other conditions."""
    counted = {
        which: select(func.count())
        .select_from(Finding)
        .where(*_conditions(actor, replace(wanted, which=which)))
        .scalar_subquery()
        for which in ThreeLists
    }
    row = session.execute(select(*counted.values())).one()
    return dict(zip(counted, row, strict=True))


def counts(session: Session, actor: Actor, year: int, day: date) -> dict[str, int]:
    """How many of a year stand on each list, how many are late, how many were withdrawn."""
    wanted = {
        **{which.value: stands_on(which) for which in ThreeLists},
        "overdue": is_overdue(day),
        "withdrawn": Finding.state == _S.WITHDRAWN,
        "waiting": Finding.state == _S.RECTIFIED,
    }
    counted = [func.count().filter(condition).label(name) for name, condition in wanted.items()]
    row = session.execute(select(*counted).where(_own(actor), Finding.year == year)).one()
    return dict(row._mapping)


@dataclass(frozen=True)
class Standing:
    """How one unit stands with the findings of a year."""

    unit: Unit
    listed: int
    open: int
    waiting: int
    closed: int
    overdue: int


def by_unit(session: Session, actor: Actor, year: int, day: date) -> list[Standing]:
    """Each unit that has findings, those with the most late ones first."""
    query = (
        select(
            Unit,
            func.count().label("listed"),
            func.count().filter(Finding.state.in_(OPEN_STATES)).label("open"),
            func.count().filter(Finding.state == _S.RECTIFIED).label("waiting"),
            func.count().filter(Finding.state == _S.CLOSED).label("closed"),
            func.count().filter(is_overdue(day)).label("overdue"),
        )
        .join(Finding, Finding.unit_id == Unit.id)
        .where(_own(actor), Finding.year == year, Finding.state != _S.WITHDRAWN)
        .group_by(Unit.id)
    )
    rows = [Standing(*row) for row in session.execute(query)]
    return sorted(rows, key=lambda one: (-one.overdue, -one.open, one.unit.code))


def find(session: Session, finding_id: int, actor: Actor) -> Finding:
    """:raises NotFound: no such finding.
    :raises Forbidden: it is another unit's.
    """
    query = with_rounds(select(Finding).where(Finding.id == finding_id))
    finding = session.scalar(query.options(joinedload(Finding.unit)))
    if finding is None:
        raise NotFound("没有这个问题：请从三张清单重新进入")
    demand_sight(actor, finding.unit_id)
    return finding


def find_to_change(session: Session, finding_id: int, actor: Actor, version: int | None) -> Finding:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound, Forbidden: as :func:`find`.
    :raises Stale: it has changed since.
    """
    find(session, finding_id, actor)
    query = with_rounds(select(Finding).where(Finding.id == finding_id))
    held = session.scalars(
        query.with_for_update(of=Finding).execution_options(populate_existing=True)
    ).one()
    check_seen(held, version)
    return held


def find_file(session: Session, file_id: int, actor: Actor) -> FindingFile:
    """:raises NotFound: no such file.
    :raises Forbidden: of a finding of another unit.
    """
    query = select(FindingFile).where(FindingFile.id == file_id)
    file = session.scalar(
        query.options(joinedload(FindingFile.evidence).joinedload(FindingEvidence.finding))
    )
    if file is None:
        raise NotFound("没有这个文件：请刷新问题页面")
    demand_sight(actor, file.evidence.finding.unit_id)
    return file


def years(session: Session, actor: Actor) -> list[int]:
    """The years that have findings."""
    query = select(Finding.year).where(_own(actor)).distinct().order_by(Finding.year)
    return list(session.scalars(query))


def categories(session: Session) -> Sequence[str]:
    """The categories in use, to choose from."""
    query = select(Finding.category).where(Finding.category != "").distinct()
    return session.scalars(query.order_by(Finding.category).limit(100)).all()


def _own(actor: Actor) -> ColumnElement[bool]:
    return own_rows(actor, Finding.unit_id == actor.unit_id)
