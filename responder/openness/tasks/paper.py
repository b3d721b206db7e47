"""《任务分解和进度安排表》: the year's tasks as they go on paper, with how far they have come."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from responder.core.papers import PaperColumn, PaperTable
from responder.core.permissions import Actor
from responder.core.times import chinese_date
from responder.openness.tasks import queries
from responder.openness.tasks.lifecycle import TASK
from responder.openness.tasks.models import Level, Milestone, Task
from responder.openness.tasks.queries import Wanted
from responder.openness.tasks.rules import LATE
from responder.openness.tasks.standings import done_on, is_done, progress_of, standing_of

_C = PaperColumn
CITY_COLUMNS = (
    _C("序号", 6, 11, centred=True),
    _C("任务名称", 26, 34),
    _C("任务要求", 32, 38),
    _C("牵头单位", 18, 25),
    _C("配合单位", 20, 25),
    _C("对应省任务", 10, 14, centred=True),
    _C("时序进度", 32, 39),
    _C("完成时限", 12, 19, centred=True),
    _C("进展", 14, 20, centred=True),
)
PROVINCE_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("任务名称", 34, 55),
    _C("任务要求", 44, 75),
    _C("依据", 24, 40),
    _C("对应市级任务", 14, 21, centred=True),
    _C("进展", 16, 22, centred=True),
)


def title_of(year: int) -> str:
    return f"{year}年政务公开重点任务分解和进度安排表"


def tables(session: Session, year: int, reader: Actor, today: date) -> dict[str, PaperTable]:
    """Name of the sheet → its table: the city's tasks, then the province's if there are any.

    :param reader: whom the file is for; it has what they may see.
    """
    found = list(session.scalars(queries.listed(reader, Wanted(year), today)))
    city = [_city_row(one, today) for one in found if one.level is Level.CITY]
    province = [_province_row(one, today) for one in found if one.level is Level.PROVINCE]
    until = f"进展截至{chinese_date(today)}"
    sheets = {"市级任务": PaperTable(title_of(year), until, CITY_COLUMNS, city)}
    if province:
        heading = f"{year}年省级政务公开重点任务落实情况"
        sheets["省级任务"] = PaperTable(heading, until, PROVINCE_COLUMNS, province)
    return sheets


def _city_row(task: Task, today: date) -> tuple[str, ...]:
    return (
        str(task.number),
        task.title,
        task.requirement,
        task.lead.name if task.lead else "",
        "、".join(unit.name for unit in task.assistants),
        _numbers(task.parents),
        "；\n".join(_milestone(one, task.year) for one in task.milestones),
        day_words(task.due_on, task.year) if task.due_on else "",
        progress_words(task, today),
    )


def _province_row(task: Task, today: date) -> tuple[str, ...]:
    return (
        str(task.number),
        task.title,
        task.requirement,
        task.basis,
        _numbers(task.children) or "尚未分解",
        progress_words(task, today),
    )


def _numbers(tasks: list[Task]) -> str:
    return "、".join(str(one.number) for one in tasks)


def _milestone(one: Milestone, year: int) -> str:
    done = f"（{day_words(one.done_on, year)}完成）" if one.done_on else ""
    return f"{day_words(one.due_on, year)}前{one.what}{done}"


def day_words(day: date, year: int) -> str:
    """``3月5日`` in the table of its own year, in full elsewhere."""
    return f"{day.month}月{day.day}日" if day.year == year else chinese_date(day)


def progress_words(task: Task, today: date) -> str:
    """``60%``, ``已完成（5月3日）``, ``40%，逾期12天``."""
    if task.state == "cancelled":
        return TASK.states[task.state]
    day = done_on(task)
    if is_done(task):
        return f"已完成（{day_words(day, task.year)}）" if day else "已完成"
    progress = progress_of(task)
    if progress is None:
        return "尚未分解"
    standing = standing_of(task, today)
    late = f"，逾期{-(standing.days or 0)}天" if standing.code == LATE else ""
    return f"{progress}%{late}"
