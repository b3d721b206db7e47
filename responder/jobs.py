"""What the scheduler runs: one line a job, each a service function in a transaction."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from responder.core.times import utc_now
from responder.publishing import service as publishing
from responder.topics import service as topics

Job = Callable[[], object]

JOBS: dict[str, Job] = {
    "publish-due": lambda: publishing.publish_due(utc_now()),
    "refresh-topics": lambda: topics.refresh_if_new(utc_now()),
}


def run(app: Flask, name: str, job: Job) -> None:
    """Run one job; a failure is logged and tried again at the next interval."""
    with app.app_context():
        try:
            job()
        except Exception:
            app.logger.exception("job %s failed; it will be tried again", name)
