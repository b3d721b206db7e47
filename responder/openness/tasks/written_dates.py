"""Dates as tables of tasks write them: ``3月底前``, ``上半年``, ``9月15日前``.

Only where the last day is certain is one read; what may mean several is refused with a remedy.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:(?P<year>\d{4})年|(?:今|本|当)年)"
# Of a span, the end counts: 3月至9月, 3-9月.
_SPAN = rf"(?:{_N}月?(?:\d{{1,2}}日)?[至到~—-])?"
_MONTH = (
    rf"{_SPAN}(?P<month>{_N})月份?"
    rf"(?:(?P<day>{_N})[日号]|(?P<part>上旬|中旬|下旬|底|末|初))?"
)
_QUARTER = r"第?(?P<quarter>[一二三四1-4])季度(?P<last>末|底)?"
_HALF = r"(?P<half>上半年|下半年)"
_END = r"(?P<end>年底|年末|年内|全年)"
_SHORT_END = r"(?:(?P<ends>\d{4})|[今本当])年[底末内]"  # 2026年底, with one 年 for both
_DASHED = r"(?P<dashed>\d{4}[-./]\d{1,2}[-./]\d{1,2})"
_TIME = re.compile(
    rf"(?<![\d.])(?:{_DASHED}|{_SHORT_END}|{_YEAR}?(?:{_MONTH}|{_QUARTER}|{_HALF}|{_END}))"
    r"(?P<before>[之以]?前)?内?"
)
_RETURNS = re.compile(r"每[年月周日天季]|逐[月季]|按[月季]|长期|持续|常态|适时|及时|待定")
_EDGES = " 　，,。.:：、;；—"
_EMPTY_BRACKETS = re.compile(r"[(（\[【]\s*[)）\]】]")
_LEAD = re.compile(r"^(?:[(（]?\d{1,2}[)）.、．]|[①-⑳]|[一二三四五六七八九十]{1,2}、)\s*")
_BLANKS = re.compile(r"(?<=[\u4e00-\u9fff\d])[ \t\u3000]+(?=[\u4e00-\u9fff\d])")

EXAMPLES = "请写成 2026-09-30 或“9月底前”的样子"
QUOTED = 20


class Uncertain(ValueError):
    """No day, or not one alone. The sentence says what to write instead."""


@dataclass(frozen=True)
class Written:
    """A milestone as a cell says it."""

    what: str
    due_on: date


def last_day(text: str, year: int) -> date:
    """The last day of the time that a text names, and names alone.

    :param year: of the task; for texts that leave it out.
    :raises Uncertain: it names none, several, or one that is not certain.
    """
    plain = "".join(_narrow(text).split())
    match = _TIME.fullmatch(plain)
    if match is None:
        raise Uncertain(_no_time(text, EXAMPLES))
    return _day(match, text, year)


def milestones(text: str, year: int) -> list[Written]:
    """``3月底前制定方案；9月底前完成``: each part with its time and what is to be there.

    :raises Uncertain: a part has no certain time, several, or says nothing else.
    """
    return [_milestone(part, year) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    """The parts of a cell; a comma parts where a time stands on both of its sides."""
    found = []
    for one in re.split(r"[;；\n]", text):
        part = _LEAD.sub("", _BLANKS.sub("", one.strip()))
        pieces = [piece.strip() for piece in re.split(r"[,，。]", part) if piece.strip()]
        if len(pieces) > 1 and all(_TIME.match(_narrow(piece)) for piece in pieces):
            found.extend(pieces)
        elif part:
            found.append(part)
    return found


def _milestone(text: str, year: int) -> Written:
    times = list(_TIME.finditer(_narrow(text)))
    if not times:
        remedy = "请写成“3月底前制定方案”的样子，各项用“；”分开"
        raise Uncertain(_no_time(text, remedy))
    if len(times) > 1:
        raise Uncertain(f"“{text[:QUOTED]}”不止一个时间：请每项写一个时间，各项用“；”分开")
    (match,) = times
    head, tail = text[: match.start()], text[match.end() :]
    if _EMPTY_BRACKETS.fullmatch(head[-1:] + tail[:1]):
        head, tail = head[:-1], tail[1:]
    what = "，".join(filter(None, (head.strip(_EDGES), tail.strip(_EDGES))))
    if not what:
        raise Uncertain(f"“{text[:QUOTED]}”没有写做什么：请写成“3月底前制定方案”的样子")
    return Written(what, _day(match, text, year))


def _no_time(text: str, remedy: str) -> str:
    if _RETURNS.search(text):
        return (
            f"“{text[:QUOTED]}”没有确定的一天：请写最后一次的日期（如 12月31日），"
            "要经常做的写在“任务要求”"
        )
    return f"“{text[:QUOTED]}”看不出最后是哪一天：{remedy}"


def _day(match: re.Match[str], text: str, year: int) -> date:
    try:
        return _certain(match, year)
    except Uncertain as error:
        raise Uncertain(f"“{text[:QUOTED]}”{error}") from error
    except ValueError as error:
        raise Uncertain(f"“{text[:QUOTED]}”没有这一天：{EXAMPLES}") from error


def _certain(match: re.Match[str], year: int) -> date:
    year = int(match["year"] or match["ends"] or year)
    if match["dashed"]:
        return date(*map(int, re.split(r"[-./]", match["dashed"])))
    if match["month"]:
        return _in_month(match, year)
    if match["before"] and (match["half"] or (match["quarter"] and not match["last"])):
        raise Uncertain("不确定含不含这一段时间：请写明到几月底")
    if match["quarter"]:
        month = _number(match["quarter"]) * 3
    else:
        month = 6 if match["half"] == "上半年" else 12
    return date(year, month, _length(year, month))


def _in_month(match: re.Match[str], year: int) -> date:
    month, part = _number(match["month"]), match["part"]
    if not 1 <= month <= 12:
        raise Uncertain(f"没有这个月份：{EXAMPLES}")
    if match["day"]:
        return date(year, month, _number(match["day"]))
    if part == "初":
        raise Uncertain("到哪一天不确定：请写明日期")
    if part is None and match["before"]:
        raise Uncertain(f"不确定含不含{month}月：请写成“{month}月底前”，或写上一个月的月底")
    days = {"上旬": 10, "中旬": 20}
    return date(year, month, days.get(part or "", _length(year, month)))


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _narrow(text: str) -> str:
    """The same text sign by sign, full-width digits and letters as plain ones."""
    folded = (unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(one if len(one) == 1 else sign for one, sign in zip(folded, text, strict=True))


def _number(text: str) -> int:
    """1 to 99, in digits or as 十二."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
