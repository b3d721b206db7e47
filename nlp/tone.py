"""How a text speaks: negative, neutral or positive, with the words that say so.

Words of feeling have weights; degree words raise and negation turns the word after them,
what stands before 但是 counts less, what is wished for or asked is not yet there, and
thanks that close a complaint are manners. The words are data (`data/tone.toml`), so an
office can read why a message counts as it does.

from nlp import tone

tone("投诉多次，一直无人管").label  # 'negative'
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from nlp.segment import Segmenter, default_segmenter

Label = Literal["negative", "neutral", "positive"]

# From which score on a text is called negative or positive: one plain word suffices, a mild
# one does not. This and the shares below were chosen on the training part of
# benchmarks/tone_labels.csv; figures in docs/decisions/0008-tone.md.
NEGATIVE_FROM, POSITIVE_FROM = -0.15, 0.15
# Weights worth this much in all make a score of 0.5.
_HALF = 3.0
# How many tokens may stand between a negator or degree word and what it changes: 没有|得到|解决.
_BETWEEN = 1
_NEGATED_POSITIVE, _NEGATED_NEGATIVE = -0.8, -0.3
_BEFORE_ADVERSATIVE = 0.5
_ASKED_POSITIVE, _ASKED_NEGATIVE = 0.2, 0.65
_COURTESY = 0.1  # of thanks after a request or in a complaint
_REPORTED = 0.5  # of all words in a report, notice or advertisement

_CLAUSE_ENDS = frozenset("，,、；;：: \t")
_SENTENCE_ENDS = frozenset("。！？!?…｜|\n")
# What others wrote or what only routes a post: @name, links.
_ADDRESSES = re.compile(r"//@[^:：\s]{1,30}[:：]|@[\w\-·]{1,30}(?![^\s:：@/#])|https?://\S+")


@dataclass(frozen=True)
class Tone:
    """How a text speaks.

    :param score: from -1 (all words negative) to 1; 0 when no word speaks.
    :param evidence: phrases of the text, in its order, each with the weight it was given;
        the score rests on their sum.
    """

    label: Label
    score: float
    evidence: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class _Lexicon:
    """The words of `data/tone.toml`.

    :param feelings: weight of each word that feels.
    :param degrees: factor of each word that raises or lowers the next.
    :param beginnings: whatever a listed word begins with, so that a phrase can be followed
        from token to token.
    """

    feelings: dict[str, float]
    degrees: dict[str, float]
    courtesies: frozenset[str]
    negators: frozenset[str]
    adversatives: frozenset[str]
    requests: frozenset[str]
    blessings: frozenset[str]
    reports: frozenset[str]
    words: frozenset[str]
    beginnings: frozenset[str]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    source = tomllib.loads(files("nlp").joinpath("data", "tone.toml").read_text("utf-8"))

    def weighed(*names: str) -> dict[str, float]:
        return {
            word: float(group["weight"])
            for name in names
            for group in source[name]
            for word in group["words"].split()
        }

    def listed(name: str) -> frozenset[str]:
        return frozenset(source[name]["words"].split())

    feelings, degrees = weighed("feeling", "courtesy"), weighed("degree")
    lists = {
        name: listed(name)
        for name in ("negator", "adversative", "request", "blessing", "report", "silent")
    }
    words = frozenset(feelings).union(degrees, *lists.values())
    return _Lexicon(
        feelings=feelings,
        degrees=degrees,
        courtesies=frozenset(weighed("courtesy")),
        negators=lists["negator"],
        adversatives=lists["adversative"],
        requests=lists["request"],
        blessings=lists["blessing"],
        reports=lists["report"],
        words=words,
        beginnings=frozenset(word[:end] for word in words for end in range(1, len(word))),
    )


@dataclass(frozen=True)
class _Feeling:
    """A phrase that feels: tokens `start` to `end`, its word and its weight so far."""

    start: int
    end: int
    word: str
    weight: float


@dataclass(frozen=True)
class _Modifier:
    """Degree words and negators in a row, tokens `start` to `end`, before what they change."""

    start: int
    end: int
    factor: float
    negates: bool


def _words(tokens: Sequence[str], lexicon: _Lexicon) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and text of the longest listed words, and of tokens that part clauses."""
    index, count = 0, len(tokens)
    while index < count:
        text = tokens[index]
        end = index + 1
        found = end if text in lexicon.words else 0
        word = text
        while text in lexicon.beginnings and end < count:
            text += tokens[end]
            end += 1
            if text in lexicon.words:
                found, word = end, text
        if found:
            yield index, found, word
            index = found
            continue
        if tokens[index] in _CLAUSE_ENDS or tokens[index] in _SENTENCE_ENDS:
            yield index, index + 1, tokens[index]
        index += 1


class _Reader:
    """Goes through the words of one text once and keeps what feels."""

    def __init__(self, lexicon: _Lexicon) -> None:
        self._lexicon = lexicon
        self.found: list[_Feeling] = []
        self.reported = False
        self._sentence_from = 0
        self._asked = False  # in this sentence
        self._requested = False  # anywhere before
        self._modifier: _Modifier | None = None

    def read(self, start: int, end: int, word: str) -> None:
        """Take the next word, which covers the tokens from `start` to `end`."""
        if word in _SENTENCE_ENDS:
            self._sentence_from = len(self.found)
            self._asked = False
            self._modifier = None
        elif word in _CLAUSE_ENDS:
            self._modifier = None
        else:
            self._mark(start, end, word)

    def _mark(self, start: int, end: int, word: str) -> None:
        lexicon = self._lexicon
        if word in lexicon.adversatives:
            self._weaken_sentence()
        if word in lexicon.feelings:
            self._feel(start, end, word)
        if word in lexicon.reports:
            self.reported = True
        if word in lexicon.requests:
            self._asked = self._requested = True
        if word in lexicon.negators:
            self._modify(start, end, 1.0, negates=True)
        elif word in lexicon.degrees:
            self._modify(start, end, lexicon.degrees[word], negates=False)

    def _reaching(self, start: int) -> _Modifier:
        before = self._modifier
        if before is None or start - before.end > _BETWEEN:
            return _Modifier(start, start, 1.0, False)
        return before

    def _modify(self, start: int, end: int, factor: float, negates: bool) -> None:
        before = self._reaching(start)
        self._modifier = _Modifier(
            before.start, end, before.factor * factor, before.negates != negates
        )

    def _feel(self, start: int, end: int, word: str) -> None:
        before = self._reaching(start)
        if self.found and before.start < start and self.found[-1].end == before.end:
            self.found.pop()  # 好 feels by itself, but in 好累 it only raises
        weight = self._lexicon.feelings[word] * before.factor
        if before.negates:
            weight *= _NEGATED_POSITIVE if weight > 0 else _NEGATED_NEGATIVE
        if self._requested and word in self._lexicon.courtesies:
            weight *= _COURTESY
        elif self._asked and word not in self._lexicon.blessings:
            weight *= _ASKED_POSITIVE if weight > 0 else _ASKED_NEGATIVE
        self.found.append(_Feeling(before.start, end, word, weight))
        self._modifier = None

    def _weaken_sentence(self) -> None:
        self.found[self._sentence_from :] = [
            replace(feeling, weight=feeling.weight * _BEFORE_ADVERSATIVE)
            for feeling in self.found[self._sentence_from :]
        ]


def _score(total: float) -> float:
    return total / (abs(total) + _HALF)


def _without_manners(found: list[_Feeling], courtesies: frozenset[str]) -> list[_Feeling]:
    """Take weight from thanks where the rest of the text is negative."""
    rest = sum(feeling.weight for feeling in found if feeling.word not in courtesies)
    if _score(rest) > NEGATIVE_FROM:
        return found
    return [
        replace(feeling, weight=feeling.weight * _COURTESY)
        if feeling.word in courtesies
        else feeling
        for feeling in found
    ]


def _label(score: float) -> Label:
    if score <= NEGATIVE_FROM:
        return "negative"
    return "positive" if score >= POSITIVE_FROM else "neutral"


def tone_of_tokens(tokens: Sequence[str]) -> Tone:
    """Return how a text speaks that is already cut into words.

    `tokens` are those of a `Segmenter`, punctuation included, in Simplified script. A
    phrase that is said again counts once: a flood of 加油 is one 加油.
    """
    lexicon = _lexicon()
    reader = _Reader(lexicon)
    for start, end, word in _words(tokens, lexicon):
        reader.read(start, end, word)
    evidence: dict[str, float] = {}
    share = _REPORTED if reader.reported else 1.0
    for feeling in _without_manners(reader.found, lexicon.courtesies):
        phrase = "".join(tokens[feeling.start : feeling.end])
        evidence.setdefault(phrase, round(feeling.weight * share, 2))
    score = round(_score(sum(evidence.values())), 3)
    return Tone(_label(score), score, tuple(evidence.items()))


def tone(text: str, segmenter: Segmenter | None = None) -> Tone:
    """Return how `text` speaks; an empty text is neutral.

    `text` is in Simplified script (`normalise`). A title and the first few hundred
    characters suffice: later ones rarely turn a message.
    """
    words = (segmenter or default_segmenter()).cut(_ADDRESSES.sub(" ", text))
    return tone_of_tokens(words)
