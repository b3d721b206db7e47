"""How a command that takes hours ends before its end, and says how to go on."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from types import FrameType

from responder.core.errors import Stale


@contextmanager
def stopping(stopped: Callable[[str], str]) -> Iterator[None]:
    """SIGTERM stops as Ctrl+C does; either way, and when a worker is lost, say how to go on.

    :param stopped: makes of why it ended what is said.
    :raises Stale: it was stopped.
    """
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt as error:
        raise Stale(stopped("已停止")) from error
    except BrokenExecutor as error:
        raise Stale(stopped(str(error))) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
