"""Reads one sheet of a workbook, in a process that may die of it.

A workbook of a few kilobytes can ask its reader for hundreds of gigabytes (a cell in the last
row and column, a million repeats, a count of strings that is a lie), and a reader in Rust that
gets none ends the whole process. So it is run by itself, with limits, and imports nothing of
the product: ``workbook_process.py SITE_PACKAGES FILE MEGABYTES SHEET``.

It says in lines of JSON: what it reads (``sheet``, ``sheets``, ``height``) or why it reads
nothing (``fault``); then portions of rows ``[number, cells, broken]``; then ``END``. A cell
that JSON does not know is a list of its kind and its value.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

PORTION = 200
SECONDS = 120  # of a processor
END = "end"


def main() -> None:
    packages, path, megabytes, asked = sys.argv[1:]
    named = json.loads(asked)
    sys.path.append(packages)
    _limit(resource.RLIMIT_AS, int(megabytes) << 20)
    _limit(resource.RLIMIT_CPU, SECONDS)
    calamine, broken_cells = __import__("python_calamine"), _beside("broken_cells")
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        sheet, fault = _choose(book, names, named)
        if sheet is None:
            _say({"fault": fault, "sheets": names})
            return
        broken = {}
        if zipfile.is_zipfile(path):
            broken = broken_cells.find_broken_cells(Path(path), sheet.name)
        _say({"sheet": sheet.name, "sheets": names, "height": sheet.total_height})
        portion: list[Any] = []
        for row in _rows(sheet, broken):
            portion.append(row)
            if len(portion) == PORTION:
                _say(portion)
                portion = []
        _say(portion)
        _say(END)
    except calamine.PasswordError:
        _say({"fault": "locked"})


def _limit(kind: int, most: int) -> None:
    """Ask for no more than that, or than who started us allows."""
    _soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _beside(name: str) -> ModuleType:
    """A module of this folder, without the packages above it."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _choose(book: Any, names: list[str], named: str | None) -> tuple[Any, str]:
    """The named sheet, or the first with something in it; else why there is none."""
    if named is not None and named not in names:
        return None, "missing"
    for name in names if named is None else [named]:
        found = book.get_sheet_by_name(name)
        if found.end is not None:
            return found, ""
    return None, "empty"


def _rows(sheet: Any, broken: dict[int, dict[int, str]]) -> Iterator[list[Any]]:
    """Rows with something in them; positions count from the first column in use."""
    first_column = sheet.start[1] if sheet.start else 0

    def reasons(number: int) -> dict[int, str]:
        return {column - first_column: why for column, why in broken.get(number, {}).items()}

    number = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number in broken or any(not isinstance(one, str) or one.strip() for one in cells):
            yield [number, cells, reasons(number)]
    for below in sorted(place for place in broken if place > number):
        yield [below, [], reasons(below)]  # calamine sees nothing in these


def _say(told: Any) -> None:
    text = json.dumps(told, default=_shown, ensure_ascii=False, check_circular=False)
    sys.stdout.buffer.write(text.encode() + b"\n")


def _shown(cell: Any) -> list[Any]:
    """A cell that JSON does not know."""
    if isinstance(cell, timedelta):
        return ["timedelta", cell.days, cell.seconds, cell.microseconds]
    assert isinstance(cell, (datetime, date, time))
    return [type(cell).__name__, cell.isoformat()]


if __name__ == "__main__":
    main()
