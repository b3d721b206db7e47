"""What a refresh of the product costs: a hundred messages more, beside starting over.

    python -m benchmarks.refresh_cost

An empty SQLite database takes 100,000 made-up messages and is refreshed; then a hundred more
are stored, and a new process refreshes again. Timed is the whole refresh (reading, gathering,
naming, ranking, writing), in seconds of its process alone; starting Python is left out, storing
too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.generated import stream
from benchmarks.stability import new_message
from responder import create_app
from responder.core.database import alembic, transaction
from responder.core.permissions import CONSOLE
from responder.intake import service as intake
from responder.settings import Settings
from responder.topics import refreshing

BEFORE, MORE = 100_000, 100
EPOCH = 1_790_000_000.0  # a day of 2026
WINDOW = timedelta(days=365)


def measure(before: int = BEFORE) -> dict[str, Any]:
    """Seconds of both refreshes, and the share of the second; below 2 % is asked."""
    with tempfile.TemporaryDirectory() as folder:
        over, added = (_child(step, folder, before) for step in ("over", "add"))
    return {
        "messages": before,
        "more": MORE,
        "seconds_of_starting_over": over,
        "seconds_of_adding": added,
        "share": round(added / over, 4),
    }


def _child(step: str, folder: str, before: int) -> float:
    words = [sys.executable, "-m", "benchmarks.refresh_cost", "--step", step]
    words += ["--folder", folder, "--messages", str(before)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout)


def take(step: str, folder: Path, before: int) -> float:
    """Store the part of the messages that belongs to a step, and refresh; returns seconds."""
    made = stream(before + MORE)
    part = range(before) if step == "over" else range(before, before + MORE)
    said = [new_message(str(n), made.documents[n], EPOCH + made.moments[n]) for n in part]
    app = create_app(Settings(state_dir=folder))
    with app.app_context():
        alembic.upgrade()
        now = said[-1].occurred_at + timedelta(minutes=1)
        with transaction(CONSOLE, now) as session:
            intake.store_messages(session, said, now)
        memory = app.extensions["settings"].topic_memory
        started = time.process_time()
        refreshing.refresh(now, now, WINDOW, CONSOLE, folder=memory)
        return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--step", choices=("over", "add"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--messages", type=int, default=BEFORE)
    given = parser.parse_args()
    if given.step:
        print(take(given.step, given.folder, given.messages))
    else:
        print(json.dumps(measure(given.messages)))


if __name__ == "__main__":
    main()
