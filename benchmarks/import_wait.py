"""How long an operator waits to save a call while a file comes in.

    python -m benchmarks.import_wait

A file of 20,000 made-up messages goes into a SQLite database, which has one writer, in one
process; in another a call is saved every twentieth of a second for as long as that takes.
"""

from __future__ import annotations

import json
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles

from benchmarks.import_speed import ROWS, prepared, write
from responder import create_app
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake import service
from responder.intake.imports.importing import ImportRequest, import_file
from responder.intake.imports.mapping import load_mapping
from responder.intake.models import Channel
from responder.settings import Settings

PAUSE = 0.05
STARTING = 60.0


def measure(rows: int = ROWS) -> dict[str, float]:
    """Milliseconds to save a call, while a file comes in."""
    with tempfile.TemporaryDirectory() as folder:
        _, path = write(Path(folder), rows)
        app = prepared(Settings(state_dir=Path(folder) / "state"))
        context = get_context("spawn")
        begun = context.Event()
        importing = context.Process(
            target=_import, args=(app.extensions["settings"].state_dir, path, begun)
        )
        with app.app_context():
            _save(0)
            importing.start()
            if not begun.wait(STARTING):
                raise SystemExit("the import did not begin")
            waits: list[float] = []
            while importing.is_alive():
                waits.append(_save(len(waits) + 1))
                time.sleep(PAUSE)
        importing.join()
    if importing.exitcode:
        raise SystemExit("the import failed")
    return {
        "rows": rows,
        "calls": len(waits),
        "median_ms": round(1000 * median(waits)),
        "p95_ms": round(1000 * quantiles(waits, n=20)[-1]),
        "longest_ms": round(1000 * max(waits)),
    }


def _import(state_dir: Path, path: Path, begun: Event) -> None:
    app = create_app(Settings(state_dir=state_dir))
    with app.app_context():
        request = ImportRequest(path, Channel.MAILBOX, load_mapping("taidi"))
        begun.set()
        import_file(request, CONSOLE, app.extensions["settings"], utc_now())


def _save(number: int) -> float:
    call = service.Call(body=f"路灯坏了第 {number} 盏，请派人来修一修")
    began = time.monotonic()
    with transaction(CONSOLE) as session:
        service.log_call(session, CONSOLE, call, utc_now())
    return time.monotonic() - began


def main() -> None:
    print(json.dumps(measure(), ensure_ascii=False))


if __name__ == "__main__":
    main()
