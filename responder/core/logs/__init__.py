"""Logs: what the product did, for whoever runs it. Structured, kept a year, and of nobody.

Everything goes through the standard library's loggers, those of gunicorn and APScheduler too,
and through :mod:`responder.core.logs.cleaning` before it is written anywhere.
"""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from responder.core.errors import Invalid
from responder.core.logs.cleaning import without_people, without_words
from responder.core.logs.files import DailyFile

PRODUCT = "responder"

# Of every line, whoever wrote it; the net comes last.
_CLEANED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_LAST: list[Processor] = [
    ProcessorFormatter.remove_processors_meta,
    without_words,
    without_people,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_CLEANED,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines have fields: ``log.info("what", number=1)``."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


def keep(log: structlog.stdlib.BoundLogger, event: str, **facts: object) -> None:
    """Tell what is of worth only where it is kept.

    :raises Invalid: no file has it.
    """
    files = [one for one in logging.getLogger().handlers if isinstance(one, DailyFile)]
    before = sum(file.lost for file in files)
    log.info(event, **facts)
    if not files or sum(file.lost for file in files) > before:
        raise Invalid("没有记入日志：请检查 logs 目录的权限和所在磁盘的空间")


def console_only() -> None:
    """What somebody at the console reads: warnings and worse, in one readable line."""
    _begin(_console(), logging.WARNING)


def keep_logs(folder: Path, zone: ZoneInfo) -> None:
    """For the processes that serve: everything into the files of ``folder``, too."""
    file = DailyFile(folder, zone)
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    file.setFormatter(_formatter(renderer))
    _begin(_console(), logging.INFO, file)
    for name in ("gunicorn.error", PRODUCT):
        adopt(name)
    logging.raiseExceptions = False  # or what cannot be told would be printed as it is
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(
        told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
    )


def _console() -> logging.Handler:
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    console.setFormatter(_formatter(_readable))
    return console


def _readable(_logger: object, _method: str, line: structlog.typing.EventDict) -> str:
    """``2026-11-30T01:02:03Z warning responder.jobs: job x failed (kind at place)``."""
    at, level = line.pop("timestamp", ""), line.pop("level", "")
    name, event = line.pop("logger", ""), line.pop("event", "")
    raised = line.pop("exception", [])
    facts = " ".join(f"{key}={value}" for key, value in line.items())
    lines = [f"{at} {level} {name}: {event}{' ' if facts else ''}{facts}"]
    for one in raised:
        lines.append(f"  {one['type']} {one.get('errno') or one.get('code') or ''}".rstrip())
        lines.extend(f"    {place}" for place in one["at"])
    return "\n".join(lines)


def _formatter(renderer: Processor) -> logging.Formatter:
    return ProcessorFormatter(
        foreign_pre_chain=_CLEANED,
        processors=[*_LAST, renderer],
        use_get_message=True,
    )


def adopt(name: str) -> None:
    """Have the lines of somebody else's logger go where all others go."""
    other = logging.getLogger(name)
    for handler in list(other.handlers):
        other.removeHandler(handler)
    other.propagate = True


def _begin(console: logging.Handler, level: int, *handlers: logging.Handler) -> None:
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, ProcessorFormatter):
            root.removeHandler(old)
            old.close()
    for handler in (console, *handlers):
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(PRODUCT).setLevel(level)
    logging.captureWarnings(True)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught is told as everything else is: without what it says."""
    if issubclass(kind, (KeyboardInterrupt, SystemExit)):
        return
    logging.getLogger(PRODUCT).critical("uncaught", exc_info=(kind, error, trace))
