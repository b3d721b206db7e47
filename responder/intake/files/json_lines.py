"""JSON lines: each line an object, its names the headings."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from responder.core.errors import Invalid
from responder.core.texts import whole
from responder.intake.files.encodings import MARKS, recognise
from responder.intake.files.table import Cell, Row, Table, split_top

# Larger whole numbers are texts: no spreadsheet keeps their digits.
LARGEST_NUMBER = 10**15
MOST_HEADINGS = 500
HEADING_ROW = 0  # the names stand in every line, so their row is before the first
_NO_OBJECT = "这一行不是 JSON 对象：请检查引号和括号，每行写一个 {…}"


def looks_so(path: Path, head: bytes) -> bool:
    """Whether a text file is meant as JSON lines: by its name, or its first character."""
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        return True
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return head.decode(encoding, "ignore").lstrip("\ufeff").lstrip().startswith("{")
    return head.lstrip().startswith(b"{")


def read(path: Path) -> Table:
    """The objects of a file; a first pass finds all names that occur.

    :raises Invalid: not text, nothing in it, no line is an object, too many names.
    """
    reading = recognise(path)
    headings: dict[str, None] = {}
    for _, _, found in _lines(path, reading.encoding):
        headings.update(dict.fromkeys(found or ()))
        if len(headings) > MOST_HEADINGS:
            raise Invalid(f"{path.name} 有超过 {MOST_HEADINGS} 种字段名：请确认是留言数据")
    if not headings:
        raise Invalid(f"{path.name} 没有可读的 JSON 行：每行应是一个带字段名的 {{…}}")
    names = list(headings)
    rows = _rows(path, reading.encoding, names)
    top, rest = split_top(rows)
    return Table(
        path.name,
        [Row(HEADING_ROW, names), *top],
        rest,
        reading.lines,
        reading.bad_bytes,
        reading.encoding,
    )


def _rows(path: Path, encoding: str, names: list[str]) -> Iterator[Row]:
    wrong = dict.fromkeys(range(len(names)), _NO_OBJECT)
    for number, line, found in _lines(path, encoding):
        if found is None:
            yield Row(number, [line], wrong)
        else:
            yield Row(number, [_cell(found.get(name)) for name in names])


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    """(number, text, object) of each line with something in it; None where it is none."""
    with path.open(encoding=encoding, errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                found = _object(line)
            except (ValueError, RecursionError):
                found = None
            yield number, line.strip(), found if isinstance(found, dict) else None


def _object(line: str) -> Any:
    """:raises ValueError: no JSON. :raises RecursionError: too deep."""
    found = json.loads(line)
    if "\\u" in line:
        found = json.loads(whole(json.dumps(found, ensure_ascii=False)))
    return found


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, float)):
        exact = abs(value) < LARGEST_NUMBER if isinstance(value, int) else math.isfinite(value)
        return value if exact else str(value)
    return json.dumps(value, ensure_ascii=False)
