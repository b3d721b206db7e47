"""Pure decisions on policy packages: what is missing, what a plan says, of what to remind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, Protocol, TypeVar

from responder.core.errors import Invalid
from responder.core.work_calendar import WorkCalendar

DOCUMENT = "文件正文或附件"
PLAN = "解读方案"
REMIND_DAYS = 5

PLAN_FIELDS = {"column": "解读栏目", "form": "解读形式", "writer": "撰写人", "due_on": "完成日期"}
PLAN_TEXTS = {"form": 50, "writer": 100, "channel": 100}


class Awaited(Protocol):
    """What a package must tell to be reminded of."""

    planned_on: Any  # a date

    @property
    def lacks(self) -> list[str]: ...


P = TypeVar("P", bound=Awaited)


@dataclass(frozen=True)
class Reminder(Generic[P]):
    """A package whose date comes near while parts are missing.

    :param days: working days that are left; 0 today; below 0 when the date has passed.
    """

    package: P
    days: int
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class PlanRow:
    """A line of an interpretation plan, as it is kept."""

    column_id: int
    form: str
    writer: str
    due_on: date
    channel: str


def missing(
    *,
    has_document: bool,
    needs_interpretation: bool,
    planned: Iterable[str],
    written: Iterable[str],
) -> list[str]:
    """The parts that are not there yet.

    :param planned: the columns that the plan names; ``written``: those of the materials. Even
        where no interpretation is due, what is planned must be written.
    """
    columns = list(dict.fromkeys(planned))
    lacking = [] if has_document else [DOCUMENT]
    if needs_interpretation and not columns:
        lacking.append(PLAN)
    there = set(written)
    if needs_interpretation and not columns and not there:
        lacking.append("解读材料")
    return lacking + [f"{name}的材料" for name in columns if name not in there]


def working_days_until(today: date, day: date, calendar: WorkCalendar) -> int:
    """The working days after ``today`` up to ``day``; counted back when it has passed."""
    first, last = sorted((today, day))
    span = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    count = sum(calendar.is_working(one) for one in span)
    return count if day >= today else -max(count, 1)


def reminders_due(
    packages: Iterable[P], today: date, calendar: WorkCalendar, days: int = REMIND_DAYS
) -> list[Reminder[P]]:
    """The packages that go out soon and are not complete, the nearest date first.

    :param packages: that are not released yet.
    :param days: how many working days before its date a package is reminded of.
    """
    # Two days of three are worked at the least, a fortnight of holidays apart.
    last = today + timedelta(days=2 * days + 14)
    due = [
        Reminder(one, working_days_until(today, one.planned_on, calendar), tuple(lacks))
        for one in packages
        if one.planned_on <= last and (lacks := one.lacks)
    ]
    near = [reminder for reminder in due if reminder.days <= days]
    return sorted(near, key=lambda reminder: reminder.package.planned_on)


def read_plan(
    rows: Sequence[Mapping[str, str]], columns: Mapping[int, str], last_day: date
) -> list[PlanRow]:
    """The lines of a plan as they were typed; empty ones are left out.

    :param rows: column, form, writer, due_on and channel of each, as texts.
    :param columns: id → name of the columns that may be chosen.
    :param last_day: the document's own date, by which all of it must be there.
    :raises Invalid: names each row and field that cannot be taken, and what to do.
    """
    problems: dict[str, str] = {}
    plan = []
    for number, row in enumerate(rows, 1):
        texts = {name: " ".join(row.get(name, "").split()) for name in (*PLAN_FIELDS, "channel")}
        if not any(texts.values()):
            continue
        wrong = _wrong_in(texts, columns, last_day)
        problems |= {f"{name}-{number}": f"第 {number} 行{said}" for name, said in wrong.items()}
        if not wrong:
            due_on = date.fromisoformat(texts["due_on"])
            plan.append(
                PlanRow(
                    int(texts["column"]), texts["form"], texts["writer"], due_on, texts["channel"]
                )
            )
    if problems:
        raise Invalid("解读方案没有保存：" + "；".join(problems.values()), problems)
    return plan


def _wrong_in(
    texts: Mapping[str, str], columns: Mapping[int, str], last_day: date
) -> dict[str, str]:
    """Field → what is wrong with it and what to do."""
    wrong = {
        name: f"没有填“{label}”：请补上，或清空整行"
        for name, label in PLAN_FIELDS.items()
        if not texts[name]
    }
    for name, most in PLAN_TEXTS.items():
        if len(texts[name]) > most:
            wrong[name] = f"的“{PLAN_FIELDS.get(name, '发布渠道')}”超过 {most} 字：请缩短"
    if texts["column"] and texts["column"] not in {str(known) for known in columns}:
        wrong["column"] = "的“解读栏目”不存在或已停用：请另选一个"
    if texts["due_on"]:
        try:
            if date.fromisoformat(texts["due_on"]) > last_day:
                wrong["due_on"] = f"的“完成日期”晚于文件的拟发布日期 {last_day}：请改早"
        except ValueError:
            wrong["due_on"] = "的“完成日期”不是日期：请写成 2026-11-20 的样子"
    return wrong
