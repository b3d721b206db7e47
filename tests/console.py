"""The ``responder`` command as a process of its own, without waiting for its imports each time.

One process imports the product once and forks for each command: arguments, environment, output
and exit code are those of a new ``python -m responder``. It has a single thread, as forking wants.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import subprocess
import sys
import traceback
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
        code = _told(_forking(), order)
        return subprocess.CompletedProcess(
            arguments, code, said.read_text("utf-8"), complained.read_text("utf-8")
        )


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


def _told(process: subprocess.Popen[str], order: dict[str, Any]) -> int:
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def _serve() -> None:
    from sqlalchemy.orm import configure_mappers

    from responder.cli import main

    configure_mappers()  # once, not in each child
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line), main)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(order: dict[str, Any], main: Any) -> None:
    """Do as a new process would, and end."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
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
