"""The places of a draft's rows: as they were typed, or by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from responder.core import audit
from responder.planning.models import PlanEntry, ReleasePlan
from responder.planning.plans.baselines import listed
from responder.planning.plans.service import check_open, lock_plan

# Rows are put out of the way here while they change places: numbers are unique at every moment.
_ASIDE = -1_000_000


def arrange(session: Session, plan: ReleasePlan, wanted: Mapping[int, int]) -> None:
    """Give the rows of a draft their places; whoever is moved goes before what stood there.

    :param wanted: entry id → the place that a person wrote, from 1; others keep theirs.
    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    lock_plan(session, plan)
    check_open(plan)

    def place(entry: PlanEntry) -> tuple[int, int, int]:
        asked = wanted.get(entry.id, entry.number)
        moved = (asked > entry.number) - (asked < entry.number)
        return asked, moved, entry.number

    _number(session, plan, sorted(listed(plan), key=place))


def arrange_by_time(session: Session, plan: ReleasePlan) -> None:
    """Number the rows of a draft by their time; of a month, those without a day come last.

    :raises WrongState: the plan has been adopted, or waits for its adoption.
    """
    lock_plan(session, plan)
    check_open(plan)
    order = sorted(listed(plan), key=lambda entry: (entry.month, entry.day or 99, entry.number))
    _number(session, plan, order)


def _number(session: Session, plan: ReleasePlan, order: Sequence[PlanEntry]) -> None:
    """Number the rows from 1 in this order. No row counts as edited: the plan says it."""
    moved = {entry: number for number, entry in enumerate(order, start=1) if entry.number != number}
    if not moved:
        return
    table = PlanEntry.metadata.tables[PlanEntry.__tablename__]
    put = table.update().where(table.c.id == bindparam("row")).values(number=bindparam("to_number"))
    for start in (_ASIDE, 0):
        session.connection().execute(
            put, [{"row": one.id, "to_number": start + to} for one, to in moved.items()]
        )
    session.expire(plan, ["entries"])
    for entry in moved:
        session.expire(entry, ["number"])
    audit.record(session, "arrange", plan, {"rows": len(moved)})
