"""Files that were made to end, fill or hold up whoever reads them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from responder.core.errors import Invalid
from responder.intake.files import open_table, tables_in, unpacked
from responder.intake.imports.error_workbook import ErrorWorkbook
from responder.intake.imports.rows import Refusal
from tools.fuzzing.workbooks import MANIFEST, OPEN_DOCUMENT, compound, record, record_text

MEGABYTES = 5


def workbook(path: Path, part: str, old: str, new: str) -> Path:
    """A small workbook in which something of a part was replaced."""
    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["标题", "时间"])
        sheet.write_row(1, 0, ["路灯", "2026-03-05"])
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(path, "w") as made:
        for info in given.infolist():
            content = given.read(info).decode()
            if info.filename == part:
                content, changed = re.subn(old, new, content)
                assert changed
            made.writestr(info.filename, content)
    return path


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", 'r="B2"', 'r="XFD1048576"'),  # 550 GB, if it were read
        ("xl/sharedStrings.xml", 'uniqueCount="4"', 'uniqueCount="4000000000"'),
    ],
)
def test_a_small_workbook_that_asks_for_all_memory_is_refused(
    tmp_path: Path, part: str, old: str, new: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", part, old, new)
    with pytest.raises(Invalid, match="内存或时间远超其大小"):
        open_table(path, MEGABYTES)


def test_an_entity_of_the_file_s_own_is_never_unfolded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst'
    path = workbook(tmp_path / "a.xlsx", "xl/sharedStrings.xml", "<sst(.*?)标题", rf"{bomb}\1&b;")
    try:
        read = [str(row.cells) for row in open_table(path, MEGABYTES).top]
    except Invalid:
        read = []
    assert "ha" not in "".join(read)


def test_a_part_without_a_name_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "标题,时间")
        archive.writestr("x.csv", b"")
    path.write_bytes(path.read_bytes().replace(b"x.csv", b"\0.csv"))
    assert tables_in(path) == ["a.csv"]


def test_a_name_that_a_screen_would_obey_is_shown_without_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a\nb\x1b[31m\u202e.csv", "标题,时间")
    assert tables_in(path) == ["a\ufffdb\ufffd[31m\ufffd.csv"]
    with unpacked(path, "a\ufffdb\ufffd[31m\ufffd.csv", MEGABYTES) as table:
        assert table.read_text("utf-8") == "标题,时间"


def test_a_name_that_is_no_text_spoils_the_archive_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("甲.csv", "标题,时间")
    path.write_bytes(path.read_bytes().replace("甲".encode(), b"\xe2xx"))
    with pytest.raises(Invalid, match="不是可以读取的压缩包"):
        tables_in(path)
    with pytest.raises(Invalid, match="不是可以读取的工作簿"):
        open_table(path, MEGABYTES)


def test_excel_97_is_read(tmp_path: Path) -> None:
    begin = b"\x00\x06%c\x00" + b"\0" * 12
    head = 2 * 20 + 14
    name = record(0x85, head.to_bytes(4, "little") + b"\0\0\x01\0A")
    stream = record(0x809, begin % 5) + name + record(10, b"")
    head = len(stream)
    name = record(0x85, head.to_bytes(4, "little") + b"\0\0\x01\0A")
    cells = record(0x204, b"\0\0\0\0\x0f\0" + record_text("标题"))
    sheet = record(0x809, begin % 16) + cells + record(10, b"")
    path = tmp_path / "a.xls"
    path.write_bytes(compound(record(0x809, begin % 5) + name + record(10, b"") + sheet))
    assert [list(row.cells) for row in open_table(path, MEGABYTES).top] == [["标题"]]


def test_a_reader_that_nobody_listens_to_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number in range(3_000):
            sheet.write_string(number, 0, "字" * 50)
    table = open_table(path, MEGABYTES)
    table.rest.close()  # type: ignore[attr-defined]
    assert len(table.top) == 10


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", "1" * 400])
def test_a_number_that_no_workbook_has_is_a_text_and_comes_back(tmp_path: Path, value: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"标题": {value}}}\n', "utf-8")
    row = open_table(path, MEGABYTES).top[1]
    assert isinstance(row.cells[0], str)
    book = ErrorWorkbook(tmp_path / "退回.xlsx", ["标题"])
    book.add(Refusal(row, 0, "请改正"))
    assert book.close()


def test_a_number_that_excel_cannot_write_comes_back_as_a_text(tmp_path: Path) -> None:
    row = open_table(
        workbook(tmp_path / "a.xlsx", "xl/styles.xml", "<styleSheet", "<styleSheet"), 5
    )
    book = ErrorWorkbook(tmp_path / "退回.xlsx", ["标题"])
    book.add(Refusal(type(row.top[0])(1, [float("inf")]), 0, "请改正"))
    assert book.close()
    returned = open_table(tmp_path / "退回.xlsx", MEGABYTES)
    assert returned.top[1].cells[-1] == "inf"


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"标题": "甲\\ud800乙\\ud83d\\ude00", "\\udc00": 1}\n', "utf-8")
    names, row = open_table(path, MEGABYTES).top
    assert list(row.cells) == ["甲\ufffd乙😀", 1]
    assert list(names.cells) == ["标题", "\ufffd"]


def _row(asked: str, *cells: str) -> str:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return f"<table:table-row{asked}>{''.join(map(cell.format, cells))}</table:table-row>"


def repeated(path: Path, times: int) -> Path:
    """An OpenDocument sheet whose second row stands there so many times in one element."""
    asked = f' table:number-rows-repeated="{times}"'
    rows = _row("", "标题", "时间") + _row(asked, "路灯不亮", "2026-03-05")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", OPEN_DOCUMENT.format(top="", rows=rows))
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return path


def test_a_row_that_asks_to_be_a_million_is_refused_with_its_number(tmp_path: Path) -> None:
    few = open_table(repeated(tmp_path / "a.ods", 900), MEGABYTES)
    assert len([*few.top, *few.rest]) == 901
    many = open_table(repeated(tmp_path / "b.ods", 1_048_575), MEGABYTES)
    with pytest.raises(Invalid, match=r"b\.ods 第 1003 行与它前面 1000 行完全相同：.*删除重复的行"):
        list(many.rest)
