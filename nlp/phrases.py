"""Join what a cutter took apart: 翠|屏湾, 3|号线, 丽发|新城 are names of one thing."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from itertools import pairwise

from nlp.headline import words_that
from nlp.words import is_content

Pair = tuple[str, str]

_ALWAYS = 0.8
_TOGETHER = 0.7  # share of its texts in which a word has the other one beside it
_LEAST, _LEAST_CLIPPED = 3, 2
_MOST_TOKENS, _MOST_CHARACTERS = 4, 8
_NEVER_JOINED = re.compile(r"[A-Za-z]\d*[市区县镇]|\d.*")


def numbered(tokens: Sequence[str]) -> list[str]:
    """Return the tokens with a number joined to what it numbers: 402路, 3号线."""
    if not any(map(str.isdecimal, tokens)):
        return list(tokens)
    whole: list[str] = []
    for token in tokens:
        if whole and whole[-1].isdecimal() and token.lower() in words_that("numbered"):
            whole[-1] += token
        else:
            whole.append(token)
    return whole


def cohesive_pairs(texts: Iterable[Sequence[str]]) -> set[Pair]:
    """Return neighbours (a, b) that hardly occur apart in the texts of several messages.

    Of the texts with the more frequent of the two, the pair stands in at least 70 %, and in
    three at least. Two texts are enough where one of the two is a single character: a
    clipped piece. Copies of a text count once.
    """
    distinct = {tuple(text) for text in texts}
    if len(distinct) < _LEAST_CLIPPED:
        return set()
    words: Counter[str] = Counter()
    pairs: Counter[Pair] = Counter()
    for tokens in distinct:
        words.update(set(tokens))
        pairs.update(set(pairwise(tokens)))
    return {
        pair
        for pair, count in pairs.items()
        if count >= (_LEAST_CLIPPED if min(map(len, pair)) == 1 else _LEAST)
        and count >= _TOGETHER * max(words[pair[0]], words[pair[1]])
        and _joins(pair[0])
        and _joins(pair[1])
    }


@lru_cache(maxsize=1 << 14)
def _joins(token: str) -> bool:
    return is_content(token) and not _NEVER_JOINED.fullmatch(token)


def joined(tokens: Sequence[str], pairs: Set[Pair], always: Set[Pair] = frozenset()) -> list[str]:
    """Return the tokens with runs of cohesive `pairs`, and of those `always` to join, joined.

    A run of more than four tokens or 8 characters is no name but a sentence that several
    messages copied: of such a run only what is in `always` is joined.
    """
    if not pairs and not always:
        return list(tokens)
    whole: list[str] = []
    for run in _runs(tokens, pairs | always):
        if len(run) <= _MOST_TOKENS and sum(map(len, run)) <= _MOST_CHARACTERS:
            whole.append("".join(run))
        else:
            whole.extend("".join(part) for part in _runs(run, always))
    return whole


def _runs(tokens: Sequence[str], pairs: Set[Pair]) -> list[list[str]]:
    """Return the tokens in runs of which each neighbours are one of the pairs."""
    runs = [[token] for token in tokens[:1]]
    for pair in pairwise(tokens):
        if pair in pairs:
            runs[-1].append(pair[1])
        else:
            runs.append([pair[1]])
    return runs


def whole_name(name: str, texts: Iterable[Sequence[str]]) -> str:
    """Return a name with the words that nearly always stand beside it: 南山十里 → 南山十里天池.

    Asked of three different texts at least, so that no sentence that was copied becomes a
    name. Words of every place (小区, 门口) are no part of it.
    """
    distinct = {tuple(text) for text in texts}
    for _ in range(_MOST_TOKENS):
        spans = [(text, span) for text in distinct if (span := _span_of(name, text))]
        after = Counter(text[end] for text, (_, end) in spans if end < len(text))
        before = Counter(text[start - 1] for text, (start, _) in spans if start)
        added = _always(after, len(spans)), _always(before, len(spans))
        if not any(added) or len(name) >= _MOST_CHARACTERS:
            break
        name = added[1] + name + added[0]
    return name


def _span_of(name: str, text: Sequence[str]) -> tuple[int, int] | None:
    """Return the tokens [start, end) that make a name, None where none do."""
    for start in range(len(text)):
        end, found = start, ""
        while end < len(text) and len(found) < len(name):
            found += text[end]
            end += 1
        if found == name:
            return start, end
    return None


def _always(neighbours: Counter[str], count: int) -> str:
    """Return the neighbour that stands beside a name in 80 % of at least three texts, or ""."""
    word, times = max(neighbours.items(), key=lambda one: one[1], default=("", 0))
    is_word = bool(word) and _joins(word) and word not in words_that("generic")
    return word if is_word and count >= _LEAST and times >= _ALWAYS * count else ""
