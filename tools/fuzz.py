"""``python -m tools.fuzz``: what comes in, made to hurt, through each function that reads it.

Files of every kind, then imports as a person would make them, then the HTML sanitiser, then every
call of the API. It prints the seed and a line for each kind, and ends with 1 when anything failed.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.fuzzing.readers import KINDS
from tools.fuzzing.running import Tally, fuzz

FILES = 20_000
KEPT = Path("fuzz-failures")


def main() -> None:
    asked = _asked()
    print(f"seed {asked.seed}, {asked.files} files")
    failed = _files(asked)
    if failed:
        sys.exit(f"{failed} kinds of files failed: see above, and {KEPT}/")
    print("no file broke anything")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES, help="of all kinds together")
    parser.add_argument("--kind", choices=list(KINDS), action="append", help="only of these kinds")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def _files(asked: argparse.Namespace) -> int:
    """Fuzz the readers; how many kinds failed."""
    kinds = asked.kind or list(KINDS)
    shares = sum(KINDS[kind].share for kind in kinds)

    def one(kind: str) -> tuple[str, Tally]:
        files = -(-asked.files * KINDS[kind].share // shares)
        return kind, fuzz(kind, files, asked.seed + zlib.crc32(kind.encode()), KEPT)

    total, failed = Tally(), 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for kind, tally in pool.map(one, kinds):
            print(_line(kind, tally), flush=True)
            for fault in tally.faults:
                print(fault, flush=True)
            failed += bool(tally.faults)
            total.add(tally)
    print(_line("all", total))
    return failed


def _line(kind: str, tally: Tally) -> str:
    return (
        f"{kind:12} {tally.files:6} files: {tally.whole_refused:6} refused as a whole, "
        f"{tally.taken:6} rows taken, {tally.refused:6} rows refused, "
        f"slowest {tally.slowest:.2f} s, at most {tally.megabytes} MB more"
    )


if __name__ == "__main__":
    main()
