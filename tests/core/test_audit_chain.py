"""The trail is a chain: each event is linked as it is stored, and the database keeps it so."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.audit import AuditEvent, AuditLink, chain, verifying
from responder.core.audit.verifying import verify
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import PEOPLE, at_once, installation
from tests.trails import add_unit


def test_every_event_of_a_transaction_is_linked_in_its_order(session: Session) -> None:
    before = chain.head(session)
    with transaction(CONSOLE, NOW):
        session.add_all([Unit(code="a", name="甲局"), Unit(code="b", name="乙局")])
        session.flush()
        session.scalars(sa.select(Unit).where(Unit.code == "a")).one().name = "甲委"
    linked = session.scalars(
        sa.select(AuditLink.event_id)
        .where(AuditLink.number > before.number)
        .order_by(AuditLink.number)
    ).all()
    events = session.scalars(sa.select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(3)).all()
    assert linked == events[::-1]
    assert verify(session) == (verifying.Outcome(chain.head(session)))
    assert chain.head(session).number == before.number + 3


def test_what_a_savepoint_took_back_is_not_linked(session: Session) -> None:
    before = chain.head(session).number
    with transaction(CONSOLE, NOW):
        with session.begin_nested() as point:
            session.add(Unit(code="a", name="甲局"))
            session.flush()
            point.rollback()
        session.add(Unit(code="b", name="乙局"))
    assert chain.head(session).number == before + 1
    assert verify(session).problem == ""


def test_a_transaction_that_failed_leaves_nothing_to_the_next(session: Session) -> None:
    before = chain.head(session)
    with pytest.raises(RuntimeError), transaction(CONSOLE, NOW):
        session.add(Unit(code="a", name="甲局"))
        session.flush()
        raise RuntimeError
    with transaction(CONSOLE, NOW):
        pass
    assert chain.head(session) == before
    add_unit(1)
    add_unit(2)
    assert chain.head(session).number == before.number + 2
    assert verify(session).problem == ""


def test_events_are_read_and_made_ready_before_the_chain_is_locked(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    lock, plain = chain.one_at_a_time, chain._plain

    def locked(session: Session, number: int) -> None:
        steps.append("lock")
        lock(session, number)

    def made_ready(event: chain.Told) -> str:
        steps.append("event")
        return plain(event)

    monkeypatch.setattr(chain, "one_at_a_time", locked)
    monkeypatch.setattr(chain, "_plain", made_ready)
    with transaction(CONSOLE, NOW), _tables_read(session, steps):
        session.add_all([Unit(code="a", name="甲局"), Unit(code="b", name="乙局")])
        session.flush()
        chain.link_new(session)
        session.info["noted"].clear()
    assert steps == ["audit_event", "event", "event", "lock", "audit_link"]


@contextmanager
def _tables_read(session: Session, steps: list[str]) -> Iterator[None]:
    """Write down which tables of the trail are read."""

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if found := re.search(r"SELECT .* FROM (audit_\w+)", " ".join(statement.split())):
            steps.append(found[1])

    sa.event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(session.get_bind(), "before_cursor_execute", note)


@pytest.mark.parametrize("table", ["audit_event", "audit_link"])
def test_the_database_refuses_to_change_it(session: Session, table: str) -> None:
    add_unit(1)
    deeds = ["DELETE FROM {}", "UPDATE {} SET {}"]
    if session.get_bind().dialect.name == "postgresql":
        deeds.append("TRUNCATE {} CASCADE")
    else:
        deeds.append("INSERT OR REPLACE INTO {0} SELECT * FROM {0}")
    column = {"audit_event": "note = 'x'", "audit_link": "digest = 'x'"}[table]
    for deed in deeds:
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(sa.text(deed.format(table, column)))


@pytest.mark.parametrize("table", ["audit_event", "audit_link"])
def test_sqlite_refuses_to_replace_whichever_guard_is_asked(tmp_path: Path, table: str) -> None:
    """Ours are two: triggers on INSERT for every connection, those on DELETE for the product's."""
    replace = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    with installation("sqlite", tmp_path) as app, app.app_context():
        add_unit(1)
        with closing(sqlite3.connect(tmp_path / "responder.db")) as foreign:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                foreign.execute(replace)
            foreign.rollback()
            foreign.execute(f"DROP TRIGGER {table}_no_replace")
            foreign.commit()
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(sa.text(replace))


@pytest.mark.parametrize("kind", DATABASES)
def test_people_who_write_at_once_make_one_chain_without_gaps(kind: str, tmp_path: Path) -> None:
    with installation(kind, tmp_path) as app:
        with app.app_context():
            before = chain.head(db.session).number

        def write(number: int) -> None:
            for turn in range(5):
                with transaction(CONSOLE, NOW) as session:
                    session.add(Unit(code=f"{number}-{turn}", name=f"{number}-{turn}"))
                    session.flush()
                    session.add(Unit(code=f"{number}-{turn}-b", name=f"{number}-{turn}-b"))

        assert at_once(app, write) == []
        with app.app_context():
            outcome = verify(db.session)
            assert outcome.problem == ""
            assert outcome.head.number == before + PEOPLE * 5 * 2
