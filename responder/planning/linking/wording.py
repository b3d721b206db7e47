"""Which words a topic and an event share, and how much those words say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from math import log

from nlp import content_words, default_segmenter, normalise
from responder.planning.models import PressEvent

# A headline's words count less than the keywords' heaviest, a summary's less than a theme's.
LABEL_WEIGHT = 0.6
SUMMARY_WEIGHT = 0.5


# Where a name of a place or a matter ends.
PARTICLES = frozenset("的了着过在是有和与及或等把被就都也对向从为于不没无")


@cache
def office_words() -> frozenset[str]:
    """Words that occur in every announcement and complaint and tell no matter from the next."""
    text = files("responder").joinpath("data/office_words.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(" ".join(lines).split())


def words_of(text: str) -> list[str]:
    """The words of ``text`` that can tell a matter: two characters at least, no office talk."""
    found = content_words(default_segmenter().cut(normalise(text)))
    return [word for word in found if len(word) > 1 and word not in office_words()]


def rarity(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """Word → ``ln((1 + n) / (1 + df)) + 1`` over ``n`` documents, each a set of words."""
    count = 0
    frequency: Counter[str] = Counter()
    for words in documents:
        count += 1
        frequency.update(set(words))
    return {word: log((1 + count) / (1 + df)) + 1 for word, df in frequency.items()}


def topic_terms(label: str, keywords: Sequence[Sequence[object]]) -> dict[str, float]:
    """Word → weight (0–1) of a topic, from its label and ``[[word, weight], …]``."""
    terms = dict.fromkeys(words_of(label), LABEL_WEIGHT)
    kept = [(str(word), float(str(weight))) for word, weight in keywords]
    heaviest = max((weight for _, weight in kept), default=1.0)
    for word, weight in kept:
        if len(word) > 1 and word not in office_words():
            terms[word] = max(terms.get(word, 0.0), weight / heaviest)
    return terms


def event_terms(event: PressEvent, vocabulary: Iterable[str]) -> dict[str, float]:
    """Word → weight (0–1) of an event, from its theme and summary.

    :param vocabulary: the topics' words; those that stand in the event's text count even
        where a different neighbour made the text fall into other pieces.
    """
    theme, summary = normalise(event.theme), normalise(event.summary)
    terms = dict.fromkeys(words_of(summary), SUMMARY_WEIGHT)
    terms.update(dict.fromkeys((word for word in vocabulary if word in summary), SUMMARY_WEIGHT))
    terms.update(dict.fromkeys(words_of(theme), 1.0))
    terms.update(dict.fromkeys((word for word in vocabulary if word in theme), 1.0))
    return terms


def phrases(
    words: Iterable[tuple[str, float]], topic_text: str, event_text: str
) -> list[tuple[str, float]]:
    """Shared words as the longest wording around them that both texts have, heaviest first.

    ``翠 | 屏湾 | 小区`` fell apart in cutting; a person should read ``翠屏湾小区``. Words of
    one phrase add up their shares.
    """
    one, other = normalise(topic_text), normalise(event_text)
    grown: defaultdict[str, float] = defaultdict(float)
    for word, share in words:
        grown[_grow(word, one, other)] += share
    return sorted(grown.items(), key=lambda pair: (-pair[1], pair[0]))


def _grow(word: str, one: str, other: str) -> str:
    """``word``, lengthened to both sides while ``one`` and ``other`` still both hold it."""
    longest = word
    for place in re.finditer(re.escape(word), one):
        start, end = place.span()
        while start > 0 and _reads_on(one[start - 1]) and one[start - 1 : end] in other:
            start -= 1
        while end < len(one) and _reads_on(one[end]) and one[start : end + 1] in other:
            end += 1
        longest = max(longest, one[start:end], key=len)
    return longest


def _reads_on(character: str) -> bool:
    return character.isalnum() and character not in PARTICLES
