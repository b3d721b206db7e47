"""The statistics page of a year beside ten years of records: some 21,000 items each.

    python -m benchmarks.statistics

The page of the last year is opened while the database has that year alone, and again when it
has ten; medians of this process's time (and, on PostgreSQL, of the wall's, for the work is the
server's). Prints one JSON object.
"""

from __future__ import annotations

import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from benchmarks.postgresql import postgresql
from responder import create_app
from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.cli import prepare_database
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.demo import loader
from responder.demo.generate import generate
from responder.demo.past import PastYear, totals_of
from responder.demo.past.load import PARTS
from responder.settings import Settings
from tools import pages

LAST, YEARS = 2017, 10
ROUNDS = 9
PASSWORD = "only for measuring 1"
PAGES = {"year": f"/statistics?year={LAST}", "figure": f"/statistics/published_items?year={LAST}"}


def measure() -> dict[str, Any]:
    """Database → page → how many times longer it takes with ten years of records."""
    found = {"sqlite": _measure("", time.process_time)}
    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)) as url:
        found["postgresql"] = _measure(url, time.perf_counter)
    return {"years": YEARS, "items_a_year": totals_of(LAST)["publications"], **found}


def _measure(url: str, clock: Callable[[], float]) -> dict[str, Any]:
    with _filled(url) as app:
        client = _signed_in(app)
        _analyse(app, url)
        one = {name: _median(client, address, clock) for name, address in PAGES.items()}
        with app.app_context():
            for year in range(LAST - YEARS + 1, LAST):
                _add(year)
        _analyse(app, url)
        ten = {name: _median(client, address, clock) for name, address in PAGES.items()}
    return {
        name: {
            "milliseconds": round(ten[name] * 1000),
            "times_one_year": round(ten[name] / one[name], 2),
        }
        for name in PAGES
    }


def _analyse(app: Flask, url: str) -> None:
    """What PostgreSQL does by itself within a minute."""
    if not url:
        return
    with app.app_context(), transaction(CONSOLE) as session:
        session.execute(text("ANALYZE"))


def _median(client: FlaskClient, address: str, clock: Callable[[], float]) -> float:
    spans = []
    for _ in range(ROUNDS):
        started = clock()
        assert client.get(address).status_code == 200, address
        spans.append(clock() - started)
    return median(spans)


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        user = accounts.find_user(db.session, "openness")
        assert user is not None
        pages.sign_in(client, user)
    return client


def _add(year: int) -> None:
    with transaction(CONSOLE) as session:
        units = list(session.scalars(select(Unit).order_by(Unit.id)))
        settings = Settings()
        past = PastYear(
            session, year, totals_of(LAST), units, settings.zone, settings.publisher_name
        )
        for add in PARTS:
            add(past)
            session.flush()


@contextmanager
def _filled(url: str) -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(state_dir=Path(folder), database_url=url)
        app = create_app(settings)
        with app.app_context(), redirect_stdout(io.StringIO()):
            prepare_database("admin", "管理员", PASSWORD)
            loader.load_past(generate(date(2026, 3, 2)), LAST, utc_now(), settings)
        yield app
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    print(json.dumps({"benchmark": "statistics", **measure()}, ensure_ascii=False))
