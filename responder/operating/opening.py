"""A backup is read: in order, summed on the way, and held against its manifest at the end."""

from __future__ import annotations

import json
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from responder.core.errors import Invalid
from responder.operating.backing_up import BEGINNING, FORMAT, MANIFEST, TABLES, Summed
from responder.operating.sealing import DAMAGED, PIECE, Opener


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    :ivar rows: table → how many rows.
    :ivar members: path → size and SHA-256.
    :ivar numbers: table → the last number that was given.
    :ivar lacking: contents that were not on the disk when it was made.
    :ivar trail: where the chain of the audit trail ended; empty in backups of older versions.
    """

    revision: str
    database: str
    made_at: str
    with_keys: bool
    rows: dict[str, int]
    members: dict[str, dict[str, Any]]
    numbers: dict[str, int]
    lacking: tuple[str, ...]
    trail: str

    def made(self, zone: ZoneInfo) -> str:
        """When it was made, by a zone's clock, which is named."""
        return (
            f"{datetime.fromisoformat(self.made_at).astimezone(zone):%Y-%m-%d %H:%M}（{zone.key}）"
        )

    @property
    def row_count(self) -> int:
        return sum(self.rows.values())


def members(path: Path, passphrase: bytes) -> Iterator[tuple[str, Summed]]:
    """Path → stream of each member, in order; the streams are read before the next is asked for.

    :raises Invalid: no such file, another passphrase, or it is damaged.
    """
    try:
        with path.open("rb", buffering=PIECE) as source:
            opener = Opener(source, passphrase)
            packed = GzipFile(fileobj=opener, mode="rb")
            with packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                for info in tar:
                    stream = tar.extractfile(info)
                    if stream is None:
                        raise Invalid(DAMAGED)
                    yield info.name, Summed(stream)
                while packed.read(PIECE):
                    pass
            if opener.read(1):
                raise Invalid(DAMAGED)
    except OSError as error:
        if isinstance(error, BadGzipFile):
            raise Invalid(DAMAGED) from error
        raise Invalid(f"无法读取 {path}（{error.strerror}）：请检查文件和权限") from error
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise Invalid(DAMAGED) from error


def examine(path: Path, passphrase: bytes) -> Manifest:
    """Read a backup from its first byte to its last.

    :raises Invalid: what is in it is not what its manifest says.
    """
    seen: dict[str, dict[str, Any]] = {}
    lines: Counter[str] = Counter()
    told: dict[str, Any] = {}
    for name, stream in members(path, passphrase):
        size = 0
        kept = name in (BEGINNING, MANIFEST)
        content = bytearray()
        while block := stream.read(PIECE):
            size += len(block)
            if kept:
                content += block
            elif name.startswith(f"{TABLES}/"):
                lines[name.split("/")[1]] += block.count(b"\n")
        if name.startswith(f"{TABLES}/"):
            lines[name.split("/")[1]] -= 1  # the line that names the columns
        if kept:
            told = _object(bytes(content))
            _require_known(told)
        if name != MANIFEST:
            seen[name] = {"size": size, "sha256": stream.digest}
    if told.get("members") != seen:
        raise Invalid(DAMAGED)
    manifest = _manifest(told)
    if manifest.rows != dict(lines):
        raise Invalid(DAMAGED)
    return manifest


def _object(content: bytes) -> dict[str, Any]:
    """:raises Invalid: it is no JSON object."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Invalid(DAMAGED) from error
    if not isinstance(told, dict):
        raise Invalid(DAMAGED)
    return told


def _require_known(told: dict[str, Any]) -> None:
    if told.get("format") != FORMAT:
        raise Invalid("这份备份是更新版本的回应台做的：请先升级，再恢复或核验")


def _manifest(told: dict[str, Any]) -> Manifest:
    """:raises Invalid: it lacks something, or something has another shape."""
    try:
        datetime.fromisoformat(told["made_at"])
        return Manifest(
            revision=told["revision"],
            database=told["database"],
            made_at=told["made_at"],
            with_keys=told["with_keys"],
            rows={name: table["rows"] for name, table in told["tables"].items()},
            members=told["members"],
            numbers=told["numbers"],
            lacking=tuple(told["lacking"]),
            trail=told.get("trail", ""),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Invalid(DAMAGED) from error
