"""An upload whose commit nobody hears of: what may be stored keeps its file."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import AdminShutdown, DiskFull
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from responder.core.database import db
from responder.core.times import utc_now
from responder.intake.imports.models import ImportRun
from responder.intake.imports.runner import UNKNOWN_FOR, tidy
from tests.databases import DATABASES
from tests.factories import People
from tests.installations import installation
from tools.pages import client_of

LETTERS = "反映内容,来信时间\n槐荫巷的水管又爆了,2026-11-20\n"


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with installation(request.param, tmp_path) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            assert People().monitor
        yield app


@contextmanager
def failing(app: Flask, told: Exception, *, stored: bool) -> Iterator[None]:
    """The commit of an upload ends with an error, whether or not it came through."""
    taken_in: list[int] = []

    def note(_mapper: Any, _connection: Connection, run: ImportRun) -> None:
        taken_in.append(run.id)

    def commit(connection: Connection) -> None:
        if taken_in:
            if stored:
                connection.connection.cursor().execute("COMMIT")
            raise OperationalError("COMMIT", {}, told)

    with app.app_context():
        engine = db.engine
    event.listen(ImportRun, "after_insert", note)
    event.listen(engine, "commit", commit)
    yield
    event.remove(engine, "commit", commit)
    event.remove(ImportRun, "after_insert", note)


def send(client: FlaskClient) -> int:
    data = {"file": (io.BytesIO(LETTERS.encode()), "来信.csv")}
    return client.post("/imports/files", data=data).status_code


def runs(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(ImportRun.folder)))


def folders(app: Flask) -> list[str]:
    return [path.name for path in app.extensions["settings"].uploads.iterdir()]


@pytest.mark.parametrize("stored", [True, False])
def test_a_file_stays_for_an_hour_when_nobody_knows_whether_its_run_is_stored(
    office: Flask, stored: bool
) -> None:
    lost, settings = AdminShutdown("terminating connection"), office.extensions["settings"]
    with failing(office, lost, stored=stored):
        assert send(client_of(office, "monitor")) == 503
    kept = folders(office)
    assert (len(kept), runs(office)) == (1, kept if stored else [])
    old = utc_now().timestamp() - UNKNOWN_FOR - 1
    with office.app_context():
        assert tidy(settings, utc_now()) == 0
        os.utime(settings.uploads / kept[0], (old, old))
        tidy(settings, utc_now())
    assert folders(office) == runs(office)


def test_a_file_goes_whose_run_found_no_space(office: Flask) -> None:
    with failing(office, DiskFull("no space"), stored=False):
        assert send(client_of(office, "monitor")) == 503
    assert (folders(office), runs(office)) == ([], [])
