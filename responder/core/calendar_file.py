"""A year of the working calendar as a file: the JSON of the yearly notice, checked before use."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from responder.core.errors import Invalid
from responder.core.texts import tidy
from responder.core.work_calendar import NAME_LENGTH, SOURCE_LENGTH, YEARS

Day = tuple[date, bool, str]

# Off in every year's notice; a file in which one is worked is no notice, or only half of one.
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))


def read_year(path: Path) -> tuple[int, list[Day], str]:
    """:func:`parse_year` of a file.

    :raises Invalid: it cannot be read, or is not such a file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"无法读取 {path.name}（{error.strerror}）") from error
    return parse_year(content, path.name)


def parse_year(text: bytes, name: str) -> tuple[int, list[Day], str]:
    """One year from the JSON of the yearly notice: ``{"year", "days": [{"date", "name",
    "isOffDay"}], "papers"}``.

    :param name: what the file is called.
    :returns: the year, (day, is_working, name) of each day, and the source.
    :raises Invalid: not such a file, or one that cannot be a whole year's notice.
    """
    try:
        content: dict[str, Any] = json.loads(text.decode("utf-8-sig"))
        year, days = content["year"], [_day(day) for day in content["days"]]
        papers = [tidy(str(paper)) for paper in content.get("papers") or []]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(
            f"{name} 不是节假日 JSON：需要 year 和 days（date、name、isOffDay）"
        ) from error
    if type(year) is not int or year not in YEARS:
        raise Invalid(f"{name} 的 year 不是可用的年份：请写四位数的年份，如 2027")
    if any(len(label) > NAME_LENGTH for _, _, label in days):
        raise Invalid(f"{name} 里有的名称太长：最多 {NAME_LENGTH} 字")
    source = "、".join(filter(None, papers)) or tidy(name)[:SOURCE_LENGTH]
    if len(source) > SOURCE_LENGTH:
        raise Invalid(f"{name} 的依据（papers）太长：合起来最多 {SOURCE_LENGTH} 字")
    _check_whole(year, {day: is_working for day, is_working, _ in days}, name)
    return year, days, source


def _day(told: Any) -> Day:
    """:raises KeyError, TypeError, ValueError: not a day of such a file."""
    label, is_off = told["name"], told["isOffDay"]
    if type(label) is not str or type(is_off) is not bool or not tidy(label):
        raise TypeError("a name is a text, and a day is off or not")
    return date.fromisoformat(told["date"]), not is_off, tidy(label)


def _check_whole(year: int, told: dict[date, bool], name: str) -> None:
    for month, number in ALWAYS_OFF:
        day = date(year, month, number)
        if told.get(day, day.weekday() < 5):
            raise Invalid(
                f"{name} 里 {month}月{number}日没有放假，不像 {year} 年的完整安排：请检查文件内容"
            )
