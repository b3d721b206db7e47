"""CSV: which delimiter, and its rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from responder.core.errors import Invalid
from responder.intake.files.encodings import recognise
from responder.intake.files.table import Row, Table, is_blank, split_top

DELIMITERS = ",\t;|"
SAMPLED_ROWS = 20
SAMPLED_CHARACTERS = 1 << 16

# The longest cell that is read at all; the limit for a message is a setting, far below.
LONGEST_FIELD = 1 << 26


def read(path: Path) -> Table:
    """The rows of a CSV file.

    :raises Invalid: it is not text, or has nothing in it.
    """
    reading = recognise(path)
    top, rest = split_top(_rows(path, reading.encoding))
    if not top:
        raise Invalid(f"{path.name} 没有内容：请选择有表头和数据的文件")
    return Table(
        path.name, top, rest, reading.lines, reading.bad_bytes, reading.encoding, ragged=True
    )


def _rows(path: Path, encoding: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(file))
        before = 0
        try:
            for cells in reader:
                if not is_blank(cells):
                    yield Row(before + 1, cells)
                before = reader.line_num
        except csv.Error as error:
            raise Invalid(
                f"{path.name} 第 {before + 1} 行起无法按 CSV 读取：请检查引号是否成对，"
                "或用 Excel 另存为 .xlsx"
            ) from error


def _delimiter(file: TextIO) -> str:
    """The one by which most of the first rows have the same width; at a tie the wider."""
    sample = file.read(SAMPLED_CHARACTERS).splitlines(keepends=True)
    file.seek(0)
    return max(DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many of the first rows share a width of two or more, and that width."""
    try:
        rows = list(islice(csv.reader(lines, delimiter=delimiter), SAMPLED_ROWS))
    except csv.Error:
        return 0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))
