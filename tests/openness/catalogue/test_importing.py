"""Tables of columns and of publications that come in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.intake.registers.importing import TableImport
from responder.openness.catalogue import column_importing, importing
from responder.openness.catalogue.importing import Headings
from responder.openness.catalogue.models import (
    CatalogueColumn,
    ColumnAdjustment,
    Publication,
    PublicationBatch,
    Way,
)
from responder.openness.catalogue.rules import Cadence
from tests.factories import NOW, unit
from tests.openness.catalogue.factories import TODAY, changed, column, seeded
from tests.openness.people import liaison_of, other_unit
from tests.openness.workbooks import sheets, table_file

COLUMNS = (
    "栏目代码", "栏目名称", "上级栏目", "责任单位", "启用日期", "停用日期", "更新周期", "检查类别",
    "重点领域",
)  # fmt: skip
ITEMS = ("所属栏目", "标题", "发布时间", "链接", "索引号")
ATTEMPT = Attempt(CONSOLE, NOW)


def col(code: str, name: str, parent: str = "", **more: object) -> list[object]:
    known = {
        "栏目代码": code, "栏目名称": name, "上级栏目": parent, "责任单位": "市住房和城乡建设局",
        "启用日期": "2026-01-01", "停用日期": "", "更新周期": "每月", "检查类别": "政策文件类",
        "重点领域": "公共监管", **more,
    }  # fmt: skip
    return [known[heading] for heading in COLUMNS]


def take_columns(path: Path) -> TableImport:
    seeded()
    unit()
    file = column_importing.read_file(db.session, path)
    with transaction(CONSOLE, NOW) as session:
        return column_importing.store(session, file, ATTEMPT)


def reasons(found: TableImport) -> list[tuple[int, str]]:
    return [(one.row.number, one.reason) for one in found.refusals]


def test_columns_come_in_whatever_their_order(session, tmp_path) -> None:
    path = table_file(
        tmp_path, COLUMNS, col("A0101", "水质", "A01"), col("A01", "环保", "A"), col("A", "重点")
    )
    found = take_columns(path)
    assert (found.created, found.duplicates, reasons(found)) == (3, 0, [])
    made = {one.code: one for one in session.scalars(select(CatalogueColumn))}
    assert made["A0101"].parent is made["A01"]
    assert made["A01"].parent is made["A"]
    first = made["A0101"]
    assert first.check_kind is not None
    assert first.key_area is not None
    assert (first.cadence, first.check_kind.name, first.key_area.name) == (
        Cadence.MONTHLY, "政策文件类", "公共监管",
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(ColumnAdjustment)) == 3
    assert (take_columns(path).created, take_columns(path).duplicates) == (0, 3)


def test_bad_columns_come_back_each_with_its_remedy(session, tmp_path) -> None:
    path = table_file(
        tmp_path, COLUMNS,
        col("A", "一"), col("B", "二", "A"), col("C", "三", "B"), col("D", "四", "C"),
        col("E", "孤", "Z"), col("F", "孤儿之下", "E"), col("G", "自己", "G"), col("H", "二", "A"),
        col("I", "日期", 停用日期="2025-01-01"), col("J", "周期", 更新周期="有空就发"),
        col("K", "单位", 责任单位="不存在的局"), col("L", "无日期", 启用日期=""),
    )  # fmt: skip
    found = take_columns(path)
    assert found.created == 3
    told = dict(reasons(found))
    assert sorted(told) == [5, 6, 7, 8, 9, 10, 11, 12, 13]
    for number, words in {
        5: "最多 3 级", 6: "不是已有栏目的代码", 7: "不是已有栏目的代码", 8: "不是已有栏目的代码",
        9: "同名", 10: "早于启用日期", 11: "从 每日", 12: "不在单位名册", 13: "请补填",
    }.items():  # fmt: skip
        assert words in told[number], told[number]
    assert [found.column_of(one) for one in found.refusals][:3] == ["上级栏目"] * 3


def test_the_template_of_columns_offers_what_the_office_has(session) -> None:
    seeded()
    unit()
    rows = sheets(column_importing.template(session, [unit()]))
    assert list(rows) == ["目录栏目", "填写说明", "单位"]
    assert rows["目录栏目"][0][:4] == ["栏目代码", "栏目名称", "上级栏目", "责任单位"]
    assert list(sheets(importing.template())) == ["公开信息", "填写说明"]


def test_items_come_in_by_code_by_name_and_by_path(session, tmp_path) -> None:
    top = column(code="A", name="政策文件")
    column(code="A1", name="解读", parent=top)
    column(code="B1", name="解读", parent=column(code="B", name="动态"))
    path = table_file(
        tmp_path, ITEMS,
        ["A", "按代码", "2026-03-05", "https://www.example.gov.cn/1", "X-1"],
        ["政策文件", "按名称", date(2026, 3, 6), "", ""],
        ["政策文件/解读", "按路径", "2026年3月7日 09:30", "", ""],
        ["动态 > 解读", "按路径", "2026.3.8", "", ""],
        ["A", "按代码", "2026-03-05", "", ""],
        ["解读", "有两个", "2026-03-05", "", ""],
        ["没有的栏目", "没有", "2026-03-05", "", ""],
        ["A", "没有日期", "", "", ""],
        ["A", "明年的", "2027-03-05", "", ""],
        ["A", "网址不对", "2026-03-05", "www.example", ""],
        ["A", "", "2026-03-05", "", ""],
    )  # fmt: skip
    found = importing.take(path, ATTEMPT, trial=True)
    assert (found.rows, found.created, found.duplicates) == (11, 4, 1)
    assert session.scalar(select(func.count()).select_from(Publication)) == 0
    found = importing.take(path, ATTEMPT, trial=False)
    assert (found.rows, found.created, found.duplicates) == (11, 4, 1)
    told = dict(reasons(found))
    for number, words in {
        7: "请改填栏目代码", 8: "不是目录里的栏目", 9: "请补填", 10: "晚于今天", 11: "不是网址",
        12: "请补填",
    }.items():  # fmt: skip
        assert words in told[number], told[number]
    codes = session.execute(
        select(CatalogueColumn.code, Publication.title)
        .join(Publication.column)
        .order_by(Publication.published_on)
    )
    assert [row.code for row in codes] == ["A", "A", "A1", "B1"]
    again = importing.take(path, ATTEMPT, trial=False)
    assert (again.created, again.duplicates) == (0, 5)
    batches = session.scalars(select(PublicationBatch).order_by(PublicationBatch.id)).all()
    assert [(one.way, one.created, one.errors) for one in batches] == [
        (Way.IMPORT, 4, 6), (Way.IMPORT, 0, 6),
    ]  # fmt: skip


def test_headings_of_another_system_are_named(session, tmp_path) -> None:
    one = column()
    path = table_file(
        tmp_path,
        ("所属频道", "文章", "上线时间"),
        ["A01", "甲", "2026-03-05"],
        ["", "乙", "2026-03-06"],
    )
    with pytest.raises(Invalid, match="缺少列"):
        importing.take(path, ATTEMPT, trial=True)
    named = Headings(column="所属频道", title="文章", day="上线时间")
    found = importing.take(path, ATTEMPT, False, "", named)
    assert (found.created, len(found.refusals)) == (1, 1)
    found = importing.take(path, ATTEMPT, False, "A01", named)
    assert (found.created, found.duplicates, len(found.refusals)) == (1, 1, 0)
    with pytest.raises(Invalid, match="没有代码为"):
        importing.take(path, ATTEMPT, False, "Z", named)
    assert session.scalars(select(Publication.column_id)).all() == [one.id, one.id]


def test_a_retired_column_and_another_units_column_take_nothing(session, tmp_path) -> None:
    changed(column(code="A", name="甲"), valid_to=date(2026, 6, 30))
    column(code="B", name="乙", unit=other_unit())
    path = table_file(
        tmp_path, ITEMS[:3],
        ["A", "最后一天", "2026-06-30"], ["A", "之后", "2026-07-01"], ["B", "别单位", "2026-06-30"],
    )  # fmt: skip
    liaison = Attempt(liaison_of(unit()).actor, NOW)
    found = importing.take(path, liaison, trial=False)
    assert found.created == 1
    told = dict(reasons(found))
    assert "停用" in told[3]
    assert "市应急管理局维护" in told[4]


def test_many_rows_are_stored_in_portions_and_go_on_after_a_break(
    session, tmp_path, monkeypatch
) -> None:
    column()
    monkeypatch.setattr(importing, "PORTION", 40)
    rows = [["A01", f"第 {n} 条", TODAY - timedelta(days=n % 90)] for n in range(100)]
    path = table_file(tmp_path, ITEMS[:3], *rows)
    real, calls = importing.registering.store, []

    def breaks(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("power cut")
        return real(*arguments)

    monkeypatch.setattr(importing.registering, "store", breaks)
    with pytest.raises(RuntimeError):
        importing.take(path, ATTEMPT, trial=False)
    assert session.scalar(select(func.count()).select_from(Publication)) == 80
    found = importing.take(path, ATTEMPT, trial=False)
    assert (found.created, found.duplicates) == (20, 80)


def test_the_code_of_another_column_is_refused_and_not_passed_over(session, tmp_path) -> None:
    other_unit()
    take_columns(table_file(tmp_path, COLUMNS, col("A", "重点"), col("B", "环保")))
    found = take_columns(
        table_file(
            tmp_path, COLUMNS, col("A", "改了名"), col("B", "环保", 责任单位=other_unit().name),
        )
    )  # fmt: skip
    assert (found.created, found.duplicates) == (0, 0)
    told = dict(reasons(found))
    assert "已是栏目“重点”的代码" in told[2]
    assert "现由市住房和城乡建设局负责" in told[3]
