"""How hot a topic is: parts that add up to 100, each with the evidence for its points.

A part is first a share of what it could be (0–1, measured in ``heat``), then points, by the
office's weights. Shares are kept, so that new weights need no new count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

PART_LABELS = {
    "volume": "人数",
    "speed": "增速",
    "burst": "突增",
    "reach": "传播",
    "spread": "扩散",
    "gravity": "严重性",
    "freshness": "新近",
}
LEVEL_LABELS = {0: "平常", 1: "关注", 2: "较热", 3: "高热"}
HIGHEST_LEVEL = max(LEVEL_LABELS)
FULL = 100


class Voice(NamedTuple):
    """Who spoke, where and when."""

    author_key: str
    channel: str
    occurred_at: datetime


@dataclass(frozen=True)
class Tally:
    """What the messages of a topic, at least one, amount to: what its heat is measured by.

    :param people: who spoke, each once; ``copiers`` are those of them who only sent on what
        others in the topic wrote.
    :param lately: who spoke within as long as a pace looks back, once for each message.
    :param grave: (word, person) of the gravest words of each message, one of a group at most.
    """

    messages: int
    people: int
    reactions: int
    channels: int
    districts: int
    first_seen: datetime
    last_seen: datetime
    copiers: frozenset[str] = frozenset()
    lately: Sequence[Voice] = ()
    grave: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class GraveWord:
    """How grave a word is (0–10), what it tells of, and the group whose words do not add up."""

    points: float
    kind: str
    group: str


@dataclass(frozen=True)
class Share:
    """How much there is of one part, 0–1, with the evidence in words."""

    name: str
    share: float
    evidence: str


@dataclass(frozen=True)
class HeatPart:
    """Points for one reason, out of ``of``; ``share`` is what new weights are applied to."""

    name: str
    label: str
    points: float
    of: float
    share: float
    evidence: str


@dataclass(frozen=True)
class Scale:
    """What the office weighs by.

    :param weights: part → the most points that it can give; together 100.
    :param levels: from which heat a topic is at level 1, 2, 3; rising.
    """

    weights: Mapping[str, int]
    levels: tuple[int, int, int]


SHIPPED = Scale(
    {
        "volume": 45,
        "speed": 12,
        "burst": 8,
        "reach": 10,
        "spread": 5,
        "gravity": 10,
        "freshness": 10,
    },
    (25, 40, 60),
)


def weighed(shares: Iterable[Share], weights: Mapping[str, int]) -> list[HeatPart]:
    """Each share as points out of its weight, to one decimal."""
    return [
        HeatPart(
            one.name,
            PART_LABELS[one.name],
            round(one.share * weights[one.name], 1),
            float(weights[one.name]),
            one.share,
            one.evidence,
        )
        for one in shares
    ]


def heat(parts: Iterable[HeatPart]) -> float:
    """The sum of the parts, 0–100, to one decimal."""
    return round(sum(part.points for part in parts), 1)


def level_of(value: float, levels: Sequence[int]) -> int:
    """How many of the thresholds a heat has reached: 0–3."""
    return sum(value >= threshold for threshold in levels)


def problems(scale: Scale) -> dict[str, str]:
    """Field (a part, ``weights`` or ``levels``) → what is wrong with it; empty when nothing is."""
    found = {
        name: f"{PART_LABELS[name]}的权重应在 0 到 {FULL} 之间"
        for name, weight in scale.weights.items()
        if not 0 <= weight <= FULL
    }
    total = sum(scale.weights.values())
    if total != FULL:
        gap = f"请再加 {FULL - total}" if total < FULL else f"请减去 {total - FULL}"
        found["weights"] = f"各项权重合计为 {total}，应为 {FULL}：{gap}"
    low, middle, high = scale.levels
    if not 0 < low < middle < high <= FULL:
        found["levels"] = f"三个门槛须由低到高，在 1 到 {FULL} 之间，且各不相同：请改正"
    return found
