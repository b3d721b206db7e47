"""The scheduler: jobs at their intervals while it is this scheduler's turn, and watches always."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from responder import jobs
from responder.core import disk
from responder.core.database import db, transaction
from responder.core.permissions import SYSTEM
from responder.core.times import utc_now
from responder.scheduling import service
from responder.scheduling.rules import RENEWED_EVERY, clock_jumped
from responder.scheduling.service import Journal
from responder.scheduling.turns import Turn
from responder.serving import stop_on_signals, when_stdin_closes

LOOKS_EVERY_SECONDS = 1.0
MOST_KEPT = 200  # runs that wait to be written down while the database is away

_log = logging.getLogger(__name__)


def run_scheduler(app: Flask, until_stdin_closes: bool = False) -> None:
    """Run the jobs until a signal comes.

    Their state is the database's: what fell due while nothing ran is caught up at once.

    :param until_stdin_closes: end when the parent does, however it ends.
    """
    stop = stop_on_signals()
    if until_stdin_closes:
        when_stdin_closes(stop)
    watchers = [
        threading.Thread(target=jobs.watch, args=(app, name, stop), name=name)
        for name in jobs.WATCHES
    ]
    for watcher in watchers:
        watcher.start()
    try:
        Timetable(app).follow(stop)
    finally:
        stop.set()  # or a process that acts no more would live on, and nobody would start it again
        for watcher in watchers:
            watcher.join()  # ends with the chunk that it is at


class Timetable:
    """Every job at its interval, as long as it is our turn."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._journal = Journal()
        self._turn = Turn(app.extensions["settings"].state_dir)
        self._scheduler = BackgroundScheduler(timezone="UTC")
        interval = app.extensions["settings"].scheduler_interval_seconds
        for name, job in jobs.JOBS.items():
            self._scheduler.add_job(
                self._run,
                "interval",
                args=(name,),
                seconds=job.seconds(interval),
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=utc_now(),
            )

    def follow(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; then let finish what runs, and let another act."""
        self._renew()
        self._scheduler.start()
        renewed, wall = time.monotonic(), utc_now()
        while not stop.wait(LOOKS_EVERY_SECONDS):
            self._look()
            passed = timedelta(seconds=time.monotonic() - renewed)
            if passed < RENEWED_EVERY:
                continue
            self._renew()  # before anything begins: another may have the turn by now
            if clock_jumped(utc_now() - wall, passed):
                self._begin_anew()
            renewed, wall = time.monotonic(), utc_now()
        self._end()

    def _end(self) -> None:
        """Let finish what runs, keeping the turn meanwhile; then let another act."""
        ending = threading.Thread(target=self._scheduler.shutdown)
        ending.start()
        while ending.is_alive():
            ending.join(RENEWED_EVERY.total_seconds())
            self._renew()
        self._write_down()
        with self._goes_on("the turn could not be given up"), self._app.app_context():
            self._turn.give_up(utc_now())

    def _run(self, name: str) -> None:
        if self._turn.is_ours:
            jobs.run(self._app, name, self._journal)

    def _renew(self) -> None:
        with self._goes_on("the turn could not be renewed"), self._app.app_context():
            self._turn.keep(utc_now())

    def _look(self) -> None:
        """Write down how jobs ran, and see what people want to run now."""
        self._write_down()
        if not self._turn.is_ours:
            return
        with self._goes_on("what is wanted could not be looked for"), self._app.app_context():
            self._run_now([name for name in service.wanted(db.session) if name in jobs.JOBS])

    def _run_now(self, names: list[str]) -> None:
        if not names:
            return
        with transaction(SYSTEM) as session:
            service.grant(session, names)
        for name in names:
            self._scheduler.modify_job(name, next_run_time=utc_now())

    def _write_down(self) -> None:
        runs = self._journal.take()
        if not runs:
            return
        written = False
        with (
            self._goes_on("how the jobs ran could not be written down"),
            self._app.app_context(),
            transaction(SYSTEM) as session,
        ):
            service.write_down(session, runs)
            written = True
        if not written:
            self._journal.put_back(runs[-MOST_KEPT:])

    def _begin_anew(self) -> None:
        """The clock was set, or the machine slept: no job waits for a moment that is far off."""
        _log.warning("the clock jumped: every job runs now, then at its interval")
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=utc_now())

    @contextmanager
    def _goes_on(self, told: str) -> Iterator[None]:
        """Whatever goes wrong here is tried again: the timetable outlives database and disk."""
        try:
            yield
        except Exception as error:
            if disk.is_full(error):
                code = disk.code_of(error)
                _log.error(
                    "%s: no space is left on the disk (%s); it will be tried again", told, code
                )
            else:
                _log.exception("%s; it will be tried again", told)
