"""Work for other processes and machines: functions that travel by their name."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any


def dies_once_at_the_third(part: list) -> int:
    """Give the part's number; the first process that gets number 2 is killed."""
    lost, number = part
    if number == 2 and not Path(lost).exists():
        Path(lost).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return int(number)


def on_interrupt() -> int:
    return int(signal.getsignal(signal.SIGINT))  # type: ignore[arg-type]


def killed_once(marker: str, work: Callable[..., Any], *given: Any) -> Any:
    """Do the work; whoever is asked first leaves its number and is killed."""
    if not Path(marker).exists():
        Path(marker).write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*given)


def another_program() -> str:
    """What another version of the program says of itself: something else each time."""
    return f"{os.getpid()}"
