"""What each button costs over an office's years: which of them should show a bar.

    python -m benchmarks.presses [FOLDER]

FOLDER keeps the world of ``benchmarks.pages``; a copy of it is worked on. Every form of every page
is sent by the person who sees it, each of its buttons once: as it stands, all rows ticked, and what
must not be empty filled in somehow. A button that is refused is tried on the next pages that have
it, then counted as refused: what it would cost is not known. Time of the thread that answers.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from benchmarks.pages import have_years
from nlp import default_segmenter, warm_up
from responder import create_app
from responder.core.times import local, utc_now
from tools import pages, world
from tools.forms import Press, presses

# These end the walker's own way in, or say how it looks at pages.
LEFT_ALONE = (
    "accounts.sign_out",
    "sessions.",
    "proofs.",
    "passwords.",
    "preferences.",
    "languages.",
)
TRIES = 3
TICKED = "chosen"  # the box before each row of a list
TODAY = local(utc_now()).date()
# What stands for whatever somebody would have typed.
FILLED = {
    "<text>": "说明",
    "<number>": "1",
    "<date>": f"{TODAY}",
    "<datetime-local>": f"{TODAY + timedelta(days=1)}T10:00",
    "<time>": "10:00",
    "<url>": "https://news.example.cn/1",
    "<email>": "someone@example.cn",
}
A_MOMENT = 1.0  # seconds; what takes longer is to be an errand with a bar
SHOWN = 12


def measure(folder: Path | None = None) -> dict[str, Any]:
    """The slowest buttons, and those that would need a bar."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as passing:
        where = folder or Path(made)
        have_years(where)
        world.copy(where, Path(passing))
        spans, refused = _press_all(Path(passing))
    slowest = dict(sorted(spans.items(), key=lambda one: -one[1]))
    return {
        "buttons": len(spans) + len(refused),
        "taken": len(spans),
        "refused_as_they_stand": sorted(refused),
        "slowest_seconds": dict(list(slowest.items())[:SHOWN]),
        "over_a_moment": [name for name, span in slowest.items() if span > A_MOMENT],
    }


def _press_all(folder: Path) -> tuple[dict[str, float], set[str]]:
    app = create_app(world.settings_in(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    warm_up()  # as a web process does before it answers anybody
    default_segmenter()
    clients: dict[str | None, FlaskClient] = {}
    spans: dict[str, float] = {}
    tries: Counter[str] = Counter()
    for page in pages.pages(app):
        client = clients.setdefault(page.who, pages.client_of(app, page.who))
        for press in presses(client.get(page.address).text, page.address):
            name = _name(app, press)
            if not name or name.startswith(LEFT_ALONE) or name in spans or tries[name] == TRIES:
                continue
            tries[name] += 1
            span, status = _press(client, press)
            if status < 400:
                spans[name] = round(span, 2)
    return spans, set(tries) - set(spans)


def _press(client: FlaskClient, press: Press) -> tuple[float, int]:
    data = MultiDict(press.sent(**_filled(press)))
    for name, value in press.ticks:
        if name == TICKED:
            data.add(name, value)
    started = time.thread_time()
    answer = client.post(press.address, data=data, content_type="multipart/form-data")
    return time.thread_time() - started, answer.status_code


def _filled(press: Press) -> dict[str, str]:
    """What somebody would have typed where nothing stands and something must."""
    empty = {name for name, kind in press.must} - {name for name, value in press.fields if value}
    return {
        name: FILLED.get(kind, kind if kind[:1] != "<" else FILLED["<text>"])
        for name, kind in press.must
        if name in empty
    }


def _name(app: Flask, press: Press) -> str:
    """The route that a button is sent to, and what it says itself; empty: no route takes it."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(press.address).path, "POST")
    except HTTPException:
        return ""
    return f"{endpoint} {press.button[1]}" if press.button else str(endpoint)


if __name__ == "__main__":
    told = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    print(json.dumps({"benchmark": "presses", **told}, ensure_ascii=False))
