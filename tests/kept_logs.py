"""Logs kept in a folder, as a process that serves keeps them; afterwards all is as it was."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from responder.core.logs import keep_logs
from responder.core.times import SHANGHAI


@contextmanager
def kept_logs(folder: Path) -> Iterator[Path]:
    root, product = logging.getLogger(), logging.getLogger("responder")
    handlers, levels = list(root.handlers), (root.level, product.level)
    hooks = sys.excepthook, threading.excepthook, logging.raiseExceptions
    keep_logs(folder, SHANGHAI)
    try:
        yield folder
    finally:
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(levels[0])
        product.setLevel(levels[1])
        logging.captureWarnings(False)
        sys.excepthook, threading.excepthook, logging.raiseExceptions = hooks


def lines_of(folder: Path) -> list[dict[str, Any]]:
    """Each line of the one day."""
    [path] = folder.iterdir()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
