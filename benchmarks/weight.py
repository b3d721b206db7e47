"""Bytes and requests of every page as a browser loads it, first and second visit.

    python -m benchmarks.weight [FOLDER]

Counted are the bytes that travel, heads included, compressed as the server sends them. Ends with
1 when a page is heavier than it may be. FOLDER keeps the world that is walked through.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from responder import create_app
from tools import pages, walking, world

# KiB of a first visit. Pages with charts have no bar of their own: the chart module is one file.
WORK_PAGE, PUBLIC_PAGE = 350, 60
LOOK = walking.Look()


def measure(folder: Path | None = None) -> dict[str, Any]:
    """The heaviest pages, the medians, and what is over the bar."""
    with tempfile.TemporaryDirectory() as passing:
        where = folder or Path(passing)
        if not (where / world.DATABASE).exists():
            world.make(where)
        app = create_app(world.settings_in(where))
        found = [one for one in pages.pages(app) if not one.name.startswith("/")]
        with walking.served(app) as url, walking.chromium() as browser:
            weights = {f"{one.who}: {one.name}": _weigh(app, browser, url, one) for one in found}
    heavy = {
        name: one["first_kib"]
        for name, one in weights.items()
        if one["first_kib"] > (PUBLIC_PAGE if name.startswith("None") else WORK_PAGE)
    }
    first = sorted(weights, key=lambda name: -weights[name]["first_kib"])
    return {
        "pages": len(weights),
        "bars_kib": {"work": WORK_PAGE, "public": PUBLIC_PAGE},
        "median": {
            measure: round(median(one[measure] for one in weights.values()), 1)
            for measure in ("first_kib", "first_requests", "second_kib", "second_requests")
        },
        "heaviest": {name: weights[name] for name in first[:5]},
        "public": {name: one for name, one in weights.items() if name.startswith("None")},
        "over_the_bar": heavy,
    }


def _weigh(app: Any, browser: Browser, url: str, page: pages.Page) -> dict[str, float]:
    """One page in a browser that has seen nothing of the product, and again."""
    walker = walking.Walker(app, browser, url)
    session = walker.page.context.new_cdp_session(walker.page)
    session.send("Network.enable")
    travelled: list[float] = []
    session.on(
        "Network.loadingFinished", lambda event: travelled.append(event["encodedDataLength"])
    )
    told = {}
    for visit in ("first", "second"):
        travelled.clear()
        walker.open(page, LOOK)
        walker.page.wait_for_load_state("networkidle")
        told[f"{visit}_kib"] = round(sum(travelled) / 1024, 1)
        told[f"{visit}_requests"] = sum(1 for one in travelled if one)
    walker.close()
    return told


def main() -> None:
    found = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    print(json.dumps({"benchmark": "weight", **found}, ensure_ascii=False, indent=1))
    sys.exit(1 if found["over_the_bar"] else 0)


if __name__ == "__main__":
    main()
