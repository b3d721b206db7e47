"""Name a topic with words of its own messages: a headline of place and matter, and keywords."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from nlp.segment import RjiebaSegmenter, Segmenter
from nlp.words import content_words, is_content

MAX_LENGTH = 24
_TITLES_READ = 80  # a headline gains nothing from reading the thousandth title
_BODY_READ = 200  # characters; what a letter is about stands at its beginning
_CLAUSE_END = re.compile(r"[，。！？；：,!?;:…\n~～—|]+")
_PAIRED = ("“”", "《》", "（）", "()", "【】", "「」")
_WHOLE_START, _WHOLE_END = 1.15, 1.15
_FILLER_COST = 0.12
_BODY_SHARE = 0.3


class _Span(NamedTuple):
    score: float
    text: str


@lru_cache(maxsize=1)
def _default_segmenter() -> Segmenter:
    return RjiebaSegmenter()


def keywords(
    titles: Sequence[str],
    bodies: Sequence[str] = (),
    *,
    idf: Mapping[str, float] | None = None,
    segmenter: Segmenter | None = None,
    limit: int = 8,
) -> list[tuple[str, float]]:
    """Return the words that mark a topic with weights, heaviest first, summing to 1.

    A word weighs the share of messages that use it (titles .7, bodies .3), times its rarity
    in `idf` if given. Words of one character are left out. Texts are normalised ones.
    """
    weights = _support(titles, bodies, segmenter or _default_segmenter(), idf)
    named = [(word, weight) for word, weight in weights.items() if len(word) > 1]
    named = sorted(named, key=lambda item: (-item[1], item[0]))[:limit]
    total = sum(weight for _, weight in named)
    return [(word, weight / total) for word, weight in named]


def label(
    titles: Sequence[str],
    bodies: Sequence[str] = (),
    *,
    idf: Mapping[str, float] | None = None,
    segmenter: Segmenter | None = None,
    max_length: int = MAX_LENGTH,
) -> str:
    """Return a headline of at most `max_length` characters, word for word from the messages.

    It is the stretch of one clause of a title, cut between words, that holds most of what
    the topic's messages have in common; a whole clause is preferred to a part of one. A
    topic without usable titles is named from the openings of its bodies. "" only when
    there is no text at all. The texts are normalised; the order of messages does not
    matter. `idf` (word → rarity) helps to pass over words that every message uses.
    """
    segmenter = segmenter or _default_segmenter()
    weights = _support(titles, bodies, segmenter, idf)
    openings = [body[:_BODY_READ] for body in bodies]
    for texts in (titles, openings):
        spans = list(_spans(texts, weights, segmenter, max_length))
        if spans:
            return min(spans, key=lambda span: (-span.score, len(span.text), span.text)).text
    return _cut_short((*titles, *openings), max_length)


def _support(
    titles: Iterable[str],
    bodies: Iterable[str],
    segmenter: Segmenter,
    idf: Mapping[str, float] | None,
) -> dict[str, float]:
    """Return for each content word how much of the topic it covers, by rarity if known."""
    weights: dict[str, float] = defaultdict(float)
    for share, texts in ((1.0 - _BODY_SHARE, titles), (_BODY_SHARE, bodies)):
        cuts = [set(content_words(segmenter.cut(text[:_BODY_READ]))) for text in texts]
        for words in cuts:
            for word in words:
                weights[word] += share / len(cuts)
    if idf is None:
        return dict(weights)
    rarest = max(idf.values(), default=1.0)
    return {word: weight * idf.get(word, rarest) for word, weight in weights.items()}


def _spans(
    texts: Iterable[str], weights: Mapping[str, float], segmenter: Segmenter, max_length: int
) -> Iterator[_Span]:
    """Yield the candidate stretches of the most frequent texts."""
    common = sorted(Counter(texts).items(), key=lambda item: (-item[1], item[0]))
    for text, _ in common[:_TITLES_READ]:
        for clause in _CLAUSE_END.split(text):
            tokens = _trim(segmenter.cut(clause.strip()))
            yield from _stretches(tokens, weights, max_length)


def _trim(tokens: list[str]) -> list[str]:
    """Drop what is no content from both ends: 关于…的问题, 请问…？"""
    places = [place for place, token in enumerate(tokens) if is_content(token)]
    if not places:
        return []
    start = places[0] - 1 if places[0] and tokens[places[0] - 1].isdigit() else places[0]
    return tokens[start : places[-1] + 1]


def _is_start(tokens: Sequence[str], place: int) -> bool:
    """Tell whether a headline may begin here: 402路 is not to lose its number."""
    if tokens[place].isdigit():
        return place + 1 < len(tokens) and is_content(tokens[place + 1])
    return is_content(tokens[place]) and not (place and tokens[place - 1].isdigit())


def _stretches(
    tokens: Sequence[str], weights: Mapping[str, float], max_length: int
) -> Iterator[_Span]:
    """Yield each stretch of words that may be a headline, with its score."""
    for start in range(len(tokens)):
        if not _is_start(tokens, start):
            continue
        covered: dict[str, float] = {}
        fillers, text = 0, ""
        for end in range(start, len(tokens)):
            token = tokens[end]
            text += token
            if len(text) > max_length:
                break
            if not is_content(token):
                fillers += 1
                continue
            covered[token.lower()] = weights.get(token.lower(), 0.0) * min(len(token), 4) ** 0.5
            if len(text) > 1 and _is_paired(text):
                whole = _wholeness(start == 0, end == len(tokens) - 1)
                yield _Span(_score(covered, fillers) * whole, text)


def _score(covered: Mapping[str, float], fillers: int) -> float:
    total = sum(covered.values())
    return total - fillers * _FILLER_COST * total / len(covered)


def _wholeness(from_start: bool, to_end: bool) -> float:
    return (_WHOLE_START if from_start else 1.0) * (_WHOLE_END if to_end else 1.0)


def _is_paired(text: str) -> bool:
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in _PAIRED)


def _cut_short(texts: Iterable[str], max_length: int) -> str:
    """Return the first text that says anything, when none has a word of content."""
    return next((text.strip()[:max_length] for text in texts if text.strip()), "")
