"""CSV: which encoding, which delimiter, and its rows.

UTF-8 and UTF-16 by their mark, UTF-8 when every byte agrees, otherwise GB18030 (which
contains GBK). A byte that means nothing becomes U+FFFD and is counted, never hidden.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from responder.core.errors import Invalid
from responder.intake.files.table import Row, Table, is_blank, split_top

BLOCK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ",\t;|"

# The longest cell that is read at all; the limit for a message is a setting, far below.
LONGEST_FIELD = 1 << 26

# A text in GB18030 read as UTF-8 is wrong nearly everywhere; one in UTF-8 that was
# damaged on the way is wrong here and there.
MOSTLY = 10

_NOT_ASCII = re.compile("[^\x00-\x7f\ufffd]")


@dataclass
class _Reading:
    """What a first pass over the bytes tells."""

    encoding: str
    bad_bytes: int = 0
    lines: int = 0


def read(path: Path) -> Table:
    """The rows of a CSV file.

    :raises Invalid: it is not text, or has nothing in it.
    """
    reading = _recognise(path)
    top, rest = split_top(_rows(path, reading.encoding))
    if not top:
        raise Invalid(f"{path.name} 没有内容：请选择有表头和数据的文件")
    return Table(path.name, top, rest, reading.lines, reading.bad_bytes, reading.encoding)


def _recognise(path: Path) -> _Reading:
    with path.open("rb") as file:
        head = file.read(BLOCK)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return _count(path, encoding)[0]
    if b"\x00" in head:
        raise Invalid(
            f"{path.name} 不是文本，无法作为 CSV 读取：请用 Excel 打开后另存为 .xlsx 或 CSV UTF-8"
        )
    utf8, characters = _count(path, "utf-8")
    if utf8.bad_bytes * MOSTLY <= characters:
        return utf8
    return _count(path, "gb18030")[0]


def _count(path: Path, encoding: str) -> tuple[_Reading, int]:
    """Read all of the file once: what was wrong in it, and how many characters were not ASCII."""
    reading, characters = _Reading(encoding), 0
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            reading.lines += text.count("\n")
            reading.bad_bytes += text.count("\ufffd")
            characters += len(_NOT_ASCII.findall(text))
        reading.bad_bytes += decoder.decode(b"", final=True).count("\ufffd")
    return reading, characters


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
    """Whichever stands most often in the first line."""
    first = file.readline(BLOCK)
    file.seek(0)
    return max(DELIMITERS, key=first.count)
