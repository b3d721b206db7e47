"""``python -m tools.fuzz``: what comes in, made to hurt, through each function that reads it.

Every regular expression; files of every kind; imports as a person makes them, into a database;
HTML through what cleans it; every call of the API. It prints the seed and a line for each, and
ends with 1 when anything failed; the smallest file that failed lies in ``fuzz-failures/``.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from responder import create_app
from responder.accounts import tokens
from responder.accounts.token_models import Scope
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from tools import world
from tools.fuzzing.calls import fuzz_calls
from tools.fuzzing.imports import fuzz_imports
from tools.fuzzing.patterns import fuzz_patterns
from tools.fuzzing.readers import KINDS
from tools.fuzzing.registers import fuzz_registers
from tools.fuzzing.running import Tally, fuzz
from tools.fuzzing.sanitiser import fuzz_html

FILES, IMPORTS, TEXTS, CALLS = 20_000, 300, 3_000, 500
KEPT = Path("fuzz-failures")
PARTS = ("patterns", "files", "html", "imports", "registers", "api")


def main() -> None:
    asked = _asked()
    print(f"seed {asked.seed}", flush=True)
    parts: dict[str, Callable[[argparse.Namespace], bool]] = {
        "patterns": _expressions,
        "files": _files,
        "html": _html,
        "imports": _imports,
        "registers": _registers,
        "api": _api,
    }
    failed = [name for name in asked.part or PARTS if not parts[name](asked)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
    print("nothing broke")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only these parts")
    parser.add_argument("--files", type=int, default=FILES, help="of all kinds together")
    parser.add_argument("--kind", choices=list(KINDS), action="append", help="only of these kinds")
    parser.add_argument("--imports", type=int, default=IMPORTS, help="files imported in full")
    parser.add_argument("--texts", type=int, default=TEXTS, help="of HTML")
    parser.add_argument("--calls", type=int, default=CALLS, help="of each operation of the API")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def _expressions(_asked: argparse.Namespace) -> bool:
    """Run each expression on what makes a careless one hang; whether all are quick."""
    count, faults = fuzz_patterns()
    print(f"{'patterns':12} {count:6} expressions, {len(faults)} slow", flush=True)
    for fault in faults:
        print(fault, flush=True)
    return not faults


def _files(asked: argparse.Namespace) -> bool:
    """Fuzz the readers; whether all kinds held."""
    kinds = asked.kind or list(KINDS)
    shares = sum(KINDS[kind].share for kind in kinds)

    def one(kind: str) -> tuple[str, Tally]:
        files = -(-asked.files * KINDS[kind].share // shares)
        return kind, fuzz(kind, files, asked.seed + zlib.crc32(kind.encode()), KEPT)

    total = Tally()
    with ThreadPoolExecutor(asked.jobs) as pool:
        for kind, tally in pool.map(one, kinds):
            print(_line(kind, tally), flush=True)
            for fault in tally.faults:
                print(fault, flush=True)
            total.add(tally)
    print(_line("all", total), flush=True)
    return not total.faults


def _line(kind: str, tally: Tally) -> str:
    return (
        f"{kind:12} {tally.files:6} files: {tally.whole_refused:6} refused as a whole, "
        f"{tally.taken:6} rows taken, {tally.refused:6} rows refused, "
        f"slowest {tally.slowest:.2f} s, at most {tally.megabytes} MB more"
    )


def _html(asked: argparse.Namespace) -> bool:
    return _told("html", lambda: f"{fuzz_html(asked.texts, asked.seed)} texts cleaned")


def _imports(asked: argparse.Namespace) -> bool:
    def work(app: Flask) -> str:
        return str(fuzz_imports(app, asked.imports, asked.seed))

    return _told("imports", lambda: _in_a_new_office(work))


def _registers(asked: argparse.Namespace) -> bool:
    def work(app: Flask) -> str:
        return str(fuzz_registers(app, asked.imports, asked.seed))

    return _told("registers", lambda: _in_a_new_office(work))


def _api(asked: argparse.Namespace) -> bool:
    def work(app: Flask) -> str:
        now = utc_now()
        wanted = tokens.NewToken(name="fuzz", scopes=frozenset(Scope))
        with transaction(CONSOLE, now) as session:
            secret = tokens.issue(session, CONSOLE, wanted, now).secret
        return str(dict(fuzz_calls(app, secret, asked.calls, asked.seed)))

    return _told("api", lambda: _in_a_new_office(work))


def _in_a_new_office(work: Callable[[Flask], str]) -> str:
    """Do something in an office that has its people and rules, and nothing else, on SQLite."""
    with TemporaryDirectory(prefix="responder-fuzz-") as folder:
        world.make(Path(folder), empty=True)
        app = create_app(world.settings_in(Path(folder)))
        with app.app_context():
            try:
                return work(app)
            finally:
                db.session.close()
                db.engine.dispose()


def _told(name: str, work: Callable[[], str]) -> bool:
    """Print what became of a part; whether it held."""
    try:
        print(f"{name:12} {work()}", flush=True)
    except Exception as error:  # whatever it is, it is what was looked for
        print(f"{name:12} failed", "".join(traceback.format_exception(error)), flush=True)
        return False
    return True


if __name__ == "__main__":
    main()
