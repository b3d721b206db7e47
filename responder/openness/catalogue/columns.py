"""Columns of the catalogue: added, changed, retired, each with its line of adjustments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.texts import clean
from responder.core.versions import check_seen
from responder.openness.catalogue import rules
from responder.openness.catalogue.models import (
    AdjustmentKind,
    CatalogueColumn,
    CheckKind,
    ColumnAdjustment,
    KeyArea,
    Publication,
)
from responder.openness.catalogue.rules import CADENCE_LABELS, MOST_LEVELS, Cadence
from responder.openness.years import EARLIEST, LATEST

# Field → what the adjustments call it; a change of any of them leaves a line.
FIELD_LABELS = {
    "name": "栏目名称", "parent": "上级栏目", "unit": "责任单位", "valid_from": "启用日期",
    "cadence": "更新周期", "check_kind": "网站检查类别", "key_area": "重点领域",
}  # fmt: skip


@dataclass(frozen=True)
class ColumnFacts:
    """A column as somebody enters it."""

    code: str
    name: str
    unit: Unit
    valid_from: date
    parent: CatalogueColumn | None = None
    valid_to: date | None = None
    cadence: Cadence = Cadence.IRREGULAR
    check_kind: CheckKind | None = None
    key_area: KeyArea | None = None


def add(session: Session, facts: ColumnFacts, reason: str, attempt: Attempt) -> CatalogueColumn:
    """Put a new column into the catalogue, from its first day on.

    :raises Forbidden: the person does not keep the catalogue.
    :raises Invalid: a fact is missing or impossible, or the code is taken.
    """
    _demand_office(attempt)
    code = " ".join(clean(facts.code).split())
    if not code or len(code) > 32:
        raise Invalid("请填写栏目代码，最多 32 字，例如 A01-02", {"code": "必填"})
    if session.scalar(select(CatalogueColumn.id).where(CatalogueColumn.code == code)):
        raise Invalid(f"代码 {code} 已有栏目使用：请换一个", {"code": "已有"})
    with session.no_autoflush:
        _check(session, None, facts)
        column = CatalogueColumn(code=code)
        _put(column, facts)
        session.add(column)
    session.flush()
    _tell(session, column, AdjustmentKind.ADDED, facts.valid_from, {}, reason, attempt)
    if facts.valid_to is not None:
        _tell(session, column, AdjustmentKind.RETIRED, facts.valid_to, {}, reason, attempt)
    return column


def change(
    session: Session,
    column: CatalogueColumn,
    facts: ColumnFacts,
    on: date,
    reason: str,
    attempt: Attempt,
) -> None:
    """Change a column, retire or restore it; what it was stays in the adjustments.

    :param on: the day from which the change holds. A column is retired on its own last day.
    :raises Forbidden: the person does not keep the catalogue.
    :raises Invalid: as :func:`add`; or things stand in it that were published after its last day.
    """
    _demand_office(attempt)
    if not EARLIEST <= on.year <= LATEST:
        raise Invalid("调整日期的年份不对：请改正", {"on": "年份不对"})
    _check(session, column, facts)
    before, last_day = _words(column), column.valid_to
    with session.no_autoflush:
        _put(column, facts)
    after = _words(column)
    session.flush()
    changes = {
        FIELD_LABELS[name]: [before[name], after[name]]
        for name in FIELD_LABELS
        if before[name] != after[name]
    }
    if changes:
        _tell(session, column, AdjustmentKind.CHANGED, on, changes, reason, attempt)
    if facts.valid_to != last_day:
        kind = AdjustmentKind.RESTORED if facts.valid_to is None else AdjustmentKind.RETIRED
        _tell(session, column, kind, facts.valid_to or on, {}, reason, attempt)


def find(session: Session, column_id: int) -> CatalogueColumn:
    """:raises NotFound: no such column."""
    query = select(CatalogueColumn).where(CatalogueColumn.id == column_id)
    found = session.scalar(
        query.options(
            joinedload(CatalogueColumn.unit), joinedload(CatalogueColumn.check_kind),
            joinedload(CatalogueColumn.key_area), joinedload(CatalogueColumn.parent),
            joinedload(CatalogueColumn.feed),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound("没有这个栏目：请从公开目录重新进入")
    return found


def find_to_change(session: Session, column_id: int, version: int | None) -> CatalogueColumn:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound: as :func:`find`.
    :raises Stale: it has changed since.
    """
    find(session, column_id)
    query = select(CatalogueColumn).where(CatalogueColumn.id == column_id)
    held = session.scalars(
        query.with_for_update(of=CatalogueColumn).execution_options(populate_existing=True)
    ).one()
    check_seen(held, version)
    return held


def _demand_office(attempt: Attempt) -> None:
    if not attempt.actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("目录由政务公开办维护：请联系他们调整")


def _check(session: Session, column: CatalogueColumn | None, facts: ColumnFacts) -> None:
    name = " ".join(clean(facts.name).split())
    if not name or len(name) > 100:
        raise Invalid("请填写栏目名称，最多 100 字", {"name": "必填"})
    if not EARLIEST <= facts.valid_from.year <= LATEST:
        raise Invalid("启用日期的年份不对：请改正", {"valid_from": "年份不对"})
    if facts.valid_to is not None:
        if facts.valid_to < facts.valid_from:
            raise Invalid("停用日期早于启用日期：请改正", {"valid_to": "早于启用日期"})
        _check_nothing_after(session, column, facts.valid_to)
    _check_twin(session, column, name, facts.parent)
    _check_depth(session, column, facts.parent)


def _check_nothing_after(session: Session, column: CatalogueColumn | None, last_day: date) -> None:
    if column is None:
        return
    query = select(func.count()).select_from(Publication)
    later = session.scalar(
        query.where(Publication.column_id == column.id, Publication.published_on > last_day)
    )
    if later:
        raise Invalid(
            f"{last_day} 之后栏目里还有 {later} 条信息：请改晚停用日期，或先把这些信息改到别的栏目",
            {"valid_to": "之后还有信息"},
        )


def _check_twin(
    session: Session, column: CatalogueColumn | None, name: str, parent: CatalogueColumn | None
) -> None:
    """Two columns of one name beside each other could not be told apart in a table."""
    query = select(CatalogueColumn).where(
        CatalogueColumn.name == name,
        CatalogueColumn.parent_id.is_(None)
        if parent is None
        else CatalogueColumn.parent_id == parent.id,
    )
    if any(one is not column for one in session.scalars(query)):
        raise Invalid(f"同一级已有栏目“{name}”：请改名", {"name": "已有"})


def _check_depth(
    session: Session, column: CatalogueColumn | None, parent: CatalogueColumn | None
) -> None:
    if parent is None:
        return
    rows = session.execute(select(CatalogueColumn.id, CatalogueColumn.parent_id))
    parents: dict[int, int | None] = dict(rows.all())
    parents[column.id if column else 0] = parent.id
    if rules.deepest(parents) > MOST_LEVELS:
        raise Invalid(
            f"目录最多 {MOST_LEVELS} 级，上级栏目也不能是自己或自己的下级：请另选上级栏目",
            {"parent_id": "层级不对"},
        )


def _put(column: CatalogueColumn, facts: ColumnFacts) -> None:
    column.name = " ".join(clean(facts.name).split())
    column.parent, column.unit = facts.parent, facts.unit
    column.parent_id = facts.parent.id if facts.parent else None
    column.unit_id = facts.unit.id
    column.valid_from, column.valid_to = facts.valid_from, facts.valid_to
    column.cadence = facts.cadence
    column.check_kind, column.key_area = facts.check_kind, facts.key_area
    column.check_kind_id = facts.check_kind.id if facts.check_kind else None
    column.key_area_id = facts.key_area.id if facts.key_area else None


def _words(column: CatalogueColumn) -> dict[str, str]:
    """What the adjustments say of a column."""
    return {
        "name": column.name,
        "parent": column.parent.name if column.parent else "（一级栏目）",
        "unit": column.unit.name,
        "valid_from": column.valid_from.isoformat(),
        "cadence": CADENCE_LABELS[column.cadence],
        "check_kind": column.check_kind.name if column.check_kind else "不检查",
        "key_area": column.key_area.name if column.key_area else "不是重点领域",
    }


def _tell(
    session: Session,
    column: CatalogueColumn,
    kind: AdjustmentKind,
    on: date,
    changes: dict[str, Any],
    reason: str,
    attempt: Attempt,
) -> None:
    session.add(
        ColumnAdjustment(
            column_id=column.id, kind=kind, on=on, name=column.name, changes=changes,
            reason=" ".join(clean(reason).split())[:300], at=attempt.now,
            by_id=attempt.actor.id, by_name=attempt.actor.name,
        )
    )  # fmt: skip
    session.flush()
