"""One page of a query, and only that page is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")

PAGE_SIZE = 30


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of many. ``number`` counts from 1."""

    rows: list[Row]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def requested_page() -> int:
    """The page number in the address; 1 when there is none or nonsense."""
    number = request.args.get("page", "1")
    return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else 1


def paginate(session: Session, query: Select[Row], number: int, size: int = PAGE_SIZE) -> Page[Row]:
    """The ``number``-th page of an ordered query; the last one when it is beyond the end."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(number, max(1, -(-total // size)))
    rows = list(session.scalars(query.limit(size).offset((number - 1) * size)))
    return Page(rows, number, size, total)
