"""How many statements a block sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from responder.core.database import db


def count_queries(block: Callable[[], object]) -> int:
    """Statements that ``block`` sends to the database."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        block()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in statements if one.lstrip().upper().startswith("SELECT")])
