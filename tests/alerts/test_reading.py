"""Reading alerts: two requests at the same moment are one reading."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import event, func, select

from responder.alerts import service
from responder.alerts.models import AlertReading, Kind
from responder.core.database import db, transaction
from tests.alerts.factories import refresh_and_look, rule
from tests.factories import NOW, People
from tests.installations import installation
from tests.topics.factories import two_worries


def test_two_requests_at_once_note_each_reading_once(tmp_path: Path) -> None:
    """Both have seen it unread before either stores. SQLite has one writer at a time."""
    both_have_looked = threading.Barrier(2, timeout=20)
    read: list[int] = []
    with installation("postgresql", tmp_path) as app:
        with app.app_context():
            rule(Kind.NEW, people=3)
            two_worries()
            assert refresh_and_look() == 2
            reader = People().analyst.actor
            engine = db.engine

        def wait(_connection, _cursor, statement: str, *_rest: object) -> None:
            if statement.startswith("INSERT INTO alert_reading"):
                both_have_looked.wait()

        def click() -> None:
            with app.app_context(), transaction(reader, NOW) as session:
                read.append(service.mark_all_read(session, reader, NOW))

        event.listen(engine, "before_cursor_execute", wait)
        clicks = [threading.Thread(target=click) for _ in range(2)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()
        with app.app_context():
            stored = db.session.scalar(select(func.count()).select_from(AlertReading))
    assert (sorted(read), stored) == ([0, 2], 2)
