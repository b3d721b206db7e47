"""Who spoke, and who had to: what was kept before ranks were, carried over both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database

EVENT = (
    "INSERT INTO press_event (id, theme, form, starts_at, place, unit_id, speaker, summary, state,"
    " head_speaks, uid, version_id) VALUES (:id, 'x', 'briefing', '2026-01-01 00:00:00', '', 1, '',"
    " '', 'held', :head, :uid, 1)"
)
RULE = (
    "INSERT INTO release_rule (id, name, period, least, forms, by_head, all_units, source, active)"
    " VALUES (:id, 'x', :period, 2, '[]', :head, :no, '', :yes)"
)

BEFORE = "0017"


@pytest.fixture(params=DATABASES)
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as it was before, with what the flags can say; the revision's name."""
    with migrated_database(request.param, tmp_path, BEFORE) as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path, secret_key="for-tests"))
        with app.app_context():
            with db.engine.begin() as connection:
                _fill(connection)
            yield BEFORE
            db.session.rollback()
            db.engine.dispose()


def _fill(connection: sa.Connection) -> None:
    def run(statement: str, **values: Any) -> None:
        connection.execute(sa.text(statement), values)

    run("INSERT INTO unit (id, code, name, short_name, matters) VALUES (1, 'a', '甲', '甲', '')")
    for id_, head, period in ((1, True, "year"), (2, False, "quarter")):
        run(EVENT, id=id_, head=head, uid=str(id_))
        run(RULE, id=id_, head=head, period=period, no=False, yes=True)
        run("INSERT INTO release_rule_unit (rule_id, unit_id) VALUES (:id, 1)", id=id_)


def read(columns: str, table: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY 1"))
        ]


def test_what_was_said_of_the_head_is_said_by_the_rank(before: str) -> None:
    alembic.upgrade("0018")
    assert read("id, speaker_rank", "press_event") == [(1, "head"), (2, "other")]
    expected = [(1, "head", "year"), (2, "other", "quarter")]
    assert read("id, speaker_rank, period", "release_rule") == expected
    assert read("rule_id, unit_id", "release_rule_unit") == [(1, 1), (2, 1)]


def test_going_back_keeps_the_head_and_makes_a_year_of_a_half(before: str) -> None:
    alembic.upgrade("0018")
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE press_event SET speaker_rank = 'leader' WHERE id = 2"))
        connection.execute(sa.text("UPDATE release_rule SET period = 'half_year' WHERE id = 2"))
    alembic.downgrade(before)
    assert read("id, head_speaks", "press_event") == [(1, True), (2, False)]
    rules = read("id, by_head, period, least", "release_rule")
    assert rules == [(1, True, "year", 2), (2, False, "year", 4)]
    assert read("rule_id, unit_id", "release_rule_unit") == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    "change", ["period = 'month'", "least = 0", "speaker_rank = 'mayor'", "speaker_rank = NULL"]
)
def test_the_table_refuses_what_no_rule_can_say(before: str, change: str) -> None:
    alembic.upgrade("0018")
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE release_rule SET {change}"))
