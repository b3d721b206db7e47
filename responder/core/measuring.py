"""What the processes of an installation count, for ``/metrics``: numbers of work, never of people.

Where ``PROMETHEUS_MULTIPROC_DIR`` names a folder, every process counts into it and any of them
tells the sum; ``responder serve`` names one for its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
DONE, FAILED = "done", "failed"

_registry = CollectorRegistry()

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


@contextmanager
def job(name: str) -> Iterator[None]:
    """Count and time a run; an exception is a failed one, and goes on."""
    began, outcome = perf_counter(), FAILED
    try:
        yield
        outcome = DONE
    finally:
        JOBS.labels(name, outcome).inc()
        JOB_SECONDS.labels(name).observe(perf_counter() - began)


def counted() -> CollectorRegistry:
    """What all processes have counted; where they share no folder, this one alone."""
    if FOLDER not in os.environ:
        return _registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
