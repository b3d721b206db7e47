"""What the processes of an installation count, for ``/metrics``: numbers of work, never of people.

Where ``PROMETHEUS_MULTIPROC_DIR`` names a folder, every process counts into it and any of them
tells the sum; ``responder serve`` names one for its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from responder.core import disk

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
DONE, FAILED = "done", "failed"
# What a process counts into, as prometheus-client names it → bytes: more than all endpoints take.
FILES = {"counter": 1 << 20, "histogram": 1 << 21}

_registry = CollectorRegistry()
_ready: set[int] = set()  # processes whose files are there with all their blocks
_making = Lock()

REQUESTS = Counter(
    "responder_requests_total",
    "Answers by endpoint, method and status.",
    ("endpoint", "method", "status"),
    registry=_registry,
)
REQUEST_SECONDS = Histogram(
    "responder_request_seconds",
    "How long answers took, by endpoint.",
    ("endpoint",),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_registry,
)
JOBS = Counter(
    "responder_job_runs_total",
    "Runs of the scheduler's jobs, by what came of them.",
    ("job", "outcome"),
    registry=_registry,
)
JOB_SECONDS = Histogram(
    "responder_job_seconds",
    "How long runs of the scheduler's jobs took.",
    ("job",),
    buckets=(0.01, 0.1, 0.5, 1, 5, 15, 60, 300),
    registry=_registry,
)


def answer(endpoint: str, method: str, status: int, seconds: float | None) -> None:
    """Count an answer, and time it where it is known when it was asked for."""
    if not _can_count():
        return
    REQUESTS.labels(endpoint, method, status).inc()
    if seconds is not None:
        REQUEST_SECONDS.labels(endpoint).observe(seconds)


@contextmanager
def job(name: str) -> Iterator[None]:
    """Count and time a run; an exception is a failed one, and goes on."""
    began, outcome = perf_counter(), FAILED
    try:
        yield
        outcome = DONE
    finally:
        if _can_count():
            _count_job(name, outcome, perf_counter() - began)


def _count_job(name: str, outcome: str, seconds: float) -> None:
    JOBS.labels(name, outcome).inc()
    JOB_SECONDS.labels(name).observe(seconds)


def _can_count() -> bool:
    """Whether this process may write its counts.

    They are written through a mapping of a file: one whose blocks are not all there yet would
    have the process killed (SIGBUS) by the first count that a full disk does not take.
    """
    pid = os.getpid()
    if FOLDER not in os.environ or pid in _ready:
        return True
    with _making:
        if pid not in _ready and _has_its_files(pid):
            _ready.add(pid)
    return pid in _ready


def _has_its_files(pid: int) -> bool:
    """Whoever tells the sum reads each ``*.db`` that is there: one appears when it is whole."""
    try:
        for name, size in FILES.items():
            path = Path(os.environ[FOLDER], f"{name}_{pid}.db")
            if path.exists():  # of an earlier process of this number, whose counts are added to
                _take_blocks(path, size)
            else:
                disk.write_whole(path, partial(_take_blocks, size=size))
    except OSError:
        return False
    return True


def _take_blocks(path: Path, size: int) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(file, 0, size)
    finally:
        os.close(file)


def counted() -> CollectorRegistry:
    """What all processes have counted; where they share no folder, this one alone."""
    if FOLDER not in os.environ:
        return _registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
