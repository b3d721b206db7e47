"""``make run`` on a machine that has nothing yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from responder import create_app
from responder.accounts import service as accounts
from responder.core.database import Schema, db, schema
from responder.demo import cli
from responder.settings import Settings


@pytest.mark.filterwarnings("ignore:The Result.tuples:DeprecationWarning")  # of Flask-Alembic
def test_the_folder_need_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_load", lambda: None)  # what is loaded has tests of its own
    state = tmp_path / "not" / "there"
    with create_app(Settings(state_dir=state)).app_context():
        cli._prepare()
        assert schema() is Schema.CURRENT
        assert accounts.has_administrator(db.session)
        db.session.close()
        db.engine.dispose()
    assert (state / "secret_key").exists()
