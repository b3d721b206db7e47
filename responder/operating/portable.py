"""Tables as any of the databases can take them: read from one, stored in the same or another.

What a table holds is read from the database itself, not from the models: a backup of an older
version is restored as it was, and then migrated as any database is.
"""

from __future__ import annotations

import json
import re
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import REGCLASS

# The index of words is each database's own kind of table, and made anew from the messages.
DERIVED = re.compile(r"message_search(_index.*)?|alembic_version|sqlite_.*")
ROWS_A_STEP = 2_000

Row = list[Any]

# Handed on as the text that the database itself makes of them and takes.
AS_TEXT = (sa.JSON, sa.Numeric)


def stored_tables(connection: Connection) -> list[Table]:
    """The tables of a database, each after those it refers to."""
    metadata = sa.MetaData()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)  # of indexes that reflection cannot say
        metadata.reflect(connection, only=lambda name, _: not DERIVED.fullmatch(name))
    return list(metadata.sorted_tables)


def rows_of(connection: Connection, table: Table) -> Generator[Row, None, None]:
    """Every row as JSON can say it, in the order of the primary key."""
    columns = [
        sa.cast(column, sa.Text).label(column.name) if _goes_as_text(column) else column
        for column in table.columns
    ]
    query = sa.select(*columns).order_by(*table.primary_key)
    found = connection.execute(query, execution_options={"yield_per": ROWS_A_STEP})
    for row in found:
        yield [_portable(value) for value in row]


def store(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Store rows that :func:`rows_of` gave; returns how many."""
    readers = [_reader(table.columns[name]) for name in columns]
    statement = table.insert().values({name: _place(connection, table, name) for name in columns})
    steps, count = iter(rows), 0
    while step := list(islice(steps, ROWS_A_STEP)):
        connection.execute(
            statement,
            [
                {
                    f"in_{name}": value if value is None else read(value)
                    for name, read, value in zip(columns, readers, row, strict=True)
                }
                for row in step
            ],
        )
        count += len(step)
    return count


def empty(connection: Connection, tables: Sequence[Table]) -> None:
    """Delete what migrations stored by themselves."""
    for table in reversed(tables):
        connection.execute(table.delete())


def let_rows_refer_to_later_ones(connection: Connection, tables: Sequence[Table]) -> None:
    """Until the end of the transaction a row may refer to one that is not stored yet."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for statement in _alterations(connection, tables, "DEFERRABLE INITIALLY DEFERRED"):
        connection.execute(statement)


def refer_strictly_again(connection: Connection, tables: Sequence[Table]) -> None:
    """Check what was put off, and put nothing off any more.

    :raises IntegrityError: a row refers to one that is not there.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in _alterations(connection, tables, "NOT DEFERRABLE"):
        connection.execute(statement)


def next_numbers(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """Table → the last number that its sequence gave, where the database keeps sequences."""
    if connection.dialect.name != "postgresql":
        return {}
    found = {}
    for table, sequence in _sequences(connection, tables):
        # The name is the database's own, and quoted by it.
        statement = f"SELECT last_value FROM {sequence}"  # noqa: S608  # nosec B608
        given = connection.exec_driver_sql(statement)
        found[table.name] = int(given.scalar_one())
    return found


def go_on_numbering(
    connection: Connection, tables: Sequence[Table], given: Mapping[str, int]
) -> None:
    """Let new rows be numbered after all that are there, and after all that ever were."""
    if connection.dialect.name != "postgresql":
        return
    for table, sequence in _sequences(connection, tables):
        [key] = table.primary_key.columns
        last = connection.scalar(sa.select(sa.func.max(key))) or 0
        last = max(last, given.get(table.name, 0))
        owned = sa.cast(sequence, REGCLASS)
        connection.execute(sa.select(sa.func.setval(owned, max(last, 1), last > 0)))


def count(connection: Connection, table: Table) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def as_line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _alterations(connection: Connection, tables: Sequence[Table], how: str) -> list[sa.TextClause]:
    if connection.dialect.name != "postgresql":
        return []
    quote = connection.dialect.identifier_preparer.quote
    return [
        sa.text(f"ALTER TABLE {quote(table.name)} ALTER CONSTRAINT {quote(str(key.name))} {how}")
        for table in tables
        for key in sorted(table.foreign_key_constraints, key=lambda one: str(one.name))
        if key.referred_table is table
    ]


def _sequences(connection: Connection, tables: Sequence[Table]) -> Iterator[tuple[Table, str]]:
    for table in tables:
        keys = list(table.primary_key.columns)
        if len(keys) == 1:
            owned = sa.func.pg_get_serial_sequence(table.name, keys[0].name)
            if sequence := connection.scalar(sa.select(owned)):
                yield table, sequence


def _goes_as_text(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, AS_TEXT) and not isinstance(column.type, sa.Float)


def _place(connection: Connection, table: Table, name: str) -> sa.ColumnElement[Any]:
    """Where a value goes in a statement."""
    column = table.columns[name]
    if not _goes_as_text(column):
        return sa.bindparam(f"in_{name}", type_=column.type)
    given = sa.bindparam(f"in_{name}", type_=sa.Text())
    if connection.dialect.name == "sqlite":
        return given  # which takes the text of a number for a number
    return sa.cast(given, column.type)


def _portable(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    if _goes_as_text(column):
        return str
    for kind, read in _READERS.items():
        if isinstance(column.type, kind):
            return read
    return lambda value: value


_READERS: dict[type[sa.types.TypeEngine[Any]], Callable[[Any], Any]] = {
    sa.DateTime: datetime.fromisoformat,
    sa.Date: date.fromisoformat,
    sa.Time: time.fromisoformat,
    sa.LargeBinary: b64decode,
}
