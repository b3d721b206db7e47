"""What a block asks the database, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from responder.core.database import db


@contextmanager
def queries() -> Iterator[list[str]]:
    """The questions that the block asks, as they are sent."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def count_queries(block: Callable[[], object]) -> int:
    """Questions that ``block`` asks."""
    with queries() as asked:
        block()
    return len(asked)
