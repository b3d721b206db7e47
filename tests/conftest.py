"""Each test that touches the database runs twice: on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import fcntl
import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from benchmarks.postgresql import postgresql
from responder import create_app
from responder.accounts import service as accounts
from responder.core.clocks import seed_clock_rules
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import seed_calendar
from responder.openness.applications.outcomes import seed_outcomes
from responder.responses.judging.kinds import seed_priority_kinds
from responder.settings import Settings
from tests.databases import DATABASES, POSTGRESQL_URI, forget_migrated, migrated_database
from tests.factories import People

# Python's collector would go over the whole product each few hundred objects: a fifth of all time.
gc.set_threshold(100_000, 50, 100)

RUN_FOLDER = "TEST_RUN_FOLDER"


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for the whole run, and a folder; workers find them by their address."""
    running = ExitStack()
    config.add_cleanup(running.close)
    if not hasattr(config, "workerinput"):
        shared = tempfile.TemporaryDirectory(prefix="responder-run-")
        os.environ[RUN_FOLDER] = running.enter_context(shared)
        if not os.environ.get(POSTGRESQL_URI):
            os.environ[POSTGRESQL_URI] = _started(running)
    _keep_compiled_templates(Path(os.environ[RUN_FOLDER], "templates"))
    running.callback(forget_migrated)  # before the server is stopped


def _keep_compiled_templates(folder: Path) -> None:
    """Each template is compiled once in a run, not by each application that shows it."""
    folder.mkdir(exist_ok=True)
    kept = FileSystemBytecodeCache(str(folder))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": kept}


def _started(running: ExitStack) -> str:
    """The address of a PostgreSQL that runs until the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="responder-pg-"))
    address = running.enter_context(postgresql(folder))
    _need_not_outlive_a_power_cut(address)
    return address


def _need_not_outlive_a_power_cut(address: str) -> None:
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        for promise in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {promise} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    admin.dispose()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed = [report.nodeid for report in terminalreporter.getreports("passed")]
    counts = {name: sum(f"[{name}" in nodeid for nodeid in passed) for name in DATABASES}
    rest = len(passed) - sum(counts.values())
    terminalreporter.write_line(
        f"passed on SQLite: {counts['sqlite']}, on PostgreSQL: {counts['postgresql']}, "
        f"without a database: {rest}"
    )
    if cases := _counted(terminalreporter, "access_cases"):
        terminalreporter.write_line(f"route × role: {sum(cases)} cases")
    if cells := _counted(terminalreporter, "lifecycle_cells"):
        terminalreporter.write_line(
            f"state × action × role: {sum(cells)} cells of {len(cells)} lifecycles"
        )


def _counted(terminalreporter: pytest.TerminalReporter, wanted: str) -> list[int]:
    """What the tests that passed say that they counted."""
    return [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == wanted
    ]


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Real Argon2, at its cheapest: hundreds of people are made in these tests."""
    dear = accounts._hasher
    hasher = PasswordHasher.from_parameters(CHEAPEST)
    accounts._hasher = lambda: hasher
    yield
    accounts._hasher = dear


@pytest.fixture(scope="session", params=DATABASES)
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """A migrated database of each kind, for this worker alone."""
    folder: Path = tmp_path_factory.mktemp("state")
    with migrated_database(request.param, folder) as url:
        yield Settings(database_url=url, state_dir=folder, secret_key="only-for-tests")


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    """The demo as it is made, with nothing left empty; to be copied, never written to.

    It takes long to make: whichever worker asks first makes it for all.
    """
    folder = Path(os.environ[RUN_FOLDER], "demo")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".new")
            subprocess.run([sys.executable, "-m", "tools.world", str(making)], check=True)
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def migrated_app(settings: Settings) -> Iterator[Flask]:
    """The application on a migrated database that holds the shipped reference data."""
    app = create_app(settings)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False  # one test turns it on again
    with app.app_context(), transaction(CONSOLE) as session:
        seed_calendar(session)
        seed_clock_rules(session)
        seed_priority_kinds(session)
        seed_outcomes(session)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application; whatever a test stores is undone."""
    with migrated_app.app_context(), db.engine.connect() as connection:
        everything = connection.begin()
        db.sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
        yield migrated_app
        db.session.close()
        everything.rollback()
        db.sessionmaker.configure(bind=db.engine, join_transaction_mode="conditional_savepoint")


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def people(app: Flask) -> People:
    """One person for each role, made when first asked for."""
    return People()
