"""Events that came from calendar files before their series was kept are still known by it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, postgresql_database

UIDS = {
    "series@desk/20261201T013000Z": "series@desk",
    "series@desk/20261202": "series@desk",
    "a/b@desk/20261203": "a/b@desk",
    "alone@desk": None,
    "with/slash@desk": None,
    "series@desk/20261201T0130": None,
}


@pytest.mark.parametrize("kind", DATABASES)
def test_occurrences_are_given_their_series(kind: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        up(create_app(Settings(state_dir=tmp_path)))
        return
    with postgresql_database() as url:
        up(create_app(Settings(state_dir=tmp_path, database_url=url)))


def up(app: Flask) -> None:
    with app.app_context():
        alembic.upgrade("0015")
        with db.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "INSERT INTO unit (id, code, name, short_name, matters)"
                    " VALUES (1, 'zjj', '局', '', '')"
                )
            )
            for number, uid in enumerate(UIDS, start=1):
                connection.execute(
                    sa.text(
                        "INSERT INTO press_event (id, theme, form, starts_at, place, unit_id,"
                        " speaker, summary, state, uid, version_id) VALUES (:id, '供水',"
                        " 'briefing', '2026-12-01 01:30:00+00:00', '', 1, '', '', 'proposed',"
                        " :uid, 1)"
                    ),
                    {"id": number, "uid": uid},
                )
        alembic.upgrade()
        with db.engine.connect() as connection:
            found = connection.execute(sa.text("SELECT uid, series_uid FROM press_event"))
            assert dict(found.all()) == UIDS
        alembic.downgrade("0015")
        alembic.upgrade()
        db.engine.dispose()
