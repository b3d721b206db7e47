"""An office upgrades what it has: each older schema, with rows in every table, becomes this one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from responder import create_app
from responder.core.database import Base, alembic, db
from responder.operating import portable
from responder.settings import Settings
from tests.conftest import DATABASES
from tests.databases import empty_database
from tests.rows import fill, keys_of

# After each of these much was added or rebuilt.
OLD = ("0001", "0009", "0021", "0031", "0041")


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("version", OLD)
def test_rows_of_an_older_version_are_there_afterwards(
    version: str, kind: str, tmp_path: Path
) -> None:
    with empty_database(kind, tmp_path) as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path, secret_key="s" * 40))
        with app.app_context():
            alembic.upgrade(version)
            with db.engine.begin() as connection:
                before = fill(connection)
        with app.app_context():
            alembic.upgrade()
            assert alembic.compare_metadata() == []
            with db.engine.begin() as connection:
                after = keys_of(connection, portable.stored_tables(connection))
                assert _lost(before, after) == {}
                portable.refer_strictly_again(connection, [])
                assert list(_dangling(connection)) == []
            for mapper in Base.registry.mappers:
                db.session.scalars(sa.select(mapper.class_)).all()
            db.session.rollback()
            db.engine.dispose()


# Tables that a later version took the rows of, under another name.
MOVED = {"saved_filter": "saved_view"}


def _lost(before: dict[str, set[Any]], after: dict[str, set[Any]]) -> dict[str, Any]:
    """Rows that are no longer there; of a table that was taken over, their number counts."""
    lost: dict[str, Any] = {}
    for name, keys in before.items():
        kept = after.get(MOVED.get(name, name), set())
        if len(kept) < len(keys) or (name in after and not keys <= kept):
            lost[name] = (keys, kept)
    return lost


def _dangling(connection: Connection) -> list[Any]:
    if connection.dialect.name != "sqlite":
        return []  # a reference that does not hold cannot be stored there
    return list(connection.exec_driver_sql("PRAGMA foreign_key_check"))
