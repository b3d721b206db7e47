"""Tables in files: workbooks, CSV, JSON lines become rows of cells, or one sentence why not."""

from __future__ import annotations

from pathlib import Path

from responder.core.errors import Invalid
from responder.intake.files import delimited, json_lines, spreadsheet
from responder.intake.files.archive import tables_in, unpacked
from responder.intake.files.table import Cell, Row, Table

__all__ = ["Cell", "Row", "Table", "open_table", "tables_in", "unpacked"]

ZIP_MAGIC = b"PK"
OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et"})


def open_table(path: Path, max_megabytes: int, sheet: str | None = None) -> Table:
    """The first sheet with content (or the named one), the CSV or the JSON lines, as a table.

    What the file *is* decides how it is read, not what its name says.

    :param max_megabytes: of the file; unpacked it may have ten times as much.
    :raises Invalid: it cannot be read; the sentence says what to do.
    """
    _check_size(path, max_megabytes)
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise Invalid(f"无法读取 {path}（{error.strerror}）：请检查文件权限") from error
    if not head:
        raise Invalid(f"{path.name} 是空文件：请选择有内容的 .xlsx 或 CSV 文件")
    if head.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return spreadsheet.read(path, max_megabytes, sheet)
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        raise Invalid(
            f"{path.name} 不是工作簿，只是扩展名为 {path.suffix}：请用 Excel 打开后另存为 .xlsx；"
            "若本来是 CSV，请把扩展名改为 .csv"
        )
    if sheet is not None:
        raise Invalid(f"{path.name} 不是工作簿，没有工作表：请去掉 --sheet")
    return json_lines.read(path) if json_lines.looks_so(path, head) else delimited.read(path)


def _check_size(path: Path, max_megabytes: int) -> None:
    if not path.exists():
        raise Invalid(f"找不到文件 {path}：请检查路径")
    if not path.is_file():
        raise Invalid(f"{path} 不是文件：请指定一个 .xlsx 或 CSV 文件")
    megabytes = path.stat().st_size / 1024**2
    if megabytes > max_megabytes:
        raise Invalid(
            f"{path.name} 有 {megabytes:.0f} MB，超过上限 {max_megabytes} MB：请拆成几个文件，"
            "或调大 RESPONDER_IMPORT_MAX_MEGABYTES"
        )
