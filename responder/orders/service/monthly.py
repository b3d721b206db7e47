"""The monthly hotline table (月度热线办理情况), each figure by the condition that lists it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.times import SHANGHAI
from responder.orders.models import WorkOrder
from responder.orders.rules import Figures
from responder.orders.service.queries import outcome, was_dispatched

COUNTED = ("on_time", "late", "dissatisfied", "reached")


@dataclass(frozen=True)
class MonthlyTable:
    """One month: a row for each unit that led something, and all of them together."""

    month: str
    rows: list[tuple[Unit, Figures]]

    @property
    def whole(self) -> Figures:
        return sum((figures for _unit, figures in self.rows), Figures())


def monthly_table(session: Session, month: str, zone: ZoneInfo = SHANGHAI) -> MonthlyTable:
    """What became of the orders dispatched in a month, by lead unit, in the order of codes.

    :param month: ``2026-11``; of anything else the table is empty.
    """
    counts = [func.count().filter(outcome(name)).label(name) for name in COUNTED]
    query = (
        select(Unit, func.count().label("total"), *counts)
        .join(WorkOrder, WorkOrder.lead_unit_id == Unit.id)
        .where(was_dispatched(month, zone))
        .group_by(Unit.id)
        .order_by(Unit.code)
    )
    rows = [
        (row.Unit, Figures(row.total, *(getattr(row, name) for name in COUNTED)))
        for row in session.execute(query)
    ]
    return MonthlyTable(month, rows)


def monthly_categories(
    session: Session, month: str, zone: ZoneInfo = SHANGHAI
) -> Counter[int | None]:
    """Category id → orders of :func:`monthly_table` that are of it; None: of no category yet."""
    query = (
        select(WorkOrder.category_id, func.count())
        .where(was_dispatched(month, zone))
        .group_by(WorkOrder.category_id)
    )
    return Counter(dict(session.execute(query).all()))
