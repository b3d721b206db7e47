"""What the scheduler runs: one line a job, each a service function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask

from responder.alerts import raising
from responder.core.database import transaction
from responder.core.permissions import SYSTEM
from responder.core.times import utc_now
from responder.planning import service as planning
from responder.publishing import releasing
from responder.responses import service as responses
from responder.settings import Settings
from responder.topics import refreshing


@dataclass(frozen=True)
class Job:
    """A piece of work, and how many of the scheduler's intervals lie between two runs."""

    work: Callable[[datetime, Settings], object]
    every: int = 1


def _refresh_topics(now: datetime, settings: Settings) -> object:
    window = timedelta(days=settings.topic_window_days)
    return refreshing.refresh_if_new(now, window, settings.zone, settings.topic_memory)


def _raise_alerts(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return raising.raise_alerts(session, now, settings.zone)


def _stop_held_clocks(now: datetime, _settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return responses.stop_held_clocks(session, now)


def _suggest_links(now: datetime, _settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return planning.suggest_links(session, now)


JOBS = {
    "publish-due": Job(releasing.publish_due),
    "stop-held-clocks": Job(_stop_held_clocks),
    "refresh-topics": Job(_refresh_topics),
    "raise-alerts": Job(_raise_alerts),
    "suggest-links": Job(_suggest_links, every=15),
}


def run(app: Flask, name: str) -> None:
    """Run one job; a failure is logged and tried again at the next interval."""
    with app.app_context():
        try:
            JOBS[name].work(utc_now(), app.extensions["settings"])
        except Exception:
            app.logger.exception("job %s failed; it will be tried again", name)
