"""Pure decisions on tasks: what is late, how far a group has come, where a report leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# A task or a milestone due within so many days is one to ask about.
SOON_DAYS = 14
LATEST_DAYS = 366  # after the end of its year: what is due later belongs to another year

LATE, SOON, RUNNING, DONE, VOID = "late", "soon", "running", "done", "void"


@dataclass(frozen=True)
class Standing:
    """How something stands with its date.

    :param code: ``late``, ``soon``, ``running``, ``done`` or ``void``.
    :param days: left until the date, 0 today, below 0 past it; of what was done, how many days
        before its date. None without a date.
    """

    code: str
    days: int | None

    @property
    def was_late(self) -> bool:
        """Done, and after its date."""
        return self.code == DONE and self.days is not None and self.days < 0


def standing(
    due_on: date | None, done_on: date | None, today: date, void: bool = False
) -> Standing:
    """:param void: cancelled; nothing is owed."""
    if void:
        return Standing(VOID, None)
    if done_on is not None:
        return Standing(DONE, (due_on - done_on).days if due_on else None)
    if due_on is None:
        return Standing(RUNNING, None)
    days = (due_on - today).days
    if days < 0:
        return Standing(LATE, days)
    return Standing(SOON if days <= SOON_DAYS else RUNNING, days)


def soon_until(today: date) -> date:
    """The last day that is soon."""
    return today + timedelta(days=SOON_DAYS)


def mean(percents: Iterable[int]) -> int | None:
    """The mean progress in whole percent, rounded down so that 100 says all; None of nothing."""
    values = list(percents)
    return sum(values) // len(values) if values else None


def progress_before(percents: Sequence[int]) -> int:
    """Where a task stands that was opened again.

    :param percents: of the lead unit's accepted reports, the first first.
    """
    return next((one for one in reversed(percents) if one < 100), 0)


def due_problem(year: int, due_on: date) -> str | None:
    """Why a task of a year cannot be due on a day; None where it can."""
    if due_on.year < year or due_on > date(year, 12, 31) + timedelta(days=LATEST_DAYS):
        return f"{due_on} 不在 {year} 年任务的期限之内：请核对年份"
    return None


@dataclass(frozen=True)
class Step:
    """A milestone as it was typed or read.

    :param milestone_id: of one that is kept already; None of a new one.
    """

    what: str
    due_on: date
    done_on: date | None = None
    evidence: str = ""
    milestone_id: int | None = None


def step_problem(step: Step, due_on: date | None, today: date) -> str | None:
    """Why a milestone cannot be taken; None where it can.

    :param due_on: of its task.
    """
    if due_on is not None and step.due_on > due_on:
        return (
            f"“{step.what}”的时间 {step.due_on} 晚于任务的完成时限 {due_on}：请改早，或改任务时限"
        )
    if step.done_on is not None and step.done_on > today:
        return f"“{step.what}”的完成日期 {step.done_on} 还没有到：请改正"
    return None
