"""Seconds of one core, and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TypeVar

from nlp import Document, RjiebaSegmenter

Result = TypeVar("Result")

RUNS = 3
LONG = 15.0
"""Seconds from which a run is not repeated."""

_STATUS = Path("/proc/self/status")


def timed(
    work: Callable[[], Result], runs: int = RUNS, clock: Callable[[], float] = time.process_time
) -> tuple[float, list[Result]]:
    """Median seconds of this process's own time, and what each run returned.

    With one thread, that is the time on an idle machine, whatever else the machine does. What
    takes long is run once.

    :param clock: another one, for work that other processes do.
    """
    seconds, results = [], []
    for _ in range(runs):
        started = clock()
        results.append(work())
        seconds.append(clock() - started)
        if seconds[0] > LONG:
            break
    return median(seconds), results


def segmenting(documents: Sequence[Document], runs: int = RUNS) -> float:
    """Median seconds to cut the titles and the whole bodies into words, and do nothing else."""
    segmenter = RjiebaSegmenter()
    segmenter.cut("预热")

    def cut() -> None:
        for title, body in documents:
            segmenter.cut(title)
            segmenter.cut(body)

    return timed(cut, runs)[0]


def megabytes() -> float:
    """The most memory that this process has had at once (resident), in MB of 10⁶ bytes.

    Linux says it of this program alone; elsewhere a child counts its parent's as its own.
    """
    if _STATUS.exists():
        [line] = [text for text in _STATUS.read_text().splitlines() if text.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
