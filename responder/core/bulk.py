"""Many rows at once, handed to the driver as they are: for what is stored by the thousand.

SQLAlchemy looks at each value of each row on its way, and names each value of an IN; for a
file that comes in, that takes longer than the database.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    Function,
    Insert,
    Integer,
    Select,
    any_,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler


def insert_columns(
    connection: Connection, statement: Insert, columns: Mapping[str, Sequence[Any]]
) -> None:
    """Insert as many rows as each column has values, which are made ready by its own type.

    :param statement: of one row; it may say what happens to one that is there already.
    :param columns: every column that the table does not fill by itself, all equally long.
    """
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    ready = {}
    for name, values in columns.items():
        ready_made = statement.table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        ready[name] = list(map(ready_made, values)) if ready_made else values
    rows = zip(*(ready[name] for name in compiled.positiontup or ready), strict=True)
    connection.exec_driver_sql(
        compiled.string,
        list(rows)
        if compiled.positiontup
        else [dict(zip(ready, row, strict=True)) for row in rows],
    )


def among(
    session: Session, column: InstrumentedAttribute[int], values: Collection[int]
) -> ColumnElement[bool]:
    """Whether a column is one of some numbers, however many; they are a single parameter."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def pairs(session: Session, values: Mapping[int, int]) -> Select[int, int]:
    """Numbers and what each stands for, however many, as rows of two columns (key, value)."""
    if session.get_bind().dialect.name == "postgresql":
        columns = [literal(list(some), ARRAY(Integer)) for some in (values, values.values())]
        rows = func.unnest(*columns).table_valued("key", "value").render_derived()
        return select(rows.c.key, rows.c.value)
    rows = func.json_each(json.dumps(values)).table_valued("key", "value")
    return select(cast(rows.c.key, Integer).label("key"), rows.c.value)


def rows_of_group(session: Session, *columns: Any) -> Function[Any]:
    """Of a group one list of rows, as an aggregate: plain values, moments as ISO 8601.

    With ``filter`` only of some rows; it is None or empty where there is none of them.
    """
    if session.get_bind().dialect.name == "postgresql":
        return func.json_agg(func.json_build_array(*columns), type_=JSON)
    return func.json_group_array(func.json_array(*columns), type_=JSON)
