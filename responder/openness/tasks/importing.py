"""A table of tasks comes in: what is new is stored, what is known is counted, the rest refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.errors import WrongState
from responder.core.lifecycle import Attempt
from responder.core.turns import one_at_a_time
from responder.intake.registers.columns import UnitNames
from responder.intake.registers.importing import TableImport, sifted
from responder.intake.registers.reading import ReadRow, TableFile, Values, read_table
from responder.openness.tasks.models import Level, Task
from responder.openness.tasks.service import (
    TaskFacts,
    create_task,
    record_import,
    require_office,
    save_milestones,
)
from responder.openness.tasks.task_rows import STEPS, Known, task_columns, whole_row
from responder.openness.years import check_year

MOST_ROWS = 1_000  # a city has some dozens
IMPORT_LOCK = 20_260_135  # nothing else in this database locks by it

Key = tuple[Level, int]


@dataclass(frozen=True)
class TasksFile:
    """A file that was read for a year."""

    year: int
    table: TableFile


def read_file(session: Session, path: Path, year: int, today: date) -> TasksFile:
    """Read a table of tasks (.xlsx, .xls, CSV) for a year. Holds and stores nothing.

    It is read twice: a row may name a task of the province that stands below it.

    :raises Invalid: the file cannot be read as such a table.
    """
    check_year(year)
    units = UnitNames(session.scalars(select(Unit).order_by(Unit.code)))
    columns = task_columns(year, units)
    titles = {key: task.title for key, task in _stored(session, year).items()}
    first = read_table(path, columns, whole_row(year, units, Known(titles), today), MOST_ROWS)
    keys = {*titles, *(_key(one.values) for one in first.read)}
    provincial = frozenset(number for level, number in keys if level is Level.PROVINCE)
    known = Known(titles, provincial)
    table = read_table(path, columns, whole_row(year, units, known, today), MOST_ROWS)
    return TasksFile(year, table)


def rehearse(session: Session, file: TasksFile) -> TableImport:
    """Count what :func:`store` would do, and store nothing."""
    return sifted(file.table, _key, set(_stored(session, file.year)))[1]


def store(session: Session, file: TasksFile, attempt: Attempt) -> TableImport:
    """Put a file's tasks into its year. The same file again adds nothing: a number is known.

    :raises Forbidden: somebody who does not keep the register.
    :raises WrongState: the register has changed since the file was read.
    """
    require_office(attempt)
    one_at_a_time(session, IMPORT_LOCK)
    stored = _stored(session, file.year)
    new, found = sifted(file.table, _key, set(stored))
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    made = None
    for one in sorted(new, key=lambda row: row.values["level"] is Level.CITY):
        made = _create(session, file.year, one, units, stored, attempt)
        stored[_key(one.values)] = made
    if made is not None:
        counts = {name: found.counts[name] for name in ("rows", "created", "errors")}
        record_import(session, made, file.table.name, counts)
    return found


def _create(
    session: Session,
    year: int,
    row: ReadRow,
    units: dict[int, Unit],
    stored: dict[Key, Task],
    attempt: Attempt,
) -> Task:
    values = row.values
    try:
        parents = tuple(stored[Level.PROVINCE, number] for number in values["parents"])
    except KeyError as error:
        raise WrongState("读取文件之后，省级任务有了变化：请重新导入") from error
    lead = values["lead"]
    facts = TaskFacts(
        year=year,
        level=values["level"],
        number=values["number"],
        title=values["title"],
        requirement=values["requirement"],
        lead=units[lead.id] if lead is not None else None,
        assistants=tuple(units[unit.id] for unit in values["assistants"]),
        parents=parents,
        due_on=values["due_on"],
        basis=values["basis"],
        remark=values["remark"],
    )
    task = create_task(session, facts, attempt)
    if values[STEPS]:
        save_milestones(session, task, values[STEPS], attempt)
    return task


def _key(values: Values) -> Key:
    return values["level"], values["number"]


def _stored(session: Session, year: int) -> dict[Key, Task]:
    found = session.scalars(select(Task).where(Task.year == year))
    return {(task.level, task.number): task for task in found}
