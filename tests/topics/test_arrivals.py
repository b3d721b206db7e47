"""What waits for a topic is a queue that nothing enters or leaves unseen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from responder import create_app
from responder.core import soundness
from responder.core.database import alembic, db, transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Arrival, Message
from responder.settings import Settings
from responder.topics import refreshing
from tests.databases import DATABASES, migrated_database
from tests.factories import NOW
from tests.topics.factories import WINDOW, refresh, store, two_worries


def _queue(session: Session) -> set[int]:
    return set(session.scalars(select(Arrival.message_id)))


def test_a_message_waits_from_its_storing_until_it_has_a_topic(session: Session) -> None:
    two_worries()
    assert _queue(session) == set(session.scalars(select(Message.id)))
    assert refreshing.waiting(NOW, WINDOW, 100) == 6
    assert refresh().messages_added == 6
    assert _queue(session) == set()
    store("柳岸花园旁搅拌站噪音扰民", "搅拌站夜里又开工了", "丁")
    store("柳岸花园旁搅拌站噪音扰民", "搅拌站夜里又开工了", "丁")
    assert refreshing.waiting(NOW, WINDOW, 100) == 1


def test_what_was_said_before_the_window_waits_for_a_longer_one(session: Session) -> None:
    store("云锦世家捆绑销售车位", "不买车位就不给钥匙", "甲", NOW - WINDOW - timedelta(days=1))
    assert refreshing.waiting(NOW, WINDOW, 100) == 0
    assert refresh().messages_added == 0
    assert len(_queue(session)) == 1
    assert refreshing.waiting(NOW, WINDOW + timedelta(days=2), 100) == 1


@pytest.mark.parametrize("kind", DATABASES)
def test_an_office_that_upgrades_has_those_in_the_queue_that_had_no_topic(
    kind: str, tmp_path: Path
) -> None:
    with migrated_database(kind, tmp_path) as url:
        app = create_app(Settings(database_url=url, state_dir=tmp_path, secret_key="s" * 40))
        with app.app_context():
            two_worries()
            refresh()
            store("青枫里停水", "青枫里停水三天了", "丁")
            waits = _queue(db.session)
            db.session.close()
            alembic.downgrade("0047")
            alembic.upgrade()
            assert (len(waits), _queue(db.session)) == (1, waits)
            db.session.close()
            db.engine.dispose()


def test_what_came_past_the_queue_is_told_and_the_command_puts_it_right(
    app: Flask, session: Session
) -> None:
    two_worries()
    refresh()
    some = session.scalars(select(Message).order_by(Message.id)).first()
    store("青枫里停水", "青枫里停水三天了", "丁")
    with transaction(CONSOLE, NOW) as session:
        session.execute(delete(Arrival))
        session.add(Arrival(message_id=some.id, occurred_at=some.occurred_at))
    check = soundness.checks()["待聚合的留言"]
    assert list(check(session)) == [
        "1 条留言已有话题却仍在待聚合队列中，1 条两处都没有：请运行 responder topics refresh"
    ]
    told = app.test_cli_runner().invoke(args=["topics", "refresh", "--as-of", "2026-11-21"])
    assert told.exit_code == 0, told.output
    assert (list(check(session)), _queue(session)) == ([], set())
