"""Pure decisions on findings: which deadlines hold, on which of the three lists one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from responder.core.errors import Invalid

FARTHEST = timedelta(days=3 * 366)


class ThreeLists(StrEnum):
    """The three tables (三张清单)."""

    PROBLEMS = "problems"
    DUTIES = "duties"
    CLOSINGS = "closings"


LIST_LABELS = {
    ThreeLists.PROBLEMS: "问题清单",
    ThreeLists.DUTIES: "责任清单",
    ThreeLists.CLOSINGS: "问题销号清单",
}


@dataclass(frozen=True)
class Dates:
    """What a finding says of time."""

    inspected_on: date
    deadline: date | None


def check_dates(dates: Dates, today: date) -> None:
    """Of what is entered by hand or comes in a table.

    :raises Invalid: an inspection to come, or a deadline before it or years away.
    """
    if dates.inspected_on > today:
        raise Invalid("检查日期晚于今天：请改正", {"inspected_on": "晚于今天"})
    if dates.deadline is None:
        return
    if dates.deadline < dates.inspected_on:
        raise Invalid("整改期限早于检查日期：请改正", {"deadline": "早于检查日期"})
    if dates.deadline - dates.inspected_on > FARTHEST:
        raise Invalid("整改期限离检查日期超过三年：请核对年份", {"deadline": "年份不对"})


def check_extension(old: date | None, new: date | None, today: date) -> date:
    """The new deadline, which gives more time than the old one.

    :raises Invalid: none was given, or it is not later, or not to come, or years away.
    """
    if new is None:
        raise Invalid("请填写新的整改期限，如 2026-12-31", {"day": "必填"})
    if old is not None and new <= old:
        raise Invalid(f"新的期限须晚于原期限 {old}：请改正", {"day": "不晚于原期限"})
    return check_new_deadline(new, today)


def check_new_deadline(new: date | None, today: date) -> date:
    """:raises Invalid: none was given, or it has passed, or is years away."""
    if new is None:
        raise Invalid("请填写新的整改期限，如 2026-12-31", {"day": "必填"})
    if new < today:
        raise Invalid("新的整改期限已过：请改填今天或以后的日期", {"day": "已过"})
    if new - today > FARTHEST:
        raise Invalid("新的整改期限在三年以后：请核对年份", {"day": "年份不对"})
    return new


def check_closing(day: date, sent_on: date, today: date) -> date:
    """The day of a closing: not before the evidence came, not to come.

    :raises Invalid: neither.
    """
    if day > today:
        raise Invalid("销号日期晚于今天：请改正", {"day": "晚于今天"})
    if day < sent_on:
        raise Invalid(f"销号日期早于报送整改情况的 {sent_on}：请改正", {"day": "太早"})
    return day
