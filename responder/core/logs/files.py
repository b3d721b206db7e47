"""One file a day, to which every process of an installation writes: no file is ever renamed
under somebody who writes to it, and a line is written in one piece."""

from __future__ import annotations

import gzip
import logging
import os
import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from responder.core.times import local

FOLDER = "logs"
DAYS_PLAIN = 2  # whoever was at it over midnight has ended by then

_NAMED = re.compile(r"responder-(\d{4}-\d\d-\d\d)\.jsonl(\.gz)?")


def name_of(day: date) -> str:
    return f"responder-{day.isoformat()}.jsonl"


class DailyFile(logging.Handler):
    """Lines go to the file of the office's day."""

    def __init__(self, folder: Path, zone: ZoneInfo, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._folder = folder
        self._zone = zone
        self._day: date | None = None
        self._file = -1

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n".encode("utf-8", "replace")
            day = datetime.fromtimestamp(record.created, self._zone).date()
            os.write(self._opened(day), line)
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A log that cannot be written stops no work, and its line is nobody's to read."""
        self._day = None

    def _opened(self, day: date) -> int:
        if day != self._day:
            self._let_go()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / name_of(day)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._day = day
        return self._file

    def _let_go(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def close(self) -> None:
        self._let_go()
        super().close()


def tidy(folder: Path, now: datetime, zone: ZoneInfo, days: int) -> int:
    """Pack what is older than two days, and delete what is older than ``days``.

    :returns: how many were deleted.
    """
    today, deleted = local(now, zone).date(), 0
    for path in sorted(folder.glob("responder-*")):
        match = _NAMED.fullmatch(path.name)
        if match is None:
            continue
        age = today - date.fromisoformat(match[1])
        if age > timedelta(days=days):
            path.unlink(missing_ok=True)
            deleted += 1
        elif age > timedelta(days=DAYS_PLAIN) and not match[2]:
            _pack(path)
    return deleted


def _pack(path: Path) -> None:
    packed, part = path.with_name(f"{path.name}.gz"), path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with path.open("rb") as source, os.fdopen(descriptor, "wb") as raw:
        with gzip.GzipFile(path.name, "wb", fileobj=raw, mtime=0) as target:
            shutil.copyfileobj(source, target)
        raw.flush()
        os.fsync(raw.fileno())
    part.rename(packed)
    path.unlink()
