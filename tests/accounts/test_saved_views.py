"""Saved filters of messages became saved views: none is lost, none is seen by more people."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database

_WHEN = "2026-11-20 01:00:00+00:00"
_PERSON = sa.text(
    "INSERT INTO user_account (id, username, display_name, password_hash, active)"
    " VALUES (1, 'a', '甲', '', :on)"
)
_FILTER = sa.text(
    "INSERT INTO saved_filter (owner_id, name, address, shared, saved_at)"
    " VALUES (1, :name, 'q=x', :shared, :at)"
)


@pytest.mark.parametrize("kind", DATABASES)
def test_saved_filters_become_views_and_back(kind: str, tmp_path: Path) -> None:
    with migrated_database(kind, tmp_path, "0039") as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path))
        with app.app_context():
            with db.engine.begin() as connection:
                connection.execute(_PERSON, {"on": True})
                for name, shared in (("路灯", True), ("停水", False)):
                    row = {"name": name, "shared": shared, "at": _WHEN}
                    connection.execute(_FILTER, row)
            alembic.upgrade("0040")
            query = "SELECT list_code, name, address, audience FROM saved_view ORDER BY id"
            assert [tuple(row) for row in db.session.execute(sa.text(query))] == [
                ("messages", "路灯", "q=x", "all"),
                ("messages", "停水", "q=x", "own"),
            ]
            db.session.rollback()
            alembic.downgrade("0039")
            back = db.session.execute(sa.text("SELECT name, shared FROM saved_filter ORDER BY id"))
            assert [(name, bool(shared)) for name, shared in back] == [
                ("路灯", True),
                ("停水", False),
            ]
            db.session.rollback()
            db.engine.dispose()
