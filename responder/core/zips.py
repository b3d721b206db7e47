"""How many parts a zip lists, looked at before it is opened.

``ZipFile`` makes an object of each part as soon as it opens a file: of a few megabytes, a
million. The number that the end of the file tells it does not go by, so neither do we.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, _EndRecData, is_zipfile  # type: ignore[attr-defined]

_HEADER = struct.Struct("<4s24x3H12x")  # signature, and how long name, extra and comment are
_SIGNATURE = b"PK\x01\x02"
_SIGNATURE_64, _END_64 = b"PK\x06\x06", 56 + 20  # the record and its locator
_SIZE, _LOCATION = 5, 9  # places in what `_EndRecData` gives: the one that ``ZipFile`` asks


def is_zip(path: Path) -> bool:
    """Whether a file is a zip, of one piece; ``is_zipfile`` raises where it says it is not."""
    try:
        return is_zipfile(path)
    except BadZipFile:
        return False


def has_more_parts(file: Path | IO[bytes], most: int) -> bool:
    """Whether a zip lists more parts than that.

    What is no zip, or a spoilt one, has not: whoever opens it is told so.
    """
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return _has_more(stream, most)
    try:
        return _has_more(file, most)
    finally:
        file.seek(0)


def _has_more(stream: IO[bytes], most: int) -> bool:
    try:
        end = _EndRecData(stream)
    except (BadZipFile, OSError):
        return False
    if not end:
        return False
    size = end[_SIZE]
    start = end[_LOCATION] - size - (_END_64 if end[0] == _SIGNATURE_64 else 0)
    return start >= 0 and _count(stream, start, size, most + 1) > most


def _count(stream: IO[bytes], start: int, size: int, enough: int) -> int:
    """The headers of a directory, as far as they are whole; no more than ``enough``."""
    at = count = 0
    while at < size and count < enough:
        stream.seek(start + at)
        header = stream.read(_HEADER.size)
        if len(header) < _HEADER.size:
            break
        signature, *lengths = _HEADER.unpack(header)
        if signature != _SIGNATURE:
            break
        at += _HEADER.size + sum(lengths)
        count += 1
    return count
