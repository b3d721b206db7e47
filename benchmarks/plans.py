"""How PostgreSQL answers what the hot pages and the refresh ask, over many rows.

    python -m benchmarks.plans [--messages 200000] [--database-url postgresql+psycopg://…]

A database that is given is never filled, and is asked by its account ``analyst``. Without an
address a passing server is filled by SQL: messages over 365 days, three to a topic,
a search index of four pairs each. Each page is opened once, what it asked is explained with its
own parameters (``EXPLAIN (ANALYZE, BUFFERS)``), and the dearest statement of each is printed:
milliseconds of the server, pages of 8 kB that were touched, and which rows were scanned whole.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from sqlalchemy import event, text

from benchmarks.import_speed import database_on
from benchmarks.postgresql import postgresql
from responder import create_app
from responder.accounts import service as accounts
from responder.cli import prepare_database
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import utc_now
from responder.settings import Settings
from responder.topics import corrections, refreshing
from tools import pages

MESSAGES = 200_000
Statement = tuple[str, Any]

_FILL = (
    """
    INSERT INTO message (channel, external_id, fingerprint, title, body, author, author_key,
        phone, district, place, urgent, likes, dislikes, comments, shares, reply, occurred_at,
        received_at, private_kinds, source_url)
    SELECT (ARRAY['hotline', 'mailbox', 'forum'])[1 + n % 3], n::text, md5(n::text),
        '第' || n % 997 || '小区噪音', repeat('夜里施工，无法休息。', 12), '',
        md5((n % 300000)::text), '', '', '', false, 0, 0, 0, 0, '', at, at, '', ''
    FROM (SELECT n, now() - interval '365 days' * (1 - n::float / :n) AS at
          FROM generate_series(1, :n) n) numbered
    """,
    """
    INSERT INTO message_search (message_id, text, terms)
    SELECT id, title, array_to_tsvector(ARRAY['小区', '区噪', '噪音', id % 997 || '小'])
    FROM message
    """,
    """
    INSERT INTO topic (label, keywords, place, representatives, tones, heat, heat_parts, level,
        message_count, people_count, first_seen, last_seen, ranked_as_of, dismissed, pinned,
        renamed, confusions, version_id)
    SELECT '话题 ' || n, '[]', '', '[]', '{}', n % 100, '[]', n % 4, 3, 3, at, at, now(), false,
        false, false, '[]', 1
    FROM (SELECT n, now() - interval '365 days' * (1 - n::float * 3 / :n) AS at
          FROM generate_series(1, :n / 3) n) numbered
    """,
    """
    INSERT INTO topic_message (message_id, topic_id, similarity)
    SELECT m.id, t.id, 0.5 FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM message) m
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM topic) t ON t.n = m.n / 3
    """,
)


def measure(messages: int = MESSAGES, address: str = "") -> dict[str, Any]:
    """The dearest statement of each page and of the scheduler's question, with its plan."""
    filled = bool(address)
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory()))
        if not address:
            server = open_things.enter_context(postgresql(folder / "server"))
            address = database_on(server, "plans")
        app = create_app(Settings(state_dir=folder, database_url=address))
        with app.app_context():
            if filled:
                _check_filled()
            else:
                with redirect_stdout(io.StringIO()):
                    _prepared(messages)
            found = {name: _dearest(said) for name, said in _asked(app)}
            db.engine.dispose()
    return {"messages": messages, "dearest": found}


def _check_filled() -> None:
    """A database that is somebody's is asked as it is; nothing is put into it but a sign-in."""
    if accounts.find_user(db.session, "analyst") is None:
        raise SystemExit("the database has no account analyst, by whom the pages are opened")


def _prepared(messages: int) -> None:
    prepare_database("admin", "管理员", "only for measuring 1")
    with transaction(CONSOLE) as session:
        accounts.create_user(session, "analyst", "分析", "only for measuring 2", [Role.ANALYST])
        for statement in _FILL:
            session.execute(text(statement), {"n": messages})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _asked(app: Flask) -> Iterator[tuple[str, list[Statement]]]:
    """What each page, and the scheduler each half minute, ask of the database."""
    with app.test_request_context():
        topic = db.session.scalar(text("SELECT max(id) FROM topic"))
        addresses = {
            "today": url_for("reports.today"),
            "topics": url_for("topics.index"),
            "topic": url_for("topics.show", topic_id=topic),
            "messages": url_for("intake.index"),
            "search": url_for("intake.index", q="小区噪音"),
        }
    client = pages.client_of(app, "analyst")
    for name, address in addresses.items():
        client.get(address)
        with _listening() as said:
            client.get(address)
        yield name, said
    for name, ask in _scheduler().items():
        with _listening() as said:
            ask()
        yield name, said


def _scheduler() -> dict[str, Callable[[], object]]:
    window, now = timedelta(days=365), utc_now()
    return {
        "refresh: what waits": lambda: refreshing.waiting(now, window, 1),
        "refresh: corrections": lambda: corrections.state_of_play(db.session),
    }


@contextmanager
def _listening() -> Iterator[list[Statement]]:
    said: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            said.append((statement, given))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def _dearest(said: list[Statement]) -> dict[str, Any]:
    plans = [_explained(*one) for one in said]
    worst = max(plans, key=lambda plan: plan["ms"])
    return {"statements": len(plans), "ms_together": round(sum(p["ms"] for p in plans), 1), **worst}


def _explained(statement: str, given: Any) -> dict[str, Any]:
    with db.engine.connect() as connection:
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        [told] = connection.exec_driver_sql(explained, given).scalar_one()
    nodes = list(_nodes(told["Plan"]))
    return {
        "ms": round(told["Execution Time"], 1),
        "buffers": told["Plan"]["Shared Hit Blocks"] + told["Plan"]["Shared Read Blocks"],
        "plan": nodes[:7],
        "statement": " ".join(statement.split())[:160],
    }


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    where = plan.get("Index Name") or plan.get("Relation Name") or ""
    yield f"{plan['Node Type']} {where} rows={plan['Actual Rows']:.0f}×{plan['Actual Loops']}"
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--database-url", default="", help="one that is filled already")
    given = parser.parse_args()
    for name, told in measure(given.messages, given.database_url)["dearest"].items():
        print(json.dumps({"asked_by": name, **told}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
