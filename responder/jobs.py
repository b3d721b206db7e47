"""What the scheduler runs: one line a job, each a service function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from responder.core.times import utc_now
from responder.planning import service as planning
from responder.publishing import service as publishing
from responder.settings import Settings
from responder.topics import refreshing

Job = Callable[[datetime, Settings], object]


def _publish_due(now: datetime, _settings: Settings) -> object:
    return publishing.publish_due(now)


def _refresh_topics(now: datetime, settings: Settings) -> object:
    return refreshing.refresh_if_new(now, timedelta(days=settings.topic_window_days))


JOBS: dict[str, Job] = {
    "publish-due": _publish_due,
    "refresh-topics": _refresh_topics,
}


def run(app: Flask, name: str, job: Job) -> None:
    """Run one job; a failure is logged and tried again at the next interval."""
    with app.app_context():
        try:
            job(utc_now(), app.extensions["settings"])
        except Exception:
            app.logger.exception("job %s failed; it will be tried again", name)
