"""Making an item's archive."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from responder.core import disk
from responder.core.errors import Invalid, WrongState
from responder.publishing.archiving.contents import contents, facts
from responder.publishing.archiving.packing import as_json, pack
from responder.responses.models import SETTLED, ResponseItem


def write_archive(session: Session, item: ResponseItem, target: IO[bytes]) -> str:
    """Everything of an item as one .zip; the SHA-256 of its manifest.

    :param target: can be sought in.
    :raises WrongState: the item is on its way: neither out nor closed.
    """
    if item.state not in SETTLED:
        raise WrongState("本事项还在办理，不能导出归档文件：发布或办结后再导出")
    return pack(target, facts(session, item), _as_bytes(contents(session, item)))


def save_archive(session: Session, item: ResponseItem, path: Path) -> str:
    """:func:`write_archive` to the disk: whole or not at all, and nothing is overwritten.

    :raises Invalid: there is such a file, or the disk does not take it.
    """
    if path.exists():
        raise Invalid(f"{path} 已存在，不会覆盖：请换一个文件名，或先移走原文件")
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as part:
            new = Path(part.name)
            try:
                digest = write_archive(session, item, part)
                part.flush()
                os.fsync(part.fileno())
                new.rename(path)
            finally:
                new.unlink(missing_ok=True)
    except OSError as error:
        raise Invalid(
            f"无法写入 {path}（{disk.reason(error)}）：请检查目录、权限和磁盘空间"
        ) from error
    return digest


def _as_bytes(found: Mapping[str, Any]) -> dict[str, bytes]:
    return {
        path: value.encode() if isinstance(value, str) else as_json(value)
        for path, value in found.items()
    }
