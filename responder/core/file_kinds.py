"""Which files an office takes, known by their name and by how their content begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from responder.core.errors import Invalid

HEAD = 1024  # bytes that are looked at

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class FileKind:
    """A kind of file.

    :param beginnings: one of them stands in the content at ``at``; PDF may begin a little later.
    :param at: bytes before it.
    :param media_type: as what it is sent to readers.
    """

    media_type: str
    beginnings: tuple[bytes, ...]
    at: int = 0

    def begins(self, head: bytes) -> bool:
        """Whether a content begins as this kind does."""
        if self.media_type == "application/pdf":
            return b"%PDF-" in head[:HEAD]
        if not self.beginnings:  # text: nothing that only a program reads
            return b"\x00" not in head and not head.startswith((b"MZ", b"\x7fELF", b"#!"))
        return head[self.at :].startswith(self.beginnings)


_JPEG = FileKind("image/jpeg", (b"\xff\xd8\xff",))
# Extension → kind; no archives, nothing that runs.
DOCUMENTS: Mapping[str, FileKind] = {
    "pdf": FileKind("application/pdf", (b"%PDF-",)),
    "ofd": FileKind("application/ofd", (_ZIP,)),
    "doc": FileKind("application/msword", (_OLE,)),
    "docx": FileKind(f"{_OFFICE}.wordprocessingml.document", (_ZIP,)),
    "wps": FileKind("application/vnd.ms-works", (_OLE, _ZIP)),
    "xls": FileKind("application/vnd.ms-excel", (_OLE,)),
    "xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", (_ZIP,)),
    "et": FileKind("application/octet-stream", (_OLE, _ZIP)),
    "ppt": FileKind("application/vnd.ms-powerpoint", (_OLE,)),
    "pptx": FileKind(f"{_OFFICE}.presentationml.presentation", (_ZIP,)),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
}
_FTYP = (b"ftyp",)
# What an office keeps of an event besides, for itself: transcripts and recordings.
WITH_RECORDINGS: Mapping[str, FileKind] = {
    **DOCUMENTS,
    "txt": FileKind("text/plain", ()),
    "mp3": FileKind("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "m4a": FileKind("audio/mp4", _FTYP, 4),
    "mp4": FileKind("video/mp4", _FTYP, 4),
    "mov": FileKind("video/quicktime", (b"ftyp", b"moov", b"mdat", b"wide", b"free"), 4),
}


def accepted(kinds: Collection[str]) -> str:
    """For the field of a form: ``.pdf,.docx``."""
    return ",".join(f".{one}" for one in kinds)


def extension(name: str) -> str:
    """``pdf`` of 通知.PDF; empty where there is none."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def is_of(name: str, kinds: Collection[str] = DOCUMENTS) -> bool:
    """Whether a file calls itself one of these kinds."""
    return extension(name) in kinds


def kind_of(name: str, head: bytes, kinds: Mapping[str, FileKind]) -> FileKind:
    """The kind of a file, as both its name and its content tell.

    :param head: its first :data:`HEAD` bytes, or all of it.
    :raises Invalid: it is of none of these kinds, or the content is not what the name says.
    """
    kind = kinds.get(extension(name))
    if kind is None:
        listed = "、".join(kinds)
        raise Invalid(
            f"“{name}”的类型不能上传：只收 {listed} 文件，请转成其中一种再上传",
            {"file": "类型不能上传"},
        )
    if not kind.begins(head):
        raise Invalid(
            f"“{name}”的内容不是 {extension(name)} 文件：请用原来的软件打开，另存后再上传",
            {"file": "内容与扩展名不符"},
        )
    return kind


def begins_as_named(path: Path, name: str) -> bool:
    """Whether a document that lies on the disk is what it is called."""
    kind = DOCUMENTS.get(extension(name))
    with path.open("rb") as file:
        return kind is not None and kind.begins(file.read(HEAD))
