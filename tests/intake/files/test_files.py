from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from responder.core.errors import Invalid
from responder.intake.files import Table, open_table, tables_in, unpacked
from responder.intake.files.spreadsheet import ENCRYPTED
from tests.intake.factories import HEADINGS, row, write_csv, write_xlsx

OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def rows_of(table: Table) -> list[tuple[int, list[Any]]]:
    return [(found.number, list(found.cells)) for found in (*table.top, *table.rest)]


def refusal(path: Path, sheet: str | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        open_table(path, 1, sheet)
    return caught.value.message


def test_a_workbook_keeps_its_own_row_numbers(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [row(1), [""] * 7, row(2)])
    found = rows_of(open_table(path, 1))
    assert [number for number, _ in found] == [1, 2, 4]
    assert found[0][1] == list(HEADINGS)


def test_a_table_that_begins_further_down_and_right(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(4, 2, ["标题", "时间"])
        sheet.write_row(5, 2, ["路灯", "2026-03-05"])
        sheet.write_formula(6, 3, "=NOW()", None, "")
    table = open_table(path, 1)
    assert rows_of(table)[:2] == [(5, ["标题", "时间"]), (6, ["路灯", "2026-03-05"])]
    assert "没有计算结果" in table.top[2].broken[1]


def test_the_first_sheet_with_content_is_read_or_the_named_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空")
        book.add_worksheet("甲").write(0, 0, "一")
        book.add_worksheet("乙").write(0, 0, "二")
    assert open_table(path, 1).name == "甲"
    assert rows_of(open_table(path, 1, "乙")) == [(1, ["二"])]
    assert "现有 空、甲、乙" in refusal(path, "丙")
    assert "是空的" in refusal(path, "空")


def test_cells_that_show_an_error_are_told_apart_from_empty_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(0, 1, "=1+1", None, 2)
        sheet.write(0, 2, "字")
    (first,) = open_table(path, 1).top
    assert list(first.broken) == [0]
    assert "#DIV/0!" in first.broken[0]
    assert list(first.cells[1:]) == [2.0, "字"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"], ids=lambda name: name
)
def test_a_csv_is_read_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    table = open_table(write_csv(tmp_path / "a.csv", [row(1)], encoding), 1)
    assert rows_of(table) == [(1, list(HEADINGS)), (2, [str(cell) for cell in row(1)])]
    assert table.bad_bytes == 0


@pytest.mark.parametrize(("encoding", "bad"), [("utf-8", b"\xff"), ("gb18030", b"\xff")])
def test_bad_bytes_are_replaced_and_counted(tmp_path: Path, encoding: str, bad: bytes) -> None:
    text = ("标题,内容\n" + "路灯坏了,已经三天没有人来修理\n" * 5).encode(encoding)
    path = tmp_path / "a.csv"
    path.write_bytes(text + b"A" + bad + b"B,C\n")
    table = open_table(path, 1)
    assert (table.bad_bytes, table.encoding) == (1, encoding)
    assert rows_of(table)[-1] == (7, ["A\ufffdB", "C"])
    assert rows_of(open_table(path, 1))[1][1] == ["路灯坏了", "已经三天没有人来修理"]


def test_other_delimiters_and_quoted_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('标题;内容\n"路灯;坏了";"一\n二"\n末;行\n', encoding="utf-8")
    assert rows_of(open_table(path, 1)) == [
        (1, ["标题", "内容"]),
        (2, ["路灯;坏了", "一\n二"]),
        (4, ["末", "行"]),
    ]


def test_what_a_file_is_counts_and_not_its_name(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [row(1)]).rename(tmp_path / "a.csv")
    assert len(rows_of(open_table(path, 1))) == 2


def bomb(path: Path, megabytes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (megabytes * 1024**2))
    return path


def unusable(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file that cannot be read, and what is said of it."""

    def file(name: str, content: bytes) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    yield file("text.xlsx", "标题,内容".encode()), "不是工作簿.*改为 .csv"
    yield file("page.xls", b"<html><table></table></html>"), "不是工作簿.*另存为 .xlsx"
    yield file("broken.xlsx", b"PK\x03\x04" + b"\0" * 100), "不是可以读取的工作簿"
    yield file("letter.doc", OLE + b"\0" * 2000), "不是可以读取的工作簿.*doc"
    yield file("letter.docx", bomb(folder / "x", 0).read_bytes()), "不是可以读取的工作簿"
    yield file("locked.xlsx", OLE + b"\0" * 2000 + ENCRYPTED), "有打开密码"
    yield file("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "不是文本"
    yield file("nothing.csv", b""), "空文件"
    yield file("blank.csv", b"\n \n,,\n"), "没有内容"
    yield file("large.csv", b"a" * (1024**2 + 1)), "1 MB，超过上限 1 MB.*MAX_MEGABYTES"
    yield bomb(folder / "bomb.xlsx", 11), "解压后有 11 MB，超过上限 10 MB"
    yield write_xlsx(folder / "empty.xlsx", [], headings=()), "都是空的"
    yield folder, "不是文件"
    yield folder / "missing.xlsx", "找不到文件"


def test_each_unusable_file_gets_one_sentence(tmp_path: Path) -> None:
    said = [(refusal(path), pattern) for path, pattern in unusable(tmp_path)]
    for sentence, pattern in said:
        assert "\n" not in sentence
        assert re.search(pattern, sentence), sentence


def test_a_small_bomb_is_known_by_its_ratio(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx", 60)
    with pytest.raises(Invalid, match="压缩炸弹"):
        open_table(path, 100)


def test_a_zip_of_very_many_parts_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch):
    """Whatever number its end tells."""
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.csv", b"")
    content = bytearray(path.read_bytes())
    content[-14:-10] = struct.pack("<HH", 1, 1)
    path.write_bytes(content)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(Invalid, match="超过 10000 个"):
        tables_in(path)
    with pytest.raises(Invalid, match="压缩炸弹"):
        open_table(path.rename(tmp_path / "many.xlsx"), 100)


def test_a_zip_that_says_it_is_one_of_several_pieces_is_no_table(tmp_path: Path) -> None:
    end = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 46, 0)
    end += struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 5)
    end += struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    path = tmp_path / "pieces.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"x" * 50 + end)
    assert tables_in(path) is None
    with pytest.raises(Invalid):
        open_table(path, 100)


def test_the_delimiter_is_the_one_that_the_rows_agree_on(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("三月，汇总,表\n标题\t内容\n路灯,路口\t坏了,三天,四夜\n公交\t太少\n", "utf-8")
    assert [cells for _, cells in rows_of(open_table(path, 1))][1:] == [
        ["标题", "内容"],
        ["路灯,路口", "坏了,三天,四夜"],
        ["公交", "太少"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_json_lines_have_their_names_as_headings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    lines = [
        '{"标题": "路灯", "点赞数": 3, "标签": ["灯", "夜"]}',
        "",
        "[1]",
        '{"标题": null, "时间": "昨天"}',
    ]
    path.write_bytes("\n".join(lines).encode(encoding))
    table = open_table(path, 1)
    found = [*table.top, *table.rest]
    assert rows_of(open_table(path, 1))[:2] == [
        (0, ["标题", "点赞数", "标签", "时间"]),
        (1, ["路灯", 3, '["灯", "夜"]', ""]),
    ]
    assert (found[2].number, "不是 JSON 对象" in found[2].broken[0]) == (3, True)
    assert (found[3].number, list(found[3].cells)) == (4, ["", "", "", "昨天"])


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_zip_gives_its_one_table_and_leaves_nothing_behind(tmp_path: Path) -> None:
    text = write_csv(tmp_path / "b.csv", [row(1)], "gb18030").read_bytes()
    path = zipped(
        tmp_path / "a.zip", **{"../../留言.csv": text, "__MACOSX/x.csv": b"1", "a.txt/": b""}
    )
    before = sorted(tmp_path.rglob("*"))
    with unpacked(path, None, 1) as table:
        assert rows_of(open_table(table, 1))[1][1][0] == "X1"
        assert tmp_path not in table.parents
    assert not table.exists()
    assert sorted(tmp_path.rglob("*")) == before
    workbook = write_xlsx(tmp_path / "c.xlsx", [row(1)])
    with unpacked(workbook, None, 1) as same:
        assert same == workbook


def test_a_zip_of_several_tables_asks_which(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"AAAA.csv": b"a,b\n1,2\n", "b.jsonl": b'{"a": 1}'})
    as_windows_names_it = path.read_bytes().replace(b"AAAA", "三月".encode("gb18030"))
    path.write_bytes(as_windows_names_it)
    assert tables_in(path) == ["三月.csv", "b.jsonl"]
    with pytest.raises(Invalid, match=r"三月\.csv、b\.jsonl"), unpacked(path, None, 1):
        pass
    with unpacked(path, "三月.csv", 1) as table:
        assert rows_of(open_table(table, 1))[0][1] == ["a", "b"]
    with pytest.raises(Invalid, match=r"没有“c\.csv”"), unpacked(path, "c.csv", 1):
        pass


def test_a_zip_is_stopped_where_it_grows_too_large(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"a.csv": b"0" * (11 * 1024**2)})
    assert path.stat().st_size < 1024**2
    with pytest.raises(Invalid, match="压缩炸弹"), unpacked(path, None, 1):
        pass
    nothing = zipped(tmp_path / "b.zip", **{"a.exe": b"0"})
    with pytest.raises(Invalid, match="没有表格"), unpacked(nothing, None, 1):
        pass
