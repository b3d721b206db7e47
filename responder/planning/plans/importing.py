"""A plan workbook comes in: what is new is stored, what is known is counted, the rest refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import Actor, Permission
from responder.intake.files import open_table
from responder.intake.imports.error_workbook import ErrorWorkbook
from responder.intake.imports.rows import Refusal
from responder.planning.models import ReleasePlan
from responder.planning.plans.collecting import Key, key_of, proposer
from responder.planning.plans.plan_rows import PlanSheet, ReadRow, RowReader, find_sheet
from responder.planning.plans.service import (
    check_open,
    find_plan,
    get_or_create_plan,
    insert_entry,
    lock_plan,
)

MOST_MEGABYTES = 10
MOST_ROWS = 5_000


@dataclass
class PlanImport:
    """What became of a file's rows.

    :param created: rows stored; of a trial, rows that would be.
    :param duplicates: rows that the plan, or the file above them, has already.
    :param notes: (row number, sentence) of what a person should look at.
    """

    headings: tuple[str, ...]
    rows: int = 0
    created: int = 0
    duplicates: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)

    def column_of(self, refusal: Refusal) -> str:
        """The heading of the cell at fault; empty when its column is missing."""
        return "" if refusal.column is None else self.headings[refusal.column]


def import_plan(
    session: Session,
    path: Path,
    year: int,
    actor: Actor,
    unit: Unit | None = None,
    trial: bool = False,
) -> PlanImport:
    """Read a plan workbook (.xlsx, .xls, CSV) into the draft of a year.

    The same file again adds nothing: a row of the same unit, theme, form and time is known.
    Rows of the office are listed, those of a unit wait for its decision.

    :param unit: whose rows these are, where the file does not say; others are refused.
    :param trial: read and count, store nothing.
    :raises Invalid: the file cannot be read as a plan.
    :raises Forbidden: somebody of a unit sends in rows of another, or nobody's.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    own = _own_unit(session, actor, unit)
    plan = find_plan(session, year) if trial else get_or_create_plan(session, year)
    if plan is not None:
        if not trial:
            lock_plan(session, plan)
        check_open(plan)
    table = open_table(path, MOST_MEGABYTES)
    sheet = find_sheet(table, path, needs_unit=own is None)
    units = list(session.scalars(select(Unit).order_by(Unit.code)))
    found, read = _read_all(sheet, RowReader(sheet, year, units, own), path)
    known = {key_of(entry) for entry in plan.entries} if plan else set()
    for one in read:
        _take(session, None if trial else plan, one, known, found, actor)
    if plan is not None and not trial:
        counts = {"rows": found.rows, "created": found.created, "errors": len(found.refusals)}
        audit.record(session, "import", plan, {"file_name": path.name, **counts})
    return found


def _own_unit(session: Session, actor: Actor, unit: Unit | None) -> Unit | None:
    """The unit that all rows must belong to; None where the file says it."""
    if actor.may(Permission.PLAN_EDIT):
        return unit
    if not actor.may(Permission.PLAN_PROPOSE) or actor.unit_id is None:
        raise Forbidden("您还没有所属单位，不能报送：请系统管理员在“人员”页登记您的单位")
    if unit is not None and unit.id != actor.unit_id:
        raise Forbidden("只能报送本单位的条目：请把发布单位改为本单位")
    return session.get_one(Unit, actor.unit_id)


def _read_all(sheet: PlanSheet, reader: RowReader, path: Path) -> tuple[PlanImport, list[ReadRow]]:
    found, read = PlanImport(sheet.headings), []
    for row in sheet.rows:
        result = reader.read(row)
        if result is None:
            continue
        found.rows += 1
        if found.rows > MOST_ROWS:
            raise Invalid(f"{path.name} 超过 {MOST_ROWS} 行：请确认是发布计划，或拆成几个文件")
        if isinstance(result, Refusal):
            found.refusals.append(result)
        else:
            read.append(result)
    if not found.rows:
        raise Invalid(f"{path.name} 只有表头，没有条目：请填入条目后再导入")
    return found, read


def _take(
    session: Session,
    plan: ReleasePlan | None,
    one: ReadRow,
    known: set[Key],
    found: PlanImport,
    actor: Actor,
) -> None:
    """Store a row that is not known yet; of a trial (``plan`` None), count it."""
    if key_of(one.facts) in known:
        found.duplicates += 1
        return
    known.add(key_of(one.facts))
    found.created += 1
    if one.note:
        found.notes.append((one.row.number, one.note))
    if plan is not None:
        insert_entry(session, plan, one.facts, proposed_by=proposer(actor))


def write_errors(path: Path, headings: Sequence[str], refusals: Sequence[Refusal]) -> bool:
    """The refused rows as a workbook, the reason beside each; whether there are any.

    :raises Invalid: it cannot be written.
    """
    book = ErrorWorkbook(path, headings)
    for refusal in refusals:
        book.add(refusal)
    return book.close()
