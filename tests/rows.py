"""A row in every table, made from what the tables of whatever version say of themselves."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from responder.core.database import Base
from responder.core.identity import ring_of, sealed_tables
from responder.operating import portable

VALUES: tuple[tuple[type[Any], Any], ...] = (
    (sa.DateTime, datetime(2026, 3, 5, 1, 2, 3, 456789, tzinfo=UTC)),
    (sa.Date, date(2026, 3, 5)),
    (sa.Time, time(8, 30)),
    (sa.Boolean, True),
    (sa.JSON, []),
    (sa.Float, 0.1),
    (sa.Numeric, Decimal("12345.60")),
    (sa.LargeBinary, bytes(range(256))),
)
WORDS = "“槐荫巷”\n停水：50%\\ 👪"
# What a rule of a table wants.
WANTED = {"deputy_id": 2, "high_id": 2, "webhook_delivery.document_id": None}
TWICE = {"topic", "user_account"}
NESTED = {"字": [1, 2.5, None, True, WORDS]}
# What stands in a table that takes no second word is nested from the beginning.
FINAL = frozenset({"audit_event", "audit_link"})
QUOTED = re.compile(r"'([^']*)'")
NO_NAME = re.compile(r"'[^']*'|::[a-z]+( varying)?")  # values, and what they are cast to


def keys_of(connection: Connection, tables: list[Table]) -> dict[str, set[Any]]:
    return {
        table.name: set(connection.execute(sa.select(*table.primary_key)).all()) for table in tables
    }


def fill(connection: Connection) -> dict[str, set[Any]]:
    """A row in each table of whatever version this is; table → the keys of its rows."""
    tables = portable.stored_tables(connection)
    portable.empty(connection, tables)
    choices = {table.name: _choices(connection, table) for table in tables}
    portable.let_rows_refer_to_later_ones(connection, tables)
    for table in tables:
        selves = {key.parent.name for key in table.foreign_keys if key.column.table is table}
        for number in (2, 1) if selves or table.name in TWICE else (1,):
            row = {
                column.name: _value(connection, column, number, choices[table.name])
                for column in table.columns
            }
            connection.execute(table.insert().values(row | dict.fromkeys(selves, 2)))
    portable.refer_strictly_again(connection, tables)
    portable.go_on_numbering(connection, tables, {})
    return keys_of(connection, tables)


def _choices(connection: Connection, table: Table) -> dict[str, str]:
    """Column → one of the values that a closed list allows."""
    found = {}
    for check in sa.inspect(connection).get_check_constraints(table.name):
        values = QUOTED.findall(check["sqltext"])
        said = NO_NAME.sub("", check["sqltext"])
        named = [c.name for c in table.columns if re.search(rf"\b{c.name}\b", said)]
        if values and len(named) == 1:
            found[named[0]] = values[0]
    return found


def _value(
    connection: Connection, column: sa.Column[Any], number: int, choices: dict[str, str]
) -> Any:
    for name in (column.name, f"{column.table.name}.{column.name}"):
        if name in WANTED:
            return WANTED[name]
    if column.name in choices:
        return choices[column.name]
    if column.foreign_keys:
        return 1
    if column.table.name in FINAL and isinstance(column.type, sa.JSON):
        return NESTED
    if isinstance(column.type, sa.Integer):
        return number
    for kind, value in VALUES:
        if isinstance(column.type, kind):
            return value
    text = f"{WORDS}{number}"
    if column.name in _sealed(connection, column.table.name):
        context = f"{column.table.name}.{column.name}".encode()
        return ring_of(connection).seal(text, context)
    return text[-(column.type.length or 100) :]


def _sealed(connection: Connection, table: str) -> list[str]:
    """The columns that hold identities, in versions that have keys."""
    if "identity_rule" not in sa.inspect(connection).get_table_names():
        return []
    return {one.name: names for one, names in sealed_tables(Base.metadata).items()}.get(table, [])
