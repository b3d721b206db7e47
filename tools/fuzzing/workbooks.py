"""Workbooks: whole ones, and what becomes of them when the XML inside is not what it should be."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

from tools.fuzzing.cells import Grid, grids, moments, numbers, told, words
from tools.fuzzing.texts import spliced

ENTITY_BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'

# What stands in an attribute or between tags, and what it becomes.
CHANGES: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (rb' r="[A-Z]+\d+"', (' r="XFD1048576"', ' r="A99999999999"', ' r=""', ' r="1A"', ' r="A0"', ' r="ä1"',
                          ' r="AAAAAAAA1"', "", ' r="A1:B2"', ' r="C700000"', ' r="A1"')),
    (rb' t="s"', (' t="e"', ' t="b"', ' t="d"', ' t="str"', ' t="inlineStr"', ' t="n"', ' t="x"')),
    (rb"<v>[^<]*</v>", ("<v>-1</v>", "<v>1e308</v>", "<v>NaN</v>", "<v></v>", "<v>99999999999999999999</v>",
                        "<v>2958466</v>", "<v>-99999999</v>", "<v>#REF!</v>", "<v>&j;</v>", "<v>1</v><v>2</v>",
                        "<f>1/0</f>", "<is><t>甲</t></is>", "<v>\ufffe</v>", "<v>1e15</v>")),
    (rb' r="\d+"', (' r="0"', ' r="-1"', ' r="4294967296"', ' r="1048576"', "", ' r="x"')),
    (rb' (unique)?[cC]ount="\d+"', (' count="4000000000"', ' count="-1"', ' count="x"', ' uniqueCount="99999999999"')),
    (rb'<dimension ref="[^"]*"/>', ('<dimension ref="A1:XFD1048576"/>', '<dimension ref="B2:A1"/>', '<dimension ref=""/>',
                                    '<dimension ref="A0"/>')),
    (rb"<sheetData>", ("<sheetData>" + "<x>" * 3_000 + "</x>" * 3_000, "", "<sheetData><row/>", "<sheetData><c/>",
                       "<sheetData>" + "<row r='9'>" * 2_000)),
    (rb"</sheetData>", ("", '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
                        '</sheetData><mergeCells><mergeCell ref="B2"/></mergeCells>')),
    (rb' Target="[^"]*"', (' Target="../../../etc/passwd"', ' Target="http://a.example/x"', ' Target=""',
                           ' Target="/xl/worksheets/sheet1.xml"', ' Target="worksheets/sheet1.xml"')),
    (rb' name="[^"]*"', (' name=""', ' name="' + "长" * 300 + '"', ' name="a&#10;b"', ' name="../x"')),
    (rb' numFmtId="\d+"', (' numFmtId="99999"', ' numFmtId="22"', ' numFmtId="-1"', ' numFmtId="46"')),
    (rb' formatCode="[^"]*"', (' formatCode="[h]:mm"', ' formatCode="yyyy"', ' formatCode="' + "y" * 5_000 + '"')),
    (rb"\?>\s*", ("?>" + ENTITY_BOMB, "?>" + OUTSIDE, "?><!-- -->", '?><?xml version="1.0"?>')),
    (rb'encoding="UTF-8"', ('encoding="UTF-16"', 'encoding="GBK"', 'encoding="x"')),
    (rb"<t[^>]*>[^<]*</t>", ("<t>&j;</t>", "<t>&e;</t>", "<t>&#0;</t>", "<t>&#xD800;</t>", "<t>_x0000_</t>", "<t/>", "",
                             "<r><t>a</t></r>", "<t>" + "甲" * 40_000 + "</t>", "<t>]]></t>")),
)  # fmt: skip
PARTS = (
    "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml",
    "xl/_rels/workbook.xml.rels", "[Content_Types].xml",
)  # fmt: skip
ZIP_SPLICES = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"\0" * 8, b"\x01")

values = st.one_of(words, numbers, moments, st.booleans())


@st.composite
def xlsx(draw: st.DrawFn, grid: st.SearchStrategy[Grid] | None = None) -> bytes:
    """A workbook that Excel could have written."""
    return written(draw, draw(grids(values) if grid is None else grid))


@st.composite
def broken_xlsx(draw: st.DrawFn) -> bytes:
    """A workbook whose parts somebody changed."""
    content = written(draw, draw(grids(values)))
    content = repacked(draw, content)
    return spliced(draw, content, ZIP_SPLICES) if draw(st.integers(0, 3)) == 0 else content


def written(draw: st.DrawFn, table: Grid) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "remove_timezone": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # the same bytes, whenever
        formats = [None, *(book.add_format({"num_format": one}) for one in (
            "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "[h]:mm", "0.00%", "@"))]  # fmt: skip
        sheet = book.add_worksheet()
        first, left = draw(st.sampled_from([(0, 0)] * 4 + [(3, 2), (12, 0)]))
        for number, row in enumerate([table.headings, *table.rows]):
            for place, cell in enumerate(row):
                _write(draw, sheet, (first + number, left + place), cell, formats)
        if draw(st.integers(0, 5)) == 0:
            sheet.merge_range(first + 1, left, first + 3, left + 1, "合并")
    return output.getvalue()


def _write(
    draw: st.DrawFn, sheet: Any, place: tuple[int, int], cell: Any, formats: list[Any]
) -> None:
    row, column = place
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, float(cell), draw(st.sampled_from(formats)))
    elif isinstance(cell, (datetime, date, time, timedelta)):
        sheet.write_datetime(row, column, cell, draw(st.sampled_from(formats[1:])))
    elif draw(st.integers(0, 15)) == 0:
        shown = draw(st.sampled_from(["", "#DIV/0!", "7", "甲", 3.5, True]))
        sheet.write_formula(row, column, "=A1", None, shown)
    else:
        sheet.write_string(row, column, told(cell)[:32_000])


def repacked(draw: st.DrawFn, content: bytes) -> bytes:
    """The same workbook with some of its parts changed, left out, or there twice."""
    output = io.BytesIO()
    hit = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=2))
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(output, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            fate = draw(st.integers(0, 9)) if info.filename in hit else 9
            if fate == 0:
                continue
            if fate < 9:
                part = changed(draw, part)
            name = info.filename.upper() if fate == 1 else info.filename
            packing = draw(st.sampled_from([zipfile.ZIP_DEFLATED] * 60 + [zipfile.ZIP_BZIP2]))
            new.writestr(name, part, packing)
    return output.getvalue()


def changed(draw: st.DrawFn, part: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 4))):
        pattern, others = draw(st.sampled_from(CHANGES))
        found = list(re.finditer(pattern, part))
        if not found:
            continue
        one = draw(st.sampled_from(found))
        part = part[: one.start()] + draw(st.sampled_from(others)).encode() + part[one.end() :]
    if draw(st.integers(0, 5)) == 0:
        part = spliced(
            draw, part, (b"<", b">", b"&", b"\0", b"\xff", b'"', b"</row>", b"<![CDATA[")
        )
    return part


OPEN_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>{top}<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"""
_REPEATS = ("", "", "", "1", "2", "0", "-1", "1048576", "2000000000", "99999999999999999999", "x")
_TYPES = ("string", "float", "date", "time", "boolean", "percentage", "currency", "x", "")


@st.composite
def ods(draw: st.DrawFn) -> bytes:
    """An OpenDocument workbook, whose cells and rows can be repeated at will."""
    table = draw(grids(words))
    rows = "".join(
        f"<table:table-row{_repeat(draw, 'rows')}>{''.join(_ods_cell(draw, cell) for cell in row)}</table:table-row>"
        for row in (table.headings, *table.rows)
    )
    top = draw(st.sampled_from(["", "", "", ENTITY_BOMB, OUTSIDE]))
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", OPEN_DOCUMENT.format(top=top, rows=rows))
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return output.getvalue()


def _ods_cell(draw: st.DrawFn, cell: Any) -> str:
    text = told(cell).encode("utf-8", "replace").decode().replace("&", "&amp;").replace("<", "&lt;")
    kind = draw(st.sampled_from(_TYPES[:1] * 300 + _TYPES))
    attribute = text.replace('"', "&quot;")[:200]
    value = (
        f' office:value="{attribute}" office:date-value="{attribute}"' if kind != "string" else ""
    )
    repeat = _repeat(draw, "columns")
    return f'<table:table-cell office:value-type="{kind}"{value}{repeat}><text:p>{text}</text:p></table:table-cell>'


def _repeat(draw: st.DrawFn, what: str) -> str:
    if draw(st.integers(0, 150)):
        return ""
    return f' table:number-{what}-repeated="{draw(st.sampled_from(_REPEATS))}"'


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def record_text(text: str) -> bytes:
    raw = text[:3_000].encode("utf-16-le", "replace")
    return struct.pack("<HB", len(raw) // 2, 1) + raw


@st.composite
def xls(draw: st.DrawFn) -> bytes:
    """Excel 97: records in a compound file, some of them with what does not belong there."""
    table = draw(grids(st.one_of(words, numbers)))
    cells = b""
    for number, row in enumerate([table.headings, *table.rows]):
        for column, cell in enumerate(row):
            place = struct.pack(
                "<HHH", *draw(st.sampled_from([(number, column, 15)] * 20 + [(65535, 255, 15)]))
            )
            if isinstance(cell, (int, float)):
                cells += record(0x203, place + struct.pack("<d", float(cell)))
            else:
                cells += record(0x204, place + record_text(told(cell)))
    begin = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)
    strings = record(
        0xFC, struct.pack("<II", *draw(st.sampled_from([(0, 0), (2**32 - 1, 2**32 - 1)])))
    )
    strings = strings if draw(st.integers(0, 4)) == 0 else b""
    name = record(0x85, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"A")
    head = len(record(0x809, begin) + name + strings) + 4
    name = record(0x85, struct.pack("<IBBBB", head, 0, 0, 1, 0) + b"A")
    stream = record(0x809, begin) + name + strings + record(10, b"")
    stream += record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0)) + cells + record(10, b"")
    if draw(st.integers(0, 2)) == 0:
        stream = spliced(
            draw, stream, (b"\0\0", b"\xff\xff", b"\x04\x02", b"\x3c\x00\xff\x20", b"\xfd\x00")
        )
    content = compound(stream)
    return spliced(draw, content, ZIP_SPLICES) if draw(st.integers(0, 5)) == 0 else content


def compound(stream: bytes) -> bytes:
    """A compound file (MS-CFB) that holds one stream, Workbook."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 1) * 4 // 512)
    tables = -(-(sectors + 1 + tables) * 4 // 512)
    chain = [*range(1, sectors), -2, -2, *[-3] * tables]
    fat = struct.pack(f"<{len(chain)}i", *chain).ljust(tables * 512, b"\xff")

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le")
        told_name = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
        return (
            told_name
            + struct.pack("<iii", -1, -1, child)
            + b"\0" * 36
            + struct.pack("<iQ", start, size)
        )

    folder = (
        entry("Root Entry", 5, 1, -2, 0) + entry("Workbook", 2, -1, 0, len(stream)) + b"\0" * 256
    )
    header = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIiIIiIiI", 0, tables, sectors, 0, 4096, -2, 0, -2, 0)
    places = [sectors + 1 + number for number in range(tables)][:109]
    header += struct.pack("<109i", *places, *[-1] * (109 - len(places)))
    return header + stream.ljust(sectors * 512, b"\0") + folder + fat
