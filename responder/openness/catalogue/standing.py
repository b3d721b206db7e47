"""Which columns must show something soon, and which are late (更新提醒)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.permissions import Actor
from responder.core.work_calendar import load_calendar
from responder.openness.access import reads_all
from responder.openness.catalogue import queries, rules
from responder.openness.catalogue.models import CatalogueColumn, Publication
from responder.openness.catalogue.rules import Due, Obligation, Urgency


@dataclass(frozen=True)
class Standing:
    """What a column owes now, and since when nothing came.

    :param last: the day of the last item in it or below it; None where there never was one.
    :param days: since then.
    """

    column: CatalogueColumn
    last: date | None
    days: int | None
    due: Due


def standings(session: Session, actor: Actor, today: date) -> list[Standing]:
    """Every valid column that owes something, the most urgent first.

    Whatever appears below a column keeps it fresh, too. Six queries, however many columns.
    """
    found = queries.all_columns(session)
    last = _last_days(session, found, today)
    working = load_calendar(session)
    result = []
    for column in found:
        if not column.is_valid(today) or not (reads_all(actor) or column.unit_id == actor.unit_id):
            continue
        kind = column.check_kind
        owed = Obligation(
            column.cadence, column.valid_from, last.get(column.id),
            (kind.limit, kind.limit_unit) if kind else None,
        )  # fmt: skip
        due = rules.due(owed, today, working)
        if due is not None:
            days = (today - owed.last).days if owed.last else None
            result.append(Standing(column, owed.last, days, due))
    return sorted(result, key=lambda one: (*one.due.rank, one.column.code))


def counts(found: Sequence[Standing]) -> dict[Urgency, int]:
    """How many columns stand how."""
    counted = Counter(one.due.urgency for one in found)
    return {urgency: counted[urgency] for urgency in Urgency}


def _last_days(
    session: Session, found: Sequence[CatalogueColumn], today: date
) -> Mapping[int, date]:
    """Column id → the day of the last item in it or below it, up to today."""
    query = select(Publication.column_id, func.max(Publication.published_on).label("day"))
    rows = session.execute(
        query.where(Publication.published_on <= today).group_by(Publication.column_id)
    )
    own = {row.column_id: row.day for row in rows}
    parents = {column.id: column.parent_id for column in found}
    last: dict[int, date] = {}
    for column_id, day in own.items():
        current: int | None = column_id
        while current is not None:
            last[current] = max(last.get(current, day), day)
            current = parents.get(current)
    return last
