"""A world many times over: each record again and again, with what hangs on it.

    multiply(folder, lambda table: 3)

The rows are copied inside the database, ids shifted by a whole generation, so that 100,000
messages take seconds; what refers to a copied row refers to the copy of its own generation.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint, func, insert, select
from sqlalchemy import literal_column as raw
from sqlalchemy.orm import Session

from responder import create_app
from responder.core.database import Base, db, transaction
from responder.core.permissions import CONSOLE
from tools.world import settings_in

# An office has as many of these as it has, however much work it has; each figure is one query.
ONCE = frozenset({
    "alert_rule", "api_request", "application_outcome", "assessed_unit", "assessment_criterion",
    "assessment_hand_score", "assessment_scheme", "assessment_settled_score", "briefing_template",
    "calendar_day", "calendar_year", "category", "circular_template", "clock_rule",
    "entered_figure", "fixed_holiday", "forgotten_year", "heat_setting", "identity_rule",
    "interpretation_column", "key_area", "oidc_identity", "plan_baseline", "preparation_item",
    "priority_kind", "rating_salt", "release_plan", "release_rule", "release_rule_unit",
    "search_mark", "search_name", "signing_proof", "site_check_kind", "summary_template",
    "taxonomy_version", "unit", "user_account", "user_role", "warning_address", "warning_channel",
    "warning_setting", "warning_step",
})  # fmt: skip


def multiply(folder: Path, times: Callable[[str], int]) -> None:
    """Have each table hold its rows so many times.

    :param times: table → how often; those of ``ONCE`` are left alone.
    """
    app = create_app(settings_in(folder))
    with app.app_context():
        with transaction(CONSOLE) as session:
            _multiply(session, times)
        db.engine.dispose()


def _multiply(session: Session, times: Callable[[str], int]) -> None:
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ONCE]
    wanted = {table.name: times(table.name) for table in tables}
    strides = {
        table.name: session.scalar(select(func.max(table.c.id))) or 0
        for table in tables
        if "id" in table.c
    }
    for generation in range(1, max(wanted.values())):
        copied = {
            name: strides.get(name, 0) * generation for name, n in wanted.items() if n > generation
        }
        for table in tables:
            if table.name in copied:
                _copy(session, table, generation, copied, strides.get(table.name))


def _copy(
    session: Session, table: Table, generation: int, shifts: dict[str, int], stride: int | None
) -> None:
    """One more generation of a table's first rows."""
    shifted = {column.name for column in table.c if _shift(column, shifts)}
    keys = {column.name for column in table.primary_key}
    if stride is None and not keys & shifted:
        return  # it has no number of its own, and what it hangs on stays: it would stand twice
    apart = _to_tell_apart(table, shifted)
    values: list[Any] = [
        column + _shift(column, shifts)
        if column.name in shifted
        else _told_apart(column, generation)
        if column.name in apart
        else column
        for column in table.c
    ]
    query = select(*values)
    if stride is not None:
        query = query.where(table.c.id <= stride)
    else:
        query = query.where(*(
            column <= raw(str(shifts[_target(column)] // generation))
            for column in table.primary_key if column.name in shifted
        ))  # fmt: skip
    session.execute(insert(table).from_select([column.name for column in table.c], query))


def _target(column: Column[object]) -> str:
    return next((key.column.table.name for key in column.foreign_keys), "")


def _shift(column: Column[object], shifts: dict[str, int]) -> int:
    """By how much a number moves on in this generation."""
    if column.foreign_keys:
        return shifts.get(_target(column), 0)
    return shifts.get(column.table.name, 0) if column.name == "id" else 0


def _to_tell_apart(table: Table, shifted: set[str]) -> set[str]:
    """One column of each unique key that would otherwise stand twice."""
    found = set()
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            names = [column.name for column in constraint.columns]
            if not shifted & set(names):
                plain = [name for name in names if not table.c[name].foreign_keys]
                found.add(plain[-1])
    unique = (index for index in table.indexes if index.unique)
    for index in unique:
        names = [column.name for column in index.columns]
        if names and not shifted & set(names):
            found.add(names[-1])
    return found


def _told_apart(column: Column[object], generation: int) -> object:
    if isinstance(column.type, Integer):
        return column + generation * 10_000
    if isinstance(column.type, String):
        return func.substr(column, 1, (column.type.length or 60) - 4).concat(f"~{generation}")
    return column
