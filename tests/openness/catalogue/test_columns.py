"""Columns: what leaves a line in the adjustments, and what cannot be."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.openness.catalogue import columns, queries, reference, registering
from responder.openness.catalogue.models import AdjustmentKind, ColumnAdjustment
from responder.openness.catalogue.rules import Cadence, LimitUnit
from tests.factories import NOW
from tests.openness.catalogue.factories import (
    BEGAN,
    TODAY,
    area,
    changed,
    column,
    facts,
    kind,
    published,
    seeded,
)
from tests.openness.counting import value_of
from tests.openness.people import other_unit

A = AdjustmentKind


def adjustments(session) -> list[ColumnAdjustment]:
    return list(session.scalars(select(ColumnAdjustment).order_by(ColumnAdjustment.id)))


def test_each_change_leaves_its_line_with_before_and_after(session) -> None:
    one = column(reason="市政府办公室通知")
    changed(
        one, date(2026, 6, 1), "机构改革", name="规范性文件", unit=other_unit(),
        cadence=Cadence.MONTHLY, check_kind=kind("政策文件类"), key_area=area(),
    )  # fmt: skip
    first, second = adjustments(session)
    assert (first.kind, first.on, first.name, first.reason) == (
        A.ADDED, BEGAN, "政策文件", "市政府办公室通知",
    )  # fmt: skip
    assert (second.kind, second.on, second.name) == (A.CHANGED, date(2026, 6, 1), "规范性文件")
    assert second.changes == {
        "栏目名称": ["政策文件", "规范性文件"],
        "责任单位": ["市住房和城乡建设局", "市应急管理局"],
        "更新周期": ["不定期", "每月"],
        "网站检查类别": ["不检查", "政策文件类"],
        "重点领域": ["不是重点领域", "公共监管"],
    }
    changed(one)
    assert len(adjustments(session)) == 2


def test_a_retired_column_keeps_what_it_has_and_takes_nothing_after(session) -> None:
    one = column()
    published(one, day=date(2026, 6, 30))
    changed(one, valid_to=date(2026, 6, 30))
    assert (adjustments(session)[-1].kind, adjustments(session)[-1].on) == (
        A.RETIRED, date(2026, 6, 30),
    )  # fmt: skip
    published(one, "补登的", date(2026, 6, 30))
    with pytest.raises(Invalid, match="停用"):
        published(one, day=date(2026, 7, 1))
    assert queries.counts_by_column(session, 2026) == {one.id: 2}
    changed(one, valid_to=None)
    assert adjustments(session)[-1].kind is A.RESTORED
    published(one, day=date(2026, 7, 1))


def test_a_column_does_not_end_before_what_stands_in_it(session) -> None:
    one = column()
    published(one, day=date(2026, 7, 1))
    with pytest.raises(Invalid, match="还有 1 条信息"):
        changed(one, valid_to=date(2026, 6, 30))
    assert one.valid_to is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": " "}, "code"),
        ({"code": "A01"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "政策文件"}, "name"),
        ({"valid_from": date(1900, 1, 1)}, "valid_from"),
        ({"valid_to": date(2024, 1, 1)}, "valid_to"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(session, wrong, field) -> None:
    column()
    with pytest.raises(Invalid) as refused:
        column(**{"code": "A02", "name": "另一个", **wrong})
    assert list(refused.value.fields) == [field]


def test_the_tree_has_three_levels_and_no_circle(session) -> None:
    first = column(code="A", name="一级")
    second = column(code="A1", name="二级", parent=first)
    third = column(code="A11", name="三级", parent=second)
    with pytest.raises(Invalid, match="最多 3 级"):
        column(code="A111", name="四级", parent=third)
    for wrong in (third, first):
        with pytest.raises(Invalid, match="不能是自己"):
            changed(first, parent=wrong)
    other = column(code="B", name="另一枝")
    with pytest.raises(Invalid, match="最多 3 级"):
        changed(first, parent=other)
    changed(second, parent=other)
    rows = queries.tree_rows(queries.all_columns(session), {third.id: 5, second.id: 2})
    told = [(row.column.code, row.level, row.own, row.total) for row in rows]
    assert told == [("A", 1, 0, 0), ("B", 1, 0, 7), ("A1", 2, 2, 7), ("A11", 3, 5, 5)]


def test_two_columns_of_one_name_stand_under_different_parents(session) -> None:
    for code in ("A", "B"):
        column(code=f"{code}1", name="通知公告", parent=column(code=code, name=code))
    assert len(queries.all_columns(session)) == 4


def test_only_the_office_keeps_the_catalogue(session, people) -> None:
    new, one = facts(code="B", name="乙"), column()
    attempts = [Attempt(user.actor, NOW) for user in (people.press_officer, people.liaison)]
    for attempt in attempts:
        with transaction() as writing, pytest.raises(Forbidden):
            columns.add(writing, new, "", attempt)
        with transaction() as writing, pytest.raises(Forbidden):
            columns.change(writing, one, new, TODAY, "", attempt)


def test_what_somebody_has_not_seen_is_not_changed(session) -> None:
    one = column()
    seen = one.version_id
    changed(one, name="改名")
    with transaction() as writing, pytest.raises(Stale):
        columns.find_to_change(writing, one.id, seen)


def test_new_columns_of_a_year_and_their_items(session) -> None:
    old = column(code="A", name="政策文件", key_area=area())
    first = column(code="B", name="互联网+政务服务", valid_from=date(2026, 3, 1))
    column(code="C", name="营改增", valid_from=date(2026, 2, 1), valid_to=date(2026, 12, 31))
    for number in range(3):
        published(old, f"文件 {number}", date(2026, 1, 1))
    published(first, "服务", TODAY)
    published(old, "去年的", date(2025, 12, 31))
    assert value_of(session, "new_columns", 2026) == 2
    assert queries.new_column_names(session, 2026) == ["营改增", "互联网+政务服务"]
    assert value_of(session, "published_items", 2026) == 4
    assert value_of(session, "key_area_items", 2026) == 3
    assert queries.items_by_column(session, 2026) == [
        ("A", "政策文件", 3), ("B", "互联网+政务服务", 1),
    ]  # fmt: skip
    areas = queries.counts_by_area(session, 2026)
    assert [(one.name, count, items) for one, count, items in areas if count] == [
        ("公共监管", 1, 3)
    ]


def test_the_shipped_kinds_are_the_offices_to_change(session) -> None:
    seeded()
    shipped = {one.name: one.limit_label for one in reference.check_kinds(session)}
    assert shipped == {"动态要闻类": "14 天", "政策文件类": "6 个月", "互动及其他类": "3 个月"}
    assert all("19号" in one.source for one in reference.check_kinds(session))
    with transaction() as writing:
        first = reference.check_kinds(writing)[0]
        reference.save_kind(writing, first, "要闻", 10, LimitUnit.DAYS, "本市")
        reference.save_area(writing, reference.key_areas(writing)[0], "公共资源", "", False)
    with transaction() as writing:
        assert reference.seed_catalogue(writing) == 0
    assert reference.key_areas(session)[-1].name == "公共资源"
    for wrong in ("", "政策文件类"):
        with transaction() as writing, pytest.raises(Invalid):
            reference.save_kind(writing, None, wrong, 10, LimitUnit.DAYS, "")
    with transaction() as writing, pytest.raises(Invalid):
        reference.save_kind(writing, None, "新", 0, LimitUnit.DAYS, "")
    assert registering.TITLE_CHARACTERS == 300
