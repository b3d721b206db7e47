"""One .zip of named contents and a manifest: the same contents are the same bytes, always.

Nothing is compressed, and no member has a time of its own: what is in the file depends on its
contents alone, and a reader never unpacks more than the file is long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

FORMAT = "responder-archive/1"
MANIFEST = "manifest.json"

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows
_UNIX, _READABLE = 3, 0o600 << 16


@dataclass(frozen=True)
class Member:
    """What a manifest says of one file beside it."""

    path: str
    size: int
    sha256: str


def member_of(path: str, content: bytes) -> Member:
    return Member(path, len(content), sha256(content).hexdigest())


def manifest(facts: Mapping[str, Any], members: Iterable[Member]) -> bytes:
    """The manifest of an archive.

    :param facts: what it is the archive of, and as of when.
    """
    listed = sorted(members, key=lambda one: one.path)
    return as_json({"format": FORMAT, **facts, "members": [vars(one) for one in listed]})


def write(target: IO[bytes], contents: Iterable[tuple[str, bytes]]) -> None:
    """Write the members in this order."""
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for path, content in contents:
            info = ZipInfo(path, _NO_TIME)
            info.create_system, info.external_attr = _UNIX, _READABLE
            archive.writestr(info, content)


def pack(target: IO[bytes], facts: Mapping[str, Any], contents: Mapping[str, bytes]) -> str:
    """Write an archive, the manifest first; the manifest's SHA-256, in 64 hex digits.

    :param target: can be sought in.
    """
    head = manifest(facts, [member_of(path, content) for path, content in contents.items()])
    write(target, [(MANIFEST, head), *sorted(contents.items())])
    return sha256(head).hexdigest()


def as_json(value: Any) -> bytes:
    """JSON that people can read, always the same for the same value."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=_plain)
    return f"{text}\n".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
