"""``/metrics`` in the format of Prometheus: what the database says, and what processes counted."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from time import perf_counter

import sqlalchemy as sa
from flask import Flask, Request, Response, g, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from responder.core import measuring
from responder.core.database import end_read
from responder.core.errors import Forbidden
from responder.operating import last_backup
from responder.operating.queues import CLOCKS, QUEUES, running_clocks, waiting
from responder.scheduling.service import jobs
from responder.scheduling.turns import last_sign
from responder.settings import Settings

NOWHERE = "none"  # the endpoint of an address that is nobody's


def require_reader(asked: Request, settings: Settings) -> None:
    """Whoever has the token; where there is none, this machine without a proxy between.

    :raises Forbidden: it is somebody else.
    """
    token = settings.metrics_token
    if token:
        given = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), token.encode()):
            return
    elif _is_of_this_machine(asked):
        return
    raise Forbidden("您没有打开这个页面的权限；如工作需要，请联系系统管理员")


def _is_of_this_machine(asked: Request) -> bool:
    if any(name in asked.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")):
        return False
    try:
        return ipaddress.ip_address(asked.remote_addr or "").is_loopback
    except ValueError:
        return False


def told(session: Session, settings: Settings, now: datetime) -> bytes:
    """Everything that is measured, as text."""
    registry = CollectorRegistry()
    registry.register(_Records(session, settings, now))
    return bytes(generate_latest(registry) + generate_latest(measuring.counted()))


class _Records(Collector):
    """What the database and the state folder say at this moment, whichever process is asked."""

    def __init__(self, session: Session, settings: Settings, now: datetime) -> None:
        self._session, self._settings, self._now = session, settings, now

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        reached = self._reached()
        yield GaugeMetricFamily(
            "responder_database_up", "1 where the database answers.", value=float(reached)
        )
        if reached:
            yield from self._of_records()
        made_at = last_backup.made_at(self._settings.state_dir)
        yield _moment("backup", "the last backup was made", made_at)

    def _of_records(self) -> Iterator[GaugeMetricFamily]:
        with suppress(DBAPIError):  # it does not speak this version's words
            yield from self._queues()
            yield from self._clocks()
            yield from self._jobs()
            yield _moment("scheduler_beat", "a scheduler last acted", last_sign(self._session))

    def _reached(self) -> bool:
        try:
            self._session.execute(sa.text("SELECT 1"))
        except DBAPIError:
            end_read()  # a connection that died leaves its transaction in pieces
            return False
        return True

    def _queues(self) -> Iterator[GaugeMetricFamily]:
        length = GaugeMetricFamily(
            "responder_queue_due", "What is due and waits for the scheduler.", labels=["queue"]
        )
        age = GaugeMetricFamily(
            "responder_queue_oldest_seconds", "How long the first of it waits.", labels=["queue"]
        )
        for queue in QUEUES:
            count, first = waiting(self._session, queue, self._now)
            length.add_metric([queue.name], count)
            seconds = (self._now - first).total_seconds() if first else 0.0
            age.add_metric([queue.name], seconds)
        yield length
        yield age

    def _clocks(self) -> Iterator[GaugeMetricFamily]:
        found = GaugeMetricFamily(
            "responder_clocks", "Clocks that run, by kind and state.", labels=["kind", "state"]
        )
        for name, clock in CLOCKS.items():
            running, late = running_clocks(self._session, clock, self._now)
            found.add_metric([name, "running"], running)
            found.add_metric([name, "late"], late)
        yield found

    def _jobs(self) -> Iterator[GaugeMetricFamily]:
        seconds = GaugeMetricFamily(
            "responder_job_last_seconds", "How long the last run of a job took.", labels=["job"]
        )
        failures = GaugeMetricFamily(
            "responder_job_failures", "Runs of a job that failed in a row.", labels=["job"]
        )
        for job in jobs(self._session):
            failures.add_metric([job.name], job.failures)
            if job.seconds is not None:
                seconds.add_metric([job.name], job.seconds)
        yield seconds
        yield failures


def _moment(name: str, what: str, at: datetime | None) -> GaugeMetricFamily:
    """What never was is told as long ago, so that an alarm which waits for it goes off."""
    return GaugeMetricFamily(
        f"responder_{name}_timestamp_seconds",
        f"When {what}; 0 where that never was.",
        value=at.timestamp() if at else 0.0,
    )


def measure_requests(app: Flask) -> None:
    """Count and time every answer."""

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        endpoint = request.endpoint or NOWHERE
        seconds = perf_counter() - g.began if "began" in g else None
        measuring.answer(endpoint, request.method, answer.status_code, seconds)
        return answer
