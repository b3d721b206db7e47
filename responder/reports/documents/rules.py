"""Pure decisions on reports: what is asked for, how they are numbered, when a brief is due."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from responder.core.errors import Invalid
from responder.core.times import SHANGHAI, chinese_date, local

EARLIEST, LATEST = 2008, 2100
BRIEF_HOUR = time(8)
CURVE_DAYS = 30


class Needs(StrEnum):
    """What somebody must say to have a report composed."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TOPIC = "topic"


NEEDS_LABELS = {
    Needs.YEAR: "年份",
    Needs.MONTH: "月份",
    Needs.DAY: "日期",
    Needs.TOPIC: "话题编号",
}


@dataclass(frozen=True)
class Request:
    """What a report covers: local days from ``first`` to ``last``, both included; one topic."""

    first: date
    last: date
    topic_id: int | None = None

    @property
    def month(self) -> str:
        """``2026-10``."""
        return f"{self.first:%Y-%m}"


def of_year(year: int, today: date) -> Request:
    """:raises Invalid: no year of any record, or it has not begun."""
    if not EARLIEST <= year <= LATEST:
        raise Invalid(f"年份须在 {EARLIEST} 到 {LATEST} 之间：请改正", {"year": "超出范围"})
    if year > today.year:
        raise Invalid(f"{year} 年还没有开始：请改选今年或以前的年份", {"year": "还没有开始"})
    return Request(date(year, 1, 1), date(year, 12, 31))


def of_month(text: str, today: date) -> Request:
    """:param text: ``2026-10``.

    :raises Invalid: no month, or it has not begun.
    """
    try:
        first = date.fromisoformat(f"{text.strip()}-01") if len(text.strip()) == 7 else None
    except ValueError:
        first = None
    if first is None or not EARLIEST <= first.year <= LATEST:
        raise Invalid(f"“{text[:20]}”不是月份：请写成 2026-10", {"month": "请写成 2026-10"})
    if first > today:
        raise Invalid(f"{text.strip()} 还没有开始：请改选本月或以前的月份", {"month": "还没有开始"})
    return Request(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def of_day(day: date, today: date) -> Request:
    """:raises Invalid: the day has not begun."""
    if day > today:
        raise Invalid(f"{day} 还没有到：请改选今天或以前的日期", {"day": "还没有到"})
    if day.year < EARLIEST:
        raise Invalid(f"{day} 太早：请核对年份", {"day": "请核对年份"})
    return Request(day, day)


def of_topic(topic_id: int, today: date) -> Request:
    """One topic, with its curve of the last days."""
    return Request(today - timedelta(days=CURVE_DAYS - 1), today, topic_id)


def month_before(request: Request) -> Request:
    """The whole month before that of ``request``."""
    last = request.first - timedelta(days=1)
    return Request(last.replace(day=1), last)


def number(prefix: str, year: int, sequence: int) -> str:
    """``舆情专报〔2026〕3号``."""
    return f"{prefix}〔{year}〕{sequence}号"


def period_told(needs: Needs | None, first: date, last: date) -> str:
    """The period in words: 2026年, 2026年10月, 2026年10月9日."""
    if needs is Needs.YEAR:
        return f"{first.year}年"
    if needs is Needs.MONTH:
        return f"{first.year}年{first.month}月"
    if first == last or needs is Needs.TOPIC:
        return chinese_date(last)
    return f"{chinese_date(first)}至{chinese_date(last)}"


def is_past_hour(now: datetime, zone: ZoneInfo = SHANGHAI) -> bool:
    """Whether the hour of the daily brief has come on the local day of ``now``."""
    return local(now, zone).time() >= BRIEF_HOUR


def at_brief_hour(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """8:00 of a local day, aware."""
    return datetime.combine(day, BRIEF_HOUR, zone)
