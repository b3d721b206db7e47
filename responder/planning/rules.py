"""Pure decisions of planning: the month's grid, plan against actual, the weight of a suggestion."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 2000, 2100

# How the parts of a suggestion's score weigh; together 1.
WORDS_WEIGHT = 0.75
TIME_WEIGHT = 0.15
UNIT_WEIGHT = 0.10

# An event within so many days of the last message still meets a living concern.
NEAR_DAYS = 45
WORDS_SHOWN = 4

# Below this the wordings meet by chance; a single shared word must weigh more than several.
LEAST_WORD_SCORE = 0.15
LEAST_SINGLE_WORD_SCORE = 0.2

Reason = tuple[str, float]


def month_grid(year: int, month: int) -> list[list[date]]:
    """The weeks of a month, Monday first, each of seven days; spill-over days included."""
    return calendar.Calendar(firstweekday=0).monthdatescalendar(year, month)


def next_month(year: int, month: int, step: int = 1) -> tuple[int, int]:
    """The (year, month) that lies ``step`` months away."""
    index = year * 12 + month - 1 + step
    return index // 12, index % 12 + 1


def is_possible_day(year: int, month: int, day: int | None) -> bool:
    """Whether such a day exists; a month without a day always does."""
    return day is None or 1 <= day <= calendar.monthrange(year, month)[1]


class Progress(StrEnum):
    """What became of a row of the plan (计划执行情况)."""

    HELD = "held"
    UNDER_WAY = "under_way"
    WAITING = "waiting"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"


PROGRESS_LABELS = {
    Progress.HELD: "已举行",
    Progress.UNDER_WAY: "推进中",
    Progress.WAITING: "未到时间",
    Progress.OVERDUE: "逾期未办",
    Progress.CANCELLED: "已取消",
}


@dataclass(frozen=True)
class EventFate:
    """Of one event that a row led to: whether it took place, or was given up."""

    took_place: bool
    cancelled: bool


def entry_progress(
    fates: Sequence[EventFate], year: int, month: int, day: int | None, today: date
) -> Progress:
    """How far one row of the plan has come.

    A row is overdue when its day (its month's end, where no day is set) has passed and
    nothing was held; a postponed event does not excuse it.
    """
    if any(fate.took_place for fate in fates):
        return Progress.HELD
    if fates and all(fate.cancelled for fate in fates):
        return Progress.CANCELLED
    planned = date(year, month, day or calendar.monthrange(year, month)[1])
    if today > planned:
        return Progress.OVERDUE
    return Progress.UNDER_WAY if fates else Progress.WAITING


def tally(progress: Iterable[Progress]) -> dict[Progress, int]:
    """How many rows stand where; every kind is named, also those with none."""
    counts = dict.fromkeys(Progress, 0)
    for one in progress:
        counts[one] += 1
    return counts


@dataclass(frozen=True)
class Circumstances:
    """What besides the wording speaks for a topic ↔ event pair. All moments aware.

    :param unit_words: words of the topic that name a matter of the event's unit.
    """

    first_seen: datetime
    last_seen: datetime
    starts_at: datetime
    unit_name: str = ""
    unit_words: tuple[str, ...] = ()


def is_evidence(word_score: float, words: int) -> bool:
    """Whether shared wording is enough to bother a person with.

    :param word_score: 0–1, how far the wordings meet.
    :param words: how many different words they share.
    """
    least = LEAST_SINGLE_WORD_SCORE if words < 2 else LEAST_WORD_SCORE
    return word_score >= least


def suggestion_score(
    word_score: float, words: Sequence[Reason], around: Circumstances
) -> tuple[float, tuple[Reason, ...]]:
    """Score 0–1 of a pair and its reasons, whose shares of the score sum to 1.

    :param word_score: 0–1, how far the wordings meet.
    :param words: shared words with their shares, heaviest first, summing to 1.

    An event before the topic's first message cannot answer it; one without a shared
    word is no suggestion, however well it fits the day: both score 0, without reasons.
    """
    if around.starts_at < around.first_seen or not words or word_score <= 0:
        return 0.0, ()
    shown = words[:WORDS_SHOWN]
    whole = sum(share for _, share in shown)
    parts = [(word, WORDS_WEIGHT * word_score * share / whole) for word, share in shown]
    parts += _circumstantial(around)
    score = sum(points for _, points in parts)
    return score, tuple((text, points / score) for text, points in parts)


def _circumstantial(around: Circumstances) -> list[Reason]:
    found = []
    gap = max(around.starts_at - around.last_seen, timedelta(0))
    if gap <= timedelta(days=NEAR_DAYS):
        closeness = 1 - gap / timedelta(days=NEAR_DAYS) / 2
        when = f"最近留言后 {gap.days} 天" if gap.days else "留言仍在增加"
        found.append((f"时间相近（{when}）", TIME_WEIGHT * closeness))
    if around.unit_words:
        matter = "、".join(around.unit_words)
        found.append((f"{around.unit_name}职责（{matter}）", UNIT_WEIGHT))
    return found
