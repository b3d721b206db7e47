"""Which encoding a text file is in, and how much of it makes no sense there.

UTF-8 and UTF-16 by their mark, UTF-8 when every byte agrees, otherwise GB18030 (which
contains GBK). A byte that means nothing becomes U+FFFD and is counted, never hidden.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from responder.core.errors import Invalid

BLOCK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# A text in GB18030 read as UTF-8 is wrong nearly everywhere; one in UTF-8 that was
# damaged on the way is wrong here and there.
MOSTLY = 10


@dataclass
class Reading:
    """What a first pass over the bytes tells."""

    encoding: str
    bad_bytes: int = 0
    lines: int = 0


def recognise(path: Path) -> Reading:
    """The encoding of a text file, its bad bytes, its lines.

    :raises Invalid: it is not text.
    """
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


def _count(path: Path, encoding: str) -> tuple[Reading, int]:
    """Read all of the file once: what was wrong in it, and how many characters were not ASCII."""
    reading, characters = Reading(encoding), 0
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            bad = text.count("\ufffd")
            reading.lines += text.count("\n")
            reading.bad_bytes += bad
            characters += len(text) - len(text.encode("ascii", "ignore")) - bad
        reading.bad_bytes += decoder.decode(b"", final=True).count("\ufffd")
    return reading, characters
