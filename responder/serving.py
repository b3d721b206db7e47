"""Processes: the web server with the scheduler at its side, and the scheduler alone."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from gunicorn.app.base import BaseApplication

from responder import jobs
from responder.core.console import say
from responder.core.database import db
from responder.core.errors import Invalid
from responder.core.times import utc_now


class _Server(BaseApplication):
    """gunicorn around an application that is already built."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def run_server(app: Flask, host: str, port: int, workers: int) -> None:
    """Serve until a signal comes; the scheduler lives and dies with the server.

    :raises Invalid: the address is in use or cannot be had.
    """
    _require_free(host, port)
    db.engine.dispose()  # connections do not cross a fork
    companion = subprocess.Popen(
        [sys.executable, "-m", "responder", "scheduler", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
    )
    say(f"回应台已启动：http://{host}:{port}  （Ctrl+C 停止）")
    try:
        _Server(app, _server_options(host, port, workers, companion)).run()
    finally:
        companion.terminate()
        companion.wait()


def _server_options(
    host: str, port: int, workers: int, companion: subprocess.Popen[bytes]
) -> dict[str, Any]:
    def let_go(_server: object, _worker: object) -> None:
        # The scheduler ends when this pipe closes; a worker must not keep it open.
        if companion.stdin:
            companion.stdin.close()

    return {
        "post_fork": let_go,
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": 4,
        "loglevel": "warning",
        "control_socket_disable": True,
        "timeout": 60,
    }


def _require_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Invalid(
            f"无法监听 {host}:{port}（{error.strerror}）："
            "请用 --port 换一个端口，或先停止占用它的程序"
        ) from error


def run_scheduler(app: Flask, until_stdin_closes: bool = False) -> None:
    """Run the jobs until a signal comes.

    Their state is the database's: what fell due while nothing ran is caught up at once.

    :param until_stdin_closes: end when the parent does, however it ends.
    """
    scheduler = BackgroundScheduler(timezone="UTC")
    interval = app.extensions["settings"].scheduler_interval_seconds
    for name, job in jobs.JOBS.items():
        scheduler.add_job(
            jobs.run,
            "interval",
            args=(app, name),
            seconds=interval * job.every,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=utc_now(),
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if until_stdin_closes:
        threading.Thread(target=_wait_for_stdin, args=(stop,), daemon=True).start()
    scheduler.start()
    stop.wait()
    scheduler.shutdown()  # a job that runs is let finish


def _wait_for_stdin(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()
