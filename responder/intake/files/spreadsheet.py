"""Workbooks (.xlsx, and what calamine reads besides: .xls, .xlsb, .ods)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import python_calamine as calamine

from responder.core.errors import Invalid
from responder.intake.files.broken_cells import BrokenCells, find_broken_cells
from responder.intake.files.table import Row, Table, is_blank, split_top

# Unpacked, a workbook may be ten times as large as a file may be.
UNPACKED_FACTOR = 10
# XML packs 10 to 30 times; what packs 200 times, and is large, was made to hurt.
SUSPICIOUS_RATIO = 200
SUSPICIOUS_BYTES = 50 * 1024**2
MOST_PARTS = 10_000

# An encrypted workbook is an OLE container with this stream.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, max_megabytes: int, sheet: str | None) -> Table:
    """The rows of a sheet: the named one, or the first that has content.

    :raises Invalid: not a workbook, locked, empty, too large unpacked, no such sheet.
    """
    zipped = _check_parts(path, max_megabytes)
    if not zipped and ENCRYPTED in path.read_bytes():
        raise _locked(path)
    with _workbook_errors(path):
        with path.open("rb") as file:
            workbook = calamine.CalamineWorkbook.from_filelike(file)
        chosen = _choose(workbook, path, sheet)
        broken = find_broken_cells(path, chosen.name) if zipped else {}
        top, rest = split_top(_rows(chosen, broken))
    sheets = tuple(workbook.sheet_names)
    return Table(chosen.name, top, rest, chosen.total_height, sheets=sheets)


def _check_parts(path: Path, max_megabytes: int) -> bool:
    """Whether it is a zip; refuse one that would not fit once unpacked.

    Only the directory is read, so that nothing is unpacked before the answer.
    """
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(path) from error
    unpacked = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    limit = max_megabytes * UNPACKED_FACTOR
    if unpacked > limit * 1024**2:
        raise Invalid(
            f"{path.name} 解压后有 {unpacked / 1024**2:.0f} MB，超过上限 {limit} MB："
            "请确认来源可信，删去多余的工作表后拆成几个文件再导入"
        )
    bomb = unpacked > SUSPICIOUS_BYTES and unpacked / packed > SUSPICIOUS_RATIO
    if bomb or len(parts) > MOST_PARTS:
        raise Invalid(
            f"{path.name} 的压缩方式异常，可能是压缩炸弹："
            "请确认来源可信，用 Excel 打开后另存为新文件再导入"
        )
    return True


def _choose(
    workbook: calamine.CalamineWorkbook, path: Path, sheet: str | None
) -> calamine.CalamineSheet:
    listed = "、".join(workbook.sheet_names)
    if sheet is not None:
        if sheet not in workbook.sheet_names:
            raise Invalid(f"{path.name} 没有工作表“{sheet}”：现有 {listed}")
        chosen = workbook.get_sheet_by_name(sheet)
        if chosen.end is None:
            raise Invalid(f"{path.name} 的工作表“{sheet}”是空的：请换一张，现有 {listed}")
        return chosen
    for name in workbook.sheet_names:
        found = workbook.get_sheet_by_name(name)
        if found.end is not None:
            return found
    raise Invalid(f"{path.name} 的工作表（{listed}）都是空的：请选择有表头和数据的文件")


def _rows(sheet: calamine.CalamineSheet, broken: BrokenCells) -> Iterator[Row]:
    """Rows with something in them; positions count from the first column in use."""
    first_column = sheet.start[1] if sheet.start else 0

    def reasons(number: int) -> dict[int, str]:
        return {column - first_column: why for column, why in broken.get(number, {}).items()}

    number = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number in broken or not is_blank(cells):
            yield Row(number, cells, reasons(number))
    for below in sorted(place for place in broken if place > number):
        yield Row(below, [], reasons(below))  # calamine sees nothing in these


@contextmanager
def _workbook_errors(path: Path) -> Iterator[None]:
    """Whatever the reader says, as one sentence."""
    try:
        yield
    except (Invalid, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except calamine.PasswordError as error:
        raise _locked(path) from error
    except BaseException as error:  # a panic of the reader is no Exception
        raise _unreadable(path) from error


def _locked(path: Path) -> Invalid:
    return Invalid(f"{path.name} 有打开密码：请在 Excel 中取消密码，另存后再导入")


def _unreadable(path: Path) -> Invalid:
    return Invalid(
        f"{path.name} 不是可以读取的工作簿（可能已损坏，或是 .doc、.docx 等其他文件）："
        "请用 Excel 打开后另存为 .xlsx 再导入"
    )
