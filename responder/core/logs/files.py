"""One file a day, to which every process of an installation writes: no file is ever renamed
under somebody who writes to it, and a line is written in one piece."""

from __future__ import annotations

import errno
import gzip
import logging
import os
import re
import shutil
from datetime import date, datetime, timedelta
from io import BufferedReader
from pathlib import Path
from zoneinfo import ZoneInfo

from responder.core import disk
from responder.core.times import local

FOLDER = "logs"
DAYS_PLAIN = 2  # whoever was at it over midnight has ended by then

_log = logging.getLogger(__name__)

_NAMED = re.compile(r"responder-(\d{4}-\d\d-\d\d)\.jsonl(\.gz)?")


def name_of(day: date) -> str:
    return f"responder-{day.isoformat()}.jsonl"


class DailyFile(logging.Handler):
    """Lines go to the file of the office's day.

    :ivar lost: how many lines could not be written.
    """

    def __init__(self, folder: Path, zone: ZoneInfo, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._folder = folder
        self._zone = zone
        self._day: date | None = None
        self._file = -1
        self._loss_is_told = False
        self.lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n".encode("utf-8", "replace")
            day = datetime.fromtimestamp(record.created, self._zone).date()
            _write(self._opened(day), line)
            self._loss_is_told = False
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A log that cannot be written stops no work, and its line is nobody's to read.

        That lines are lost is told once, to whoever else listens: the console.
        """
        self._day = None
        self.lost += 1
        if not self._loss_is_told:
            self._loss_is_told = True  # first: what is told comes back here
            _log.critical("lines are lost: the folder of logs cannot be written", exc_info=True)

    def _opened(self, day: date) -> int:
        if day != self._day or os.fstat(self._file).st_nlink == 0:  # packed, or deleted, meanwhile
            self._let_go()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / name_of(day)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._day = day
        return self._file

    def _let_go(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file, self._day = -1, None

    def close(self) -> None:
        self._let_go()
        super().close()


def _write(file: int, line: bytes) -> None:
    """A line in one piece; half of one, on a disk that fills up, is taken back."""
    written = os.write(file, line)
    if written < len(line):
        end = os.lseek(file, 0, os.SEEK_CUR)
        if os.fstat(file).st_size == end:  # nobody has written behind it
            os.ftruncate(file, end - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def problem_of(folder: Path, today: date) -> OSError | None:
    """What keeps this user from writing today's lines; None while nothing does."""
    if not folder.exists():
        return None  # it is made with the first line
    try:
        os.close(os.open(folder / name_of(today), os.O_WRONLY | os.O_APPEND))
    except FileNotFoundError:
        if not os.access(folder, os.W_OK | os.X_OK):
            return PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        return error
    return None


def tidy(folder: Path, now: datetime, zone: ZoneInfo, days: int) -> int:
    """Pack what is older than two days, and delete what is older than ``days``.

    :returns: how many were deleted.
    """
    today, deleted = local(now, zone).date(), 0
    for path in sorted(folder.glob("responder-*")):
        day = _day_of(path)
        if day is None:
            continue
        age = today - day
        if age > timedelta(days=days):
            path.unlink(missing_ok=True)
            deleted += 1
        elif age > timedelta(days=DAYS_PLAIN) and path.suffix != ".gz":
            _pack(path)
    return deleted


def _day_of(path: Path) -> date | None:
    """The day of a file of ours; None of what somebody else put there."""
    match = _NAMED.fullmatch(path.name)
    if match is None or not path.is_file():
        return None
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        return None


def _pack(path: Path) -> None:
    """Pack a day; what is packed of it already, and who still writes to it, lose nothing.

    A machine that dies in between leaves the lines twice rather than not at all.
    """
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as plain:
        _append(plain, packed)
        path.unlink()
        if plain.peek(1):  # written in the meantime
            _append(plain, packed)


def _append(plain: BufferedReader, packed: Path) -> None:
    """Add a member to a packed file, which is there as it was or as it will be."""

    def write(part: Path) -> None:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            if packed.exists():
                with packed.open("rb") as before:
                    shutil.copyfileobj(before, raw)
            with gzip.GzipFile(packed.stem, "wb", fileobj=raw, mtime=0) as target:
                shutil.copyfileobj(plain, target)

    disk.write_whole(packed, write)
