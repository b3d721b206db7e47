"""Databases for tests: empty ones, and those that migrations have been over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import NamedTuple
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings

POSTGRESQL_URI = "TEST_POSTGRESQL_URI"
DATABASES = ("sqlite", "postgresql")
HEAD = "head"


@contextmanager
def postgresql_database(template: str = "template1") -> Iterator[str]:
    """A fresh database on the run's PostgreSQL; dropped afterwards."""
    name = f"responder_{uuid4().hex[:12]}"
    _on_the_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _server().set(database=name).render_as_string(hide_password=False)
    _on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database that nobody else uses."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'responder.db'}"
        return
    with postgresql_database() as url:
        yield url


@contextmanager
def migrated_database(kind: str, folder: Path, version: str = HEAD) -> Iterator[str]:
    """The same, as the migrations up to a version leave it and the folder of its installation.

    They are run once in each process and kind of database; what they made is copied.
    """
    with _copied(kind, _migrated(kind, _revision(version)), folder) as url:
        yield url


class Migrated(NamedTuple):
    """An installation to be copied and never used."""

    folder: Path
    database: str


@contextmanager
def _copied(kind: str, made: Migrated, folder: Path) -> Iterator[str]:
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'responder.db'}"
        return
    with postgresql_database(made.database) as url:
        yield url


_MADE: dict[tuple[str, str], Migrated] = {}


def _migrated(kind: str, revision: str) -> Migrated:
    if (kind, revision) not in _MADE:
        folder = Path(mkdtemp(dir=_kept_folder()))
        earlier = max((made for of, made in _MADE if of == kind and made < revision), default="")
        start = (
            _copied(kind, _MADE[kind, earlier], folder) if earlier else empty_database(kind, folder)
        )
        url = _kept().enter_context(start)
        with _app(url, folder).app_context():
            alembic.upgrade(revision)
            db.engine.dispose()
        _MADE[kind, revision] = Migrated(folder, str(sa.make_url(url).database))
    return _MADE[kind, revision]


@cache
def _revision(version: str) -> str:
    """What a version is called, whichever way it is named."""
    with _app("sqlite://", _kept_folder()).app_context():
        script = alembic.script_directory.get_revision(version)
    assert script is not None
    return str(script.revision)


def _app(url: str, folder: Path) -> Flask:
    return create_app(Settings(database_url=url, state_dir=folder, secret_key="only-for-tests"))


@cache
def _kept() -> ExitStack:
    """What is closed by :func:`forget_migrated`."""
    return ExitStack()


@cache
def _kept_folder() -> Path:
    return Path(_kept().enter_context(TemporaryDirectory(prefix="responder-migrated-")))


def forget_migrated() -> None:
    """Drop the databases that were kept to be copied, while their server still runs."""
    _kept().close()


def _server() -> sa.URL:
    return sa.make_url(os.environ[POSTGRESQL_URI])


def _on_the_server(statement: str) -> None:
    admin = sa.create_engine(_server(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(statement)
    admin.dispose()
