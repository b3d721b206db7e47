"""Pure decisions on suggestions: which shared words are evidence, and what else speaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# How the parts of a suggestion's score weigh; together 1.
WORDS_WEIGHT = 0.65
TIME_WEIGHT = 0.15
UNIT_WEIGHT = 0.10
PLACE_WEIGHT = 0.10

# An event within so many days of the last message still meets a living concern.
NEAR_DAYS = 45
WORDS_SHOWN = 4

# Similarities of a topic with an event: below the one they meet by chance, from the other on
# the wordings say all that wordings can.
LEAST_SIMILARITY = 0.07
FULL_SIMILARITY = 0.40

# How many events are suggested for a topic, and how many topics for an event.
PER_TOPIC = 3
PER_EVENT = 5

Pair = tuple[int, int]
Reason = tuple[str, float]


@dataclass(frozen=True)
class Circumstances:
    """What besides the wording speaks for a topic ↔ event pair. All moments aware.

    :param unit_words: words of the topic that name a matter of the event's unit.
    :param place: of the topic, where the event's text names it.
    """

    first_seen: datetime
    last_seen: datetime
    starts_at: datetime
    unit_name: str = ""
    unit_words: tuple[str, ...] = ()
    place: str = ""


def word_score(similarity: float) -> float:
    """How far the wordings meet, 0–1; 0 when it is not enough to bother a person with.

    :param similarity: as ``nlp.Linker`` scores it.
    """
    return min(1.0, similarity / FULL_SIMILARITY) if similarity >= LEAST_SIMILARITY else 0.0


def both_ways(scores: Mapping[Pair, float]) -> set[Pair]:
    """The pairs (topic, event) that are among the best of their topic or of their event.

    Of equal ones the earlier.
    """
    best: set[Pair] = set()
    for side, most in ((0, PER_TOPIC), (1, PER_EVENT)):
        taken: Counter[int] = Counter()
        for pair in sorted(scores, key=lambda pair: (-scores[pair], pair)):
            if taken[pair[side]] < most:
                taken[pair[side]] += 1
                best.add(pair)
    return best


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
    if around.place:
        found.append((f"同一地点（{around.place}）", PLACE_WEIGHT))
    return found
