"""An installation with a row in every table, of every type, and files under their digests."""

from __future__ import annotations

import atexit
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask import Flask

from responder import create_app
from responder.core.database import db
from responder.operating import kept, portable
from responder.settings import Settings
from tests import rows
from tests.databases import migrated_database

PASSPHRASE = b"a passphrase of the office"
CONTENT = b"%PDF-1.7 \x00\xff"
DIGEST = sha256(CONTENT).hexdigest()
NOW = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)


@contextmanager
def installed(kind: str, folder: Path, filled: bool = True) -> Iterator[Flask]:
    """An application on a database of its own; its state lies in ``folder/state``."""
    folder.mkdir(exist_ok=True)
    state = folder / "state"
    if kind == "sqlite":
        shutil.copytree(_made_once(filled), state)
        app = _application(state, "")
        yield app
        _let_go(app)
        return
    state.mkdir(mode=0o700)
    with migrated_database(kind, state) as url:
        app = _made(state, url, filled)
        yield app
        _let_go(app)


@cache
def _made_once(filled: bool) -> Path:
    """The state of an installation on SQLite, to be copied: filling it takes a second."""
    folder = TemporaryDirectory(prefix="responder-filled-")
    atexit.register(folder.cleanup)
    state = Path(folder.name, "state")
    state.mkdir(mode=0o700)
    with migrated_database("sqlite", state):
        _let_go(_made(state, "", filled))
    return state


def _made(state: Path, url: str, filled: bool) -> Flask:
    app = _application(state, url)
    if filled:
        with app.app_context():
            fill(app.extensions["settings"])
    return app


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def _application(state: Path, url: str) -> Flask:
    return create_app(Settings(state_dir=state, database_url=url, secret_key="s" * 40))


def fill(settings: Settings) -> None:
    """A row in each table, with something in its JSON, and files under their digests."""
    with db.engine.begin() as connection:
        rows.fill(connection)
        for table in portable.stored_tables(connection):
            for column in table.columns if table.name not in rows.FINAL else ():
                if isinstance(column.type, sa.JSON):
                    connection.execute(table.update().values({column: rows.NESTED}))
                if column.name == "digest":
                    connection.execute(table.update().values(digest=DIGEST))
    for name in kept.BY_DIGEST:
        folder: Path = getattr(settings, name)
        folder.mkdir()
        (folder / DIGEST).write_bytes(CONTENT)
    upload = settings.uploads / "a1b2"
    upload.mkdir(parents=True)
    (upload / "来信.xlsx").write_bytes(b"PK")


def everything(app: Flask) -> dict[str, list[list[Any]]]:
    """Every row of every table, written alike whichever database it lies in."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: [
                [_alike(column, value) for column, value in zip(table.columns, row, strict=True)]
                for row in portable.rows_of(connection, table)
            ]
            for table in portable.stored_tables(connection)
        }


def _alike(column: sa.Column[Any], value: Any) -> Any:
    if value is not None and isinstance(column.type, sa.JSON):
        return json.dumps(json.loads(value), sort_keys=True)
    if value is not None and isinstance(column.type, sa.Numeric):
        return float(value)
    return value
