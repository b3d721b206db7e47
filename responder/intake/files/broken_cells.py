"""Cells of an .xlsx that show no value: formulas never calculated, and errors (#REF!).

calamine gives such a cell as empty, which would lose in silence what somebody meant.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

# ElementTree is safe here (S314, B314): expat refuses entity bombs since 2.4.1, and the process
# that reads may die of it.
BrokenCells = dict[int, dict[int, str]]

UNCALCULATED = "公式没有计算结果：请在 Excel 中打开并保存一次，或改为粘贴数值"
BLOCK = 1 << 20
_SIGN = re.compile(rb"<(?:\w+:)?f[ />]|\bt=\"e\"")


def find_broken_cells(path: Path, sheet_name: str) -> BrokenCells:
    """Row number (from 1) → column (from 0) → what is wrong. Only .xlsx and .xlsm have any."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, sheet_name)
        if part is None or not _has_sign(archive, part):
            return {}
        return _scan(archive, part)


def _sheet_part(archive: zipfile.ZipFile, sheet_name: str) -> str | None:
    """The path of a sheet within the archive."""
    names = set(archive.namelist())
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {book, relations} <= names:
        return None
    targets = {
        element.get("Id"): element.get("Target", "")
        for element in ElementTree.fromstring(archive.read(relations))  # noqa: S314  # nosec B314
    }
    for element in ElementTree.fromstring(archive.read(book)).iter():  # noqa: S314  # nosec B314
        if _local(element.tag) == "sheet" and element.get("name") == sheet_name:
            identity = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            target = targets.get(identity, "")
            part = (
                target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
            )
            return part if part in names else None
    return None


def _has_sign(archive: zipfile.ZipFile, part: str) -> bool:
    """A look at the bytes, which is many times as fast as parsing them."""
    tail = b""
    with archive.open(part) as file:
        while block := file.read(BLOCK):
            if _SIGN.search(tail + block):
                return True
            tail = block[-16:]
    return False


def _scan(archive: zipfile.ZipFile, part: str) -> BrokenCells:
    broken: BrokenCells = {}
    with archive.open(part) as file:
        for _, element in ElementTree.iterparse(file):  # noqa: S314  # nosec B314
            kind = _local(element.tag)
            if kind == "c" and (reason := _reason(element)):
                row, column = _place(element.get("r", ""))
                broken.setdefault(row, {})[column] = reason
            if kind == "row":
                element.clear()
    return broken


def _reason(cell: ElementTree.Element) -> str:
    parts = {_local(child.tag): child.text or "" for child in cell}
    if cell.get("t") == "e":
        return f"公式出错（{parts.get('v', '')}）：请在 Excel 中改正，或改为粘贴数值"
    if "f" in parts and not parts.get("v") and cell.get("t") != "str":
        return UNCALCULATED
    return ""


def _place(reference: str) -> tuple[int, int]:
    """``B3`` → (3, 1): row from 1, column from 0."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :] or 0), column - 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
