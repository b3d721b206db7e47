"""``make axe``: every page in every language, light and dark, wide and narrow, in a real browser.

    python -m tools.axe [--kept-in FOLDER] [--strange] [--only NAME]

axe-core, sideways scroll, strict HTML5, title, headings, ids, labels, the console, and whether
anything leaves the host. Two processes share the walk. What has been looked at stands in the
folder, so that a walk that was stopped goes on where it was; remove the folder to begin anew.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

from responder import create_app
from responder.core.console import say
from responder.settings import Settings
from tools import pages, strange, walking, world

PROCESSES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept-in", type=Path, help="folder in which to go on; else a passing one")
    parser.add_argument("--strange", action="store_true", help="on a world of strange texts")
    parser.add_argument("--only", default="", help="only pages whose name begins so")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_given: sys.exit(1))  # and the walkers end with it
    with tempfile.TemporaryDirectory() as passing:
        folder: Path = chosen.kept_in or Path(passing)
        _prepare(folder, chosen.strange)
        context = multiprocessing.get_context("spawn")
        walkers = [
            context.Process(target=_walk, args=(folder, share, chosen.only), daemon=True)
            for share in range(PROCESSES)
        ]
        for one in walkers:
            one.start()
        for one in walkers:
            one.join()
        broken = any(one.exitcode for one in walkers)
        sys.exit(_report(folder) or broken)


def _prepare(folder: Path, is_strange: bool) -> None:
    if (folder / "responder.db").exists():
        return
    world.make(folder)
    if is_strange:
        strange.disturb(folder)


def _walk(folder: Path, share: int, only: str) -> None:
    """One process's part; a line of JSON for each look at a page."""
    app = create_app(Settings(state_dir=folder))
    found = [one for one in pages.pages(app) if one.name.startswith(only)]
    looks = [(page, look) for page in found for look in walking.LOOKS][share::PROCESSES]
    path = folder / f"looked-{share}.jsonl"
    done = {(one["page"], one["look"]) for one in _looked(folder)}
    with (
        walking.served(app) as url,
        walking.chromium() as browser,
        path.open("a", encoding="utf-8") as kept,
    ):
        walker = walking.Walker(app, browser, url)
        for page, look in looks:
            name = f"{page.who}: {page.name}"
            if (name, str(look)) not in done:
                faults = walker.faults(page, look)
                line = {"page": name, "look": str(look), "faults": faults}
                kept.write(json.dumps(line, ensure_ascii=False) + "\n")
                kept.flush()


def _looked(folder: Path) -> list[dict[str, object]]:
    """What both processes, and those of earlier walks, have looked at."""
    paths = sorted(folder.glob("looked-*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def _report(folder: Path) -> bool:
    """Say each fault once with the looks at which it shows, then the counts; whether there were."""
    lines = _looked(folder)
    where: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        for fault in line["faults"]:  # type: ignore[attr-defined]
            where.setdefault((str(line["page"]), fault), []).append(str(line["look"]))
    for (page, fault), looks in sorted(where.items()):
        say(f"{page}: {fault}  ({len(looks)} looks, as {looks[0]})")
    kinds = Counter(fault.split(":")[0] for _page, fault in where)
    told = {
        "pages": len({line["page"] for line in lines}),
        "looks": len(lines),
        "faults": len(where),
        "by_kind": dict(kinds.most_common()),
    }
    say(json.dumps(told, ensure_ascii=False))
    return bool(where)


if __name__ == "__main__":
    main()
