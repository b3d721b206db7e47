"""Processes: a supervisor that keeps web and scheduler alive."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

from responder.core import measuring
from responder.core.console import say
from responder.core.errors import Invalid
from responder.settings import Settings

LOOKS_EVERY_SECONDS = 0.5
RESTARTS_ALLOWED = 3
WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 30


def run_server(
    settings: Settings, host: str, port: int, workers: int, with_scheduler: bool = True
) -> None:
    """Keep the web server, and mostly the scheduler, running until a signal comes.

    Each is a process of its own; one that ends is started again. Both end with this one,
    however it ends.

    :raises Invalid: the address cannot be had, or a process ends again and again.
    """
    _require_free(host, port)
    python = (sys.executable, "-m")
    address = ("--host", host, "--port", str(port), "--workers", str(workers))
    commands: dict[str, Sequence[str]] = {"网页服务": (*python, "responder.webserver", *address)}
    if with_scheduler:
        commands["调度器"] = (*python, "responder", "scheduler", "--until-stdin-closes")
    say(f"回应台正在启动：http://{host}:{port}  （Ctrl+C 停止）")
    shown = {
        "RESPONDER_NOTICE": settings.notice,
        "RESPONDER_CITY_NAME": settings.city_name,
        "RESPONDER_PUBLISHER_NAME": settings.publisher_name,
        measuring.FOLDER: _counts(settings),
    }
    _supervise(commands, {**os.environ, **shown})


def _counts(settings: Settings) -> str:
    """Where web and scheduler count together: named from outside, or begun anew at each start."""
    if named := os.environ.get(measuring.FOLDER):
        os.makedirs(named, mode=0o700, exist_ok=True)
        return named
    folder = settings.state_dir.resolve() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return str(folder)


def _supervise(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> None:
    stop = stop_on_signals()
    restarts: deque[float] = deque(maxlen=RESTARTS_ALLOWED)
    processes = {name: _start(command, environment) for name, command in commands.items()}
    try:
        while not stop.wait(LOOKS_EVERY_SECONDS):
            for name in [name for name, process in processes.items() if process.poll() is not None]:
                _require_patience(name, restarts)
                say(f"{name}意外退出，正在重新启动")
                processes[name] = _start(commands[name], environment)
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            try:
                process.wait(ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:  # what it was at is taken up again later
                process.kill()
                process.wait()


def _start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # our own interpreter, with fixed arguments  # nosec B603
        command, stdin=subprocess.PIPE, env=environment
    )


def _require_patience(name: str, restarts: deque[float]) -> None:
    now = time.monotonic()
    if len(restarts) == RESTARTS_ALLOWED and now - restarts[0] < WITHIN_SECONDS:
        raise Invalid(f"{name}反复退出：请查看上面的日志，排除原因后再启动")
    restarts.append(now)


def stop_on_signals() -> threading.Event:
    """An event that the usual signals set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


def when_stdin_closes(act: threading.Event) -> None:
    """Set ``act`` once the parent, which holds the other end, has ended."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        act.set()

    threading.Thread(target=wait, daemon=True).start()


def _require_free(host: str, port: int) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Invalid(
            f"无法监听 {host}:{port}（{error.strerror}）："
            "请用 --port 换一个端口，或先停止占用它的程序"
        ) from error
