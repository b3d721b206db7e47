"""Items that were written before there were formats keep all that hangs on them."""

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
    f" (1, '车位', '租售', '', '答', 'ordinary', 'published', 1, {_WHEN}, {_WHEN}, 1)",
    "INSERT INTO response_draft (item_id, number, text, author_name, saved_at)"
    f" VALUES (1, 1, '答', '编辑', {_WHEN})",
    "INSERT INTO entry (id, item_id, index_number, title, concern, concern_source, unit_name,"
    " answer, publisher, published_at)"
    f" VALUES (1, 1, 'HY-1', '车位', '租售', '', '住建局', '答', '新闻办', {_WHEN})",
)
_COUNTS = "SELECT (SELECT count(*) FROM response_draft), (SELECT count(*) FROM entry)"


@pytest.mark.parametrize("kind", DATABASES)
def test_old_answers_are_plain_and_nothing_is_lost_either_way(kind: str, tmp_path: Path) -> None:
    with migrated_database(kind, tmp_path, "0021") as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path))
        with app.app_context():
            with db.engine.begin() as connection:
                for statement in _WRITTEN:
                    connection.execute(sa.text(statement))
            alembic.upgrade("0022")
            with db.engine.begin() as connection:
                assert tuple(connection.execute(sa.text(_COUNTS)).one()) == (1, 1)
                for table, column in (("response_draft", "format"), ("entry", "answer_format")):
                    query = sa.text(f"SELECT {column} FROM {table}")
                    assert connection.scalar(query) == "plain"
            alembic.downgrade("0021")
            with db.engine.begin() as connection:
                assert tuple(connection.execute(sa.text(_COUNTS)).one()) == (1, 1)
            alembic.upgrade("0022")
            with db.engine.begin() as connection:
                connection.execute(sa.text("UPDATE entry SET answer_format = 'markdown'"))
            with pytest.raises(RuntimeError, match="1 条已公开的回应是 Markdown"):
                alembic.downgrade("0021")
            db.session.rollback()
            db.engine.dispose()
