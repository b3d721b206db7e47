"""The calendar's year beside its month: 400 events and 200 topics in a year.

    python -m benchmarks.calendar

Time of this process alone, so that what else the machine does hardly counts; medians, and the
views in turns. The queries of each page are counted beside it. Prints one JSON object.
"""

from __future__ import annotations

import io
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select

from responder import create_app
from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.cli import prepare_database
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.planning.models import EventState, Form, PressEvent
from responder.settings import Settings
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from tools import pages

YEAR = 2026
EVENTS, TOPICS, UNITS = 400, 200, 30
DAYS_HOT = 90
ROUNDS = 15
VIEWS = ("month", "quarter", "year", "agenda")
PASSWORD = "only for measuring 1"


def measure() -> dict[str, Any]:
    """View → its time as a ratio to the month's, and its queries."""
    with _filled() as app:
        client = app.test_client()
        with app.app_context():
            user = accounts.find_user(db.session, "press")
            assert user is not None
            pages.sign_in(client, user)
        queries = {view: _queries(app, client, view) for view in VIEWS}
        spans: dict[str, list[float]] = {view: [] for view in VIEWS}
        for _ in range(ROUNDS):
            for view in VIEWS:
                started = time.process_time()
                _open(client, view)
                spans[view].append(time.process_time() - started)
    month = median(spans["month"])
    return {
        "events": EVENTS,
        "topics": TOPICS,
        "times_the_month": {view: round(median(spans[view]) / month, 2) for view in VIEWS},
        "queries": queries,
    }


def _open(client: FlaskClient, view: str) -> None:
    answer = client.get(f"/planning/calendar?view={view}&year={YEAR}&month=6")
    assert answer.status_code == 200, view


def _queries(app: Flask, client: FlaskClient, view: str) -> int:
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    _open(client, view)
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return sum(one.lstrip().upper().startswith(("SELECT", "WITH")) for one in statements)


@contextmanager
def _filled() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder)))
        with app.app_context(), redirect_stdout(io.StringIO()):
            prepare_database("admin", "管理员", PASSWORD)
            with transaction(CONSOLE) as session:
                accounts.create_user(session, "press", "新闻办", PASSWORD, [Role.PRESS_OFFICER])
            _fill()
        yield app
        with app.app_context():
            db.engine.dispose()


def _fill() -> None:
    begins, states = datetime(YEAR, 1, 1, 1, tzinfo=UTC), list(EventState)
    with transaction(CONSOLE) as session:
        session.add_all(Unit(code=f"u{n}", name=f"第 {n} 局") for n in range(UNITS))
        session.flush()
        units = list(session.scalars(select(Unit)))
        session.add_all(
            PressEvent(
                theme=f"第 {n} 项工作进展情况新闻发布", form=list(Form)[n % len(Form)],
                unit=units[n % len(units)], state=states[n % len(states)],
                starts_at=begins + timedelta(hours=n * 8760 / EVENTS),
            )
            for n in range(EVENTS)
        )  # fmt: skip
        topics = [
            Topic(label=f"第 {n} 个小区的停车问题", first_seen=begins, last_seen=begins,
                  ranked_as_of=begins)
            for n in range(TOPICS)
        ]  # fmt: skip
        session.add_all(topics)
        session.flush()
        first = date(YEAR, 1, 1)
        rows = [
            {
                "topic_id": topic.id, "heat": 35.0 + (n * 7 + day) % 60, "level": 1, "people": 5,
                "messages": 8, "day": first + timedelta(days=(n * 365 // TOPICS + day) % 365),
            }
            for n, topic in enumerate(topics)
            for day in range(DAYS_HOT)
        ]  # fmt: skip
        session.execute(insert(TopicDay), rows)


if __name__ == "__main__":
    print(json.dumps({"benchmark": "calendar", **measure()}, ensure_ascii=False))
