"""The ``responder`` command as a process of its own, without waiting for its imports each time.

One process imports the product once and forks for each command: arguments, environment, output
and exit code are those of a new ``python -m responder``. It has a single thread, as forking wants.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def run(*arguments: str, state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``responder ARGUMENTS`` on the instance whose folder is ``state``.

    :param environment: beside that of the tests.
    """
    with TemporaryDirectory() as folder:
        said, complained = Path(folder, "stdout"), Path(folder, "stderr")
        order = {
            "arguments": arguments,
            "environment": {**os.environ, "RESPONDER_STATE_DIR": str(state), **environment},
            "stdout": str(said),
            "stderr": str(complained),
            # What a command writes without being told where is not to lie in the repository.
            "folder": str(state if state.is_dir() else folder),
        }
        code = _told("run", order)
        return subprocess.CompletedProcess(
            arguments, code, said.read_text("utf-8"), complained.read_text("utf-8")
        )


class Started:
    """A command that runs, and can be killed."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended: int | None = None

    def poll(self) -> int | None:
        """Its exit code, once it has ended."""
        if self._ended is None and _told("has ended", self.pid):
            self.wait()
        return self._ended

    def wait(self) -> int:
        """Its exit code."""
        if self._ended is None:
            self._ended = _told("wait", self.pid)
        return self._ended

    def kill(self) -> None:
        if self._ended is None:
            os.kill(self.pid, signal.SIGKILL)


def start(arguments: Sequence[str], environment: Mapping[str, str]) -> Started:
    """Start ``responder ARGUMENTS``, whose output nobody reads and whose input stays open."""
    order = {
        "input_stays_open": True,  # as long as this process lives
        "arguments": list(arguments),
        "environment": dict(environment),
        "stdout": os.devnull,
        "stderr": os.devnull,
        "folder": environment["RESPONDER_STATE_DIR"],
    }
    return Started(_told("start", order))


@cache
def _forking() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.console"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def _told(task: str, of: dict[str, Any] | int) -> int:
    process = _forking()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps([task, of]) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def _serve() -> None:
    from sqlalchemy.orm import configure_mappers

    from responder.cli import main

    configure_mappers()  # once, not in each child
    gc.freeze()
    tasks = {
        "run": lambda order: _exit_code(_forked(order, main)),
        "start": lambda order: _forked(order, main),
        "has ended": _has_ended,
        "wait": _exit_code,
    }
    for line in sys.stdin:
        task, of = json.loads(line)
        print(tasks[task](of), flush=True)


_HELD_OPEN: list[int] = []


def _forked(order: dict[str, Any], main: Any) -> int:
    """What it is to read ends at once, or when this process ends."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        for one in (writing, *_HELD_OPEN):
            os.close(one)
        _become(order, reading, main)
    os.close(reading)
    if order.get("input_stays_open"):
        _HELD_OPEN.append(writing)
    else:
        os.close(writing)
    return child


def _has_ended(child: int) -> int:
    """Whether; it can still be waited for."""
    return int(os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)


def _exit_code(child: int) -> int:
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _become(order: dict[str, Any], reads: int, main: Any) -> None:
    """Do as a new process would, and end."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        os.dup2(reads, 0)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT, 0o600), number)
        sys.argv = ["responder", *order["arguments"]]
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
