"""An office's own messages and releases: how well does the linker find the one for the other?

Nothing is stored and no label is learned from: what judges is kept from what ranks. Plain TF-IDF
cosine of words is judged beside, on the same texts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import comb
from pathlib import Path

from nlp import normalise
from nlp.linking import Asked, Hit, Linker, Ranker, WordCosine
from responder.core.errors import Invalid
from responder.planning.linking.evaluation_files import Cells

FIRST = 5
"""Among how many of the first the right one counts as found."""

FEWEST_MESSAGES = 2
RAISED_BY = 0.5
"""In which share of a topic's messages a name must stand for the topic to be about it."""

Clock = Callable[[], float]


@dataclass(frozen=True)
class Keyed:
    """How often the release with a message's key comes first, and among the first five."""

    p_at_1: float
    hit_at_5: float


@dataclass(frozen=True)
class KeyedRun:
    """Both methods on one pair of files.

    :param queries: messages whose key some release has.
    :param unanswered: messages with a key that no release has; they are no queries.
    :param seconds: to learn from both files and rank all messages, ours.
    """

    queries: int
    unanswered: int
    ours: Keyed
    plain: Keyed
    seconds: float


@dataclass(frozen=True)
class NamedRun:
    """How many topics get a fitting event among their first five, by shared names.

    :param topics: that raise a name of which some event speaks.
    :param by_chance: how many would, were the events drawn by lot.
    """

    topics: int
    ours: int
    plain: int
    by_chance: float
    seconds: float


def judge_by_key(
    messages: Sequence[Cells], releases: Sequence[Cells], clock: Clock = time.perf_counter
) -> KeyedRun:
    """Rank the releases for each message, and look where those of its key stand.

    :raises Invalid: no message has a key that some release has.
    """
    known = {release.key for release in releases} - {""}
    asked = [message for message in messages if message.key in known]
    if not asked:
        raise Invalid(
            "留言与发布没有一个共同的键值，无法评判：请检查 --key 指的列在两个文件中是否对应"
        )
    everything = [message.text for message in messages]
    texts = [release.text for release in releases]
    queries = [message.text for message in asked]

    def judged(ranker: Ranker) -> Keyed:
        found = ranker.fit(everything, texts).rank(queries, FIRST)
        right = [
            [releases[hit.release].key == message.key for hit in hits]
            for message, hits in zip(asked, found, strict=True)
        ]
        first = sum(hits[0] for hits in right if hits)
        return Keyed(first / len(asked), sum(map(any, right)) / len(asked))

    started = clock()
    ours = judged(Linker())
    seconds = clock() - started
    with_key = sum(bool(message.key) for message in messages)
    return KeyedRun(len(asked), with_key - len(asked), ours, judged(WordCosine()), seconds)


def judge_by_names(
    topics: Sequence[Sequence[str]],
    events: Sequence[str],
    names: Mapping[str, Sequence[str]],
    clock: Clock = time.perf_counter,
) -> NamedRun:
    """Rank the events for each topic, and look whether one of the first speaks of the same.

    :param topics: the messages of each topic; those of fewer than two are not judged.
    :param names: name → how people write it, the name among them.
    :raises Invalid: no topic raises a name of which an event speaks.
    """
    spoken = [_names_in(event, names) for event in events]
    known = set().union(*spoken)
    raised = [raised_names(topic, names) & known for topic in topics]
    judged = [place for place, found in enumerate(raised) if found]
    if not judged:
        raise Invalid("没有一个话题与活动提到名单中的同一事项，无法评判：请用 --names 换一份名单")
    fitting = [[bool(raised[place] & one) for one in spoken] for place in judged]
    queries: list[Asked] = [topics[place] for place in judged]

    def found(ranker: Ranker) -> int:
        ranked = ranker.fit(list(topics), events).rank(queries, FIRST)
        return sum(_any(fits, hits) for fits, hits in zip(fitting, ranked, strict=True))

    started = clock()
    ours = found(Linker())
    seconds = clock() - started
    by_chance = sum(_by_lot(len(events), sum(fits)) for fits in fitting)
    return NamedRun(len(judged), ours, found(WordCosine()), by_chance, seconds)


def raised_names(topic: Sequence[str], names: Mapping[str, Sequence[str]]) -> set[str]:
    """The names that stand in half of a topic's messages; none of a topic of one message."""
    if len(topic) < FEWEST_MESSAGES:
        return set()
    said = [_names_in(text, names) for text in topic]
    return {name for name in names if sum(name in one for one in said) >= RAISED_BY * len(topic)}


def _names_in(text: str, names: Mapping[str, Sequence[str]]) -> set[str]:
    return {name for name, ways in names.items() if any(way in text for way in ways)}


def _any(fits: Sequence[bool], hits: Iterable[Hit]) -> bool:
    return any(fits[hit.release] for hit in hits)


def _by_lot(events: int, fitting: int) -> float:
    """The chance that one of the fitting events is among the first, drawn without return."""
    drawn = min(FIRST, events)
    return 1 - comb(events - fitting, drawn) / comb(events, drawn)


def read_names(path: Path | None) -> dict[str, list[str]]:
    """Name → how people write it: one a line, other ways behind it, # begins a comment.

    :param path: None: the list that ships with the product.
    :raises Invalid: the file cannot be read, or names nothing.
    """
    try:
        text = (path or files("responder").joinpath("data/linking_names.txt")).read_text(
            "utf-8-sig"
        )
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f"无法读取名单 {path}：请给一个 UTF-8 编码的文本文件，每行一个事项"
        ) from error
    lines = [normalise(line.partition("#")[0]).split() for line in text.splitlines()]
    names = {ways[0]: ways for ways in lines if ways}
    if not names:
        raise Invalid(f"名单 {path} 中没有名称：请每行写一个事项，后面可跟其他叫法，以空格分隔")
    return names
