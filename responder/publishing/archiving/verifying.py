"""Whether an archive is whole: which of its files were changed, are missing, or were added.

The file may come from anywhere. Nothing is unpacked to the disk, nothing compressed is read, and
no more is read than the file is long.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from responder.core import zips
from responder.core.errors import Invalid
from responder.publishing.archiving.packing import FORMAT, MANIFEST, Member, write

LARGEST = 512 * 1024**2
MOST_MEMBERS = 200_000
_BLOCK = 1 << 20
_ENCRYPTED = 0x1

NO_ARCHIVE = "不是回应台导出的归档文件，或已损坏：请重新取得原文件"


class Fault(StrEnum):
    """What can be wrong with an archive."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    TWICE = "twice"
    UNREADABLE = "unreadable"
    BEYOND = "beyond"


FAULT_LABELS = {
    Fault.CHANGED: "内容被改动",
    Fault.MISSING: "缺失",
    Fault.ADDED: "不在清单之内，是后来加入的",
    Fault.TWICE: "出现不止一次",
    Fault.UNREADABLE: "经过压缩或加密，不是导出时的样子",
    Fault.BEYOND: "文件里有清单之外的字节",
}


@dataclass(frozen=True)
class Problem:
    path: str
    fault: Fault

    @property
    def shown(self) -> str:
        """The name without what a screen would obey: whoever changed the file may have named it."""
        return "".join(
            one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in self.path
        )

    @property
    def sentence(self) -> str:
        return f"{self.shown}：{FAULT_LABELS[self.fault]}"


@dataclass(frozen=True)
class Verdict:
    """What was found.

    :param digest: SHA-256 of the manifest, to be compared with the one told at export.
    :param members: how many files the manifest lists.
    """

    digest: str
    members: int
    problems: tuple[Problem, ...] = field(default=())

    @property
    def is_whole(self) -> bool:
        return not self.problems


def verify(path: Path) -> Verdict:
    """Compare an archive with its manifest, byte for byte.

    :raises Invalid: no such file, too large, or it is no archive at all.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid(f"{path} 超过 {LARGEST // 1024**2} MB，不像是归档文件：没有核验")
        if zips.has_more_parts(path, MOST_MEMBERS):
            raise Invalid(f"{path} {NO_ARCHIVE}")
        with path.open("rb") as stream, ZipFile(stream) as archive:
            return _verdict(archive, stream, path)
    except OSError as error:
        raise Invalid(f"无法读取 {path}（{error.strerror}）：请检查文件和权限") from error
    except (BadZipFile, NotImplementedError, ValueError, EOFError, RuntimeError) as error:
        raise Invalid(f"{path} {NO_ARCHIVE}") from error


def _verdict(archive: ZipFile, stream: IO[bytes], path: Path) -> Verdict:
    infos = archive.infolist()
    if sum(info.compress_size for info in infos) > path.stat().st_size:
        raise Invalid(f"{path} {NO_ARCHIVE}")
    head = _content(archive, next((one for one in infos if one.filename == MANIFEST), None))
    members = _read(head)
    problems = list(_compared(archive, infos, members))
    if not problems and not _is_canonical(archive, stream, head, members):
        problems = [Problem(path.name, Fault.BEYOND)]
    return Verdict(sha256(head).hexdigest(), len(members), tuple(problems))


def _content(archive: ZipFile, info: ZipInfo | None) -> bytes:
    """:raises ValueError: it is not there, or not as it was exported."""
    if info is None or not _is_plain(info):
        raise ValueError("no content")
    return archive.read(info)


def _is_plain(info: ZipInfo) -> bool:
    stored = info.compress_type == ZIP_STORED and info.compress_size == info.file_size
    return stored and not info.flag_bits & _ENCRYPTED


def _read(head: bytes) -> dict[str, Member]:
    """The members that the manifest lists, by path.

    :raises ValueError: it is none of ours.
    """
    said = json.loads(head)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise ValueError("no manifest")
    listed = said.get("members")
    if not isinstance(listed, list):
        raise ValueError("no members")
    members: dict[str, Member] = {}
    for one in listed:
        try:
            member = Member(str(one["path"]), int(one["size"]), str(one["sha256"]))
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError("no member") from error
        if member.path in members or member.path == MANIFEST:
            raise ValueError("named twice")
        members[member.path] = member
    return members


def _compared(
    archive: ZipFile, infos: list[ZipInfo], members: dict[str, Member]
) -> Iterator[Problem]:
    times = Counter(info.filename for info in infos)
    found = {info.filename: info for info in infos}
    for path in sorted(members.keys() | found.keys()):
        if fault := _fault(archive, found.get(path), members.get(path), times[path]):
            yield Problem(path, fault)


def _fault(
    archive: ZipFile, info: ZipInfo | None, member: Member | None, times: int
) -> Fault | None:
    if info is None:
        return Fault.MISSING
    if times > 1:
        return Fault.TWICE
    if info.filename == MANIFEST:
        return None  # it is what the others are compared with
    if member is None:
        return Fault.ADDED
    if not _is_plain(info):
        return Fault.UNREADABLE
    same = _digest(archive, info) == (member.size, member.sha256)
    return None if same else Fault.CHANGED


def _digest(archive: ZipFile, info: ZipInfo) -> tuple[int, str] | None:
    """Size and SHA-256 of a member; None where even its checksum says that it was changed."""
    digest, size = sha256(), 0
    try:
        with archive.open(info) as content:
            while block := content.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except (BadZipFile, EOFError):
        return None
    return size, digest.hexdigest()


def _is_canonical(
    archive: ZipFile, stream: IO[bytes], head: bytes, members: dict[str, Member]
) -> bool:
    """Whether the file is what its members make, and nothing beside them: no comment, no gap."""
    contents = ((path, archive.read(path)) for path in sorted(members))
    with tempfile.TemporaryFile() as again:
        write(again, chain([(MANIFEST, head)], contents))
        return _whole(again) == _whole(stream)


def _whole(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = sha256()
    while block := stream.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
