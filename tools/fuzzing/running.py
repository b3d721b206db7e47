"""Generates files of a kind in a process that may die of one, and keeps the one that failed.

The file lies on the disk before it is read: whatever becomes of the process, what it died of is
there. Each has a deadline in seconds of the processor, and the process a limit of memory.
"""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import traceback
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tools.fuzzing.readers import KINDS, read

SECONDS = 15.0  # of a busy processor, for one file of some kilobytes: a sheet has a million rows
STUCK = 3600  # of the clock, for a portion that hangs: the machine may be busy
MEGABYTES = 2048  # of address space beyond what is mapped at the start
GROWTH = 600  # megabytes that a process may come to hold beyond what it began with
PORTION = 2000  # files of one process
TALLY = "tally.json"


@dataclass
class Tally:
    """What became of the files of a kind."""

    files: int = 0
    whole_refused: int = 0
    taken: int = 0
    refused: int = 0
    slowest: float = 0.0
    megabytes: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("files", "whole_refused", "taken", "refused"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest = max(self.slowest, other.slowest)
        self.megabytes = max(self.megabytes, other.megabytes)
        self.faults += other.faults


def fuzz(kind: str, files: int, number: int, kept: Path) -> Tally:
    """So many files of a kind, in portions.

    :param number: the seed.
    :param kept: where a file that failed is put, shrunk.
    """
    tally = Tally()
    for portion in range(-(-files // PORTION)):
        few = min(PORTION, files - portion * PORTION)
        tally.add(_apart(kind, few, number + portion, kept))
        if tally.faults:
            break
    return tally


def _apart(kind: str, files: int, number: int, kept: Path) -> Tally:
    """A portion, in a process that is forked off: what it needs is loaded already."""
    with TemporaryDirectory(prefix="responder-fuzz-") as name:
        folder = Path(name)
        process = get_context("fork").Process(target=_limited, args=(kind, files, number, folder))
        process.start()
        process.join()
        path, told = folder / f"file{KINDS[kind].suffix}", folder / TALLY
        if told.exists():
            tally = Tally(**json.loads(told.read_text("utf-8")))
        else:
            tally = Tally(faults=[f"the process ended with {process.exitcode}"])
        if tally.faults and path.exists():
            kept.mkdir(parents=True, exist_ok=True)
            to = kept / f"{kind}-{number}{path.suffix}"
            to.write_bytes(path.read_bytes())
            tally.faults[-1] += f"\nkept as {to}"
    return tally


def _limited(kind: str, files: int, number: int, folder: Path) -> None:
    most = _address_space() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    faulthandler.dump_traceback_later(STUCK + files * 10, exit=True)
    tally = run(kind, files, number, folder)
    (folder / TALLY).write_text(json.dumps(vars(tally)), "utf-8")


def _address_space() -> int:
    """Bytes that this process has mapped already; most of it by the linear algebra."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def run(kind: str, files: int, number: int, folder: Path) -> Tally:
    """The same in this process; stops at the first fault, with the smallest file that shows it."""
    path, tally = folder / f"file{KINDS[kind].suffix}", Tally()

    @seed(number)
    @settings(
        max_examples=files,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(KINDS[kind].files)
    def each(content: bytes) -> None:
        path.write_bytes(content)
        began = _processor()
        found = read(kind, path)
        took = _processor() - began
        assert took < SECONDS, f"{took:.1f} s for {len(content)} bytes"
        tally.files += 1
        tally.slowest = max(tally.slowest, took)
        if found is None:
            tally.whole_refused += 1
        else:
            tally.taken += found[0]
            tally.refused += found[1]

    before = _megabytes()
    try:
        each()
    except Exception as error:  # whatever it is, it is what was looked for
        tally.faults.append("".join(traceback.format_exception(error)[-6:]))
    tally.megabytes = _megabytes() - before
    if tally.megabytes > GROWTH:
        tally.faults.append(f"grew by {tally.megabytes} MB")
    return tally


def _processor() -> float:
    """Seconds of the processor, with those of processes that were waited for."""
    used: Any = os.times()
    return float(used.user + used.system + used.children_user + used.children_system)


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
