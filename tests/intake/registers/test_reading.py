"""Tables come in: rows read, refused by their cell, or passed over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from responder.core.errors import Invalid
from responder.intake.registers.columns import Column, day, line, whole
from responder.intake.registers.importing import sifted
from responder.intake.registers.reading import RowRefused, Values, read_table
from responder.intake.registers.template import write_template

COLUMNS = [
    Column("title", ("任务名称", "任务"), line, required=True, limit=10, hint="一行一项"),
    Column("due", ("完成时限",), day, required=True, example="2026-03-05"),
    Column("people", ("人数",), whole(0, 99), empty=0),
]


def table(tmp_path: Path, *rows: list[object]) -> Path:
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        style = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, style)
                else:
                    sheet.write(number, place, cell)
    return path


HEAD = ["任务", "完成时限*", "人数"]


def test_titles_above_and_remarks_below_are_no_rows(tmp_path: Path) -> None:
    path = table(
        tmp_path, ["2026年任务表"], HEAD, ["晒账本", date(2026, 3, 5), 7], [], ["注：以文件为准"]
    )
    found = read_table(path, COLUMNS)
    assert (found.rows, found.refusals) == (1, ())
    assert found.read[0].values == {"title": "晒账本", "due": date(2026, 3, 5), "people": 7}
    assert found.read[0].row.number == 3


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        (["", "2026-03-05"], 0, "任务：是空的"),
        (["晒账本", ""], 1, "完成时限：是空的"),
        (["晒账本", "尽快"], 1, "完成时限：“尽快”不是日期"),
        (["晒账本", "2026-03-05", "很多"], 2, "人数：“很多”不是 0 到 99 的整数"),
        (["长" * 11, "2026-03-05"], 0, "任务：有 11 字，最多 10 字"),
    ],
)
def test_a_bad_cell_is_named_by_its_heading_and_place(
    tmp_path: Path, row: list[object], place: int, reason: str
) -> None:
    found = read_table(table(tmp_path, HEAD, row, ["好的", "2026-04-01"]), COLUMNS)
    (refusal,) = found.refusals
    assert refusal.reason.startswith(reason)
    assert (refusal.row.number, refusal.column) == (2, place)
    assert [one.values["title"] for one in found.read] == ["好的"]


def test_an_empty_cell_takes_the_columns_own_value(tmp_path: Path) -> None:
    path = table(tmp_path, HEAD[:2], ["晒账本", "2026-03-05"])
    assert read_table(path, COLUMNS).read[0].values["people"] == 0


def test_a_row_may_be_refused_or_noted_as_a_whole(tmp_path: Path) -> None:
    def finish(values: Values) -> str | None:
        if values["due"] < date(2026, 1, 1):
            raise RowRefused("due", "早于今年")
        return "无人参加" if not values["people"] else None

    path = table(tmp_path, HEAD, ["旧的", "2025-12-31", 1], ["空的", "2026-01-01"])
    found = read_table(path, COLUMNS, finish)
    assert [one.reason for one in found.refusals] == ["完成时限：早于今年"]
    assert [one.note for one in found.read] == ["无人参加"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["任务", "人数"], ["晒账本", 1]], "缺少列：完成时限"),
        ([HEAD], "只有表头，没有内容"),
        ([HEAD, *[["多", "2026-01-01"]] * 4], "超过 3 行"),
    ],
)
def test_what_is_no_such_table_says_what_to_do(
    tmp_path: Path, rows: list[list[object]], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        read_table(table(tmp_path, *rows), COLUMNS, most_rows=3)


def test_known_rows_and_repeats_are_counted_and_not_taken(tmp_path: Path) -> None:
    rows = [["甲", "2026-01-01"], ["乙", "2026-01-01"], ["乙", "2026-02-01"], ["丙", ""]]
    file = read_table(table(tmp_path, HEAD, *rows), COLUMNS)
    new, found = sifted(file, lambda values: values["title"], {"甲"})
    assert [one.values["due"] for one in new] == [date(2026, 1, 1)]
    assert found.counts == {"rows": 4, "created": 1, "duplicates": 2, "errors": 1}


def test_a_csv_row_that_ran_on_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("任务,完成时限\n晒,账本,2026-03-05\n", encoding="gb18030")
    (refusal,) = read_table(path, COLUMNS).refusals
    assert "双引号" in refusal.reason


def test_the_template_can_be_filled_in_and_sent_back(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    path.write_bytes(write_template("任务", COLUMNS, ["市教育局"]))
    with pytest.raises(Invalid, match="没有内容"):
        read_table(path, COLUMNS)
