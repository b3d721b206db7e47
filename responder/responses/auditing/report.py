"""What an office's past answers are worth, figure by figure, each traceable to its message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from nlp.answers import AnswerReading, Part, read_answer
from responder.core.times import local

DAY = timedelta(days=1)

EMPTY_LABELS = {
    Part.FORWARD: "只说已转办",
    Part.PROMISE: "只说将办理",
    Part.RECEIPT: "只说已收到",
}
BLANK = "没有答复内容"


@dataclass(frozen=True)
class Given:
    """A message and the answer that it got.

    :param replied_at: None where the file does not say.
    """

    id: str
    question: str
    answer: str
    asked_at: datetime
    replied_at: datetime | None


@dataclass(frozen=True)
class Timed:
    """An answer, and how many days it took; below 0 where its times cannot be right."""

    given: Given
    replied_at: datetime
    days: float

    def lacks_hour(self, zone: ZoneInfo) -> bool:
        """Whether the answer has a day and no hour: its first moment is all that is known."""
        return local(self.replied_at, zone).time() == time()


@dataclass(frozen=True)
class Empty:
    """An answer that says nothing, and what its clauses do instead."""

    given: Given
    reading: AnswerReading

    @property
    def label(self) -> str:
        """What it says in place of an answer; passing on counts before promising, that before
        acknowledging."""
        parts = {clause.part for clause in self.reading.clauses}
        return next((label for part, label in EMPTY_LABELS.items() if part in parts), BLANK)


@dataclass(frozen=True)
class Report:
    """The audit of many answers.

    :param answers: messages with an answer; ``timed``: of them, those whose answer has a time.
    :param late: answered after more than ``days`` days, the latest first.
    :param before: answered before they were asked: their times are wrong, and count nowhere.
    """

    days: int
    messages: int
    answers: int
    timed: int
    median_days: float | None
    late: tuple[Timed, ...]
    before: tuple[Timed, ...]
    empty: tuple[Empty, ...]


def audit(messages: Iterable[Given], days: int) -> Report:
    """Judge all answers.

    :param days: calendar days that an answer may take.
    """
    listed = list(messages)
    answered = [one for one in listed if one.answer.strip()]
    timed = [
        Timed(one, one.replied_at, (one.replied_at - one.asked_at) / DAY)
        for one in answered
        if one.replied_at is not None
    ]
    counted = [one for one in timed if one.days >= 0]
    late = [one for one in counted if one.days > days]
    read = (Empty(one, read_answer(one.answer, one.question)) for one in answered)
    return Report(
        days=days,
        messages=len(listed),
        answers=len(answered),
        timed=len(counted),
        median_days=median(one.days for one in counted) if counted else None,
        late=tuple(sorted(late, key=lambda one: -one.days)),
        before=tuple(one for one in timed if one.days < 0),
        empty=tuple(one for one in read if one.reading.says_nothing),
    )
