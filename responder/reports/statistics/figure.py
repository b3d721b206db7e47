"""A figure: its name, its meaning, and the query of the rows that it counts.

Value, months, units, channels and the list of rows are all made of that one query, so they
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    cast,
    literal,
    null,
    select,
    true,
)

from responder.core.permissions import Permission
from responder.reports.statistics.spans import Dating, Span


class Section(StrEnum):
    """The parts of the statistics, in their order."""

    HOTLINE = "群众诉求"
    RESPONSE = "发布解读回应"
    DISCLOSURE = "主动公开"
    APPLICATIONS = "依申请公开"
    DUTY = "任务与整改"
    SUPERVISION = "监督保障"
    ENTERED = "自填数据"


# What every desk has: rows under another right are for fewer people than a summary is.
_DESKS = frozenset({Permission.STATISTICS_READ, Permission.OPENNESS_READ, Permission.PLAN_READ_ALL})

Rows = Callable[[Span], Select[Any]]


def rows_of(
    record: Any,
    *,
    title: Any,
    at: Any,
    unit_id: Any = None,
    channel: Any = None,
    amount: Any = None,
) -> Select[Any]:
    """The columns that every figure's query has: id, title, at, unit_id, channel, amount."""
    return select(
        record.id.label("id"),
        title.label("title"),
        at.label("at"),
        (cast(null(), Integer) if unit_id is None else unit_id).label("unit_id"),
        (cast(null(), String) if channel is None else channel).label("channel"),
        (literal(1) if amount is None else amount).label("amount"),
    )


@dataclass(frozen=True)
class Figure:
    """One figure of the year.

    :param section: under which the statistics list it.
    :param name: in the summary's words; the template names figures by it.
    :param measure: what it counts in: 场, 条, 件.
    :param meaning: exactly what is counted.
    :param source: the tables that hold the rows.
    :param rows: every row that it could ever count, see :func:`rows_of`; of what stands at a
        year's end, those of that year.
    :param dating: what ``at`` is: a moment, a day, or the number of a year.
    :param page: endpoint and argument of a record's own page; none where it has none.
    :param among: code of the figure of which this is a part: where that one has rows, none
        here is a zero and not a gap.
    :param channels: code → what people call it, where rows have channels.
    :param permission: who may see the single rows.
    :param private: titles that citizens wrote, shown masked.
    """

    code: str
    section: Section
    name: str
    measure: str
    meaning: str
    source: str
    rows: Rows
    dating: Dating = Dating.MOMENT
    page: tuple[str, str] | None = None
    among: str = ""
    channels: Mapping[Any, str] = field(default_factory=dict)
    permission: Permission = Permission.STATISTICS_READ
    private: bool = False

    @property
    def is_named_openly(self) -> bool:
        """Whether whoever reads a summary may read the titles of its rows, too."""
        return not self.private and self.permission in _DESKS

    def within(self, rows: Subquery, span: Span) -> ColumnElement[bool]:
        """The condition on its rows that they belong to a span."""
        if self.dating is Dating.STANDING:
            return true()
        if self.dating is Dating.YEAR:
            return and_(rows.c.at == span.year)
        first, after = span.bounds(self.dating)
        return and_(rows.c.at >= first, rows.c.at < after)
