"""How far each unit has come with the tasks of a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.accounts.models import Unit
from responder.core.permissions import Actor
from responder.openness.access import reads_all
from responder.openness.tasks import rules
from responder.openness.tasks.models import Level, Task, TaskState
from responder.openness.tasks.queries import visible_to
from responder.openness.tasks.standings import standing_of


@dataclass(frozen=True)
class UnitProgress:
    """How a unit stands with what it leads in a year; cancelled tasks are left out.

    :param progress: mean of its tasks in percent; None when it leads none.
    """

    unit: Unit
    led: int
    completed: int
    late: int
    soon: int
    assisted: int
    progress: int | None


def by_unit(session: Session, actor: Actor, year: int, today: date) -> list[UnitProgress]:
    """Every unit that leads or assists a city task that somebody sees, the slowest first."""
    query = select(Task).where(
        Task.year == year, visible_to(actor), Task.level == Level.CITY,
        Task.state != TaskState.CANCELLED,
    )  # fmt: skip
    led: dict[int, list[Task]] = {}
    assisted: dict[int, int] = {}
    units: dict[int, Unit] = {}
    for task in session.scalars(
        query.options(joinedload(Task.lead), selectinload(Task.assistants))
    ):
        if task.lead is not None:
            units[task.lead.id] = task.lead
            led.setdefault(task.lead.id, []).append(task)
        for unit in task.assistants:
            units[unit.id] = unit
            assisted[unit.id] = assisted.get(unit.id, 0) + 1
    shown = [one for one in units.values() if reads_all(actor) or one.id == actor.unit_id]
    lines = [_line(one, led.get(one.id, []), assisted.get(one.id, 0), today) for one in shown]
    return sorted(lines, key=lambda one: (-one.late, _slowness(one), one.unit.code))


def _slowness(line: UnitProgress) -> int:
    return 101 if line.progress is None else line.progress


def _line(unit: Unit, tasks: list[Task], assisted: int, today: date) -> UnitProgress:
    codes = [standing_of(one, today).code for one in tasks]
    return UnitProgress(
        unit=unit,
        led=len(tasks),
        completed=codes.count(rules.DONE),
        late=codes.count(rules.LATE),
        soon=codes.count(rules.SOON),
        assisted=assisted,
        progress=rules.mean(one.progress for one in tasks),
    )
