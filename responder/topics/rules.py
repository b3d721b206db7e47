"""How hot a topic is: parts that add up to 100, each with the evidence for its points.

Volume counts people, not messages, so that a flood by one person is one voice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, log2, log10, sqrt

RECENT = timedelta(days=7)
PAST_WEEKS = 4
FRESHNESS_HALF_LIFE_DAYS = 14.0

# What each part can give at most; together 100.
VOLUME, SPEED, REACH, SPREAD, GRAVITY, FRESHNESS = 45.0, 20.0, 10.0, 5.0, 10.0, 10.0
PEOPLE_FOR_FULL_VOLUME = 64
SURPRISE_FOR_FULL_SPEED = 5.0
REACTIONS_FOR_FULL_REACH = 2_000
CHANNELS_FOR_FULL_SPREAD = 5


@dataclass(frozen=True)
class Voice:
    """One message as the heat sees it."""

    author_key: str
    channel: str
    district: str
    occurred_at: datetime
    reactions: int
    gravity_word: str = ""


@dataclass(frozen=True)
class HeatPart:
    """Points for one reason, out of ``of``, with the evidence in words."""

    name: str
    label: str
    points: float
    of: float
    evidence: str


def heat_parts(
    voices: Sequence[Voice], as_of: datetime, gravity_points: Mapping[str, float]
) -> list[HeatPart]:
    """The parts of a topic's heat as it stood at ``as_of``.

    :param voices: at least one; none later than ``as_of``.
    :param gravity_points: word → points of a message that has it (0–10).
    """
    return [
        _volume(voices),
        _speed(voices, as_of),
        _reach(voices),
        _spread(voices),
        _gravity(voices, gravity_points),
        _freshness(voices, as_of),
    ]


def heat(parts: Sequence[HeatPart]) -> float:
    """The sum of the parts, 0–100, to one decimal."""
    return round(sum(part.points for part in parts), 1)


def people(voices: Sequence[Voice]) -> int:
    """How many different people spoke."""
    return len({voice.author_key for voice in voices})


def _part(name: str, label: str, share: float, of: float, evidence: str) -> HeatPart:
    return HeatPart(name, label, round(min(max(share, 0.0), 1.0) * of, 1), of, evidence)


def _volume(voices: Sequence[Voice]) -> HeatPart:
    count = people(voices)
    share = log2(1 + count) / log2(1 + PEOPLE_FOR_FULL_VOLUME)
    return _part("volume", "人数", share, VOLUME, f"{count} 人，{len(voices)} 条")


def _speed(voices: Sequence[Voice], as_of: datetime) -> HeatPart:
    """How far last week stands above the weeks before it, in Poisson deviations."""
    past_begins = as_of - RECENT * (1 + PAST_WEEKS)
    recent = people([v for v in voices if v.occurred_at > as_of - RECENT])
    past = people([v for v in voices if past_begins < v.occurred_at <= as_of - RECENT])
    usual = past / PAST_WEEKS
    expected = max(usual, 1.0)  # one voice a week surprises nobody
    share = (recent - expected) / sqrt(expected) / SURPRISE_FOR_FULL_SPEED
    return _part("speed", "增速", share, SPEED, f"近 7 天 {recent} 人，此前每周 {usual:.1f} 人")


def _reach(voices: Sequence[Voice]) -> HeatPart:
    reactions = sum(voice.reactions for voice in voices)
    share = log10(1 + reactions) / log10(1 + REACTIONS_FOR_FULL_REACH)
    return _part("reach", "传播", share, REACH, f"点赞、评论、转发共 {reactions} 次")


def _spread(voices: Sequence[Voice]) -> HeatPart:
    channels = {voice.channel for voice in voices}
    districts = {voice.district for voice in voices if voice.district}
    share = (len(channels) - 1) / (CHANNELS_FOR_FULL_SPREAD - 1)
    return _part(
        "spread", "扩散", share, SPREAD, f"{len(channels)} 个渠道，{len(districts)} 个区县"
    )


def _gravity(voices: Sequence[Voice], points: Mapping[str, float]) -> HeatPart:
    """The gravest word counts, in full once a third of the messages carry such words."""
    words = [voice.gravity_word for voice in voices if voice.gravity_word]
    if not words:
        return _part("gravity", "严重性", 0.0, GRAVITY, "没有出现涉险、涉特殊群体等字词")
    gravest = max(words, key=lambda word: (points[word], word))
    share = points[gravest] / 10 * min(1.0, 3 * len(words) / len(voices))
    shown = "、".join(sorted(set(words), key=lambda word: (-points[word], word))[:4])
    return _part("gravity", "严重性", share, GRAVITY, f"{len(words)} 条提到：{shown}")


def _freshness(voices: Sequence[Voice], as_of: datetime) -> HeatPart:
    age = max((as_of - max(v.occurred_at for v in voices)) / timedelta(days=1), 0.0)
    share = exp(-log(2) * age / FRESHNESS_HALF_LIFE_DAYS)
    said = f"最近一条在 {age:.0f} 天前" if age >= 1 else "最近一条在 24 小时内"
    return _part("freshness", "新近", share, FRESHNESS, said)
