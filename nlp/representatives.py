"""Choose the messages that show a topic: central, but not one three times over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from nlp.segment import Segmenter, default_segmenter
from nlp.vectorise import Document
from nlp.words import content_words

BODY_READ = 200  # characters
_CENTRAL = 0.7  # of a choice's worth; the rest is being unlike what was chosen before
_COPY = 0.8  # cosine of two messages' words from which one only repeats the other
_SHORT, _LONG = 20, 800  # characters: less says too little, more is not read in a list
_UNTITLED, _UNFIT_LENGTH = 0.8, 0.85


def representatives(
    documents: Sequence[Document],
    limit: int = 3,
    *,
    words: Sequence[Collection[str]] | None = None,
    segmenter: Segmenter | None = None,
) -> list[int]:
    """Return the positions of at most `limit` messages, the most telling first.

    `documents`: (title, body) of the topic's messages, normalised; `words`: the words of
    each, if they were cut already. Chosen by maximal marginal relevance (Carbonell and
    Goldstein 1998): using the words that the others use, unlike those chosen already, with
    a title and of a length that can be read. A message that nearly repeats a chosen one is
    never taken, so fewer than `limit` may come back. Ties go to the earlier message.
    Raises ValueError when there are not as many `words` as documents.
    """
    if words is not None and len(words) != len(documents):
        raise ValueError(f"{len(documents)} documents but words of {len(words)}")
    if len(documents) < 2:
        return list(range(min(len(documents), limit)))
    cuts = _cut(documents, segmenter or default_segmenter()) if words is None else words
    sets = [frozenset(cut) for cut in cuts]
    return _varied(_worth(documents, sets), sets, limit)


def _cut(documents: Sequence[Document], segmenter: Segmenter) -> list[list[str]]:
    return [
        content_words(segmenter.cut(f"{title}\n{body[:BODY_READ]}")) for title, body in documents
    ]


def _worth(documents: Sequence[Document], sets: Sequence[frozenset[str]]) -> list[float]:
    """Return how much of what all say each message says, less where it is hard to read.

    That is the cosine of its words with the counts of all messages' words.
    """
    counts = Counter(word for words in sets for word in words)
    length = sum(count**2 for count in counts.values()) ** 0.5 or 1.0
    return [
        sum(map(counts.__getitem__, words)) / (length * (len(words) or 1) ** 0.5) * _fit(*document)
        for document, words in zip(documents, sets, strict=True)
    ]


def _fit(title: str, body: str) -> float:
    length = len(body) or len(title)
    fits = _SHORT <= length <= _LONG
    return (1.0 if title.strip() else _UNTITLED) * (1.0 if fits else _UNFIT_LENGTH)


def _varied(worth: Sequence[float], sets: Sequence[frozenset[str]], limit: int) -> list[int]:
    nearest = [0.0] * len(worth)
    chosen: list[int] = []
    while len(chosen) < limit:
        marginal = [
            (round(_CENTRAL * value - (1.0 - _CENTRAL) * near, 9), -place)
            for place, (value, near) in enumerate(zip(worth, nearest, strict=True))
            if near < _COPY
        ]
        if not marginal:
            break
        best = -max(marginal)[1]
        chosen.append(best)
        nearest = [
            max(near, 1.0 if place == best else _alike(sets[best], words))
            for place, (near, words) in enumerate(zip(nearest, sets, strict=True))
        ]
    return chosen


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the cosine of two sets of words; two empty ones are alike."""
    if not one or not other:
        return float(one == other)
    return float(len(one & other) / (len(one) * len(other)) ** 0.5)
