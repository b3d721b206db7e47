"""Pure decisions on the briefing pack: what asks, and what changed around an event's day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from responder.core import texts

# A sentence that is quoted: shorter says too little, longer is not read aloud.
SHORTEST, LONGEST = 8, 90

COMPARED_DAYS = 7
SHOWN_DAYS = 14
# A mean of fewer days' heat than this says nothing of the week.
LEAST_POINTS = 3

_SENTENCE = re.compile(r"[^。！？!?…\n]+[。！？!?…]*")
_CLAUSE = re.compile(r"[^；;]+[；;]*")
_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(]?\d{1,2}[)）.、])\s*(?=\D)")
_ASKS = re.compile(
    r"[？?]|为什么|为何|什么时候|何时|怎么|如何|能否|能不能|可否|可不可以|是否|有没有|多久|几时|"
    r"吗[。！!，,]?$|呢[。！!，,]?$"
)
_DEMANDS = re.compile(
    r"恳请|请求|要求|诉求|希望|盼望|建议|呼吁|责令|想请|麻烦(?!事|得|了|很)|^求(?!助)|"
    r"请(?:尽快|及时|有关|相关|政府|领导|部门)"
)
_DIGITS = "零一二三四五六七八九"


def clean(text: str) -> str:
    """Text without what XML refuses or a layout acts upon, with one kind of line end."""
    return texts.clean(text).replace("\t", " ")


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, without empty ones."""
    return tuple(line.strip() for line in clean(text).split("\n") if line.strip())


def sentences(text: str) -> list[str]:
    """The sentences of a text that can be quoted, each as it stands there, without its number.

    Of one that is too long, the clauses between its semicolons.
    """
    found: list[str] = []
    for match in _SENTENCE.finditer(clean(text)):
        whole = match.group().strip()
        found += [whole] if len(whole) <= LONGEST else _CLAUSE.findall(whole)
    numberless = (_NUMBER.sub("", one.strip()) for one in found)
    return [one for one in numberless if SHORTEST <= len(one) <= LONGEST]


def asks(sentence: str) -> bool:
    """Whether a sentence asks something."""
    return _ASKS.search(sentence) is not None


def wants(sentence: str) -> bool:
    """Whether a sentence asks something, or that something be done."""
    return asks(sentence) or demands(sentence)


def demands(sentence: str) -> bool:
    """Whether a sentence asks that something be done."""
    return _DEMANDS.search(sentence) is not None


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, as headings count; from 1 to 99."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def excerpt(text: str, length: int) -> str:
    """``text`` whole or its beginning, and then said to be one."""
    line = " ".join(clean(text).split())
    return line if len(line) <= length else f"{line[:length]}……"


@dataclass(frozen=True)
class Week:
    """What a topic was over ``COMPARED_DAYS`` days.

    :param per_day: messages a day.
    :param heat: mean of the days that have one; None with fewer than ``LEAST_POINTS``.
    """

    per_day: float
    heat: float | None


@dataclass(frozen=True)
class Comparison:
    """A topic before and after an event, the day itself left out.

    :param before, after: None while a day of them is not over, or not gathered yet.
    :param days_since: whole days after the event that are known; 0 and less before it.
    """

    before: Week | None
    after: Week | None
    days_since: int


def compare(
    event_day: date,
    known_through: date | None,
    messages: Mapping[date, int],
    heats: Mapping[date, float],
) -> Comparison:
    """What a topic's figures were before and after.

    :param known_through: the last day of which all messages have been gathered.
    :param messages: day → messages; a day without has none of them.
    :param heats: day → heat; a day without has not been measured.
    """
    since = (known_through - event_day).days if known_through else -COMPARED_DAYS
    before = [event_day - timedelta(days=n) for n in range(1, COMPARED_DAYS + 1)]
    after = [event_day + timedelta(days=n) for n in range(1, COMPARED_DAYS + 1)]
    return Comparison(
        _week(before, messages, heats) if since >= -1 else None,
        _week(after, messages, heats) if since >= COMPARED_DAYS else None,
        since,
    )


def _week(days: list[date], messages: Mapping[date, int], heats: Mapping[date, float]) -> Week:
    measured = [heats[day] for day in days if day in heats]
    heat = sum(measured) / len(measured) if len(measured) >= LEAST_POINTS else None
    return Week(sum(messages.get(day, 0) for day in days) / len(days), heat)
