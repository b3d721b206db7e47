"""What a topic must do for a rule to speak, and when it may be heard. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

RECENT = timedelta(days=7)  # alerts are of what is happening; also: what counts as new
RISES_AGAIN_AFTER = timedelta(days=7)
MOST_WORDS_CHARACTERS = 200


class Conditions(Protocol):
    """What a rule asks for; see ``models.AlertRule``."""

    @property
    def people(self) -> int | None: ...
    @property
    def speed_points(self) -> int | None: ...
    @property
    def heat_rise(self) -> int | None: ...
    @property
    def level(self) -> int | None: ...


@dataclass(frozen=True)
class TopicFacts:
    """A topic as it stood at a refresh.

    :param speed_points: those of speed and burst together.
    :param speed_evidence: the evidence of whichever of the two has more points.
    :param heat_before: its heat a local day earlier; None when it had none.
    """

    people: int
    messages: int
    first_seen: datetime
    heat: float
    level: int
    speed_points: float
    heat_before: float | None
    speed_evidence: str = ""


@dataclass(frozen=True)
class Raised:
    """What a rule has raised for a topic before, and as of when."""

    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Crossing:
    """That a topic has crossed a rule's line: a key that is used once, and the figures."""

    key: str
    facts: dict[str, Any]


def crosses_new(
    rule: Conditions, topic: TopicFacts, as_of: datetime, before: Sequence[Raised]
) -> Crossing | None:
    """A topic whose first message is a week old at most has reached so many people."""
    if before or topic.first_seen <= as_of - RECENT or topic.people < (rule.people or 1):
        return None
    return Crossing("new", {**_size(topic), "asked_people": rule.people})


def crosses_rising(
    rule: Conditions, topic: TopicFacts, as_of: datetime, before: Sequence[Raised], day: str
) -> Crossing | None:
    """Its speed, or its heat within a day, has risen so far; not again within a week.

    :param day: the local day of ``as_of``, for the key.
    """
    if any(as_of - one.at < RISES_AGAIN_AFTER for one in before):
        return None
    rise = None if topic.heat_before is None else round(topic.heat - topic.heat_before, 1)
    is_fast = rule.speed_points is not None and topic.speed_points >= rule.speed_points
    has_risen = rule.heat_rise is not None and rise is not None and rise >= rule.heat_rise
    if not (is_fast or has_risen):
        return None
    facts = {
        **_size(topic),
        "speed_points": topic.speed_points if is_fast else None,
        "asked_speed": rule.speed_points if is_fast else None,
        "speed_evidence": topic.speed_evidence if is_fast else "",
        "rise": rise if has_risen else None,
        "asked_rise": rule.heat_rise if has_risen else None,
    }
    return Crossing(f"rising:{day}", facts)


def crosses_level(
    rule: Conditions, topic: TopicFacts, before: Sequence[Raised], thresholds: Sequence[int]
) -> Crossing | None:
    """It has reached the rule's level, or since then a higher one than ever.

    :param thresholds: the heat from which a topic is at level 1, 2, 3.
    """
    highest = max((int(one.facts["level"]) for one in before), default=0)
    if topic.level < max(rule.level or 1, highest + 1):
        return None
    facts = {
        **_size(topic),
        "level": topic.level,
        "threshold": thresholds[topic.level - 1],
        "asked_level": rule.level,
    }
    return Crossing(f"level:{topic.level}", facts)


def crosses_keyword(
    topic: TopicFacts, found: Mapping[str, int], before: Sequence[Raised]
) -> Crossing | None:
    """Its messages hold words of the rule of which nothing was said yet.

    :param found: word → in how many of its recent messages.
    """
    known = {word for one in before for word in one.facts["words"]}
    new = {word: count for word, count in sorted(found.items()) if word not in known}
    if not new:
        return None
    return Crossing("words:" + "、".join(new), {**_size(topic), "words": new})


def _size(topic: TopicFacts) -> dict[str, Any]:
    return {"people": topic.people, "messages": topic.messages, "heat": topic.heat}


def words_in(text: str) -> list[str]:
    """The words of a rule as they were typed, each once: parted by blanks, commas or 、"""
    return list(dict.fromkeys(word for word in re.split(r"[\s,，、;；]+", text) if word))


def delivered_at(
    raised_at: datetime, quiet_from: time | None, quiet_to: time | None, zone: ZoneInfo
) -> datetime:
    """When an alert is shown: at once, or at the end of the quiet hours that it falls into.

    Quiet hours run from ``quiet_from`` up to ``quiet_to``, local time, over midnight when
    the end is before the beginning. Without both there are none.
    """
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return raised_at
    here = raised_at.astimezone(zone)
    clock = here.time()
    if quiet_from < quiet_to:
        is_quiet, ends_tomorrow = quiet_from <= clock < quiet_to, False
    else:
        is_quiet, ends_tomorrow = clock >= quiet_from or clock < quiet_to, clock >= quiet_from
    if not is_quiet:
        return raised_at
    day = here.date() + timedelta(days=ends_tomorrow)
    return datetime.combine(day, quiet_to, zone).astimezone(UTC)


def problems(
    kind: str, rule: Conditions, words: str, quiet_from: time | None, quiet_to: time | None
) -> dict[str, str]:
    """Field → what is wrong with a rule; empty when nothing is."""
    found: dict[str, str] = {}
    if kind == "new" and not rule.people:
        found["people"] = "请填写多少人反映时提醒"
    if kind == "rising" and not (rule.speed_points or rule.heat_rise):
        found["speed_points"] = "请至少填写一项：增速分，或一天内升高的热度"
    if kind == "level" and not rule.level:
        found["level"] = "请选择达到哪一级时提醒"
    if kind == "keyword" and not words_in(words):
        found["words"] = "请至少填写一个字词"
    if kind == "keyword" and any(len(word) < 2 for word in words_in(words)):
        found["words"] = "单个字会误报，请写成两个字以上的词"
    if (quiet_from is None) != (quiet_to is None):
        found["quiet_to"] = "免打扰的开始和结束须一起填写，或都留空"
    elif quiet_from is not None and quiet_from == quiet_to:
        found["quiet_to"] = "免打扰的开始和结束不能相同"
    return found
