"""A plan workbook comes in: what is new is stored, what is known is counted, the rest refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from responder.planning.models import EntryState, ReleasePlan
from responder.planning.plans.collecting import Key, key_of, proposer
from responder.planning.plans.entries import EntryFacts, insert_entries
from responder.planning.plans.plan_rows import PlanSheet, ReadRow, RowReader, find_sheet
from responder.planning.plans.service import (
    check_open,
    find_plan,
    get_or_create_plan,
    lock_plan,
)

MOST_MEGABYTES = 10
MOST_ROWS = 2_000  # a city plans some hundreds; while they are stored everybody else waits

_DECLINED = "此前报送过，未列入：要再次报送或改为列入，请在计划页办理"


@dataclass(frozen=True)
class PlanFile:
    """A file that was read: rows that can be taken, and rows that cannot.

    :param rows: how many it has.
    :param unread: the headings of columns that a plan does not have.
    """

    name: str
    year: int
    headings: tuple[str, ...]
    rows: int
    read: tuple[ReadRow, ...]
    refusals: tuple[Refusal, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class PlanImport:
    """What became of a file's rows.

    :param created: rows stored; of a rehearsal, rows that would be.
    :param duplicates: rows that the plan, or the file above them, has already.
    :param notes: (row number, sentence) of what a person should look at.
    :param unread: as of :class:`PlanFile`.
    """

    headings: tuple[str, ...]
    rows: int
    created: int
    duplicates: int
    refusals: tuple[Refusal, ...]
    notes: tuple[tuple[int, str], ...]
    unread: tuple[str, ...] = ()

    def column_of(self, refusal: Refusal) -> str:
        """The heading of the cell at fault; empty when its column is missing."""
        return "" if refusal.column is None else self.headings[refusal.column]


def read_file(
    session: Session, path: Path, year: int, actor: Actor, unit: Unit | None = None
) -> PlanFile:
    """Read a plan workbook (.xlsx, .xls, CSV) for a year. Holds and stores nothing.

    :param unit: whose rows these are, where the file does not say; others are refused.
    :raises Invalid: the file cannot be read as a plan.
    :raises Forbidden: somebody of a unit sends in rows of another, or nobody's.
    """
    own = _own_unit(session, actor, unit)
    table = open_table(path, MOST_MEGABYTES)
    sheet = find_sheet(table, path, needs_unit=own is None)
    units = list(session.scalars(select(Unit).order_by(Unit.code)))
    return _read_all(sheet, RowReader(sheet, year, units, own), path, year)


def rehearse(session: Session, file: PlanFile) -> PlanImport:
    """Count what :func:`store` would do, and store nothing.

    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    plan = find_plan(session, file.year)
    if plan is not None:
        check_open(plan)
    return _sifted(plan, file)[1]


def store(session: Session, file: PlanFile, actor: Actor) -> PlanImport:
    """Put a file's rows into the draft of its year.

    The same file again adds nothing: a row of the same unit, theme, form and time is known.
    Rows of the office are listed, those of a unit wait for its decision.

    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    plan = get_or_create_plan(session, file.year)
    lock_plan(session, plan)
    check_open(plan)
    # The file was read before this transaction began: its units are read anew, all at once.
    session.scalars(select(Unit)).all()
    new, found = _sifted(plan, file)
    insert_entries(session, plan, new, proposer(actor))
    counts = {"rows": found.rows, "created": found.created, "errors": len(found.refusals)}
    audit.record(session, "import", plan, {"file_name": file.name, **counts})
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


def _read_all(sheet: PlanSheet, reader: RowReader, path: Path, year: int) -> PlanFile:
    read: list[ReadRow] = []
    refusals: list[Refusal] = []
    for row in sheet.rows:
        result = reader.read(row)
        if isinstance(result, Refusal):
            refusals.append(result)
        elif result is not None:
            read.append(result)
        if len(read) + len(refusals) > MOST_ROWS:
            raise Invalid(f"{path.name} 超过 {MOST_ROWS} 行：请确认是发布计划，或拆成几个文件")
    rows = len(read) + len(refusals)
    if not rows:
        raise Invalid(f"{path.name} 只有表头，没有条目：请填入条目后再导入")
    found = tuple(read), tuple(refusals)
    return PlanFile(path.name, year, sheet.headings, rows, *found, sheet.unread)


def _sifted(plan: ReleasePlan | None, file: PlanFile) -> tuple[list[EntryFacts], PlanImport]:
    """The rows that neither the plan nor the file above them has, and what is told of all."""
    states = {key_of(entry): entry.state for entry in plan.entries} if plan else {}
    new: dict[Key, EntryFacts] = {}
    notes = []
    for one in file.read:
        key = key_of(one.facts)
        if states.get(key) is EntryState.DECLINED:
            notes.append((one.row.number, _DECLINED))
        elif key not in states and key not in new:
            new[key] = one.facts
            if one.note:
                notes.append((one.row.number, one.note))
    found = PlanImport(
        headings=file.headings,
        rows=file.rows,
        created=len(new),
        duplicates=len(file.read) - len(new),
        refusals=file.refusals,
        notes=tuple(notes),
        unread=file.unread,
    )
    return list(new.values()), found


def write_errors(path: Path, headings: Sequence[str], refusals: Sequence[Refusal]) -> bool:
    """The refused rows as a workbook, the reason beside each; whether there are any.

    :raises Invalid: it cannot be written.
    """
    book = ErrorWorkbook(path, headings)
    for refusal in refusals:
        book.add(refusal)
    return book.close()
