"""Rows that were stored in the plain are sealed by the migration, and given back by its undoing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from responder import create_app
from responder.core.database import alembic, db, transaction
from responder.core.permissions import CONSOLE
from responder.intake import rules, service
from responder.intake.identity import authors
from responder.intake.models import Message
from responder.intake.service import Stored
from responder.settings import Settings
from tests.databases import DATABASES, empty_database
from tests.factories import NOW
from tests.intake.factories import new_message

CALLED = new_message(1, author="王女士", phone="+86 138 1234 5678", body="请回电13912345678")
NAMED = new_message(2, author="李先生")
NOBODY = new_message(3, author="匿名")
MESSAGES = (CALLED, NAMED, NOBODY)


@pytest.fixture(params=DATABASES)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with installed_before(request.param, tmp_path) as app:
        yield app


@contextmanager
def installed_before(kind: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation from before, with a few messages."""
    with empty_database(kind, tmp_path) as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path))
        with app.app_context():
            alembic.upgrade("0003")
            with db.engine.begin() as connection:
                connection.execute(_insert(), [_plain(message) for message in MESSAGES])
            yield app
            db.engine.dispose()


def _insert() -> sa.TextClause:
    columns = list(_plain(CALLED))
    return sa.text(
        f"INSERT INTO message ({', '.join(columns)}) VALUES ({', '.join(f':{c}' for c in columns)})"
    )


def _plain(message: service.NewMessage) -> dict[str, Any]:
    fields = {
        name: getattr(message, name)
        for name in (
            "title", "body", "author", "phone", "district", "place", "urgent", "likes", "dislikes",
            "comments", "shares", "reply", "source_url", "fingerprint",
        )
    }  # fmt: skip
    key = rules.author_key(message.channel, message.author, message.phone, message.fingerprint)
    moment = message.occurred_at
    return fields | {
        "channel": message.channel.value,
        "author_key": key,
        "occurred_at": moment
        if db.engine.dialect.name == "postgresql"
        else f"{moment:%F %T}.000000",
        "received_at": NOW if db.engine.dialect.name == "postgresql" else f"{NOW:%F %T}.000000",
    }


def stored(columns: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        found = connection.execute(sa.text(f"SELECT {columns} FROM message ORDER BY id"))
        return [tuple(row) for row in found]


def test_stored_senders_are_sealed_and_given_back(old: Flask) -> None:
    before = stored("author, phone, author_key, fingerprint")
    alembic.upgrade()
    after = stored("author, phone, author_key, fingerprint")
    assert not {value for row in before for value in row if value} & {v for r in after for v in r}
    with transaction(CONSOLE) as session:
        read = session.scalars(sa.select(Message).order_by(Message.id)).all()
        assert [(one.author, one.phone) for one in read] == [row[:2] for row in before]
        assert [one.private_kinds for one in read] == ["mobile", "", ""]
        assert authors.earlier_of(session, "13812345678") == [read[0]]
        assert service.store_messages(session, MESSAGES, NOW) == Stored(0, 3)
    alembic.downgrade("0003")
    assert stored("author, phone, author_key, fingerprint") == before


def test_no_sender_is_left_in_the_file_of_sqlite(tmp_path: Path) -> None:
    with installed_before("sqlite", tmp_path):
        alembic.upgrade()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    content = (tmp_path / "responder.db").read_bytes()
    assert "请回电".encode() in content
    assert "王女士".encode() not in content
    assert b"138 1234 5678" not in content
