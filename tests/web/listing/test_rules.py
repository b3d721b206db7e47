"""An address of a list: what restricts, what makes no sense, and back."""

from __future__ import annotations

from datetime import date

from responder.web.listing.bulk import Seen, Step, common, read_chosen
from responder.web.listing.rules import (
    SIZES,
    Choice,
    Days,
    Flag,
    Option,
    Sort,
    Text,
    Told,
    Trouble,
    read,
    whole,
)

UNITS = (Option(3, "住建局"), Option(4, "城管局"))
FILTERS = [
    Choice("view", "办理", (Option("all", "全部"), Option("mine", "等我办理")), default="all"),
    Choice(
        "unit", "单位", UNITS, others=lambda key: Option(9, "已撤销的局") if key == "9" else None
    ),
    Text("q", "关键词"),
    Text("batch", "导入自", whole, lambda number: f"第 {number} 批"),
    Flag("late", "逾期"),
    Days("时间"),
]


def asked(**args: str):
    return read(args, FILTERS, ["due", "title"])


def test_what_stands_in_an_address_is_read_and_written_back():
    address = {
        "view": "mine", "unit": "3", "q": "路灯", "batch": "12", "late": "1",
        "from": "2026-03-01", "to": "2026-03-31", "sort": "-due", "size": "60",
    }  # fmt: skip
    found = asked(**address, page="2")
    assert found.values == {
        "view": "mine", "unit": 3, "q": "路灯", "batch": 12, "late": True,
        "from": date(2026, 3, 1), "to": date(2026, 3, 31),
    }  # fmt: skip
    assert (found.sort, found.size, found.page) == (Sort("due", True), 60, 2)
    assert found.troubles == ()
    assert found.address == address
    assert [told for one in FILTERS for told in one.told(found)] == [
        Told("view", "办理", "等我办理"),
        Told("unit", "单位", "住建局"),
        Told("q", "关键词", "路灯"),
        Told("batch", "导入自", "第 12 批"),
        Told("late", "", "逾期"),
        Told("from", "时间", "2026-03-01", "from"),
        Told("to", "时间", "2026-03-31", "to"),
    ]


def test_nothing_asked_for_restricts_nothing():
    found = asked(q="  ", view="all")
    assert found.values["view"] == "all"
    assert (found.address, found.troubles, found.size) == ({}, (), SIZES[0])


def test_what_makes_no_sense_is_told_and_restricts_nothing():
    found = asked(
        view="x", unit="7", batch="²", late="0", to="2026-02-30", sort="height", size="31",
        page="-1", **{"from": "0001-01-01"},
    )  # fmt: skip
    assert found.address == {}
    assert [(one.label, one.typed, one.why) for one in found.troubles] == [
        ("办理", "x", "unknown"), ("单位", "7", "unknown"), ("导入自", "²", "number"),
        ("逾期", "0", "unknown"), ("时间", "0001-01-01", "day"), ("时间", "2026-02-30", "day"),
        ("sort", "height", "unknown"), ("size", "31", "unknown"), ("page", "-1", "number"),
    ]  # fmt: skip


def test_what_is_too_long_or_the_wrong_way_round_is_told():
    found = asked(q="路" * 101, to="2026-03-01", **{"from": "2026-03-02"})
    assert found.values["q"] == "路" * 100
    assert [one.why for one in found.troubles] == ["long", "order"]
    assert found.troubles[1] == Trouble("时间", "2026-03-02 — 2026-03-01", "order")


def test_a_value_that_the_menu_has_no_room_for_joins_it():
    found = asked(unit="9")
    unit = FILTERS[1]
    assert found.values["unit"] == 9
    assert [one.label for one in unit.menu(found)] == ["住建局", "城管局", "已撤销的局"]
    assert unit.menu(asked(unit="3")) == UNITS


def test_only_what_may_be_done_with_each_row_is_offered():
    accept, urge = Step("accept", "受理"), Step("urge", "催办")
    steps = {1: [accept, urge], 2: [urge], 3: []}
    assert common(steps, [1, 2]) == [urge]
    assert common(steps, [1, 2, 3]) == common(steps, [1, 4]) == common(steps, []) == []
    assert read_chosen(["1:5", "1:5", "2", "x", "3:²"]) == [Seen(1, 5), Seen(2)]
    assert [str(one) for one in read_chosen(["1:5", "2"])] == ["1:5", "2"]
