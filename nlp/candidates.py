"""What may stand as a topic's headline, and how well it would."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, takewhile
from math import fsum
from typing import NamedTuple

from nlp.headline import is_paired, words_that
from nlp.places import is_district
from nlp.reading import Clause
from nlp.words import is_content

# How much of a whole headline each is worth.
_WHOLE, _FROM_PLACE, _COMPOSED, _TO_CONNECTOR, _AFTER_OF, _WITHOUT_MIDDLE, _CUT = (
    1.0, 0.95, 0.88, 0.85, 0.8, 0.7, 0.4,
)  # fmt: skip
_NAMES_PLACE, _NAMES_PART = 2.0, 1.0  # in words that all messages share
_WITHOUT_MATTER, _ONLY_ASKS, _ASKS, _HANGS, _LEADS, _CURT, _ELSEWHERE = (
    0.4, 0.85, 0.92, 0.6, 0.7, 0.8, 0.8,
)  # fmt: skip
_CURT_BELOW = 5  # characters
_LONG_FROM, _LONG = 14, 0.01  # what each further character takes away
_FEW_WORDS = 3  # a title of so few says no more than 饭盒里的秘密
_OFTEN = 0.4  # share of the messages, below which a place is not the topic's
_WORDS_ENOUGH = 6.0  # what a headline of six telling words weighs


class Topic(NamedTuple):
    """What the messages of a topic have in common.

    `support`: word → share of messages with it (by rarity, if known); a word that is lacking
    counts as shared. `least`: the share from which a word speaks for a headline. `place`: the
    place that half of the messages name, or ""; `in_heads`: they do so in titles or openings,
    not only further down. `places`: place, code or number → share of messages.
    """

    support: Mapping[str, float]
    least: float
    place: str
    in_heads: bool
    places: Mapping[str, float]


class Candidate(NamedTuple):
    """A headline and what it is worth."""

    worth: float
    text: str


def candidates(clause: Clause, topic: Topic, max_length: int) -> Iterator[Candidate]:
    """Yield what of a clause may be a headline of at most `max_length` characters."""
    tokens = without_codes(clause)
    parts = chain(_parts(tokens, topic.place, max_length), _shortened(tokens, clause, max_length))
    for part, wholeness in parts:
        if is_paired("".join(part)):
            yield _candidate(part, clause, topic, wholeness)
    if topic.place and not clause.places and not _names_part(tokens, topic.place):
        if not topic.in_heads and sum(map(is_content, tokens)) > _FEW_WORDS:
            return
        matter = tokens[_districts(tokens) :]
        composed = [topic.place, *matter]
        follows = bool(matter) and matter[0] not in words_that("leading")
        if follows and sum(map(len, composed)) <= max_length:
            yield _candidate(composed, clause, topic, _COMPOSED)


def _candidate(tokens: Sequence[str], clause: Clause, topic: Topic, wholeness: float) -> Candidate:
    text = "".join(tokens)
    worth = _worth(tokens, text, clause.places, topic)
    return Candidate(worth * wholeness * clause.rank if worth > 0 else worth, text)


def without_codes(clause: Clause) -> list[str]:
    """Return the tokens without the districts before a place, or with the narrowest only.

    A place that its district tells from others of its name keeps it: 柏渚县人民医院.
    """
    tokens = clause.tokens
    count = _districts(tokens)
    rest = tokens[count:]
    if not count or not rest:
        return tokens
    has_better = any(place in "".join(rest) for place in clause.places)
    stands_alone = is_content(rest[0]) and rest[0] not in words_that("needs_district")
    return rest if has_better and stands_alone else tokens[count - 1 :]


def _districts(tokens: Sequence[str]) -> int:
    """Return how many districts, or codes of districts, a clause begins with."""
    return len(list(takewhile(is_district, tokens)))


def _parts(tokens: list[str], place: str, max_length: int) -> Iterator[tuple[list[str], float]]:
    """Yield the clause or parts of it that are short enough, with how whole each is."""
    whole = "".join(tokens)
    fits = len(whole) <= max_length
    if fits:
        yield tokens, _WHOLE
    start = _start_of(place, tokens)
    if start and sum(map(len, tokens[start:])) <= max_length:
        yield tokens[start:], _FROM_PLACE if fits else _WHOLE
    for first in {0, start}:
        length = 0
        for end in range(first + 1, len(tokens)):
            length += len(tokens[end - 1])
            if length > max_length:
                break
            if tokens[end] in words_that("connectors"):
                yield tokens[first:end], _TO_CONNECTOR
            elif not fits and is_content(tokens[end - 1]):
                yield tokens[first:end], _CUT


def _shortened(
    tokens: list[str], clause: Clause, max_length: int
) -> Iterator[tuple[list[str], float]]:
    """Yield a clause that is too long as its place (or code) and its end, without the middle.

    What goes, stands before a noun and describes it: 营盘东路（与长星路交汇处的）铝材厂排放气体.
    """
    if sum(map(len, tokens)) <= max_length:
        return
    head, after = _head(tokens, clause.places)
    length = sum(map(len, head))
    for start in range(after + 1, len(tokens)):
        rest = tokens[start:]
        if length + sum(map(len, rest)) > max_length or not is_content(rest[0]):
            continue
        before = tokens[start - 1]
        if len(before) == 1 and is_content(before):
            continue  # 石|清村 is one name
        if before == "的":
            yield [*head, *rest], _AFTER_OF
        elif len(rest[0]) > 1 and len(rest) > 2:
            yield [*head, *rest], _WITHOUT_MIDDLE


def _head(tokens: Sequence[str], places: Sequence[str]) -> tuple[list[str], int]:
    """Return the place or code that a clause begins with, and where what follows begins."""
    for end in range(1, len(tokens)):
        if "".join(tokens[:end]) in places:
            return ["".join(tokens[:end])], end
    codes = _districts(tokens)
    return list(tokens[:codes]), codes


def _start_of(place: str, tokens: Sequence[str]) -> int:
    """Return where the place begins, if it begins with a word; else 0."""
    if not place or place not in "".join(tokens):
        return 0
    starts = (i for i in range(len(tokens)) if "".join(tokens[i:]).startswith(place))
    start = next(starts, 0)
    return start if start and tokens[start - 1] not in words_that("leading") else 0


def _worth(tokens: Sequence[str], text: str, places: Sequence[str], topic: Topic) -> float:
    """Return how much of what the messages share the text says, by how it reads."""
    named = "".join(places).lower()
    matter = {
        token.lower()
        for token in tokens
        if is_content(token)
        and not is_district(token)
        and token.lower() not in named
        and token not in words_that("generic")
        and token not in topic.place
    }
    worth = fsum(  # the same in whatever order a process has its sets
        (topic.support.get(word, 1.0) - topic.least) * min(len(word), 4) ** 0.5 for word in matter
    )
    worth = min(worth, _WORDS_ENOUGH)
    if topic.place and topic.place in text:
        worth += _NAMES_PLACE if topic.in_heads else _NAMES_PART
    elif _names_part(tokens, topic.place):
        worth += _NAMES_PART
    if not any(len(word) > 1 for word in matter):
        worth *= _WITHOUT_MATTER
    if any(topic.places.get(place, 1.0) < _OFTEN for place in _narrowed(tokens, text, places)):
        worth *= _ELSEWHERE
    return worth * _reads(tokens, text) if worth > 0 else worth


def _names_part(tokens: Sequence[str], place: str) -> bool:
    """Tell whether a text names a place for short: 跃动健身 for 跃动健身鼓楼前店."""
    return any(len(token) > 1 and token in place for token in tokens)


def _narrowed(tokens: Sequence[str], text: str, places: Sequence[str]) -> Iterator[str]:
    """Yield what narrows a text: places, codes, numbers."""
    yield from (place for place in places if place in text)
    yield from (token for token in tokens if is_district(token) or token[0].isdecimal())


def _reads(tokens: Sequence[str], text: str) -> float:
    """Return how well a text reads as a headline, 1 at best."""
    reads = 1.0
    if tokens[-1] == "吗":
        reads *= _ONLY_ASKS
    elif not words_that("questions").isdisjoint(tokens):
        reads *= _ASKS
    if tokens[-1] in words_that("hanging"):
        reads *= _HANGS
    if tokens[0] in words_that("leading"):
        reads *= _LEADS
    if len(text) < _CURT_BELOW:
        reads *= _CURT
    return reads * (1.0 - _LONG * max(0, len(text) - _LONG_FROM))
