"""Databases of before the chain: what they hold is chained as the product reads it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from responder import create_app
from responder.core.audit import chain
from responder.core.audit.verifying import verify
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database
from tests.factories import NOW

EVENT = sa.table(
    "audit_event",
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor_id", sa.Integer()),
    sa.column("actor_name", sa.String()),
    sa.column("action", sa.String()),
    sa.column("object_type", sa.String()),
    sa.column("object_id", sa.Integer()),
    sa.column("changes", sa.JSON()),
    sa.column("note", sa.Text()),
)
PLAIN = {
    "at": NOW, "actor_id": None, "actor_name": "系统", "action": "create", "object_type": "unit",
    "object_id": 1, "changes": {}, "note": "",
}  # fmt: skip
AWKWARD = (
    {},
    {"at": datetime(2026, 11, 20, 1, 2, 3, 4, tzinfo=UTC)},
    {"at": datetime(2026, 11, 20, 1, 2, 3, 120_000, tzinfo=UTC)},
    {"at": datetime(1970, 1, 1, tzinfo=UTC)},
    {"at": datetime(9998, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)},
    {"actor_id": 7, "actor_name": "𠮷野 😀", "note": "\u2028 \"\\ '\t\r\n é e\u0301 " + "𠀀" * 99},
    {"object_id": 2**31 - 1, "actor_id": -1},
    {"changes": {"z": [None, True], "a": {"b": [{"c": []}, {}], "é": "𠮷"}, "": "\x01\u2028"}},
    {"changes": {"f": [0.1, 1.0, -0.0, 1e22, 1e-7, 5e-324, 1.7976931348623157e308]}},
    {"changes": {"i": [0, -1, 2**53 + 1, 10**30]}},
    {"changes": None},
    {"changes": [1, "x"]},
)  # fmt: skip
# What only a hand writes: other order, other writing, the same name twice, half a character.
AS_TEXT = r"""{ "b":1.50, "a" : 1E3,"a":"\u00e9","s":"\ud83d" }"""


@pytest.mark.parametrize("kind", DATABASES)
def test_what_was_there_before_the_chain_is_chained_as_it_is_read_later(
    kind: str, tmp_path: Path
) -> None:
    with migrated_database(kind, tmp_path, "0046") as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path, secret_key="s" * 40))
        with app.app_context():
            with db.engine.begin() as connection:
                if kind == "postgresql":  # as its administrator may have set it
                    connection.execute(sa.text("SET TIME ZONE 'Asia/Kolkata'"))
                for values in AWKWARD:
                    connection.execute(sa.insert(EVENT).values(**PLAIN | values))
                east = NOW.astimezone(timezone(timedelta(hours=8)))
                connection.execute(_AS_TEXT, {"at": _written(kind, east), "changes": AS_TEXT})
            alembic.upgrade()
            outcome = verify(db.session)
            assert (outcome.problem, outcome.count) == ("", len(AWKWARD) + 1)
            assert outcome.head == chain.head(db.session)
            db.session.rollback()
            db.engine.dispose()


_AS_TEXT = sa.text(
    "INSERT INTO audit_event (at, actor_name, action, object_type, object_id, changes, note)"
    " VALUES (:at, '', 'x', 'x', 0, :changes, '')"
)


def _written(kind: str, at: datetime) -> object:
    return at if kind == "postgresql" else at.isoformat(" ")


@pytest.mark.parametrize("table", ["audit_event", "audit_link"])
def test_a_chain_of_before_the_guard_on_replace_gets_it(table: str, tmp_path: Path) -> None:
    replace = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    file = tmp_path / "responder.db"
    with migrated_database("sqlite", tmp_path, "0046") as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path, secret_key="s" * 40))
        with app.app_context():
            with db.engine.begin() as connection:
                connection.execute(sa.insert(EVENT).values(**PLAIN))
            alembic.upgrade("0047")
            db.engine.dispose()
        with closing(sqlite3.connect(file)) as older:
            older.execute(f"DROP TRIGGER {table}_no_replace")
            older.execute(replace)
            older.commit()
        for _ in range(2):  # also where they are there
            with app.app_context():
                alembic.upgrade()
                with pytest.raises(DBAPIError, match="append-only"):
                    db.session.execute(sa.text(replace))
                db.session.rollback()
                assert verify(db.session).problem == ""
                db.session.rollback()
                alembic.downgrade("0047")
                db.engine.dispose()
        refused = pytest.raises(sqlite3.IntegrityError, match="append-only")
        with closing(sqlite3.connect(file)) as foreign, refused:
            foreign.execute(replace)
