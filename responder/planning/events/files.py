"""Files of an event. Each content lies under its digest, so that it is kept once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core import disk, file_kinds
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Actor
from responder.intake.imports.uploads import safe_name
from responder.planning.events.models import EventFile, FileKind
from responder.planning.models import PressEvent

BLOCK = 1 << 20
PART = ".part"

# How long a content stays on the disk that no event has any more: whoever uploads the same
# at this moment has put it there before the database knows of it.
KEPT_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Kept:
    """A content that lies on the disk: its digest (SHA-256), its size in bytes, what it is."""

    digest: str
    size: int
    media_type: str


def keep(
    root: Path,
    stream: IO[bytes],
    name: str,
    max_megabytes: int,
    kinds: Mapping[str, file_kinds.FileKind] = file_kinds.WITH_RECORDINGS,
) -> Kept:
    """Put an upload away under its digest; half of one is never to be seen there.

    :param kinds: what is taken; whatever else a file calls itself or is, is refused.
    :raises Invalid: empty, of another kind, too large, or the disk does not take it.
    """
    part = root / f"{uuid4().hex}{PART}"
    digest, size, limit = sha256(), 0, max_megabytes * 1024**2
    try:
        block = stream.read(BLOCK)
        if not block:
            raise Invalid(f"“{name}”是空文件：请选择有内容的文件", {"file": "是空文件"})
        kind = file_kinds.kind_of(name, block[: file_kinds.HEAD], kinds)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            while block and size <= limit:
                digest.update(block)
                size += file.write(block)
                block = stream.read(BLOCK)
            file.flush()
            os.fsync(file.fileno())
        if size > limit:
            raise Invalid(
                f"“{name}”超过 {max_megabytes} MB：请压缩或拆分后再上传", {"file": "文件太大"}
            )
        part.replace(root / digest.hexdigest())
    except OSError as error:
        raise Invalid(
            f"文件没有保存下来（{disk.reason(error)}）：请联系系统管理员检查磁盘空间和目录权限",
            {"file": "没有保存下来"},
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Kept(digest.hexdigest(), size, kind.media_type)


def add_file(
    session: Session,
    event: PressEvent,
    kept: Kept,
    name: str,
    media_type: str,
    kind: FileKind,
    actor: Actor,
    now: datetime,
) -> EventFile:
    """Enter a content that has been put away among the files of an event.

    :param name: as the browser tells it; only its last part is kept.
    """
    file = EventFile(
        event=event, kind=kind, name=safe_name(name), media_type=media_type, size=kept.size,
        digest=kept.digest, added_at=now, added_by_name=actor.name,
    )  # fmt: skip
    session.add(file)
    session.flush()
    return file


def files_of(session: Session, event: PressEvent) -> list[EventFile]:
    """The files of an event, in the order in which they came."""
    query = select(EventFile).where(EventFile.event_id == event.id)
    return list(session.scalars(query.order_by(EventFile.id)))


def find_file(session: Session, file_id: int) -> EventFile:
    """:raises NotFound: no such file."""
    file = session.get(EventFile, file_id, options=[joinedload(EventFile.event)])
    if file is None:
        raise NotFound("没有这个文件，或已被删除：请刷新活动页面")
    return file


def content_of(root: Path, file: EventFile) -> Path:
    """Where the content of a file lies.

    :raises NotFound: it is not on this disk.
    """
    path = root / file.digest
    if not path.is_file():
        raise NotFound("文件内容不在服务器上：请联系系统管理员从备份恢复，或重新上传")
    return path


def remove_file(session: Session, file: EventFile) -> None:
    """Take a file off an event; its content goes with :func:`sweep`."""
    session.delete(file)
    session.flush()


def sweep(session: Session, root: Path) -> int:
    """Remove contents that no event has, once they are old enough; how many."""
    return sweep_folder(root, lambda: set(session.scalars(select(EventFile.digest))))


def sweep_folder(root: Path, known: Callable[[], set[str]]) -> int:
    """Remove contents that nothing has, once they are old enough; how many.

    :param known: the digests of the contents that stay.
    """
    if not root.is_dir():
        return 0
    stay = known()
    gone = [
        path
        for path in root.iterdir()
        if path.name not in stay and time.time() - path.stat().st_mtime > KEPT_SECONDS
    ]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
