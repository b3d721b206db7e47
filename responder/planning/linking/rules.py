"""Pure decisions on suggestions: which shared words are evidence, and what else speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
