"""CSV and JSON lines."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from hypothesis import strategies as st

from tools.fuzzing.cells import Grid, grids, moments, numbers, told, words

ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "gbk",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "big5",
    "latin-1",
)
SPLICES = (
    b"\0", b'"', b'""', b'"\n', b",", b"\xff", b"\x80\x81", b"\xef\xbb\xbf", b"\xff\xfe", b"\r",
    b"\x1a", b"\xed\xa0\x80", b"\n" * 50, b"," * 300, b"\x00" * 64, b"\x85", b"{", b"[" * 2_000,
)  # fmt: skip

flat = st.one_of(words, numbers, moments.map(told))


def csvs(grid: st.SearchStrategy[Grid] | None = None) -> st.SearchStrategy[bytes]:
    return _csvs(grids(flat) if grid is None else grid)


@st.composite
def _csvs(draw: st.DrawFn, grid: st.SearchStrategy[Grid]) -> bytes:
    table = draw(grid)
    text = io.StringIO()
    quoting: Any = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE]))
    writer = csv.writer(
        text,
        delimiter=draw(st.sampled_from(",,,\t;|")),
        quoting=quoting,
        escapechar="\\",
        lineterminator=draw(st.sampled_from(["\r\n", "\n", "\r"])),
    )
    writer.writerows([[told(cell) for cell in row] for row in (table.headings, *table.rows)])
    content = text.getvalue().encode(draw(st.sampled_from(ENCODINGS)), "replace")
    return spliced(draw, content, SPLICES)


def spliced(draw: st.DrawFn, content: bytes, splices: tuple[bytes, ...]) -> bytes:
    """The same with something put in, cut out, or cut off; mostly as it is."""
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(content)))
        what = draw(st.integers(0, 5))
        if what < 3:
            content = content[:place] + draw(st.sampled_from(splices)) + content[place:]
        elif what == 3:
            content = content[:place] + draw(st.binary(max_size=6)) + content[place + 3 :]
        elif what == 4:
            content = content[:place] + content[place + draw(st.integers(1, 40)) :]
        else:
            content = content[: max(place, 1)]
    return content


# Parts of JSON that no dump would write.
RAW = (
    "NaN", "-Infinity", "1e999", "1" * 5_000, "1" * 400, '"\\ud800"', '"\\udc00甲"', '"\\u0000"', "null",
    "true", "[" * 900 + "]" * 900, "[" * 60_000, "{}", '{"a":{"b":[1]}}', '"\x07"', "-0", "1E400", "0.1e-400",
    '"\\uFFFF"', "undefined", "'a'", "",
)  # fmt: skip


@st.composite
def json_lines(draw: st.DrawFn, grid: st.SearchStrategy[Grid] | None = None) -> bytes:
    table = draw(grids(st.one_of(words, numbers)) if grid is None else grid)
    lines = []
    for row in table.rows:
        pairs = [
            f"{json.dumps(name, ensure_ascii=False)}: {_json(draw, cell)}"
            for name, cell in zip(table.headings, row, strict=False)
        ]
        if pairs and draw(st.integers(0, 4)) == 0:
            pairs.append(pairs[0])
        line = "{" + ", ".join(pairs) + "}"
        lines.append(draw(st.sampled_from([line] * 8 + ["[1]", "7", '"甲"', "{", line + line])))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    content = "\n".join(lines).encode(encoding, "replace")
    return spliced(draw, content, SPLICES)


def _json(draw: st.DrawFn, cell: object) -> str:
    if draw(st.integers(0, 7)) == 0:
        return draw(st.sampled_from(RAW))
    return json.dumps(cell, ensure_ascii=draw(st.booleans()), default=told)
