"""Lines of the change table find whose row they were about, back over handovers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database

# Of row 1, now of unit 2: of unit 1 it was until its second line. Row 2 was of a unit that has
# another name by now.
LINES = [
    (1, 1, "added", {"unit": ["", "甲"]}, 1),
    (2, 1, "changed", {"unit": ["甲", "乙"]}, 1),
    (3, 1, "changed", {"speaker": ["", "局长"]}, 2),
    (4, 2, "changed", {"speaker": ["", "主任"]}, None),
    (5, 2, "changed", {"unit": ["旧名", "乙"]}, None),
    (6, 2, "dropped", {"unit": ["乙", ""]}, 2),
]
CHANGE = (
    "INSERT INTO plan_change (id, plan_id, entry_id, number, kind, reason, approval, changes, at,"
    " by_name) VALUES (:id, 1, :entry, :id, :kind, '理由', '', :changes,"
    " '2026-01-01 00:00:00', 'x')"
)
NAMED = "fk_entry_change_on_behalf_of_id_user_account"

BEFORE = "0038"


@pytest.fixture(params=DATABASES)
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as it was before, with lines; the revision's name."""
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

    for id_, name in ((1, "甲"), (2, "乙")):
        run(
            "INSERT INTO unit (id, code, name, short_name, matters) VALUES (:id, :name, :name,"
            " '', '')",
            id=id_, name=name,
        )  # fmt: skip
    run(
        "INSERT INTO release_plan (id, year, title, state, adopted_by, version_id)"
        " VALUES (1, 2026, '计划', 'adopted', '会议', 1)"
    )
    for number in (1, 2):
        run(
            "INSERT INTO plan_entry (id, plan_id, number, theme, form, month, unit_id, speaker,"
            " basis, remark, state, version_id) VALUES (:n, 1, :n, 'x', 'briefing', 3, 2, '',"
            " '', '', 'listed', 1)",
            n=number,
        )
    for id_, entry, kind, changes, _unit in LINES:
        run(CHANGE, id=id_, entry=entry, kind=kind, changes=json.dumps(changes))


def test_each_line_is_of_the_unit_whose_row_it_was(before: str) -> None:
    alembic.upgrade("0039")
    wanted = [(line[0], line[4]) for line in LINES]
    read = sa.text("SELECT id, unit_id FROM plan_change ORDER BY id")
    with db.engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(read)] == wanted
        if connection.dialect.name == "postgresql":
            keys = sa.inspect(connection).get_foreign_keys("entry_change")
            assert NAMED in {key["name"] for key in keys}
    alembic.downgrade(before)
    alembic.upgrade("0039")
    with db.engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(read)] == wanted


def test_a_constraint_that_was_left_unnamed_gets_its_name(before: str) -> None:
    with db.engine.begin() as connection:
        if connection.dialect.name != "postgresql":
            pytest.skip("SQLite tells constraints by no name of their own")
        connection.execute(
            sa.text(
                f"ALTER TABLE entry_change RENAME CONSTRAINT {NAMED}"
                " TO entry_change_on_behalf_of_id_fkey"
            )
        )
    alembic.upgrade("0039")
    with db.engine.connect() as connection:
        keys = sa.inspect(connection).get_foreign_keys("entry_change")
    assert NAMED in {key["name"] for key in keys}
