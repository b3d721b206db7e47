"""Server time and queries of every page over an office's years, as ratios to the emptiest page.

    python -m benchmarks.pages [FOLDER]

The demo, many times over: 100,000 messages, 2,000 topics, 400 press events, 1,000 response items,
and all that hangs on them. Time of this process alone, so that what else the machine does hardly
counts. FOLDER keeps that world.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, text

from responder import create_app
from responder.core.database import db
from tools import many, pages, world

WANTED = {"message": 100_000, "topic": 2_000, "press_event": 400, "response_item": 1_000}
EMPTIEST = "/sign-in"
ROUNDS = 9
SHOWN = 12
FILES_SHOWN = 6


def measure(folder: Path | None = None) -> dict[str, Any]:
    """The slowest pages: median and 95th percentile as ratios, and their queries."""
    with tempfile.TemporaryDirectory() as passing:
        where = folder or Path(passing)
        have_years(where)
        found = _measure(where)
        files = _seconds_of_files(where)
    floor = found.pop(EMPTIEST)
    slowest = sorted(found, key=lambda name: -found[name]["median"])
    shown = {
        name: {
            "times": round(found[name]["median"] / floor["median"], 1),
            "p95": round(found[name]["p95"] / floor["median"], 1),
            "ms": round(found[name]["median"] * 1000),
            "queries": found[name]["queries"],
        }
        for name in slowest[:SHOWN]
    }
    times = [one["median"] / floor["median"] for one in found.values()]
    return {
        "rows": WANTED,
        "pages": len(found),
        "times_the_emptiest": {
            "median": round(median(times), 1),
            "p95": round(quantiles(times, n=20)[-1], 1),
        },
        "slowest": shown,
        "slowest_files_seconds": dict(list(files.items())[:FILES_SHOWN]),
    }


def have_years(folder: Path) -> None:
    """Make the world of an office's years in a folder, unless it stands there."""
    if not (folder / world.DATABASE).exists():
        world.make(folder)
        grow(folder)


def grow(folder: Path) -> None:
    """Have the wanted rows, and of everything else in proportion to what it hangs on."""
    app = create_app(world.settings_in(folder))
    with app.app_context():
        rows = {
            name: db.session.scalar(text(f"SELECT count(*) FROM {name}")) or 1 for name in WANTED
        }
    times = {name: -(-wanted // rows[name]) for name, wanted in WANTED.items()}
    many.multiply(folder, lambda table: _times(table, times))


def _times(table: str, times: dict[str, int]) -> int:
    """A table grows with the record that its rows are of."""
    if table.startswith(("message", "topic_message")):
        return times["message"]
    if table.startswith(("topic", "alert")):
        return times["topic"]
    if table.startswith(("response", "item_", "entry", "passage", "draft")):
        return times["response_item"]
    return times["press_event"]


def _measure(folder: Path) -> dict[str, dict[str, float]]:
    app = create_app(world.settings_in(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    said: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    clients: dict[str | None, FlaskClient] = {}
    found = {}
    walked = [pages.Page(EMPTIEST, None, EMPTIEST), *pages.pages(app)]
    for page in walked:
        client = clients.get(page.who) or pages.client_of(app, page.who)
        clients[page.who] = client
        client.get(page.address)
        said.clear()
        client.get(page.address)
        queries = len(said)
        spans = [_span(client, page.address) for _ in range(ROUNDS)]
        name = page.name if page.name == EMPTIEST else f"{page.who}: {page.name}"
        found[name] = {
            "median": median(spans), "p95": quantiles(spans, n=20)[-1], "queries": queries,
        }  # fmt: skip
    return found


def _seconds_of_files(folder: Path) -> dict[str, float]:
    """What answers with a file or a part of a page, once each, the slowest first."""
    app = create_app(world.settings_in(folder))
    clients: dict[str | None, FlaskClient] = {}
    found = {}
    for page in pages.pages(app, pages.OTHERS):
        client = clients.setdefault(page.who, pages.client_of(app, page.who))
        found[page.name] = round(_span(client, page.address), 2)
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def _span(client: FlaskClient, address: str) -> float:
    started = time.process_time()
    client.get(address)
    return time.process_time() - started


if __name__ == "__main__":
    told = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    print(json.dumps({"benchmark": "pages", **told}, ensure_ascii=False))
