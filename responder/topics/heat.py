"""Measuring heat: from what the messages of a topic amount to, to the share of each part.

Everything counts people, so that a flood by one person is one voice, and whoever only sent
on what others wrote counts little. Formulas and sources: ``docs/decisions/0007-heat.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, log, log2, log10

from scipy.special import betainc

from responder.topics.rules import GraveWord, HeatPart, Share, Tally

DAY_SECONDS = 86_400.0
COPIER = 0.2  # what somebody counts who only repeats others' words
PEOPLE_FOR_FULL_VOLUME = 64
REACTIONS_FOR_FULL_REACH = 2_000
CHANNELS_FOR_FULL_SPREAD = 5
DISTRICTS_FOR_FULL_SPREAD = 5
CARRIERS_FOR_FULL_GRAVITY = 1 / 3
FURTHER_GROUPS = 0.5
GRAVE_WORDS_SHOWN = 4
FRESHNESS_HALF_LIFE_DAYS = 14.0

# Surprise is -log10 of the chance. One in ten is no surprise, one in 100,000 the fullest.
SURPRISE_FROM, SURPRISE_FULL = 1.0, 5.0
RATIO_BOUNDS = (0.5, 5.0)


@dataclass(frozen=True)
class Pace:
    """A last span of time that is held against ``periods`` such spans before it.

    The prior (Gamma) is one voice in one period, so that one voice surprises nobody.

    :param smoothing: people who are added to a channel's counts, so that few are no trend.
    """

    name: str
    days: int
    periods: int
    now: str
    before: str
    smoothing: float
    prior_voices: float = 1.0
    prior_periods: float = 1.0


SPEED = Pace("speed", 7, 4, "近 7 天", "此前每周", 20.0)
BURST = Pace("burst", 1, 6, "近 24 小时", "此前每天", 5.0)
PACES = (SPEED, BURST)
LONGEST_PAST_DAYS = max(pace.days * (pace.periods + 1) for pace in PACES)


@dataclass(frozen=True)
class ChannelPast:
    """People who spoke in each channel, by pace: in the last span, and in those before it.

    A person counts once in each span. ``counts[pace name][channel] = [last, before]``.
    """

    counts: Mapping[str, Mapping[str, Sequence[int]]]


def _by_channel(spoken: Iterable[tuple[str, int, str]]) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for channel, period, _author in spoken:
        counts[channel][period > 0] += 1
    return dict(counts)


def shares(
    tally: Tally, as_of: datetime, past: ChannelPast, lexicon: Mapping[str, GraveWord]
) -> list[Share]:
    """What a topic has of each part as it stood at ``as_of``.

    :param tally: of its messages up to ``as_of``.
    :param past: of all channels, this topic included.
    :param lexicon: each word that ``tally.grave`` may hold.
    """
    return [
        _volume(tally),
        *(_pace(pace, tally, as_of, past) for pace in PACES),
        _reach(tally),
        _spread(tally),
        _gravity(tally, lexicon),
        _freshness(_days(tally.last_seen, as_of)),
    ]


def aged(parts: Iterable[HeatPart], last_seen: datetime, as_of: datetime) -> list[Share]:
    """The shares of a topic to which nothing was added and that nobody spoke of for a week.

    Then only its age has changed; none of its messages need be read.
    """
    changed = {"freshness": _freshness(_days(last_seen, as_of))}
    changed |= {pace.name: Share(pace.name, 0.0, _nobody(pace)) for pace in PACES}
    return [changed.get(part.name) or Share(part.name, part.share, part.evidence) for part in parts]


def recounted(parts: Iterable[HeatPart], shares: Iterable[Share]) -> list[Share]:
    """The shares of a topic to which nothing was added; what is grave about it stays as it was.

    So that no message need be read of which no grave words are noted.
    """
    stays = {part.name: part for part in parts if part.name == "gravity"}
    return [
        Share(one.name, kept.share, kept.evidence) if (kept := stays.get(one.name)) else one
        for one in shares
    ]


def surprise(seen: float, past: float, periods: float, exposure: float, pace: Pace) -> float:
    """``-log10 P(X ≥ seen)``, where ``past`` people in ``periods`` spans are all we know.

    With a Gamma prior on the rate, X is negative binomial: size ``prior_voices + past``,
    mean ``size / (prior_periods + periods) × exposure`` (Gelman et al., Bayesian Data
    Analysis, 3rd ed., section 2.6). Its tail is the regularised incomplete beta function, which
    takes fractions of people too.

    :param exposure: how much the last span is worth, in spans; 2 when channels speak twice
        as much as they used to.
    """
    if seen <= 0:
        return 0.0
    size, weight = pace.prior_voices + past, pace.prior_periods + periods
    chance = float(betainc(seen, size, exposure / (weight + exposure)))
    return -log10(max(chance, 1e-300))


def _days(earlier: datetime, later: datetime) -> float:
    return (later.timestamp() - earlier.timestamp()) / DAY_SECONDS


def _crowd(people: int, copiers: int) -> float:
    """How many these people count as, some of whom only sent on what others wrote."""
    return people - copiers * (1 - COPIER)


def _crowd_of(authors: Collection[str], copiers: frozenset[str]) -> float:
    return _crowd(len(authors), sum(author in copiers for author in authors))


def _share(name: str, value: float, evidence: str) -> Share:
    return Share(name, round(min(max(value, 0.0), 1.0), 4), evidence)


def _volume(tally: Tally) -> Share:
    copiers = len(tally.copiers)
    value = log2(1 + _crowd(tally.people, copiers)) / log2(1 + PEOPLE_FOR_FULL_VOLUME)
    evidence = f"{tally.people} 人，{tally.messages} 条"
    if copiers:
        evidence += f"；其中 {copiers} 人只转述相同内容，每人按 {COPIER:g} 人计"
    return _share("volume", value, evidence)


def _nobody(pace: Pace) -> str:
    return f"{pace.now}没有人反映"


def _pace(pace: Pace, tally: Tally, as_of: datetime, past: ChannelPast) -> Share:
    """How surprising the last span is beside the topic's and its channels' own past."""
    if _days(tally.last_seen, as_of) >= pace.days:
        return Share(pace.name, 0.0, _nobody(pace))
    spoken = {
        (voice.channel, period, voice.author_key)
        for voice in tally.lately
        if (period := int(_days(voice.occurred_at, as_of) // pace.days)) <= pace.periods
    }
    by_period = {(period, author) for _channel, period, author in spoken}
    recent, before = (
        _crowd_of(
            [author for period, author in by_period if (period > 0) == earlier], tally.copiers
        )
        for earlier in (False, True)
    )
    ratio = _ratio(pace, _by_channel(spoken), past.counts[pace.name])
    found = surprise(recent, before, pace.periods, ratio, pace)
    value = (found - SURPRISE_FROM) / (SURPRISE_FULL - SURPRISE_FROM)
    evidence = (
        f"{pace.now} {_number(recent)} 人，{pace.before} {before / pace.periods:.1f} 人；"
        f"所在渠道是平时的 {ratio:.1f} 倍；{_chance(found)}"
    )
    return _share(pace.name, value, evidence)


def _ratio(
    pace: Pace, own: Mapping[str, Sequence[int]], channels: Mapping[str, Sequence[int]]
) -> float:
    """How much more the topic's channels speak than they used to, this topic left out."""
    weighted = total = 0.0
    for channel, (own_recent, own_before) in own.items():
        recent, before = channels.get(channel, (own_recent, own_before))
        usual = (before - own_before) / pace.periods + pace.smoothing
        weight = own_recent + own_before
        weighted += weight * ((recent - own_recent) + pace.smoothing) / usual
        total += weight
    low, high = RATIO_BOUNDS
    return min(max(weighted / total, low), high)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _chance(found: float) -> str:
    if found < SURPRISE_FROM:
        return "属平常起伏"
    if found > SURPRISE_FULL:
        return "偶然出现的机会不到十万分之一"
    digits = max(int(found) - 1, 0)  # two digits say enough
    return f"偶然出现的机会约 {round(10**found, -digits):.0f} 分之一"


def _reach(tally: Tally) -> Share:
    value = log10(1 + tally.reactions) / log10(1 + REACTIONS_FOR_FULL_REACH)
    return _share("reach", value, f"点赞、评论、转发共 {tally.reactions} 次")


def _spread(tally: Tally) -> Share:
    """Channels and districts, half each; one person everywhere is no spread."""
    wide = (min(tally.channels, tally.people) - 1) / (CHANNELS_FOR_FULL_SPREAD - 1)
    far = (min(tally.districts, tally.people) - 1) / (DISTRICTS_FOR_FULL_SPREAD - 1)
    value = (min(wide, 1.0) + min(max(far, 0.0), 1.0)) / 2
    return _share("spread", value, f"{tally.channels} 个渠道，{tally.districts} 个区县")


def _gravity(tally: Tally, lexicon: Mapping[str, GraveWord]) -> Share:
    """The gravest word of each group, in full once a third of the people use such words.

    The gravest group counts in full, the others half: a gas leak at a kindergarten is
    graver than a gas leak.
    """
    if not tally.grave:
        return Share("gravity", 0.0, "没有出现险情、特殊群体等字词")
    carriers: dict[str, set[str]] = defaultdict(set)
    gravest: dict[str, float] = defaultdict(float)
    for word, author in tally.grave:
        group = lexicon[word].group
        carriers[group].add(author)
        gravest[group] = max(gravest[group], lexicon[word].points)
    full = _crowd(tally.people, len(tally.copiers)) * CARRIERS_FOR_FULL_GRAVITY
    scores = [
        gravest[group] / 10 * min(1.0, _crowd_of(authors, tally.copiers) / full)
        for group, authors in carriers.items()
    ]
    value = max(scores) + FURTHER_GROUPS * (sum(scores) - max(scores))
    words = sorted(
        {word for word, _ in tally.grave}, key=lambda word: (-lexicon[word].points, word)
    )
    shown = "、".join(f"{word}（{lexicon[word].kind}）" for word in words[:GRAVE_WORDS_SHOWN])
    count = len({author for _, author in tally.grave})
    return _share("gravity", value, f"{count} 人提到：{shown}")


def _freshness(days: float) -> Share:
    days = max(days, 0.0)
    said = f"最近一条在 {days:.0f} 天前" if days >= 1 else "最近一条在 24 小时内"
    return _share("freshness", exp(-log(2) * days / FRESHNESS_HALF_LIFE_DAYS), said)
