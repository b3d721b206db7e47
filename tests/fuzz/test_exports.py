"""Whatever people wrote, no cell that the product hands on begins a formula."""

from __future__ import annotations

import ast
import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from hypothesis import given, settings
from hypothesis import strategies as st

from responder.core.papers import PaperColumn, PaperTable, papers_workbook
from responder.intake.files import Row
from responder.intake.imports.error_workbook import ErrorWorkbook
from responder.intake.imports.rows import Refusal
from responder.web.listing.declared import Column
from responder.web.listing.exporting import write_csv, write_xlsx

ROOT = Path(__file__).parents[2] / "responder"
NOW = datetime(2026, 11, 30, tzinfo=UTC)
STARTS = "=+-@\t\r\n＝＋－＠"
texts = st.builds(
    str.__add__,
    st.sampled_from([*STARTS, "", " =", "http://a.example", "mailto:", "{=1}", "'="]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
)
COLUMNS = [Column("a", "甲", lambda row, _extra: row[0]), Column("b", "=乙", lambda row, _: row[1])]
few = settings(max_examples=15, deadline=None, database=None, derandomize=True)


def sheets(book: bytes | IO[bytes] | Path) -> str:
    """The XML of all sheets, where a formula is ``<f>`` and a link ``<hyperlink>``."""
    with zipfile.ZipFile(io.BytesIO(book) if isinstance(book, bytes) else book) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return "".join(archive.read(name).decode() for name in names)


@few
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
def test_no_list_hands_on_a_formula(rows: list[tuple[str, str]]) -> None:
    with write_csv("表", COLUMNS, iter(rows)) as file:
        read = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))
    assert not any(cell.startswith(tuple(STARTS)) for row in read[1:] for cell in row)
    with write_xlsx("表", COLUMNS, iter(rows)) as file:
        made = sheets(file)
    assert "<f" not in made
    assert "<hyperlink" not in made


@few
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
def test_no_paper_hands_on_a_formula(rows: list[tuple[str, str]]) -> None:
    columns = [PaperColumn("序号", 8, 10), PaperColumn("=内容", 20, 50, number=True)]
    table = PaperTable("=标题", "+注", columns, rows)
    made = sheets(papers_workbook("=表", NOW, {"表": table}))
    assert "<f>" not in made
    assert "<hyperlink" not in made


def test_no_refused_row_comes_back_as_a_formula(tmp_path: Path) -> None:
    cells = [f"{sign}1+1" for sign in STARTS]
    book = ErrorWorkbook(tmp_path / "退回.xlsx", [f"={place}" for place in range(len(cells))])
    book.add(Refusal(Row(1, cells), 0, "=请改正"))
    assert book.close()
    assert "<f" not in sheets(book.path)


def test_whoever_writes_a_workbook_writes_texts_as_texts() -> None:
    """``write`` and what is built on it guess: they are for workbooks that were told not to."""
    guessing = {"write", "write_row", "write_column", "merge_range", "write_formula", "write_url"}
    told = ("TEXT_STAYS_TEXT", '"strings_to_formulas": False')
    found = set()
    for path in ROOT.rglob("*.py"):
        source = path.read_text("utf-8")
        if "xlsxwriter" not in source or any(word in source for word in told):
            continue
        for node in ast.walk(ast.parse(source)):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in guessing:
                found.add(f"{path.relative_to(ROOT).as_posix()}: {called.attr}")
    assert found == {"intake/imports/template.py: write_row"}  # words of ours alone
