"""The key that signs sessions, in a file of its own (mode 0600)."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from responder.core.errors import SettingsError


def new() -> str:
    return secrets.token_urlsafe(48)


def write_once(path: Path) -> None:
    """A new key, whole, and only where none is yet: of two that begin at once the first stays.

    :raises OSError: the folder does not take it.
    """
    key, beside = new(), path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        _write(beside, key)
        with suppress(FileExistsError):
            _name(beside, path, key)
    finally:
        beside.unlink(missing_ok=True)


def _name(beside: Path, path: Path, key: str) -> None:
    """:raises FileExistsError: there is one of this name."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # SMB and exFAT know one name only
        _write(path, key)


def _write(path: Path, key: str) -> None:
    """:raises FileExistsError: there is one of this name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)


def read(path: Path) -> str:
    """:raises SettingsError: it cannot be read, or is empty."""
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(f"无法读取密钥文件 {path}：请检查路径和权限") from error
    if not key:
        raise SettingsError(f"密钥文件 {path} 是空的：请删除它后重新启动，会自动生成新的")
    return key
