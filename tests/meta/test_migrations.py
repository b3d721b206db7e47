"""Migrations build what the models say, and can be taken back."""

from __future__ import annotations

import sqlalchemy as sa

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from tests.databases import DATABASES, postgresql_database


def pytest_generate_tests(metafunc) -> None:
    metafunc.parametrize("kind", DATABASES)


def test_up_equals_the_models_and_down_leaves_nothing(kind, tmp_path) -> None:
    if kind == "sqlite":
        up_and_down(Settings(state_dir=tmp_path))
        return
    with postgresql_database() as url:
        up_and_down(Settings(state_dir=tmp_path, database_url=url))


def up_and_down(settings: Settings) -> None:
    with create_app(settings).app_context():
        alembic.upgrade()
        assert alembic.compare_metadata() == []
        alembic.downgrade("base")
        left = set(sa.inspect(db.engine).get_table_names())
        assert left <= {"alembic_version", "sqlite_sequence"}
        db.engine.dispose()
