"""When something is to be released (拟发布时间): often a month and no more. Pure.

A cell is read for certain or refused; a refusal says what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from responder.core.times import chinese_date
from responder.intake.rules import FIRST_SERIAL, LAST_SERIAL, SERIAL_EPOCH, Unreadable, parse_text
from responder.planning.plans.rules import is_possible_day

EXAMPLES = "请写成“3月”或“3月5日”"
LONGEST_QUOTE = 20

_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_LEAD = re.compile(r"^(?:拟于|拟定于|拟|计划于|计划|预计于|预计|定于|约|今年|本年|当年)+")
_WRITTEN = re.compile(
    rf"(?:(?P<year>\d{{4}})年)?(?P<month>{_NUMERAL})月份?"
    rf"(?:(?P<day>{_NUMERAL})[日号號]|(?P<bare>\d{{1,2}})$)?(?P<rest>.*)"
)
_SEPARATED = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?(?![-/.]?\d)(?P<rest>.*)"
)
_SLASHED = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})")
_COMPACT = re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)?")
_QUARTER = re.compile(r"第?(?P<quarter>[一二三四1-4])季度?")
_SEVERAL = re.compile(rf"每|逐月|{_NUMERAL}月?[-~—–至到、和或及]+{_NUMERAL}月")
_MIDNIGHT = re.compile(r"[T ]?0?0:00(?::00)?(?:\.0+)?")

_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九", start=1)}


@dataclass(frozen=True)
class PlannedTime:
    """A month of the plan's year, perhaps a day.

    :param said: the cell's own words where they say more (3月中旬); else empty.
    :param first_day: a spreadsheet's date on the 1st, taken as the month alone: that is how a
        spreadsheet keeps "2026年3月".
    """

    month: int
    day: int | None = None
    said: str = ""
    first_day: bool = False


def planned_words(month: int, day: int | None) -> str:
    """``3月`` or ``3月5日``."""
    return f"{month}月{day}日" if day else f"{month}月"


def official_words(year: int, month: int, day: int | None) -> str:
    """As official documents write it: ``2026年3月`` or ``2026年3月5日``."""
    return chinese_date(date(year, month, day)) if day else f"{year}年{month}月"


def parse_planned_time(value: object, year: int) -> PlannedTime:
    """What a cell says of the time, within the plan's year.

    Reads ``3月``, ``三月``, ``3月中旬``, ``3月15日``, ``2026年3月5日``, ``2026-03-05``,
    ``3/15``, ``3``, ``20260305`` and spreadsheet dates.

    :raises Unreadable: no month can be told, several are, no such day, or another year's.
    """
    found = _spreadsheet(value, year) or _written(parse_text(value), year)
    if not 1 <= found.month <= 12 or not is_possible_day(year, found.month, found.day):
        raise Unreadable(f"没有 {planned_words(found.month, found.day)} 这个时间，{EXAMPLES}")
    return found


def _spreadsheet(value: object, year: int) -> PlannedTime | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if 1 <= value <= 12 and float(value).is_integer():
            return PlannedTime(int(value))
        if _COMPACT.fullmatch(parse_text(value)):
            return None
        if not FIRST_SERIAL <= value < LAST_SERIAL:
            raise Unreadable(f"“{parse_text(value)}”看不出是几月几日，{EXAMPLES}")
        value = SERIAL_EPOCH + timedelta(days=int(value))
    if not isinstance(value, (date, datetime)):
        return None
    _check_year(value.year, year)
    if value.day == 1:
        return PlannedTime(value.month, first_day=True)
    return PlannedTime(value.month, value.day)


def _written(text: str, year: int) -> PlannedTime:
    spaced = unicodedata.normalize("NFKC", text)
    plain = _LEAD.sub("", "".join(spaced.split()))
    quoted = f"“{text[:LONGEST_QUOTE]}”"
    if not plain:
        raise Unreadable(f"是空的，{EXAMPLES}")
    if quarter := _QUARTER.search(plain):
        number = "一二三四".find(quarter["quarter"]) + 1 or int(quarter["quarter"])
        raise Unreadable(
            f"{quoted}看不出月份：请写明月份，这一季度是 {number * 3 - 2}月至{number * 3}月"
        )
    if _SEVERAL.search(plain):
        raise Unreadable(f"{quoted}不止一个时间：请每场写一行，各写一个月份")
    if plain.isdigit() and len(plain) in (1, 2, 5):
        return _spreadsheet(int(plain), year) or PlannedTime(0)
    match = (
        _COMPACT.fullmatch(plain)
        or _SEPARATED.fullmatch(spaced)
        or _SEPARATED.fullmatch(plain)
        or _SLASHED.fullmatch(plain)
        or _WRITTEN.fullmatch(plain)
    )
    if match is None:
        raise Unreadable(f"{quoted}看不出是哪个月，{EXAMPLES}")
    return _matched(match.groupdict(), quoted, text, year)


def _matched(parts: dict[str, str | None], quoted: str, text: str, year: int) -> PlannedTime:
    if parts.get("year"):
        _check_year(int(parts["year"] or 0), year)
    rest = parts.get("rest") or ""
    if "月" in rest:
        raise Unreadable(f"{quoted}不止一个时间：请每场写一行，各写一个月份")
    day = parts.get("day") or parts.get("bare")
    found = PlannedTime(_number(parts["month"] or ""), _number(day) if day else None)
    if rest and not _MIDNIGHT.fullmatch(rest):
        return replace(found, said=text)
    return found


def _check_year(found: int, year: int) -> None:
    if found != year:
        raise Unreadable(
            f"是 {found} 年的时间，这里是 {year} 年的计划：请核对年份，或导入 {found} 年的计划"
        )


def _number(text: str) -> int:
    """1 to 99, in digits or as 十二."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
