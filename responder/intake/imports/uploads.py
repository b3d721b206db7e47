"""Uploaded files while they are worked on: a folder each, for the office's account alone.

Beside the file lie what its top looks like (``layout.json``), the first refusals of the dry
run (``refusals.json``) and the refused rows (``退回.xlsx``). All of it are people's words:
none of it goes into the database, and the folder goes when it is no longer needed.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from responder.core import disk
from responder.core.errors import Invalid, NotFound

LONGEST_STEM = 60
BLOCK = 1 << 20
ERRORS_NAME = "退回.xlsx"


class UploadFolder:
    """The folder of one uploaded file."""

    def __init__(self, root: Path, name: str) -> None:
        self.path = root / name

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def file(self) -> Path:
        """The uploaded file.

        :raises NotFound: it is gone.
        """
        kept = self.path / "file"
        found = next(iter(kept.iterdir()), None) if kept.is_dir() else None
        if found is None:
            raise NotFound("上传的文件已经删除：请重新上传")
        return found

    @property
    def errors(self) -> Path:
        return self.path / ERRORS_NAME

    def write(self, name: str, content: Any) -> None:
        """Keep a piece of JSON beside the file."""
        text = json.dumps(content, ensure_ascii=False)
        disk.write_whole(
            self.path / f"{name}.json", lambda part: part.write_text(text, encoding="utf-8")
        )

    def read(self, name: str) -> Any:
        """What was kept under this name; None when nothing was."""
        try:
            return json.loads((self.path / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def drop_file(self) -> None:
        """Remove what people wrote, except the refused rows, which somebody must correct."""
        shutil.rmtree(self.path / "file", ignore_errors=True)
        for name in ("layout.json", "refusals.json"):
            (self.path / name).unlink(missing_ok=True)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def receive(root: Path, stream: IO[bytes], file_name: str) -> tuple[UploadFolder, int]:
    """Put an upload away, block by block; the folder, and the size in bytes.

    :param file_name: as the browser tells it.
    :raises Invalid: no file was chosen, an empty one, or the disk is full.
    """
    name = safe_name(file_name)
    folder = UploadFolder(root, uuid4().hex)
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder.path / "file").mkdir(mode=0o700, parents=True)
        folder.path.chmod(0o700)
        descriptor = os.open(folder.path / "file" / name, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(stream, file, BLOCK)
            size = file.tell()
    except OSError as error:
        folder.remove()
        raise Invalid(
            f"文件没有保存下来（{disk.reason(error)}）：请联系系统管理员检查磁盘空间和目录权限",
            {"file": "没有保存下来"},
        ) from error
    if not size:
        folder.remove()
        raise Invalid(f"{name} 是空文件：请选择有内容的文件", {"file": "是空文件"})
    return folder, size


def safe_name(file_name: str) -> str:
    """The last part of a name, without what a file system or a terminal would act upon.

    :raises Invalid: there is none.
    """
    last = file_name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if c.isprintable()).strip().lstrip(".")
    if not plain:
        raise Invalid("请先选择要导入的文件", {"file": "请选择文件"})
    path = Path(plain)
    return path.stem[:LONGEST_STEM] + path.suffix[:10]


def sweep(root: Path, kept: Collection[str], older_than: float) -> int:
    """Remove folders that no run knows and nobody has touched since; how many.

    :param kept: names of folders to leave, whatever their age.
    :param older_than: seconds.
    """
    if not root.is_dir():
        return 0
    gone = [
        folder
        for folder in root.iterdir()
        if folder.name not in kept and time.time() - folder.stat().st_mtime > older_than
    ]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)
