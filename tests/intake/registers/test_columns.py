"""Cells of an office's table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from responder.accounts.models import Unit
from responder.intake.registers.columns import UnitNames, day, one_of, points, whole
from responder.intake.rules import Unreadable

UNITS = UnitNames(
    [
        Unit(id=1, code="ZJJ", name="市住房和城乡建设局", short_name="住建局"),
        Unit(id=2, code="JYJ", name="市教育局", short_name="教育局"),
    ]
)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026年3月5日", date(2026, 3, 5)),
        ("2026.3.5", date(2026, 3, 5)),
        (datetime(2026, 3, 5, 23, 59), date(2026, 3, 5)),
        (date(2026, 3, 5), date(2026, 3, 5)),
        (46086.0, date(2026, 3, 5)),
        ("2031-01-01", date(2031, 1, 1)),
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(cell, expected: date) -> None:
    assert day(cell) == expected


@pytest.mark.parametrize("cell", ["二季度", "2026-02-30", "尽快", "1899-01-01", "12"])
def test_what_is_no_day_is_refused_with_the_way_to_write_one(cell: str) -> None:
    with pytest.raises(Unreadable, match="不是日期：请写成"):
        day(cell)


@pytest.mark.parametrize(
    ("cell", "expected"), [("12", 12), (12.0, 12), ("１２", 12), ("1,200", 1200)]
)
def test_whole_numbers(cell, expected: int) -> None:
    assert whole(0, 2000)(cell) == expected


@pytest.mark.parametrize("cell", ["-1", "2001", "1.5", "十二", "NaN", "Infinity", "1e9999", True])
def test_other_numbers_are_refused(cell) -> None:
    with pytest.raises(Unreadable, match="0 到 2000 的整数"):
        whole(0, 2000)(cell)


def test_points_keep_two_decimals_and_no_more() -> None:
    read = points(0, 100)
    assert read("98.25分") == Decimal("98.25")
    assert read(98.250000001) == Decimal("98.25")  # a spreadsheet's binary fraction
    with pytest.raises(Unreadable, match="小数超过 2 位"):
        read("98.255")
    with pytest.raises(Unreadable, match="0 到 100 的数"):
        read("100.5")


def test_words_of_a_list_are_read_in_either_script_and_by_their_other_names() -> None:
    read = one_of("级别", {"省级任务": "province", "市级任务": "city"}, {"省级": "province"})
    assert read("省級任務") == read("省级") == "province"
    with pytest.raises(Unreadable, match="“县级”不在级别之列，请从 省级任务、市级任务 中选填"):
        read("县级")


@pytest.mark.parametrize("cell", ["市住房和城乡建设局", "住建局", "zjj", "市住房和城鄉建設局 "])
def test_a_unit_is_known_by_name_short_name_or_code(cell: str) -> None:
    assert UNITS.one(cell).id == 1


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("城管局", "不在单位名册中"),
        ("市人力资源和社会保障局", "不在单位名册中：请核对名称，或请系统管理员先添加单位"),
        ("住建局、教育局", "只填牵头单位"),
        ("教育局和市住房和城乡建设局", "只填牵头单位"),
        ("市住房和城乡建设局及教育局以及zjj", "只填牵头单位"),
    ],
)
def test_another_unit_or_several_are_refused(cell: str, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        UNITS.one(cell)


def test_several_units_are_each_taken_once() -> None:
    assert [unit.id for unit in UNITS.several("教育局、 住建局；教育局\n")] == [2, 1]
    with pytest.raises(Unreadable, match="“城管局”不在单位名册中"):
        UNITS.several("教育局、城管局")
