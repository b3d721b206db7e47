"""A plan workbook comes in: what is new is stored, what is known is counted, the rest refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden
from responder.core.permissions import Actor, Permission
from responder.intake.registers.columns import UnitNames
from responder.intake.registers.importing import TableImport, told
from responder.intake.registers.reading import TableFile, read_table
from responder.planning.models import EntryState, ReleasePlan
from responder.planning.plans.collecting import proposer
from responder.planning.plans.entries import EntryFacts, Key, insert_entries, key_of
from responder.planning.plans.plan_rows import FACTS, plan_columns, whole_row
from responder.planning.plans.service import (
    check_open,
    find_plan,
    get_or_create_plan,
    lock_plan,
)

MOST_ROWS = 2_000  # a city plans some hundreds; while they are stored everybody else waits

_DECLINED = "此前报送过，未列入：要再次报送或改为列入，请在计划页办理"


@dataclass(frozen=True)
class PlanFile:
    """A file that was read for a year."""

    year: int
    table: TableFile


def read_file(
    session: Session, path: Path, year: int, actor: Actor, unit: Unit | None = None
) -> PlanFile:
    """Read a plan workbook (.xlsx, .xls, CSV) for a year. Holds and stores nothing.

    :param unit: whose rows these are, where the file does not say; others are refused.
    :raises Invalid: the file cannot be read as a plan.
    :raises Forbidden: somebody of a unit sends in rows of another, or nobody's.
    """
    own = _own_unit(session, actor, unit)
    units = UnitNames(session.scalars(select(Unit).order_by(Unit.code)))
    columns = plan_columns(year, units, own)
    return PlanFile(year, read_table(path, columns, whole_row(own), MOST_ROWS))


def rehearse(session: Session, file: PlanFile) -> TableImport:
    """Count what :func:`store` would do, and store nothing.

    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    plan = find_plan(session, file.year)
    if plan is not None:
        check_open(plan)
    return _sifted(plan, file)[1]


def store(session: Session, file: PlanFile, actor: Actor) -> TableImport:
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
    counts = {name: found.counts[name] for name in ("rows", "created", "errors")}
    audit.record(session, "import", plan, {"file_name": file.table.name, **counts})
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


def _sifted(plan: ReleasePlan | None, file: PlanFile) -> tuple[list[EntryFacts], TableImport]:
    """The rows that neither the plan nor the file above them has, and what is told of all."""
    states = {key_of(entry): entry.state for entry in plan.entries} if plan else {}
    new: dict[Key, EntryFacts] = {}
    notes = []
    for one in file.table.read:
        facts = one.values[FACTS]
        key = key_of(facts)
        if states.get(key) is EntryState.DECLINED:
            notes.append((one.row.number, _DECLINED))
        elif key not in states and key not in new:
            new[key] = facts
            if one.note:
                notes.append((one.row.number, one.note))
    return list(new.values()), told(file.table, len(new), tuple(notes))
