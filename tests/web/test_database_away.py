"""A database that is away, or goes away half-way: a sentence, and nothing that was typed lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request_finished
from sqlalchemy import event

from responder import create_app
from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.settings import Settings
from tests.databases import migrated_database
from tools.pages import client_of

SENTENCE = "数据库暂时无法使用：请稍后再试"
CALL = "小区停水三天了，没有人来看"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An office of its own, whose database may be taken away."""
    with migrated_database(request.param, tmp_path) as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path, secret_key="s" * 40))
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context(), transaction(CONSOLE) as session:
            accounts.create_user(session, "operator", "话务员", "only for tests 1", [Role.OPERATOR])
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """Nobody reaches the database meanwhile."""
    with app.app_context():
        url = db.engine.url
        db.engine.dispose()
    if url.get_backend_name() == "sqlite":
        stands, laid_aside = Path(url.database or ""), Path(f"{url.database}.away")
        stands.rename(laid_aside)
        stands.mkdir()
        yield
        stands.rmdir()
        laid_aside.rename(stands)
    else:
        _admit(url, "false")
        yield
        _admit(url, "true")


def _admit(url: sa.URL, whether: str) -> None:
    _on_the_server(url, f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS {whether}')


def _on_the_server(url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(url.set(database="postgres"), poolclass=sa.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)


def test_whoever_asks_meanwhile_is_told_to_try_again_and_needs_no_new_start(office: Flask) -> None:
    client = client_of(office, "operator")
    assert client.get("/").status_code == 200
    with away(office):
        for path in ("/", "/messages/new", "/concerns", "/guide"):
            answer = client.get(path)
            assert (answer.status_code, SENTENCE in answer.text) == (503, True), path
            assert (answer.headers["Retry-After"], f'href="{path}"' in answer.text) == ("5", True)
        saved = client.post("/messages/new", data={"body": CALL, "token": "t"})
        assert (saved.status_code, CALL in saved.text) == (503, True)
        pushed = client.post("/api/v1/messages", json={}, headers={"Authorization": "Bearer x"})
        assert (pushed.status_code, pushed.json["code"]) == (503, "unavailable")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_a_connection_that_is_cut_anywhere_in_a_page_costs_a_sentence_at_most(
    office: Flask,
) -> None:
    client = client_of(office, "operator")
    client.get("/")
    statuses = []
    while True:
        with _cut_before(office, len(statuses)) as cut:
            answer = client.get("/")
        if not cut:
            break
        statuses.append(answer.status_code)
        assert "</html>" in answer.text, statuses
        assert (SENTENCE in answer.text) == (answer.status_code == 503), statuses
    assert set(statuses[:-1]) == {503}
    assert statuses[-1] == 200, "an answer that was complete is given"


@contextmanager
def _cut_before(app: Flask, question: int) -> Iterator[list[int]]:
    """The connection ends before a question, or, after the last one, before it is given back.

    Gives the number of its process once it is cut.
    """
    asked, cut = list[int](), list[int]()

    def hear(_connection: Any, cursor: Any, *_rest: Any) -> None:
        if len(asked) == question:
            end(cursor.connection.info.backend_pid)
        asked.append(cursor.connection.info.backend_pid)

    def finished(*_args: Any, **_named: Any) -> None:
        if len(asked) == question and not cut:
            end(asked[-1])

    def end(pid: int) -> None:
        _on_the_server(url, f"SELECT pg_terminate_backend({pid}, 5000)")
        cut.append(pid)

    with app.app_context():
        engine, url = db.engine, db.engine.url
    event.listen(engine, "before_cursor_execute", hear)
    with request_finished.connected_to(finished, app):
        yield cut
    event.remove(engine, "before_cursor_execute", hear)
