"""What the scheduler runs: one line a job, each a service function."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from structlog.contextvars import bound_contextvars

from responder.accounts import token_requests
from responder.accounts.delays import service as delays
from responder.accounts.sessions import service as sessions
from responder.accounts.sessions.entering import limits_of
from responder.alerts import raising
from responder.core import disk, measuring
from responder.core.audit import chain
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.logs import files as log_files
from responder.core.logs import keep, logger
from responder.core.permissions import SYSTEM
from responder.core.times import local, utc_now
from responder.desk import drafts, joining
from responder.desk import service as desk
from responder.errands import running as errand_running
from responder.errands import service as errands
from responder.intake.identity import retention
from responder.intake.imports import runner as import_runner
from responder.intake.imports import undo
from responder.intake.searching import names
from responder.openness import sweeping as openness_sweeping
from responder.openness.catalogue import reading, syncing
from responder.planning import service as planning
from responder.publishing import releasing
from responder.publishing.packages import sweeping
from responder.publishing.ratings import service as ratings
from responder.publishing.webhooks import sending
from responder.reports.documents import service as documents
from responder.responses import service as responses
from responder.responses.drafting import slips
from responder.scheduling import service as scheduling
from responder.scheduling.service import Journal, Run
from responder.settings import Settings
from responder.sources import collecting
from responder.topics import refreshing
from responder.warnings import raising as warnings
from responder.warnings import sending as warning_sending

GoesOn = Callable[[], bool]

_log = logger(__name__)


@dataclass(frozen=True)
class Job:
    """A piece of work, and what lies between two runs: so many of the scheduler's intervals, or a
    time of its own."""

    work: Callable[[datetime, Settings], object]
    every: int | timedelta = 1

    def seconds(self, interval: int) -> float:
        """Between two runs.

        :param interval: the scheduler's, in seconds.
        """
        if isinstance(self.every, timedelta):
            return self.every.total_seconds()
        return interval * self.every


def _refresh_topics(now: datetime, settings: Settings) -> object:
    window = timedelta(days=settings.topic_window_days)
    return refreshing.refresh_if_new(now, window, settings.zone, settings.topic_memory)


def _raise_alerts(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return raising.raise_alerts(session, now, settings.zone)


def _stop_held_clocks(now: datetime, _settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return responses.stop_held_clocks(session, now)


def _raise_warnings(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return warnings.raise_warnings(session, now, settings.zone)


def _make_daily_brief(now: datetime, settings: Settings) -> object:
    if not documents.brief_is_due(db.session, now, settings.zone):
        return None
    with transaction(SYSTEM, now) as session:
        return documents.make_due_brief(session, now, settings.zone)


def _erase_identities(now: datetime, settings: Settings) -> object:
    return retention.erase_due(now, settings.zone, SYSTEM)


def _suggest_links(now: datetime, _settings: Settings) -> object:
    proposals = planning.propose_links(db.session, now)
    with transaction(SYSTEM, now) as session:
        return planning.store_proposals(session, proposals)


def _settle_calls(now: datetime, _settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return joining.settle(session, now)


def _erase_drafts(now: datetime, _settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        desk.forget_slips(session, now)
        return drafts.erase_old(session, now)


def _erase_slips(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return slips.erase_old(session, now, settings.draft_slip_days)


def _forget_api_requests(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return token_requests.forget(session, now - timedelta(hours=settings.api_idempotency_hours))


def _settle_sign_ins(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        delays.forget(session, now)
        sessions.forget(session, now - timedelta(days=settings.sign_in_keep_days))
        return sessions.settle(session, now, limits_of(settings))


def _tidy_uploads(now: datetime, settings: Settings) -> object:
    return import_runner.tidy(settings, now)


def _sweep_event_files(_now: datetime, settings: Settings) -> object:
    return planning.sweep_event_files(db.session, settings.event_files)


def _sweep_package_files(_now: datetime, settings: Settings) -> object:
    return sweeping.sweep(db.session, settings.package_files)


def _sweep_openness_files(_now: datetime, settings: Settings) -> object:
    return openness_sweeping.sweep(db.session, settings)


def _sync_catalogue(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return syncing.sync(session, Attempt(SYSTEM, now), settings.zone, settings.public_url)


def _look_into_uploads(settings: Settings, goes_on: GoesOn) -> bool:
    return import_runner.Runner(settings, utc_now, goes_on).look_once()


def _forget_raters(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return ratings.forget(session, local(now, settings.zone).date())


def _import_files(settings: Settings, goes_on: GoesOn) -> bool:
    runner = import_runner.Runner(settings, utc_now, goes_on)
    return undo.undo_once(utc_now, goes_on) or runner.import_once()


def _import_folders(settings: Settings, goes_on: GoesOn) -> bool:
    return collecting.import_folders(utc_now(), settings, goes_on) > 0


def _run_errands(settings: Settings, goes_on: GoesOn) -> bool:
    return errand_running.Runner(settings.errand_files, utc_now, goes_on).run_once()


def _forget_errands(now: datetime, settings: Settings) -> object:
    with transaction(SYSTEM, now) as session:
        return errands.forget(session, settings.errand_files, now)


def _learn_names(now: datetime, _settings: Settings) -> object:
    return names.learn_names(2_000, SYSTEM, now)


def _note_trail(_now: datetime, _settings: Settings) -> object:
    """Where the chain of the trail ends goes into the log, which no one at the database reaches.

    :raises Invalid: the log did not take it.
    """
    end = chain.head(db.session)
    keep(_log, "audit head", number=end.number, digest=end.digest)
    return end


def _tidy_logs(now: datetime, settings: Settings) -> object:
    return log_files.tidy(settings.logs, now, settings.zone, settings.log_days)


JOBS = {
    "publish-due": Job(releasing.publish_due),
    "send-webhooks": Job(sending.send_due),
    "stop-held-clocks": Job(_stop_held_clocks),
    "raise-warnings": Job(_raise_warnings, every=3),
    "send-warnings": Job(warning_sending.send_due),
    "make-daily-brief": Job(_make_daily_brief),
    "fetch-sources": Job(collecting.fetch_due),
    "refresh-topics": Job(_refresh_topics),
    "raise-alerts": Job(_raise_alerts),
    "learn-names": Job(_learn_names),
    "suggest-links": Job(_suggest_links, every=15),
    "erase-identities": Job(_erase_identities, every=60),
    "settle-calls": Job(_settle_calls),
    "erase-drafts": Job(_erase_drafts, every=30),
    "erase-slips": Job(_erase_slips, every=180),
    "forget-api-requests": Job(_forget_api_requests, every=180),
    "settle-sign-ins": Job(_settle_sign_ins, every=30),
    "tidy-uploads": Job(_tidy_uploads, every=180),
    "forget-errands": Job(_forget_errands, every=60),
    "forget-raters": Job(_forget_raters, every=15),
    "sweep-event-files": Job(_sweep_event_files, every=180),
    "sweep-package-files": Job(_sweep_package_files, every=180),
    "sweep-openness-files": Job(_sweep_openness_files, every=180),
    "sync-catalogue": Job(_sync_catalogue, every=3),
    "read-column-feeds": Job(reading.read_due),
    "note-trail": Job(_note_trail, every=timedelta(hours=1)),
    "tidy-logs": Job(_tidy_logs, every=180),
}

# What somebody waits for in front of the screen, or what takes long and must end soon when the
# process does: looked for every second, in a thread each. Each says whether there was work.
WATCHES: dict[str, Callable[[Settings, GoesOn], bool]] = {
    "look-into-uploads": _look_into_uploads,
    "import-files": _import_files,
    "import-folders": _import_folders,
    "run-errands": _run_errands,
}
LOOKS_EVERY_SECONDS = 1.0


def run(app: Flask, name: str, journal: Journal | None = None) -> None:
    """Run one job; a failure is logged, noted, and tried again at the next interval."""
    journal = journal or Journal()
    begun, ticks, problem = utc_now(), time.monotonic(), ""
    journal.note(Run(name, begun))
    with app.app_context(), bound_contextvars(job=name):
        try:
            with measuring.job(name):
                JOBS[name].work(begun, app.extensions["settings"])
        except Exception as error:
            _tell(app, f"job {name}", error)
            problem = scheduling.problem_of(error)
    journal.note(Run(name, begun, utc_now(), time.monotonic() - ticks, problem))


def watch(app: Flask, name: str, stop: threading.Event) -> None:
    """Do one kind of work whenever there is some, until ``stop`` is set.

    A failure is logged and tried again after the scheduler's interval.
    """
    settings = app.extensions["settings"]
    while not stop.is_set():
        pause = LOOKS_EVERY_SECONDS
        with app.app_context():
            try:
                if WATCHES[name](settings, lambda: not stop.is_set()):
                    continue
            except Exception as error:
                _tell(app, name, error)
                pause = settings.scheduler_interval_seconds
        stop.wait(pause)


def _tell(app: Flask, what: str, error: Exception) -> None:
    """A disk that is full is told in one line: where it was met helps nobody."""
    if disk.is_full(error):
        code = disk.code_of(error)
        app.logger.error(
            "%s: no space is left on the disk (%s); it will be tried again", what, code
        )
    else:
        app.logger.error("%s failed; it will be tried again", what, exc_info=error)
