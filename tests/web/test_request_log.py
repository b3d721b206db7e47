"""The log of real requests: what was done stands in it, and nothing of whom it was about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from responder.accounts.models import Unit
from responder.core.database import db, said_by
from responder.desk import views
from tests.factories import People, unit
from tests.kept_logs import kept_logs, lines_of

NAME, PHONE, ID_NUMBER, WORDS = "王小明", "13812345678", "11010519491231002X", "梧桐里的水管爆了"
PASSWORD = "not-my-password-0"
CALL = {
    "token": "t1", "body": f"{WORDS}，身份证{ID_NUMBER}", "author": NAME, "phone": PHONE,
    "occurred_at": "2026-03-05T09:30", "nature": "complaint",
}  # fmt: skip


@pytest.fixture
def log(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    app.extensions.pop("desk_places", None)
    with kept_logs(tmp_path / "logs") as folder:
        yield folder
    app.extensions.pop("desk_places", None)


def test_no_request_leaves_anybody_in_the_log(
    log: Path, client: FlaskClient, people: People, monkeypatch: pytest.MonkeyPatch, capfd
) -> None:
    assert people.editor
    operator = people.operator.id
    failed = client.post("/sign-in", data={"username": "editor", "password": PASSWORD})
    people.sign_in(client, people.operator)
    logged = client.post("/messages/new", data=CALL)
    looked = client.get(f"/messages?q={PHONE}")
    sought = client.post("/messages/of-caller", data={"phone": PHONE})
    missing = client.get(f"/nowhere/{NAME}?q={PHONE}")
    monkeypatch.setattr(views, "earlier_of", _break)
    broken = client.post("/messages/new/earlier", data=CALL)
    statuses = [one.status_code for one in (failed, logged, looked, sought, missing, broken)]
    assert statuses == [403, 302, 200, 200, 404, 500]
    text = next(log.iterdir()).read_text("utf-8") + capfd.readouterr().err
    for private in (NAME, PHONE, ID_NUMBER, WORDS, PASSWORD, "editor", "138******78"):
        assert private not in text, private
    told = [one for one in lines_of(log) if one["event"] == "request"]
    of_call = next(one for one in told if one["route"] == "/messages/new")
    assert (of_call["user"], of_call["method"], of_call["status"]) == (operator, "POST", 302)
    assert of_call["ms"] >= 0
    [crash] = [one for one in lines_of(log) if one["event"] == "unhandled"]
    assert [one["type"] for one in crash["exception"]] == [
        "RuntimeError",
        "sqlalchemy.exc.IntegrityError",
        "sqlite3.IntegrityError"
        if db.engine.dialect.name == "sqlite"
        else "psycopg.errors.UniqueViolation",
    ]
    assert crash["request"] == broken.headers["X-Request-ID"] == told[-1]["request"]
    assert told[-1]["status"] == 500


def _break(*_given: object, **_named: object) -> None:
    """An error with words, because of what is stored already, whose values the database names."""
    try:
        with db.session.begin_nested():
            for _ in range(2):
                db.session.execute(sa.insert(Unit).values(code=PHONE, name=NAME))
    except IntegrityError as error:
        raise RuntimeError(f"{NAME} {PHONE}") from error


def test_what_a_database_says_is_told_without_its_values(log: Path, session) -> None:
    unit(code="13812345678", name=NAME)
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.execute(sa.insert(Unit).values(code=PHONE, name=NAME))
    current_app.logger.warning("integrity: %s", said_by(caught.value))
    [line] = lines_of(log)
    assert "unit" in line["event"]
    assert PHONE not in line["event"]
    assert NAME not in line["event"]
