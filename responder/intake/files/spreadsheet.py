"""Workbooks (.xlsx, and what calamine reads besides: .xls, .xlsb, .ods).

They are read by a process of their own (:mod:`workbook_process`): what is in the file may end it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine

from responder.core import zips
from responder.core.errors import Invalid
from responder.intake.files.table import Cell, Row, Table, split_top
from responder.intake.files.workbook_process import END

# Unpacked, a workbook may be ten times as large as a file may be.
UNPACKED_FACTOR = 10
# XML packs 10 to 30 times; what packs 200 times, and is large, was made to hurt.
SUSPICIOUS_RATIO = 200
SUSPICIOUS_BYTES = 50 * 1024**2
MOST_PARTS = 10_000
MOST_ALIKE = 1_000  # rows running; OpenDocument asks for a million in a few characters

# What reading one may take, in MB: so much for any, and so much for each MB that it unpacks to.
# An .xls says nothing of that, and is more closely packed.
MEMORY_FOR_ANY, MEMORY_A_MEGABYTE, UNPACKED_OF_XLS = 1024, 3, 6
_READER = Path(__file__).with_name("workbook_process.py")
_PACKAGES = Path(calamine.__file__).parents[1]
_MOMENTS: dict[str, Any] = {kind.__name__: kind for kind in (datetime, date, time)}

# An encrypted workbook is an OLE container with this stream.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, max_megabytes: int, sheet: str | None) -> Table:
    """The rows of a sheet: the named one, or the first that has content.

    :raises Invalid: not a workbook, locked, empty, too large unpacked, no such sheet.
    """
    unpacked = _unpacked_bytes(path, max_megabytes)
    if unpacked is None:
        if ENCRYPTED in path.read_bytes():
            raise _locked(path)
        unpacked = path.stat().st_size * UNPACKED_OF_XLS
    lines = _said(path, MEMORY_FOR_ANY + MEMORY_A_MEGABYTE * (unpacked >> 20), sheet)
    told = next(lines)
    if "fault" in told:
        raise _fault(path, told, sheet)
    top, rest = split_top(_not_all_alike(_rows(lines), path))
    return Table(told["sheet"], top, rest, told["height"], sheets=tuple(told["sheets"]))


def _unpacked_bytes(path: Path, max_megabytes: int) -> int | None:
    """How large a zip is once unpacked, None for what is no zip; one that would not fit is refused.

    Only the directory is read, so that nothing is unpacked before the answer.
    """
    if not zips.is_zip(path):
        return None
    if zips.has_more_parts(path, MOST_PARTS):
        raise _bomb(path)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise _unreadable(path) from error
    unpacked = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    limit = max_megabytes * UNPACKED_FACTOR
    if unpacked > limit * 1024**2:
        raise Invalid(
            f"{path.name} 解压后有 {unpacked / 1024**2:.0f} MB，超过上限 {limit} MB："
            "请确认来源可信，删去多余的工作表后拆成几个文件再导入"
        )
    if unpacked > SUSPICIOUS_BYTES and unpacked / packed > SUSPICIOUS_RATIO:
        raise _bomb(path)
    return unpacked


def _said(path: Path, megabytes: int, sheet: str | None) -> Iterator[Any]:
    """What the reader says, as long as it is listened to; it ends with whoever listens.

    :raises Invalid: it ended before it had said all.
    """
    command = [sys.executable, "-I", "-S", str(_READER), str(_PACKAGES), str(path.absolute())]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own file  # nosec B603
        [*command, str(megabytes), json.dumps(sheet)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                told = json.loads(line) if line.endswith(b"\n") else None
                if told == END:
                    return
                if told is None:
                    break
                yield told
            process.wait()
        finally:
            process.kill()
    raise _too_much(path) if process.returncode < 0 else _unreadable(path)


def _fault(path: Path, told: Mapping[str, Any], sheet: str | None) -> Invalid:
    """Why nothing is read, as one sentence."""
    if told["fault"] == "locked":
        return _locked(path)
    listed = "、".join(told["sheets"])
    if told["fault"] == "missing":
        return Invalid(f"{path.name} 没有工作表“{sheet}”：现有 {listed}")
    if sheet is not None:
        return Invalid(f"{path.name} 的工作表“{sheet}”是空的：请换一张，现有 {listed}")
    return Invalid(f"{path.name} 的工作表（{listed}）都是空的：请选择有表头和数据的文件")


def _rows(portions: Iterator[Any]) -> Iterator[Row]:
    for portion in portions:
        for number, cells, broken in portion:
            read = [_value(cell) if isinstance(cell, list) else cell for cell in cells]
            yield Row(number, read, {int(place): why for place, why in broken.items()})


def _not_all_alike(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    """:raises Invalid: row after row is the same, and each would be read for nothing."""
    last, alike = None, 0
    for row in rows:
        alike = alike + 1 if row.cells == last else 0
        if alike > MOST_ALIKE:
            raise Invalid(
                f"{path.name} 第 {row.number} 行与它前面 {MOST_ALIKE} 行完全相同："
                "请用 Excel 打开，删除重复的行再导入"
            )
        last = row.cells
        yield row


def _value(told: list[Any]) -> Cell:
    """A cell that JSON does not know."""
    kind, *value = told
    return timedelta(*value) if kind == "timedelta" else _MOMENTS[kind].fromisoformat(*value)


def _bomb(path: Path) -> Invalid:
    return Invalid(
        f"{path.name} 的压缩方式异常，可能是压缩炸弹："
        "请确认来源可信，用 Excel 打开后另存为新文件再导入"
    )


def _locked(path: Path) -> Invalid:
    return Invalid(f"{path.name} 有打开密码：请在 Excel 中取消密码，另存后再导入")


def _unreadable(path: Path) -> Invalid:
    return Invalid(
        f"{path.name} 不是可以读取的工作簿（可能已损坏，或是 .doc、.docx 等其他文件）："
        "请用 Excel 打开后另存为 .xlsx 再导入"
    )


def _too_much(path: Path) -> Invalid:
    return Invalid(
        f"{path.name} 读起来所需的内存或时间远超其大小：可能在最末的行列有零星内容，"
        "或被有意改造。请用 Excel 打开，只把有数据的行列复制到新文件再导入"
    )
