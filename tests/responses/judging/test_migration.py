"""Older installations learn of closing; going back loses no item that was closed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database

_WHEN = "'2026-11-20 01:00:00+00:00'"
_WRITTEN = (
    "INSERT INTO unit (id, code, name, short_name, matters) VALUES (1, 'zjj', '住建局', '', '')",
    "INSERT INTO response_item (id, title, concern, concern_source, answer, level, state, unit_id,"
    " found_at, opened_at, version_id) VALUES"
    f" (1, '车位', '租售', '', '答', 'ordinary', 'draft', 1, {_WHEN}, {_WHEN}, 1)",
    "INSERT INTO response_draft (item_id, number, text, author_name, saved_at)"
    f" VALUES (1, 1, '答', '编辑', {_WHEN})",
)
_KEPT = "SELECT (SELECT count(*) FROM response_item), (SELECT count(*) FROM response_draft)"
_CLOSE = "UPDATE response_item SET state = 'closed'"


def run(statement: str) -> sa.CursorResult:
    with db.engine.begin() as connection:
        return connection.execute(sa.text(statement))


def kept() -> tuple[int, int]:
    with db.engine.connect() as connection:
        return tuple(connection.execute(sa.text(_KEPT)).one())


@pytest.mark.parametrize("kind", DATABASES)
def test_items_can_be_closed_afterwards_and_are_not_lost_by_going_back(
    kind: str, tmp_path: Path
) -> None:
    with (
        migrated_database(kind, tmp_path, "0028") as url,
        create_app(Settings(database_url=url, state_dir=tmp_path)).app_context(),
    ):
        for statement in _WRITTEN:
            run(statement)
        with pytest.raises(sa.exc.IntegrityError):
            run(_CLOSE)
        alembic.upgrade("0030")
        assert kept() == (1, 1)
        run(_CLOSE)
        with pytest.raises(RuntimeError, match="1 件不公开办结的事项"):
            alembic.downgrade("0028")
        db.session.rollback()
        run("UPDATE response_item SET state = 'draft'")
        alembic.downgrade("0028")
        assert kept() == (1, 1)
        with pytest.raises(sa.exc.IntegrityError):
            run(_CLOSE)
        db.session.rollback()
        db.engine.dispose()
