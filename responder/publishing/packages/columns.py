"""The columns of interpretation: the office's own list, retired and never deleted."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.errors import GuardRefused, Invalid, NotFound
from responder.core.texts import clean
from responder.publishing.packages.models import InterpretationColumn


def seed_columns(session: Session) -> int:
    """Store the shipped columns where there is none at all; how many."""
    if session.scalar(select(func.count()).select_from(InterpretationColumn)):
        return 0
    text = files("responder").joinpath("data/interpretation_columns.toml").read_text("utf-8")
    rows = tomllib.loads(text)["column"]
    session.add_all(
        InterpretationColumn(code=row["code"], name=row["name"], position=position)
        for position, row in enumerate(rows, 1)
    )
    session.flush()
    return len(rows)


def columns(session: Session) -> list[InterpretationColumn]:
    """All of them in the office's order, retired ones last."""
    query = select(InterpretationColumn).order_by(
        InterpretationColumn.active.desc(), InterpretationColumn.position, InterpretationColumn.id
    )
    return list(session.scalars(query))


def active_columns(session: Session) -> list[InterpretationColumn]:
    """Those that take something new."""
    return [column for column in columns(session) if column.active]


def find_column(session: Session, column_id: int) -> InterpretationColumn:
    """:raises NotFound: no such column."""
    found = session.get(InterpretationColumn, column_id)
    if found is None:
        raise NotFound("没有这个解读栏目：请刷新栏目列表")
    return found


def save_column(
    session: Session, column: InterpretationColumn | None, name: str, position: int, active: bool
) -> InterpretationColumn:
    """Add a column (None), rename, reorder or retire one.

    :raises Invalid: no name, or another column has it.
    :raises GuardRefused: it is the last one that takes something.
    """
    wanted = " ".join(clean(name).split())
    if not wanted:
        raise Invalid("请填写栏目名称，例如“专家解读”", {"name": "必填"})
    twin = session.scalar(select(InterpretationColumn).where(InterpretationColumn.name == wanted))
    if twin is not None and twin is not column:
        raise Invalid(f"已有名为“{wanted}”的栏目：请改名，或启用原来的", {"name": "已有"})
    if column is None:
        column = InterpretationColumn(code="", position=position, name=wanted, active=active)
        column.code = _free_code(session)
        session.add(column)
    elif not active and column.active and len(active_columns(session)) == 1:
        raise GuardRefused("这是最后一个在用的解读栏目：请先增加或启用另一个")
    column.name, column.position, column.active = wanted, position, active
    session.flush()
    return column


def _free_code(session: Session) -> str:
    last = session.scalar(select(func.max(InterpretationColumn.id))) or 0
    return f"column-{last + 1}"
