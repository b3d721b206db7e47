"""Server time of the main pages on the demo world, as ratios to the sign-in page."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from flask.testing import FlaskClient

from benchmarks.instance import demo_instance
from responder.accounts import service as accounts
from responder.core.database import db

PAGES = {
    "today": "/",
    "messages": "/messages",
    "topics": "/topics",
    "calendar": "/planning/calendar",
    "responses": "/responses",
    "column": "/concerns",
}
ROUNDS = 15


def measure() -> dict[str, Any]:
    """Page → how many times the time of the emptiest page it takes (medians)."""
    with demo_instance() as app:
        with app.app_context():
            user = accounts.find_user(db.session, "analyst")
            assert user is not None
            seal = user.get_id()
        stranger, analyst = app.test_client(), app.test_client()
        with analyst.session_transaction() as cookies:
            cookies["_user_id"], cookies["_fresh"] = seal, True
        floor = _seconds(stranger, "/sign-in")
        ratios = {name: round(_seconds(analyst, path) / floor, 1) for name, path in PAGES.items()}
    return {"floor": "sign-in page", "times_the_floor": ratios}


def _seconds(client: FlaskClient, path: str) -> float:
    assert client.get(path).status_code == 200, path
    spans = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(path)
        spans.append(time.perf_counter() - started)
    return median(spans)
