"""Bytes and requests of every page, on the first visit and on the second.

    python -m benchmarks.weight [FOLDER]

Counted is what travels: heads and bodies, compressed as the server sends them, of the page and
of every file that it names. On a second visit what the browser keeps is not asked for again.
Ends with 1 when a page is heavier than it may be. FOLDER keeps the world that is walked through.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from responder import create_app
from tools import pages, world

WORK_PAGE, PUBLIC_PAGE = 350, 60  # KiB of a first visit; the chart module is not counted
NAMED_BY = (("link", "href"), ("script", "src"), ("img", "src"))


def measure(folder: Path | None = None) -> dict[str, Any]:
    """The medians, the heaviest pages, the public ones, and what is over the bar."""
    with tempfile.TemporaryDirectory() as passing:
        where = folder or Path(passing)
        if not (where / world.DATABASE).exists():
            world.make(where)
        weights = weigh(where)
    heaviest = sorted(weights, key=lambda name: -weights[name]["first_kib"])
    return {
        "pages": len(weights),
        "bars_kib": {"work": WORK_PAGE, "public": PUBLIC_PAGE},
        "median": {
            kind: round(median(one[kind] for one in weights.values()), 1)
            for kind in ("first_kib", "first_requests", "second_kib", "second_requests")
        },
        "heaviest": {name: weights[name] for name in heaviest[:5]},
        "public": {name: one for name, one in weights.items() if name.startswith("None")},
        "over_the_bar": [name for name, one in weights.items() if one["first_kib"] > _bar(name)],
    }


def weigh(folder: Path) -> dict[str, dict[str, float]]:
    """Page → KiB and requests of both visits."""
    app = create_app(world.settings_in(folder))
    clients: dict[str | None, FlaskClient] = {}
    files: dict[str, tuple[float, bool]] = {}
    weights = {}
    for page in pages.pages(app):
        client = clients.get(page.who) or pages.client_of(app, page.who)
        clients[page.who] = client
        answer = _get(client, page.address)
        own = _travels(answer)
        named = sorted(set(_named(client.get(page.address).text)))
        for address in named:
            if address not in files:
                file = _get(client, address)
                files[address] = (_travels(file), bool(file.cache_control.immutable))
        again = [files[address][0] for address in named if not files[address][1]]
        weights[f"{page.who}: {page.name}"] = {
            "first_kib": round((own + sum(files[address][0] for address in named)) / 1024, 1),
            "first_requests": 1 + len(named),
            "second_kib": round((own + sum(again)) / 1024, 1),
            "second_requests": 1 + len(again),
        }
    return weights


def _bar(name: str) -> int:
    return PUBLIC_PAGE if name.startswith("None") else WORK_PAGE


def _get(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})


def _travels(answer: TestResponse) -> int:
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    return head + len(answer.data)


def _named(text: str) -> Iterator[str]:
    """The addresses that a browser asks for by itself."""
    for part in html5lib.parse(text, namespaceHTMLElements=False).iter():
        for tag, attribute in NAMED_BY:
            address = part.get(attribute, "") if part.tag == tag else ""
            asked = part.tag != "link" or part.get("rel") in ("stylesheet", "icon")
            if asked and address.startswith("/"):
                yield address


def main() -> None:
    found = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    print(json.dumps({"benchmark": "weight", **found}, ensure_ascii=False))
    sys.exit(1 if found["over_the_bar"] else 0)


if __name__ == "__main__":
    main()
