"""The keys of identities are changed (轮换密钥) while everybody goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, bindparam, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import Base, db, transaction
from responder.core.identity import sealed_tables
from responder.core.identity_keys import NAME_CHARACTERS
from responder.core.permissions import Actor
from responder.intake.identity.authors import keys_of
from responder.intake.identity.retention import rule_of

ROWS_A_STEP = 1000


@dataclass(frozen=True)
class Rotated:
    """How far a rotation has come, in rows."""

    done: int
    expected: int
    key: str


def usage(session: Session) -> dict[str, dict[str, int]]:
    """Identity column (``table.column``) → name of the key → values stored under it."""
    found: dict[str, dict[str, int]] = {}
    for table, names in sealed_tables(Base.metadata).items():
        for name in names:
            key = func.substr(_raw(table, name), 1, NAME_CHARACTERS)
            query = select(key, func.count()).where(_raw(table, name) != "").group_by(key)
            found[f"{table.name}.{name}"] = dict(session.execute(query).all())
    return found


def rotate(actor: Actor, now: datetime) -> Iterator[Rotated]:
    """Add a key, store every identity under it, forget the older ones; tells how far it has come.

    An edge like an import: each step is a transaction. Stopped half-way, all can be read, and
    the next run goes on with the same key.
    """
    ring = keys_of(db.session)
    key = ring.add()
    older = [name for name in ring.names if name != key]
    tables = sealed_tables(Base.metadata)
    expected = sum(_count(db.session, table, names, key) for table, names in tables.items())
    done = 0
    yield Rotated(done, expected, key)
    for table, names in tables.items():
        last: int | None = 0
        while last is not None:
            with transaction(actor, now) as session:
                moved, last = _move(session, table, names, key, last)
            done += moved
            if moved:
                yield Rotated(done, max(expected, done), key)
    with transaction(actor, now) as session:
        done += _sweep(session, tables, key)
        audit.record(session, "rotate", rule_of(session), {"key": key, "rows": done})
    ring.drop(older)
    yield Rotated(done, done, key)


def _move(
    session: Session, table: Table, names: list[str], key: str, after: int
) -> tuple[int, int | None]:
    """Store the next rows under a key: how many, and after which the next step begins."""
    columns = [table.c[name] for name in names]
    query = select(table.c.id, *columns).where(_not_under(table, names, key), table.c.id > after)
    query = query.order_by(table.c.id).limit(ROWS_A_STEP).with_for_update()
    rows: list[dict[str, Any]] = [
        {"row": row[0]} | {f"new_{name}": row._mapping[name] for name in names}
        for row in session.execute(query)
    ]
    if rows:
        # Read opened, written sealed: the newest key is the one that is written with.
        statement = update(table).where(table.c.id == bindparam("row"))
        values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        session.connection().execute(statement.values(values), rows)
    return len(rows), rows[-1]["row"] if len(rows) == ROWS_A_STEP else None


def _sweep(session: Session, tables: dict[Table, list[str]], key: str) -> int:
    """Whatever somebody stored under an older key meanwhile; then nobody does any more."""
    moved = 0
    for table, names in tables.items():
        if session.get_bind().dialect.name == "postgresql":
            session.connection().exec_driver_sql(
                f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"
            )
        last: int | None = 0
        while last is not None:
            count, last = _move(session, table, names, key, last)
            moved += count
    return moved


def _count(session: Session, table: Table, names: list[str], key: str) -> int:
    query = select(func.count()).select_from(table).where(_not_under(table, names, key))
    return session.scalars(query).one()


def _not_under(table: Table, names: list[str], key: str) -> ColumnElement[bool]:
    prefix = f"{key}:"
    return or_(
        *(
            (_raw(table, name) != "") & (func.substr(_raw(table, name), 1, len(prefix)) != prefix)
            for name in names
        )
    )


def _raw(table: Table, name: str) -> ColumnElement[str]:
    """A column as it is stored."""
    return type_coerce(table.c[name], Text())
