"""Days and hours as Chinese texts write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

# Blanks between numbers and words mean nothing: 12 月 25 日.
DATE = re.compile(
    r"(?:(?P<year>(?<!\d)\d{4})[ \u3000]?年[ \u3000]?|(?<![\d.]))(?P<month>\d{1,2})[ \u3000]?月"
    r"[ \u3000]?(?P<day>\d{1,2})[ \u3000]?[日号](?![楼院线])"
)
_ISO_DATE = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
TIME = re.compile(
    r"(?:(?P<half>上午|下午|晚上|中午|早上)[ \u3000]?)?(?<!\d)(?P<hour>\d{1,2})[ \u3000]?"
    r"(?:[:：](?P<minute>[0-5]\d)|[时点](?!间)"
    r"(?:[ \u3000]?(?P<part>\d{1,2})[ \u3000]?分|(?P<thirty>半))?)(?!\d)"
)


def dates_in(text: str, day: date) -> Iterator[re.Match[str]]:
    """Dates that a calendar knows; a year that is not written is that of ``day``."""
    for match in (*DATE.finditer(text), *_ISO_DATE.finditer(text)):
        if as_day(match, day) is not None:
            yield match


def as_day(match: re.Match[str], day: date) -> date | None:
    try:
        return date(int(match["year"] or day.year), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def no_days_in(text: str) -> Iterator[re.Match[str]]:
    """What is written as a date and is on no calendar; without a year, on that of no year."""
    leap = date(2000, 1, 1)
    for match in (*DATE.finditer(text), *_ISO_DATE.finditer(text)):
        if as_day(match, leap) is None:
            yield match


def is_day(match: re.Match[str], day: date) -> bool:
    said = as_day(match, day)
    return (
        said is not None
        and (said.month, said.day) == (day.month, day.day)
        and (not match["year"] or said.year == day.year)
    )


def day_words(day: date, beside: re.Match[str]) -> str:
    return f"{day.year}年{short(day)}" if beside["year"] else short(day)


def short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def clock(match: re.Match[str]) -> tuple[int, int]:
    hour = int(match["hour"])
    if match["half"] in ("下午", "晚上") and hour < 12:
        hour += 12
    return hour, 30 if match["thirty"] else int(match["minute"] or match["part"] or 0)


def hour(moment: datetime) -> tuple[int, int]:
    return moment.hour, moment.minute
