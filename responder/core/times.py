"""Time: UTC inside, the office's zone on the page. Only edges call :func:`utc_now`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

WEEKDAYS = "一二三四五六日"

# The years that a day of the office's work may lie in; beyond, arithmetic on zones overflows
# and whatever was typed was a slip.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def is_plausible(day: date) -> bool:
    """Whether a day, or a moment, lies in a year that the office can mean."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


# How far ahead anything is set for an hour: beyond, the year was a slip.
FARTHEST = timedelta(days=731)


def is_too_far(moment: datetime, now: datetime) -> bool:
    """Whether a moment that somebody set lies more than two years ahead. Both aware."""
    return moment > now + FARTHEST


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime, zone: ZoneInfo = SHANGHAI) -> datetime:
    """An aware moment as the office's clocks show it."""
    return moment.astimezone(zone)


def start_of_day(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """The last second of a local day, in UTC."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(seconds=1)


def chinese_date(day: date) -> str:
    """A date as official documents write it (GB/T 9704-2012): ``2026年3月5日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_moment(moment: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    """An aware moment in full: ``2026年3月5日 星期四 09:30``."""
    there = local(moment, zone)
    return f"{chinese_date(there.date())} 星期{WEEKDAYS[there.weekday()]} {there:%H:%M}"
