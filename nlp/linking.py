"""Rank releases for what citizens ask, and say by which words.

A message and the release that answers it share few words and many characters: citizens
misspell, shorten and vary. So both are counted, character bigrams before words, each by how rare
it is on the side where it is commoner: what every release says (新闻发布会) tells none from the
next, however seldom citizens say it. Repeats of a term saturate, for an answer repeats its
subject ten times. A release that resembles everybody's message (转有关部门处理) answers nobody's:
part of what it scores with those that it resembles most is taken off. Nothing is random.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import normalise
from nlp.segment import Segmenter, default_segmenter
from nlp.shared import Phrases
from nlp.sparse import Matrix, csr_matrix
from nlp.words import content_words

Asked: TypeAlias = str | Sequence[str]
"""What is asked: one message, or the messages of a topic."""

Scores: TypeAlias = NDArray[np.float32]

WORD_SHARE = 0.2  # of the similarity; the rest is bigrams'
RARITY_POWER = 1.25  # above 1: one shared rare name outweighs several set phrases
SATURATION = 2.0  # a term that stands so many times counts half of what it ever can
CROWD = 10  # how many messages a release is compared with to see whether it suits everybody
CROWD_SHARE = 0.3  # how much of that is taken off
_BLOCK = 512  # messages compared at a time

_RUN = re.compile(r"[^\W_]+")


class Hit(NamedTuple):
    """A release by its place in what was fitted, and its score."""

    release: int
    score: float


class Ranker(Protocol):
    """Whatever ranks releases for messages."""

    def fit(self, messages: Sequence[Asked], releases: Sequence[str]) -> Self:
        """Learn from both sides, and keep the releases."""
        ...

    def rank(self, messages: Sequence[Asked], limit: int = 5) -> list[list[Hit]]:
        """Return for each message the best releases, best first."""
        ...


class Linker:
    """Ranks releases for messages or topics.

    Learned: how rare each bigram and word is among messages and among releases; the vectors
    of the releases, CSR (m, terms) with rows of length 1; `crowd_`, float32 (m,), the mean
    similarity of each release with the `CROWD` messages that it resembles most.
    """

    def __init__(self, segmenter: Segmenter | None = None) -> None:
        self._segmenter = segmenter or default_segmenter()
        self._bigrams = _Terms(bigrams)
        self._words = _Terms(lambda text: content_words(self._segmenter.cut(text)))
        self._releases: Matrix = None
        self._texts: list[str] = []
        self.crowd_: Scores = np.zeros(0, np.float32)

    def fit(
        self, messages: Sequence[Asked], releases: Sequence[str], background: Sequence[str] = ()
    ) -> Self:
        """Learn from n messages (or topics) and m releases; returns itself.

        `background`: further messages, to tell rare terms from common ones where the others
        are few. Texts are normalised here. Fitting again forgets what was fitted before.
        """
        self._texts = [normalise(text) for text in releases]
        asked = [_texts_of(one) for one in messages]
        said = [*map("\n".join, asked), *map(normalise, background)]
        for terms in (self._bigrams, self._words):
            terms.learn(said, self._texts)
        self._releases = self._vectors([[text] for text in self._texts])
        self.crowd_ = _mean_of_best(self._blocks(asked), len(self._texts))
        return self

    def similarity(self, messages: Sequence[Asked]) -> Scores:
        """Return the cosine of each message with each release, float32 (n, m), 0 to 1."""
        blocks = list(self._blocks([_texts_of(one) for one in messages]))
        return np.vstack(blocks) if blocks else np.zeros((0, len(self._texts)), np.float32)

    def score(self, messages: Sequence[Asked]) -> Scores:
        """Return the similarity less what is due to releases that suit everybody, (n, m)."""
        scores: Scores = self.similarity(messages) - CROWD_SHARE * self.crowd_
        return scores

    def rank(self, messages: Sequence[Asked], limit: int = 5) -> list[list[Hit]]:
        """Return for each message its best `limit` releases, best first; ties by place.

        Releases that share no term with the message are left out.
        """
        found = []
        for block in self._blocks([_texts_of(one) for one in messages]):
            for row in block:
                found.append(_best(row, row - CROWD_SHARE * self.crowd_, limit))
        return found

    def evidence(self, message: Asked, releases: Sequence[int]) -> list[list[tuple[str, float]]]:
        """Return the phrases that a message shares with each of some fitted releases.

        Heaviest first, each with its share of the similarity; shares sum to 1, and without a
        shared phrase there is none. The message is read once for all releases.
        """
        texts = _texts_of(message)
        phrases = Phrases(texts, self._segmenter)
        asked = self._vectors([texts]).toarray().ravel()
        return [
            phrases.shared_with(self._texts[release], self._points(asked, release))
            for release in releases
        ]

    def _points(self, asked: Scores, release: int) -> dict[str, float]:
        """Term → what it adds to the similarity of a message's vector with a release."""
        row = self._releases[release]
        points: defaultdict[str, float] = defaultdict(float)
        for column, value in zip(row.indices.tolist(), row.data * asked[row.indices], strict=True):
            if value:
                points[self._term(column)] += float(value)
        return points

    def _term(self, column: int) -> str:
        own = len(self._bigrams.names)
        return self._words.names[column - own] if column >= own else self._bigrams.names[column]

    def _blocks(self, asked: Sequence[Sequence[str]]) -> Iterator[Scores]:
        """Yield the similarities of the messages, some rows at a time."""
        releases = self._releases.T.tocsr()
        for start in range(0, len(asked), _BLOCK):
            yield (self._vectors(asked[start : start + _BLOCK]) @ releases).toarray()

    def _vectors(self, asked: Sequence[Sequence[str]]) -> Matrix:
        """Return CSR (n, terms): of each row the mean of its texts, made to length 1."""
        texts = list(chain.from_iterable(asked))
        rows = np.repeat(np.arange(len(asked)), [len(one) for one in asked])
        owners = csr_matrix(
            (np.ones(len(texts), np.float32), (rows, np.arange(len(texts)))),
            shape=(len(asked), len(texts)),
        )
        halves = [
            _scaled(_unit(owners @ _unit(terms.weigh(texts, SATURATION, RARITY_POWER))), share**0.5)
            for terms, share in ((self._bigrams, 1 - WORD_SHARE), (self._words, WORD_SHARE))
        ]
        return _side_by_side(halves)


class WordCosine:
    """Plain TF-IDF cosine of words, what a new method must beat.

    Words as the segmenter cuts them, stop words dropped; count times ln((1+n)/(1+df)) + 1 over
    messages and releases, rows of length 1: scikit-learn's `TfidfVectorizer` as it comes.
    """

    def __init__(self, segmenter: Segmenter | None = None) -> None:
        cutter = segmenter or default_segmenter()
        self._words = _Terms(lambda text: content_words(cutter.cut(text)))
        self._releases: Matrix = None

    def fit(self, messages: Sequence[Asked], releases: Sequence[str]) -> Self:
        """Learn from n messages and m releases; returns itself."""
        texts = [normalise(text) for text in releases]
        self._words.learn([*texts, *("\n".join(_texts_of(one)) for one in messages)])
        self._releases = _unit(self._words.weigh(texts)).T.tocsr()
        return self

    def rank(self, messages: Sequence[Asked], limit: int = 5) -> list[list[Hit]]:
        """As `Linker.rank`; the messages of a topic are read as one text."""
        found = []
        for start in range(0, len(messages), _BLOCK):
            texts = ["\n".join(_texts_of(one)) for one in messages[start : start + _BLOCK]]
            for row in (_unit(self._words.weigh(texts)) @ self._releases).toarray():
                found.append(_best(row, row, limit))
        return found


class _Terms:
    """A vocabulary of one kind of term: its names by column, and how rare each is."""

    def __init__(self, cut: Callable[[str], Iterable[str]]) -> None:
        self._cut = cut
        self._columns: dict[str, int] = {}
        self._rarity: NDArray[np.float32] = np.zeros(0, np.float32)
        self.names: list[str] = []

    def learn(self, *sides: Sequence[str]) -> None:
        """Learn the terms of these texts; of several sides, each counts where it is commoner.

        Rarity: ln((1+n)/(1+df)) + 1, over what a term that no text has would get.
        """
        frequencies = [
            Counter(chain.from_iterable(set(self._cut(text)) for text in texts)) for texts in sides
        ]
        self.names = sorted(set().union(*frequencies))
        self._columns = {name: column for column, name in enumerate(self.names)}
        rarities = []
        for texts, frequency in zip(sides, frequencies, strict=True):
            counts = np.array([frequency[name] for name in self.names], np.float32)
            rarest = np.log(1.0 + len(texts)) + 1
            rarities.append((rarest - np.log1p(counts)) / rarest)
        self._rarity = np.min(rarities, axis=0).astype(np.float32)

    def weigh(
        self, texts: Sequence[str], saturation: float | None = None, power: float = 1.0
    ) -> Matrix:
        """Return CSR (n, terms) float32 of counts, saturated, times rarity; unknown ones go."""
        indices: list[int] = []
        counts: list[int] = []
        ends = [0]
        for text in texts:
            for name, count in Counter(self._cut(text)).items():
                column = self._columns.get(name)
                if column is not None:
                    indices.append(column)
                    counts.append(count)
            ends.append(len(indices))
        columns, data = np.array(indices, np.int32), np.array(counts, np.float32)
        if saturation is not None:
            data /= data + saturation
        data *= self._rarity[columns] ** power
        return csr_matrix((data, columns, np.array(ends)), shape=(len(texts), len(self.names)))


def bigrams(text: str) -> list[str]:
    """Return each pair of neighbouring letters, digits or Han characters, in lower case."""
    runs = _RUN.findall(text.lower())
    return [first + second for run in runs for first, second in pairwise(run)]


def _texts_of(asked: Asked) -> list[str]:
    return [normalise(text) for text in ([asked] if isinstance(asked, str) else asked)]


def _best(similar: Scores, scores: Scores, limit: int) -> list[Hit]:
    """The releases with the highest scores among those that share anything."""
    places = np.flatnonzero(similar > 0)
    if len(places) > limit:
        least = np.partition(scores[places], len(places) - limit)[len(places) - limit]
        places = places[scores[places] >= least]
    order = np.lexsort((places, -scores[places]))[:limit]
    return [Hit(int(place), float(scores[place])) for place in places[order]]


def _mean_of_best(blocks: Iterable[Scores], width: int) -> Scores:
    """The mean of the `CROWD` highest of each column; those that are lacking count 0."""
    best = np.zeros((CROWD, width), np.float32)
    for block in blocks:
        best = np.partition(np.vstack((best, block)), len(block), axis=0)[len(block) :]
    mean: Scores = best.mean(axis=0)
    return mean


def _unit(rows: Matrix) -> Matrix:
    """The rows made to length 1; empty ones stay so."""
    rows = rows.tocsr()
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    rows.data = rows.data / np.repeat(lengths, np.diff(rows.indptr)).astype(np.float32)
    return rows


def _scaled(rows: Matrix, factor: float) -> Matrix:
    rows.data = rows.data * np.float32(factor)
    return rows


def _side_by_side(parts: Sequence[Matrix]) -> Matrix:
    """CSR (n, a + b) of (n, a) and (n, b)."""
    left, right = (part.tocoo() for part in parts)
    shape: Any = (left.shape[0], left.shape[1] + right.shape[1])
    rows = np.concatenate((left.row, right.row))
    columns = np.concatenate((left.col, right.col + left.shape[1]))
    return csr_matrix((np.concatenate((left.data, right.data)), (rows, columns)), shape=shape)
