"""A disk without space, whoever runs into it: the database, or a file beside it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError

MEGABYTE = 1024**2
# Below this nothing can be counted on: the next page of the database may not fit any more.
NONE, SCARCE = 16 * MEGABYTE, 512 * MEGABYTE  # bytes

FULL = "磁盘已满"
REFUSED = "写不进磁盘（已满、超出配额或磁盘有故障）"
REMEDIES = {FULL: "腾出磁盘空间", REFUSED: "检查磁盘的空间、配额和状况"}

_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})
# A quota is told by SQLite as a write that failed, as a disk that fails is too.
_SQLITE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
_POSTGRESQL = "53100"


def is_full(error: BaseException) -> bool:
    """Whether this went wrong because no space is left."""
    if isinstance(error, OSError):
        return error.errno in _ERRNOS
    if not isinstance(error, DBAPIError):
        return False
    told = error.orig
    return (
        getattr(told, "sqlite_errorcode", None) in _SQLITE
        or getattr(told, "sqlstate", None) == _POSTGRESQL
    )


def said_of(error: BaseException) -> str:
    """What can honestly be said of an error that :func:`is_full` took for one of space."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return REFUSED if code == sqlite3.SQLITE_IOERR_WRITE else FULL


def not_done(error: BaseException) -> str:
    """:func:`said_of` as a sentence with its remedy."""
    said = said_of(error)
    return f"{said}，没有办成：请联系系统管理员{REMEDIES[said]}，然后重新办理"


def code_of(error: BaseException) -> str:
    """By what name the system or the database knows this: a disk that fails may say it is full."""
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0, "")
    told = getattr(error, "orig", None)
    return getattr(told, "sqlite_errorname", None) or getattr(told, "sqlstate", None) or ""


def reason(error: OSError) -> str:
    """Why a file could not be written, in a few words for a sentence."""
    return said_of(error) if is_full(error) else error.strerror or str(error)


def free_bytes(folder: Path) -> int:
    """What is left to this user on the disk that a folder lies on."""
    return shutil.disk_usage(folder).free


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place and put there once it is whole; else nothing stays.

    :param write: writes all of it to the path that it is given.
    :raises OSError: it could not be; what was there before is there still.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        write(part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
