"""The rows of a table of tasks, as columns of the register that it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from responder.accounts.models import Unit
from responder.intake.files import Cell
from responder.intake.registers.columns import Column, UnitNames, day, line, one_of, whole
from responder.intake.registers.reading import Finish, RowRefused, Values
from responder.intake.registers.template import write_template
from responder.intake.rules import Unreadable, parse_text
from responder.openness.tasks import rules
from responder.openness.tasks.forms import HIGHEST_NUMBER, MOST_CHARACTERS
from responder.openness.tasks.models import LEVEL_LABELS, Level
from responder.openness.tasks.rules import Step
from responder.openness.tasks.service import MOST_MILESTONES
from responder.openness.tasks.written_dates import Uncertain, last_day, milestones
from responder.openness.years import EARLIEST, LATEST

STEPS = "steps"  # the milestones that a row says, beside the values of its columns
ANY_YEAR = 2000  # the headings are every year's

_LEVELS = {label: level for level, label in LEVEL_LABELS.items()}
_OTHER_LEVELS = {
    "省级": Level.PROVINCE, "省": Level.PROVINCE, "省任务": Level.PROVINCE,
    "省定任务": Level.PROVINCE, "市级": Level.CITY, "市": Level.CITY, "市任务": Level.CITY,
    "市定任务": Level.CITY, "本级": Level.CITY,
}  # fmt: skip
_ONE = re.compile(r"(?:第|省)?(\d{1,3})(?:项|号|条)?")
_RANGE = re.compile(r"(\d{1,3})[-~至到—](\d{1,3})")
_SEPARATOR = re.compile(r"[、,;\s]+")
_REMARKS = (
    Column(
        "basis", ("依据", "任务依据", "文件依据"), line, limit=300, width=22,
        hint="文件名称和文号", example="省政务公开办 2026 年工作要点",
    ),
    Column("remark", ("备注", "说明"), line, limit=300, width=16),
)  # fmt: skip


def task_columns(year: int, units: UnitNames) -> list[Column]:
    """The columns of the office's own table, each with what others call it."""
    return [*_named(), *_placed(year, units), *_REMARKS]


def _named() -> list[Column]:
    """What a task is."""
    return [
        Column(
            "year", ("年度", "年份"), whole(EARLIEST, LATEST), empty=None, width=8,
            hint="可不填，即导入时所选的年度", example="2026",
        ),
        Column(
            "level", ("级别", "任务级别", "层级", "任务类别"),
            one_of("级别", _LEVELS, _OTHER_LEVELS), required=True, width=10,
            choices=tuple(_LEVELS), hint="从下拉列表中选", example="市级任务",
        ),
        Column(
            "number", ("序号", "编号", "任务序号", "任务编号"), whole(1, HIGHEST_NUMBER),
            required=True, width=6, hint="同一年度、同一级别内不重复", example="12",
        ),
        Column(
            "title", ("任务名称", "任务", "工作任务", "重点任务", "名称", "任务内容"), line,
            required=True, limit=200, width=30, hint="一项任务一行",
            example="推进老旧小区改造信息公开",
        ),
        Column(
            "requirement", ("任务要求", "工作要求", "具体要求", "要求", "目标要求"),
            limit=MOST_CHARACTERS, width=40, hint="要经常做的，写在这里",
            example="公开改造计划、进展和验收结果",
        ),
    ]  # fmt: skip


def _placed(year: int, units: UnitNames) -> list[Column]:
    """Whose it is, what it serves, and until when."""
    return [
        Column(
            "lead", ("牵头单位", "牵头部门", "责任主体", "主办单位"), line, width=20,
            hint="市级任务必填，只写一个；省级任务不填", example="市住房和城乡建设局",
        ),
        Column(
            "assistants", ("配合单位", "责任单位", "协办单位", "配合部门"), units.several,
            empty=(), width=24, hint="可写几个，用“、”分开", example="市财政局、市民政局",
        ),
        Column(
            "parents", ("对应省任务", "对应省级任务", "对应省任务序号", "省任务"), _numbers,
            empty=(), width=12, hint="省级任务的序号，可写几个", example="3、5",
        ),
        Column(
            "due_on", ("完成时限", "完成时间", "时限", "完成期限"), lambda cell: _due(cell, year),
            empty=None, width=14, hint="市级任务必填；“持续推进”不能导入", example="2026-12-20",
        ),
        Column(
            "milestones", ("时序进度", "进度安排", "时间节点", "时序安排"),
            lambda cell: _milestones(cell, year), empty=(), width=36,
            hint="每项写时间和做什么，用“；”分开", example="3月底前制定方案；9月底前完成改造",
        ),
    ]  # fmt: skip


def task_template(units: Sequence[Unit]) -> bytes:
    """The workbook to fill in (.xlsx). Nobody imports its examples."""
    columns = task_columns(ANY_YEAR, UnitNames(units))
    return write_template("年度任务", columns, [unit.name for unit in units], "lead")


@dataclass
class Known:
    """What a row is held against.

    :param titles: (level, number) → title, of what the register has.
    :param provincial: numbers of the province's tasks, in the register or in the file; None
        while the file is looked through for them.
    """

    titles: dict[tuple[Level, int], str] = field(default_factory=dict)
    provincial: frozenset[int] | None = None


def whole_row(year: int, units: UnitNames, known: Known, today: date) -> Finish:
    """What makes a task of a row's values, or refuses the row."""
    titles = dict(known.titles)

    def finish(values: Values) -> str | None:
        if values["year"] not in (None, year):
            raise RowRefused(
                "year",
                f"是 {values['year']} 年的任务，这里导入 {year} 年的：请核对年份，或另选年度导入",
            )
        level, number = values["level"], values["number"]
        note = _city(values, units, known) if level is Level.CITY else _province(values)
        _check_due(values, year, today)
        title = titles.setdefault((level, number), values["title"])
        if title != values["title"]:
            raise RowRefused(
                "number",
                f"{LEVEL_LABELS[level]}第 {number} 项已是“{title}”：请改序号，或删去这一行",
            )
        return note

    return finish


def _city(values: Values, units: UnitNames, known: Known) -> str | None:
    if not values["lead"]:
        raise RowRefused("lead", "是空的：市级任务要有牵头单位，请补填")
    try:
        lead = values["lead"] = units.one(values["lead"])
    except Unreadable as error:
        raise RowRefused("lead", str(error).replace("其余写在备注", "其余写在配合单位")) from error
    if values["due_on"] is None:
        raise RowRefused("due_on", "是空的：市级任务要有完成时限，请补填日期")
    if known.provincial is not None:
        missing = [one for one in values["parents"] if one not in known.provincial]
        if missing:
            named = "、".join(map(str, missing))
            raise RowRefused(
                "parents", f"没有第 {named} 项省级任务：请核对序号，或先在表中列出省级任务"
            )
    both = [one for one in values["assistants"] if one.id == lead.id]
    values["assistants"] = tuple(one for one in values["assistants"] if one.id != lead.id)
    return f"配合单位中的{lead.name}是牵头单位，没有重复列入" if both else None


def _province(values: Values) -> str | None:
    if values["parents"]:
        raise RowRefused(
            "parents", "省级任务不对应别的省级任务：请清空这一格，或把级别改为市级任务"
        )
    dropped = [name for name in ("lead", "assistants") if values[name]]
    values["lead"], values["assistants"] = None, ()
    return "省级任务由市级任务落实，没有记入单位：请在对应的市级任务中填写" if dropped else None


def _check_due(values: Values, year: int, today: date) -> None:
    due_on = values["due_on"]
    if due_on is not None and (problem := rules.due_problem(year, due_on)):
        raise RowRefused("due_on", problem)
    steps = [Step(one.what, one.due_on) for one in values["milestones"]]
    if len(steps) > MOST_MILESTONES:
        raise RowRefused("milestones", f"最多 {MOST_MILESTONES} 项，请合并一些")
    for step in steps:
        problem = rules.due_problem(year, step.due_on) or rules.step_problem(step, due_on, today)
        if problem:
            raise RowRefused("milestones", problem)
        if len(step.what) > 200:
            raise RowRefused("milestones", f"“{step.what[:20]}…”超过 200 字：请缩短")
    values[STEPS] = steps


def _due(cell: Cell, year: int) -> date:
    if isinstance(cell, (date, datetime)):
        return day(cell)
    try:
        return day(cell)
    except Unreadable:
        try:
            return last_day(line(cell), year)
        except Uncertain as error:
            raise Unreadable(str(error)) from error


def _milestones(cell: Cell, year: int) -> tuple[object, ...]:
    try:
        return tuple(milestones(parse_text(cell), year))
    except Uncertain as error:
        raise Unreadable(str(error)) from error


def _numbers(cell: Cell) -> tuple[int, ...]:
    """``3、5`` or ``3-5``: the numbers of tasks of the province, each once."""
    if isinstance(cell, (date, datetime)):
        raise Unreadable("是日期：请把这一格设为文本，写成“3、5”的样子")
    found: dict[int, None] = {}
    for part in filter(None, _SEPARATOR.split(unicodedata.normalize("NFKC", line(cell)))):
        found.update(dict.fromkeys(_numbers_of(part)))
    return tuple(found)


def _numbers_of(part: str) -> Iterable[int]:
    if match := _ONE.fullmatch(part):
        return [int(match[1])]
    match = _RANGE.fullmatch(part)
    if match is None or int(match[1]) >= int(match[2]):
        raise Unreadable(f"“{part[:20]}”不是省级任务的序号：请写成“3、5”的样子")
    return range(int(match[1]), int(match[2]) + 1)
