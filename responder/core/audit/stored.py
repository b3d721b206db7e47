"""What a table holds, read so that nothing which somebody put into it can stop the reading.

SQLite keeps any kind of value in any column, and text that is none; PostgreSQL keeps times that
no calendar has. So each value comes as the database has it, and is understood here, one by one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from responder.core.database import UtcDateTime


class as_stored(FunctionElement[Any]):  # noqa: N801
    """A column as the database has it: an integer, text or its bytes, or what it is instead."""

    inherit_cache = True
    type = NullType()


@compiles(as_stored, "sqlite")
def _on_sqlite(element: as_stored, compiler: SQLCompiler, **options: Any) -> str:
    [column] = element.clauses
    name = compiler.process(column, **options)
    kind, value = ("integer", name) if isinstance(column.type, Integer) else ("text", _bytes(name))
    return (
        f"CASE typeof({name}) WHEN '{kind}' THEN {value} WHEN 'null' THEN NULL"
        f" ELSE typeof({name}) END"
    )


def _bytes(name: str) -> str:
    return f"CAST({name} AS BLOB)"


@compiles(as_stored, "postgresql")
def _on_postgresql(element: as_stored, compiler: SQLCompiler, **options: Any) -> str:
    [column] = element.clauses
    name = compiler.process(column, **options)
    if isinstance(column.type, (DateTime, UtcDateTime)):
        return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    return f"CAST({name} AS TEXT)" if isinstance(column.type, JSON) else name


def legible(stored: Any) -> str:
    """Text as far as it can be read: what is none was put there by somebody, and equals nothing."""
    return stored.decode("utf-8", "replace") if isinstance(stored, bytes) else str(stored or "")


def understood(values: Mapping[str, Any], kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON can say them; what cannot be read is left out.

    :param values: column → what :class:`as_stored` gave.
    :param kinds: column → its type.
    """
    event = {}
    for name, value in values.items():
        try:
            event[name] = _understood(value, kinds[name])
        except (ValueError, RecursionError):
            continue
    return event


def _understood(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Integer):
        if not isinstance(value, int):
            raise ValueError("no integer")
        return value
    text = _text(value)
    if isinstance(kind, JSON):
        return json.loads(text)
    return _moment(text) if isinstance(kind, (DateTime, UtcDateTime)) else text


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat()
