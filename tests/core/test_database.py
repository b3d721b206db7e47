"""transaction(): all or nothing, and stale writers are told."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from responder.core.database import db, transaction
from responder.core.errors import Stale
from responder.topics.models import Topic
from tests.factories import NOW, unit


def make_topic(session) -> int:
    with transaction():
        topic = Topic(label="夜间施工", first_seen=NOW, last_seen=NOW, ranked_as_of=NOW)
        session.add(topic)
    return topic.id


def test_transactions_do_not_nest(session) -> None:
    with pytest.raises(RuntimeError, match="does not nest"), transaction(), transaction():
        pass


def test_a_failed_block_frees_the_next_one(session) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError
    assert unit().id


def test_the_second_of_two_writers_is_told(session) -> None:
    topic_id = make_topic(session)
    with pytest.raises(Stale, match="刷新"), transaction():
        topic = session.get(Topic, topic_id)
        somebody_else = sa.update(Topic).values(version_id=Topic.version_id + 1)
        session.execute(somebody_else, execution_options={"synchronize_session": False})
        topic.label = "夜间施工噪音"


def test_moments_come_back_aware_and_in_utc(session) -> None:
    topic = session.get(Topic, make_topic(session))
    session.refresh(topic)
    assert topic.first_seen == NOW
    assert topic.first_seen.utcoffset().total_seconds() == 0


def test_a_moment_without_a_zone_is_refused(session) -> None:
    naive = datetime(2026, 1, 1)
    with pytest.raises(sa.exc.StatementError, match="without a time zone"), transaction():
        session.add(Topic(label="x", first_seen=naive, last_seen=naive, ranked_as_of=naive))


def test_sqlite_is_tuned(app) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a matter of SQLite alone")
    pragmas = {
        name: db.session.scalar(sa.text(f"PRAGMA {name}"))
        for name in ("journal_mode", "foreign_keys", "busy_timeout")
    }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}
