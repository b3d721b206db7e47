"""What watches an installation hears the truth, in few words, and hears nothing of people."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from responder import create_app
from responder.core import disk
from responder.core.database import alembic, db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.operating import last_backup
from responder.orders.models import OrderClock, OrderState
from responder.scheduling.models import SchedulerTurn
from responder.settings import Settings
from tests.browser.conftest import free_port
from tests.factories import NOW, People
from tests.orders.factories import brought_to


def figures(client: FlaskClient, **headers: str) -> dict[str, float]:
    """Each figure by its name and labels."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return read(answer.text)


def read(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_a_process_that_answers_is_alive_whatever_the_database_does(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody:secret-word@127.0.0.1:{free_port()}/none"
    app = create_app(Settings(state_dir=tmp_path, database_url=url, secret_key="s" * 40))
    client = app.test_client()
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "database: no answer\n"
    assert "responder_database_up 0.0" in client.get("/metrics").text
    with app.app_context():
        db.engine.dispose()


def test_a_state_folder_that_was_taken_away_is_named(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    app = create_app(Settings(state_dir=state, secret_key="s" * 40))
    client = app.test_client()
    with app.app_context():
        alembic.upgrade()
        db.engine.dispose()
    shutil.rmtree(state)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text.splitlines()[0]) == (503, "state folder: missing")


def test_a_state_folder_is_missed_also_where_the_database_lies_elsewhere(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    url = f"sqlite:///{tmp_path / 'office.db'}"
    app = create_app(Settings(state_dir=state, database_url=url, secret_key="s" * 40))
    with app.app_context():
        alembic.upgrade()
    _scheduler_acted(app, utc_now())
    assert app.test_client().get("/readyz").text == "ok\n"
    shutil.rmtree(state)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "state folder: missing\nidentity keys: missing\n"
    state.mkdir()  # what is left where a network folder was not mounted
    assert app.test_client().get("/readyz").text == "identity keys: missing\n"
    with app.app_context():
        db.engine.dispose()


def _scheduler_acted(app: Flask, moment: datetime) -> None:
    with app.app_context(), transaction(CONSOLE) as session:
        session.get_one(SchedulerTurn, 1).renewed_at = moment


def test_ready_is_who_has_a_scheduler_and_this_versions_schema(tmp_path: Path) -> None:
    app = create_app(Settings(state_dir=tmp_path, secret_key="s" * 40))
    client = app.test_client()
    assert client.get("/readyz").text == "schema: not current\n"
    with app.app_context():
        alembic.upgrade()
    assert client.get("/readyz").text == "scheduler: no sign of life\n"
    _scheduler_acted(app, utc_now())
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ok\n")
    _scheduler_acted(app, NOW.replace(year=2020))
    assert client.get("/readyz").status_code == 503
    with app.app_context():
        alembic.downgrade("0041")
        db.engine.dispose()
    assert client.get("/readyz").text == "schema: not current\n"
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("free", "told"), [(disk.SCARCE - 1, "nearly full"), (0, "full")])
def test_a_disk_is_told_of_before_it_is_full_and_when(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, free: int, told: str
) -> None:
    before = client.get("/readyz").text
    monkeypatch.setattr(disk, "free_bytes", lambda _folder: free)
    assert set(client.get("/readyz").text.splitlines()) - set(before.splitlines()) == {
        f"disk: {told}"
    }


def test_figures_say_what_runs_late_and_what_waits(
    app: Flask, client: FlaskClient, people: People
) -> None:
    before = figures(client)
    brought_to(OrderState.HANDLING)
    db.session.execute(sa.update(OrderClock).values(due_at=NOW.replace(year=2020)))
    found = figures(client)
    late = 'responder_clocks{kind="order",state="late"}'
    assert found[late] > before[late]
    assert found["responder_database_up"] == 1
    assert found['responder_queue_due{queue="webhooks"}'] == 0


def test_a_backup_that_was_never_made_is_as_old_as_can_be(tmp_path: Path) -> None:
    """An alarm on a figure that is not there never goes off."""
    app = create_app(Settings(state_dir=tmp_path, secret_key="s" * 40))
    name = "responder_backup_timestamp_seconds"
    assert figures(app.test_client())[name] == 0
    last_backup.note(tmp_path, NOW)
    assert figures(app.test_client())[name] == NOW.timestamp()
    with app.app_context():
        db.engine.dispose()


def test_answers_are_counted_by_endpoint_and_status(client: FlaskClient) -> None:
    name = 'responder_requests_total{endpoint="%s",method="GET",status="%s"}'
    before = figures(client)
    for path in ("/concerns", "/no-such-page"):
        client.get(path)
    found = figures(client)
    for endpoint, status in (("publishing.index", 200), ("none", 404)):
        counted = name % (endpoint, status)
        assert found[counted] == before.get(counted, 0) + 1


def test_figures_hold_no_address_that_somebody_asked_for(client: FlaskClient) -> None:
    client.get("/concerns?q=13812345678")
    client.get("/13812345678")
    assert "13812345678" not in client.get("/metrics").text


def test_only_this_machine_or_the_token_reads_the_figures(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status(address: str = "127.0.0.1", **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        environment = {"REMOTE_ADDR": address}
        return client.get(
            "/metrics", headers=named, environ_overrides=environment
        ).status_code  # fmt: skip

    assert status() == 200
    assert status("10.0.0.7") == 403
    assert status(X_Forwarded_For="10.0.0.7") == 403  # a proxy on this machine asks for somebody
    settings = app.extensions["settings"].model_copy(update={"metrics_token": "a long token"})
    monkeypatch.setitem(app.extensions, "settings", settings)
    assert status() == 403
    assert status("10.0.0.7", Authorization="Bearer a long token") == 200
    assert status("10.0.0.7", Authorization="Bearer another token") == 403


def test_every_figure_has_a_meaning(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    told = set(re.findall(r"^# HELP (\S+) \S", text, re.M))
    assert {"responder_clocks", "responder_queue_due", "responder_requests_total"} <= told
