"""The steps of ``benchmarks.million``, each in a process of its own; prints what it measured."""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update

from benchmarks.corpora import real_messages
from benchmarks.generated import stream
from benchmarks.import_speed import HEADINGS
from benchmarks.timing import megabytes
from nlp import Document, warm_up
from responder import create_app
from responder.accounts import service as accounts
from responder.cli import prepare_database
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import utc_now
from responder.intake.imports.importing import ImportRequest, import_file
from responder.intake.imports.mapping import load_mapping
from responder.intake.models import Channel, Message
from responder.settings import Settings
from responder.topics import archive, refreshing, service
from responder.topics.models import Topic
from tools import pages

A_DAY = 1_000
LAST = 10_000
"""The messages that are measured; what an office of another size has before them is filled in."""
MORE = 100
A_FILE = 100_000
PAGE_ROUNDS = 9
HOTTEST = 20
SEARCHES = 20
FREQUENT = ("小区", "噪音", "业主", "噪音 扰民", "物业 收费")
_CLAUSE = re.compile(r"[^，。！？；,!?;\n]{6,60}[，。！？；]")


class Place:
    """Where a step works."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.folder: Path = given.folder
        self.size: int = given.messages
        self.texts = self.folder / f"texts-{self.size}"
        self.settings = Settings(
            state_dir=given.state,
            database_url=given.database_url,
            topic_window_days=3_650,
        )
        self.server = _server_in(self.folder) if given.database == "postgresql" else None

    def seconds(self) -> float:
        """Processor seconds of this process, and of the server and all that it has started."""
        spent = time.process_time()
        if self.server is not None:
            own = self.server.cpu_times()
            spent += own.user + own.system + own.children_user + own.children_system
            for one in self.server.children(recursive=True):
                try:
                    used = one.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                spent += used.user + used.system
        return spent

    def timed(self, work: Callable[[], object]) -> float:
        before = self.seconds()
        work()
        return self.seconds() - before


def _server_in(folder: Path) -> psutil.Process:
    pid = (folder / "server" / "postmaster.pid").read_text().splitlines()[0]
    return psutil.Process(int(pid))


def texts(place: Place) -> dict[str, Any]:
    """Write the messages as CSV files, in order of time, the last said just now."""
    corpus = real_messages()
    if corpus is None:
        raise SystemExit("no real messages at hand (set RESPONDER_REAL_DATA)")
    made = stream(place.size + MORE, texts=corpus.documents, a_day=A_DAY)
    ends = utc_now().timestamp() - made.moments[-1] - 60
    rows = list(_rows(made.documents, _asides(corpus.documents), made.moments + ends))
    place.texts.mkdir(exist_ok=True)
    for name, part in _files(rows, place.size):
        with (place.texts / name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([HEADINGS, *part])
    characters = sum(len(row[2]) + len(row[4]) for row in rows)
    return {"characters_a_message": round(characters / len(rows)), "days": place.size // A_DAY}


def _files(rows: list[Any], size: int) -> Iterator[tuple[str, list[Any]]]:
    """Name and rows of each file, in order of time."""
    before = size - LAST
    for start in range(0, before, A_FILE):
        yield f"fill-{start // A_FILE:04}.csv", rows[start : min(start + A_FILE, before)]
    yield "last.csv", rows[before:size]
    yield "more.csv", rows[size:]


def _asides(documents: list[Document]) -> list[str]:
    return [clause for _, body in documents for clause in _CLAUSE.findall(body)]


def _rows(documents: list[Document], asides: list[str], moments: Any) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(2026)
    for number, ((title, body), moment) in enumerate(zip(documents, moments.tolist(), strict=True)):
        said = f"{body}{chance.choice(asides)}"
        at = f"{datetime.fromtimestamp(moment, UTC) + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"
        yield str(number), f"市民{chance.randrange(len(documents))}", title, at, said, 0, number % 7


def prepare(place: Place) -> dict[str, Any]:
    """An installation with two people."""
    place.settings.state_dir.mkdir(exist_ok=True)
    app = create_app(place.settings)
    with app.app_context(), redirect_stdout(io.StringIO()):
        prepare_database("admin", "管理员", "only for measuring 1")
        with transaction(CONSOLE) as session:
            accounts.create_user(session, "analyst", "分析", "only for measuring 2", [Role.ANALYST])
    warm_up()
    return {}


def fill(place: Place) -> dict[str, Any]:
    """Bring in and gather all but the last; microseconds a message, of each file in order."""
    app = create_app(place.settings)
    with app.app_context():
        files = sorted(place.texts.glob("fill-*.csv"))
        ingested = [place.timed(partial(_import, path, place.settings)) for path in files]
        gathered = place.timed(lambda: _gather_archive(place)) if files else 0.0
        _age()
    return {
        "ingest_us_by_file": [round(seconds / A_FILE * 1e6, 1) for seconds in ingested],
        "refresh_us": round(gathered / max(1, place.size - LAST) * 1e6, 1),
        "memory_mb": round(megabytes()),
    }


def _age() -> None:
    """What an office has long had came in when it was said, not in the hour that filled it."""
    with db.engine.begin() as connection:
        connection.execute(update(Message).values(received_at=Message.occurred_at))


def ingest(place: Place) -> dict[str, Any]:
    """Import the last."""
    app = create_app(place.settings)
    with app.app_context():
        seconds = place.timed(lambda: _import(place.texts / "last.csv", place.settings))
    return {"us_a_message": round(seconds / LAST * 1e6, 1), "memory_mb": round(megabytes())}


def _import(path: Path, settings: Settings) -> None:
    request = ImportRequest(path, Channel.MAILBOX, load_mapping("taidi"))
    import_file(request, CONSOLE, settings, utc_now())


def refresh(place: Place) -> dict[str, Any]:
    """Gather the last."""
    app = create_app(place.settings)
    with app.app_context():
        seconds = place.timed(lambda: _refresh(place))
        topics = db.session.scalar(select(func.count(Topic.id)))
    return {
        "us_a_message": round(seconds / LAST * 1e6, 1),
        "memory_mb": round(megabytes()),
        "topics": topics,
    }


def _refresh(place: Place) -> None:
    now, settings = utc_now(), place.settings
    window = timedelta(days=settings.topic_window_days)
    refreshing.refresh(now, now, window, CONSOLE, settings.zone, settings.topic_memory)


def _gather_archive(place: Place) -> None:
    now, settings = utc_now(), place.settings
    window = timedelta(days=settings.topic_window_days)
    for _ in archive.refreshes(now, now, window, CONSOLE, settings.zone, settings.topic_memory):
        pass


def more(place: Place) -> dict[str, Any]:
    """Import a hundred more and gather those: what the scheduler does all day."""
    app = create_app(place.settings)
    with app.app_context():
        imported = place.timed(lambda: _import(place.texts / "more.csv", place.settings))
        seconds = place.timed(lambda: _refresh(place))
    return {
        "ingest_us_a_message": round(imported / MORE * 1e6, 1),
        "seconds": round(seconds, 2),
        "memory_mb": round(megabytes()),
    }


def look(place: Place) -> dict[str, Any]:
    """Milliseconds of each kind of page, the mean of some rounds."""
    app = create_app(place.settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        _tidy(place)
    addresses = _addresses(app)
    client = pages.client_of(app, "analyst")
    found = {}
    for name, many in addresses.items():
        _get_all(client, many)
        walk = [*many] * (PAGE_ROUNDS if len(many) == 1 else 1)
        seconds = place.timed(partial(_get_all, client, walk))
        found[f"{name}_ms"] = round(seconds / len(walk) * 1000, 1)
    return found


def _tidy(place: Place) -> None:
    """What a server does by itself within minutes, and SQLite's ``optimize`` once a day."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if place.server else "PRAGMA optimize"))


def _addresses(app: Flask) -> dict[str, list[str]]:
    with app.test_request_context():
        hottest = db.session.scalars(service.topics_by_heat().limit(HOTTEST)).all()
        last = db.session.scalar(select(func.max(Message.id))) or 0
        ids = [last * n // SEARCHES for n in range(1, SEARCHES + 1)]
        titles = db.session.scalars(select(Message.title).where(Message.id.in_(ids))).all()
        return {
            "today": [url_for("reports.today")],
            "topics": [url_for("topics.index")],
            "topic": [url_for("topics.show", topic_id=one.id) for one in hottest],
            "messages": [url_for("intake.index")],
            "message": [url_for("intake.show", message_id=one) for one in ids],
            "search": [url_for("intake.index", q=title[:4]) for title in titles],
            "search_in_a_title": [url_for("intake.index", q=title[-6:]) for title in titles],
            "search_frequent": [url_for("intake.index", q=words) for words in FREQUENT],
        }


def _get_all(client: FlaskClient, addresses: Iterable[str]) -> None:
    for address in addresses:
        _get(client, address)


def _get(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status}")
    response.get_data()


def sizes(place: Place) -> dict[str, Any]:
    """Bytes of the database; on PostgreSQL of each table and its indexes, by message."""
    app = create_app(place.settings)
    with app.app_context():
        messages = db.session.scalar(select(func.count(Message.id))) or 1
        if place.server is None:
            url = db.engine.url.database or ""
            held = sum(one.stat().st_size for one in Path(url).parent.glob(f"{Path(url).name}*"))
            return {"bytes_a_message": round(held / messages)}
        held = db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        rows = db.session.execute(text(_BY_TABLE)).all()
        tables = {
            name: [round(table / messages), round(indexes / messages)]
            for name, table, indexes in rows
        }
    return {"bytes_a_message": round(held / messages), "table_and_indexes": tables}


_BY_TABLE = """
    SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    ORDER BY pg_total_relation_size(oid) DESC LIMIT 9
"""
_STEPS: dict[str, Callable[[Place], dict[str, Any]]] = {
    "texts": texts, "prepare": prepare, "fill": fill, "ingest": ingest, "refresh-1": refresh,
    "refresh-2": refresh, "refresh": refresh, "more": more, "pages": look, "sizes": sizes,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("step", choices=_STEPS)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--database-url", required=True)
    given = parser.parse_args()
    print(json.dumps(_STEPS[given.step](Place(given)), ensure_ascii=False))


if __name__ == "__main__":
    main()
