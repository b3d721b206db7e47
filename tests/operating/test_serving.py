"""One life of a real server: it counts, starts what dies again, and ends without a word."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.browser.conftest import free_port, wait_until_up
from tests.console import run
from tests.operating.test_health import read
from tests.test_cli import children

RESTARTED = "调度器意外退出"


def test_a_server_counts_together_starts_its_scheduler_again_and_stops_quietly(
    tmp_path: Path,
) -> None:
    state, log = tmp_path / "state", tmp_path / "log"
    assert run("init", "--password", "only for trying it", state=state).returncode == 0
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as lines:
        server = subprocess.Popen(
            [sys.executable, "-m", "responder", "serve", "--port", str(port)],
            env={**os.environ, "RESPONDER_STATE_DIR": str(state)},
            stderr=lines,
        )
    try:
        wait_until_up(f"{address}/healthz", server)
        _web_processes_and_scheduler_count_together(address)
        _a_scheduler_that_dies_is_started_again(server.pid, log)
        assert _no_read_is_held_open(state)
        server.send_signal(signal.SIGINT)
        server.wait(60)
    finally:
        server.kill()
        server.wait()
    said = log.read_text("utf-8").splitlines()
    assert len(said) == 2, said
    assert RESTARTED in said[1]


def _web_processes_and_scheduler_count_together(address: str) -> None:
    for _ in range(20):
        urlopen(f"{address}/sign-in").close()
    asked = 'responder_requests_total{endpoint="accounts.sign_in",method="GET",status="200"}'
    assert _figures(address)[asked] == 20
    beats = 'responder_job_runs_total{job="publish-due",outcome="done"}'
    assert until(lambda: _figures(address).get(beats, 0) >= 1)
    assert until(lambda: urlopen(f"{address}/readyz").status == 200)


def _a_scheduler_that_dies_is_started_again(server: int, log: Path) -> None:
    [first] = _schedulers(server)
    os.kill(first, signal.SIGKILL)
    assert until(lambda: RESTARTED in log.read_text("utf-8"))
    assert until(lambda: len(_schedulers(server)) == 1)
    assert _schedulers(server) != [first]


def _schedulers(server: int) -> list[int]:
    return [pid for pid, command in children(server).items() if "scheduler" in command]


def _no_read_is_held_open(state: Path) -> bool:
    """So that the log can be folded back into the database."""
    with sqlite3.connect(state / "responder.db", timeout=30) as database:
        busy, *_rest = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    database.close()
    return bool(busy == 0)


def _figures(address: str) -> dict[str, float]:
    with urlopen(f"{address}/metrics") as answer:
        return read(answer.read().decode())


def until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return True
        except HTTPError:
            pass
        time.sleep(0.1)
    return False
