"""The rows of a table of trainings and meetings, as columns of the register that it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from responder.accounts.models import Unit
from responder.core.errors import Invalid
from responder.intake.files import Cell
from responder.intake.registers.columns import Column, UnitNames, day, line, one_of, whole
from responder.intake.registers.reading import Finish, RowRefused, Values
from responder.intake.registers.template import write_template
from responder.intake.rules import Unreadable
from responder.openness.trainings.forms import MOST_CHARACTERS, MOST_PEOPLE, MOST_UNITS
from responder.openness.trainings.models import KIND_LABELS, OccasionKind
from responder.openness.trainings.service import check_day

_KINDS = {label: kind for kind, label in KIND_LABELS.items()}
_OTHER_KINDS = {
    "培训": OccasionKind.TRAINING,
    "培训会": OccasionKind.TRAINING,
    "领导小组会": OccasionKind.LEADING_GROUP,
    "政务公开领导小组会议": OccasionKind.LEADING_GROUP,
    "会议": OccasionKind.MEETING,
    "其他": OccasionKind.MEETING,
}
OFFICE = ("市政务公开办", "政务公开办", "本办")
_ABOUT = re.compile(r"余|多|约|近|左右|以上")
_COUNTED = re.compile(r"[人名家个位]+次?$")


def occasion_columns(units: UnitNames) -> list[Column]:
    """The columns of the office's own table, each with what others call it."""
    return [
        Column(
            "kind", ("类别", "类型", "种类"), one_of("类别", _KINDS, _OTHER_KINDS), required=True,
            width=14, choices=tuple(_KINDS), hint="从下拉列表中选", example="业务培训",
        ),
        Column(
            "held_on", ("日期", "时间", "举办日期", "举办时间", "召开时间"), day, required=True,
            width=14, hint="举办的日期；几天的写第一天", example="2026-05-20",
        ),
        Column(
            "title", ("名称", "培训名称", "会议名称", "主题", "培训主题"), line, required=True,
            limit=200, width=32, example="全市政务公开业务培训",
        ),
        Column("place", ("地点", "举办地点"), line, limit=100, width=18, example="市政务服务中心"),
        Column(
            "organiser", ("举办单位", "主办单位", "组织单位"), _organiser(units), empty=None,
            width=22, hint="不填即市政务公开办", example="市住房和城乡建设局",
        ),
        Column(
            "lecturers", ("授课人", "主讲人", "讲师", "授课"), line, limit=200, width=20,
            hint="写单位和职务", example="省政务公开办负责人",
        ),
        Column(
            "attendance", ("人数", "参加人数", "参训人数", "参会人数"), _counted(MOST_PEOPLE),
            empty=None, width=8, hint="整数；没有统计的不填", example="210",
        ),
        Column(
            "units", ("参加单位数", "单位数", "参训单位数"), _counted(MOST_UNITS), empty=None,
            width=12, hint="整数", example="62",
        ),
        Column(
            "contents", ("内容", "培训内容", "会议内容"), limit=MOST_CHARACTERS, width=36,
            example="依申请公开办理、政策解读",
        ),
        Column(
            "minutes_number", ("会议纪要文号", "纪要文号", "纪要"), line, limit=64, width=18,
            hint="会议填写", example="市政府专题会议纪要第 12 号",
        ),
        Column("remark", ("备注", "说明"), line, limit=300, width=16),
    ]  # fmt: skip


def occasion_template(units: Sequence[Unit]) -> bytes:
    """The workbook to fill in (.xlsx). Nobody imports its examples."""
    columns = occasion_columns(UnitNames(units))
    return write_template("培训会议", columns, [unit.name for unit in units], "organiser")


def whole_row(year: int | None, today: date) -> Finish:
    """Refuses a day that has not come, or one of another year than ``year``."""

    def finish(values: Values) -> str | None:
        held_on = values["held_on"]
        try:
            check_day(held_on, today)
        except Invalid as error:
            raise RowRefused("held_on", error.message) from error
        if year is not None and held_on.year != year:
            raise RowRefused(
                "held_on", f"是 {held_on.year} 年的日期，这里导入 {year} 年的：请核对年份"
            )
        return None

    return finish


def _organiser(units: UnitNames) -> Callable[[Cell], Unit | None]:
    def read(cell: Cell) -> Unit | None:
        if line(cell) in OFFICE:
            return None
        try:
            return units.one(cell)
        except Unreadable as error:
            sentence = str(error).replace("请只填牵头单位", "请只填一个举办单位")
            raise Unreadable(f"{sentence}；市政务公开办举办的可不填") from error

    return read


def _counted(most: int) -> Callable[[Cell], int]:
    """Reads ``210`` and ``210人``; what is about so many is the remark's."""
    number = whole(0, most)

    def read(cell: Cell) -> int:
        text = line(cell)
        if _ABOUT.search(text):
            raise Unreadable(f"“{text[:20]}”是约数：请填整数，约数写在备注")
        return number(_COUNTED.sub("", text))

    return read
