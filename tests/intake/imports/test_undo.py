"""Undoing an import while others work, on both databases for real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Select, create_engine, false, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.intake import service
from responder.intake.imports import undo
from responder.intake.models import BatchState, Channel, ImportBatch, Message
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import installation
from tests.intake.factories import new_message


@pytest.fixture(params=DATABASES)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with installation(request.param, tmp_path) as app:
        yield app


def begin_to_use(message_id: int) -> None:
    """Do with a message, on another connection, what a work order that names it does first.

    :raises OperationalError: somebody holds it.
    """
    engine = create_engine(db.engine.url)
    try:
        with engine.connect() as other:
            if engine.dialect.name == "sqlite":
                other.exec_driver_sql("PRAGMA busy_timeout=0")
                other.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                query = "SELECT id FROM message WHERE id = %s FOR KEY SHARE NOWAIT"
                other.exec_driver_sql(query, (message_id,))
    finally:
        engine.dispose()


def test_nobody_begins_to_use_a_message_between_the_question_and_its_deletion(
    instance: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with instance.app_context():
        batch = ImportBatch(
            file_name="a.csv", file_digest="0" * 64, mapping="x", channel=Channel.FORUM,
            state=BatchState.DONE, started_at=NOW,
        )  # fmt: skip
        with transaction(CONSOLE, NOW) as session:
            session.add(batch)
            service.store_messages(session, [new_message(1)], NOW, batch)
            message_id = session.scalars(select(Message.id)).one()
        with transaction(CONSOLE, NOW) as session:
            undo.ask(session, batch, CONSOLE, NOW)
        refused = []

        def keeper(_session: Session, ids: Select[int]) -> Select[int]:
            with pytest.raises(OperationalError) as found:
                begin_to_use(message_id)
            refused.append(found.value)
            return select(Message.id).where(Message.id.in_(ids), false())

        monkeypatch.setitem(undo._keepers, "test", ("试", keeper))
        undo.undo_once(lambda: NOW, lambda: True)
        assert len(refused) == 1
        assert db.session.scalar(select(func.count()).select_from(Message)) == 0
