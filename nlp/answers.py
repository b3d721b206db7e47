"""What an official answer says, clause by clause, and whether it says anything.

An answer that only acknowledges (已收悉), passes on (已转有关部门), promises (将尽快处理) or thanks
tells the citizen nothing of the matter. Each clause is put under the first cue that it shows;
what shows none, or a fact, is substance. The cues stand in ``data/answer_cues.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from nlp.normalise import normalise
from nlp.segment import Segmenter, default_segmenter
from nlp.words import content_words

SUBSTANCE_LEAST = 6  # characters of substance from which an answer says something
LONGEST_EMPTY = 240  # characters; nobody needs more to say nothing


class Part(StrEnum):
    """What a clause of an answer does."""

    FACT = "fact"
    DATE = "date"
    FORWARD = "forward"
    RECEIPT = "receipt"
    PROMISE = "promise"
    COURTESY = "courtesy"
    ECHO = "echo"
    SIGNATURE = "signature"
    SUBSTANCE = "substance"


SAYING = frozenset({Part.FACT, Part.SUBSTANCE})
_ORDER = (
    Part.DATE, Part.FACT, Part.FORWARD, Part.RECEIPT, Part.PROMISE, Part.COURTESY, Part.ECHO,
    Part.SIGNATURE,
)  # fmt: skip

_LONGEST_CLAUSE = 300  # characters; what follows says nothing of what a clause does

# The marks in an address on the web end no clause.
_CLAUSE = re.compile(r"(?:https?://[!-~]+|[^。！？!?；;，,：:\s])+[。！？!?；;，,：:]*")
# 12 月 25 日 is 12月25日.
_BLANK_AT_NUMBER = re.compile(r"(?<=\d)[ \t](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[ \t](?=\d)")
_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日")
_REASON = re.compile(
    r"因为|由于|原因|根据|依据|按照|依照|鉴于|为了|《[^》]{3,}》"
    r"|(?<![原起成])因(?![此而为素果人])[^，。；！？\s]{3,24}|系[^，。；！？\s]{2,12}(?:错误|所致|引起|造成)"
    r"|受[^，。；！？\s]{2,12}影响"
)
_TIME = re.compile(
    r"\d{4}年|\d{1,2}月(?:\d{1,2}日|底|初|中旬|上旬|下旬|份)|今年|明年|年底|月底|本月|下月|"
    r"(?<!\d)\d{1,6}个?(?:工作日|天|日内|小时|个?月内)|[一二三四]季度|节前|节后"
)


@dataclass(frozen=True)
class Clause:
    """A stretch of an answer between two marks, and what it does."""

    text: str
    part: Part


@dataclass(frozen=True)
class AnswerReading:
    """An answer, read.

    :param clauses: in order.
    :param shared: words of the question that the answer takes up; ``asked``: all of them.
    :param reasons, times: the words by which it explains, and says when.
    """

    clauses: tuple[Clause, ...]
    shared: tuple[str, ...]
    asked: int
    reasons: tuple[str, ...]
    times: tuple[str, ...]

    @property
    def substance(self) -> int:
        """Characters in clauses that say something of the matter."""
        return sum(len(clause.text) for clause in self.clauses if clause.part in SAYING)

    @property
    def says_nothing(self) -> bool:
        length = sum(len(clause.text) for clause in self.clauses)
        return self.substance < SUBSTANCE_LEAST and length <= LONGEST_EMPTY

    @property
    def relevance(self) -> float:
        """Share of the question's words that the answer takes up, 0–1; 1 of no question."""
        return len(self.shared) / self.asked if self.asked else 1.0


def read_answer(
    answer: str, question: str = "", segmenter: Segmenter | None = None
) -> AnswerReading:
    """Read an answer, beside the question that it answers if that is given."""
    text = _BLANK_AT_NUMBER.sub("", normalise(answer))
    said = tuple(
        Clause(match.group(), _part(match.group().rstrip("。！？!?；;，,：:")))
        for match in _CLAUSE.finditer(text)
    )
    asked = _words(question, segmenter) if question else frozenset()
    told = " ".join(clause.text for clause in said if clause.part is not Part.ECHO)
    shared = asked & _words(told, segmenter)
    dated = " ".join(clause.text for clause in said if clause.part is not Part.DATE)
    return AnswerReading(
        said,
        tuple(sorted(shared)),
        len(asked),
        tuple(dict.fromkeys(_REASON.findall(text))),
        tuple(dict.fromkeys(time for time in _TIME.findall(dated) if _is_time(time))),
    )


def _is_time(text: str) -> bool:
    """Whether a day is on a calendar: 2月30日 is not."""
    if not (day := _DAY.fullmatch(text)):
        return True
    try:
        date(2000, int(day[1]), int(day[2]))
    except ValueError:
        return False
    return True


def _words(text: str, segmenter: Segmenter | None) -> frozenset[str]:
    return frozenset(content_words((segmenter or default_segmenter()).cut(normalise(text))))


def _part(clause: str) -> Part:
    cues = _cues()
    read = clause[:_LONGEST_CLAUSE]
    return next((part for part in _ORDER if cues[part].search(read)), Part.SUBSTANCE)


@cache
def _cues() -> dict[Part, re.Pattern[str]]:
    text = files("nlp").joinpath("data/answer_cues.toml").read_text(encoding="utf-8")
    rows: dict[str, Collection[str]] = tomllib.loads(text)
    return {Part(name): re.compile("|".join(patterns)) for name, patterns in rows.items()}
