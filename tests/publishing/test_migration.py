"""What was corrected or withdrawn in the open is not lost by going back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database


@pytest.mark.parametrize("kind", DATABASES)
def test_nobody_goes_back_behind_a_withdrawal(kind: str, tmp_path: Path) -> None:
    with migrated_database(kind, tmp_path) as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path))
        with app.app_context():
            with db.engine.begin() as connection:
                for statement in _WITHDRAWN:
                    connection.execute(sa.text(statement))
            with pytest.raises(RuntimeError, match="1 条已公布"):
                alembic.downgrade("0020")
            assert db.session.scalar(sa.text("SELECT count(*) FROM entry_change")) == 1
            db.session.rollback()
            db.engine.dispose()


_WHEN = "'2026-11-20 01:00:00+00:00'"
_WITHDRAWN = (
    "INSERT INTO unit (id, code, name, short_name, matters) VALUES (1, 'zjj', '住建局', '', '')",
    "INSERT INTO response_item (id, title, concern, concern_source, answer, level, state, unit_id,"
    " found_at, opened_at, version_id) VALUES"
    f" (1, '车位', '租售', '', '', 'ordinary', 'published', 1, {_WHEN}, {_WHEN}, 1)",
    "INSERT INTO entry (id, item_id, index_number, title, concern, concern_source, unit_name,"
    " answer, publisher, published_at)"
    f" VALUES (1, 1, 'HY-1', '车位', '租售', '', '住建局', '答', '新闻办', {_WHEN})",
    "INSERT INTO entry_change (entry_id, kind, state, note, title, concern, concern_source, answer,"
    " proposed_at, proposed_by_name, decided_by_name, decision_note, version_id)"
    f" VALUES (1, 'withdraw', 'released', '撤回', '', '', '', '', {_WHEN}, '', '', '', 1)",
)
