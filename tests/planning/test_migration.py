"""Checklists of before: what the guard went by in a name is from now on said by the row."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database

NAMES = ("审批", "领导审批表", "保密审查", "内容把关", "审查场地")


@pytest.mark.parametrize("kind", DATABASES)
def test_stored_tasks_keep_the_day_uncertain_as_they_did(kind: str, tmp_path: Path) -> None:
    with migrated_database(kind, tmp_path, "0015") as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path))
        with app.app_context():
            with db.engine.begin() as connection:
                for number, name in enumerate(NAMES):
                    connection.execute(_ITEM, {"position": number, "name": name, "on": True})
                connection.execute(_UNIT)
                connection.execute(_EVENT, {"off": False})
                for number, name in enumerate(NAMES):
                    connection.execute(_TASK, {"position": number, "name": name})
            alembic.upgrade()
            for table in ("preparation_item", "preparation_task"):
                query = f"SELECT name FROM {table} WHERE before_confirmation ORDER BY position"
                assert tuple(db.session.scalars(sa.text(query))) == NAMES[:3], table
                versions = db.session.scalars(sa.text(f"SELECT version_id FROM {table}"))
                assert set(versions) == {1}
            db.session.rollback()
            alembic.downgrade("0015")
            db.engine.dispose()


_ITEM = sa.text(
    "INSERT INTO preparation_item (position, name, days, source, active)"
    " VALUES (:position, :name, 1, '', :on)"
)
_UNIT = sa.text(
    "INSERT INTO unit (id, code, name, short_name, matters) VALUES (1, 'zjj', '住建局', '', '')"
)
_EVENT = sa.text(
    "INSERT INTO press_event (id, theme, form, starts_at, place, unit_id, speaker, summary, state,"
    " all_day, head_speaks, uid, version_id) VALUES (1, '车位', 'briefing',"
    " '2026-11-27 01:00:00.000000', '', 1, '', '', 'preparing', :off, :off, 'e1', 1)"
)
_TASK = sa.text(
    "INSERT INTO preparation_task"
    " (event_id, position, name, days, responsible, note, done_by_name)"
    " VALUES (1, :position, :name, 1, '', '', '')"
)
