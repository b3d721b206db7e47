"""``python -m responder.webserver``: the web server alone, as ``responder serve`` starts it.

A process of its own, outside the command line's application context, so that no
connection of the parent stays open beside the workers.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from nlp import default_segmenter, warm_up
from nlp.pinyin import spelt
from responder import create_app
from responder.core.logs import adopt, keep_logs
from responder.serving import ENDS_WITHIN_SECONDS, when_stdin_closes
from responder.settings import load_settings


class _Log(Logger):
    """gunicorn's own lines, told as all others are."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        adopt(self.error_log.name)


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


def main() -> None:
    os.umask(0o077)
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    chosen = parser.parse_args()
    options = {
        "bind": f"{chosen.host}:{chosen.port}",
        "workers": chosen.workers,
        "worker_class": "gthread",
        "threads": 4,
        "timeout": 60,
        # Longer than proxies keep a connection that nobody uses (nginx: 60): whoever closes first
        # loses what the other has just sent.
        "keepalive": 75,
        "graceful_timeout": ENDS_WITHIN_SECONDS - 5,  # what is asked by then is answered
        "loglevel": "warning",
        "logger_class": _Log,
        "control_socket_disable": True,
        "when_ready": _end_with_the_parent,
        "post_fork": _let_go_of_stdin,
    }
    settings = load_settings()
    settings.keep_secret_key()
    app = create_app(settings)
    keep_logs(settings.logs, settings.zone)
    _warm_up()
    _Server(app, options).run()


def _warm_up() -> None:
    """Once, before the workers part: they share it, and the first caller does not wait for it."""
    warm_up()
    default_segmenter()
    spelt("回应")


def _end_with_the_parent(_server: object) -> None:
    parent_gone = threading.Event()
    when_stdin_closes(parent_gone)

    def end() -> None:
        parent_gone.wait()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end, daemon=True).start()


def _let_go_of_stdin(_server: object, _worker: object) -> None:
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)


if __name__ == "__main__":
    main()
