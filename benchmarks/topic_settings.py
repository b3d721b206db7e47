"""``python -m benchmarks.topic_settings``: how the settings of topics were chosen, and what
each part of the method contributes.

The labelled topics are parted at random into two halves, several times. What scores best on
one half (the mean of pair, B-cubed and hot-topic F1, smoothed over neighbouring thresholds)
is scored on the other: a gain that holds on half of the topics only is none. Each part is
judged in the same way, by leaving it out and choosing the threshold anew. All messages are
gathered each time, in order of time; only the labelled ones are scored.

By default a small grid; ``--full`` tries the whole one.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpora import Corpus, corpus
from nlp import BigramVectorizer, Document, RjiebaSegmenter, StreamClusterer, content_words
from nlp.evaluate import bcubed_f1, hot_topic_f1, pair_f1
from nlp.kernels import passes
from nlp.sparse import Matrix, csr_matrix
from nlp.vectorise import N_FEATURES

Grid = Mapping[str, Sequence[Any]]
Found = NDArray[np.int64]
Chosen = tuple[tuple[str, Any], ...]
"""Settings as (name, value), without the threshold."""

REPEATS = 4
"""How often the topics are parted in two: 2 × as many halves are scored."""

JOINS = tuple(np.round(np.arange(0.25, 0.361, 0.01), 2).tolist())
WORD_JOINS = tuple(np.round(np.arange(0.16, 0.341, 0.02), 2).tolist())
SHIPPED = StreamClusterer().limits
MERGE_OVER_JOIN, STAY_UNDER_JOIN = SHIPPED.merge - SHIPPED.join, SHIPPED.join - SHIPPED.stay

SMALL_TEXT: Grid = {"title_weight": (0.54, 0.60, 0.66), "rarity_power": (1.25, 1.5, 1.75)}
SMALL_TOPIC: Grid = {"lead_weight": (0.0, 0.2)}
FULL_TEXT: Grid = {
    "title_weight": (0.54, 0.60, 0.66),
    "body_limit": (240, 320, 400),
    "rarity_power": (1.25, 1.5, 1.75),
}
FULL_TOPIC: Grid = {
    "lead_weight": (0.0, 0.2),
    "merge_over_join": (0.045, 0.065),
    "size_gain": (0.0, 0.02),
}
PER_CALL = 200
SHUFFLES = 20


@dataclass(frozen=True)
class Texts:
    """A corpus in order of time, with numbers for the labelled topics."""

    source: Corpus

    @cached_property
    def order(self) -> list[int]:
        order: list[int] = np.argsort(self.source.moments, kind="stable").tolist()
        return order

    @cached_property
    def documents(self) -> list[Document]:
        return [self.source.documents[place] for place in self.order]

    @cached_property
    def days(self) -> NDArray[np.float64]:
        return np.array(self.source.moments)[self.order] / 86_400

    @cached_property
    def labelled(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions of the labelled messages, and the number of the topic of each."""
        ids = [self.source.ids[place] for place in self.order]
        places = [place for place, one in enumerate(ids) if one in self.source.labels]
        names = [self.source.labels[ids[place]] for place in places]
        return np.array(places), np.unique(names, return_inverse=True)[1]

    def score(self, found: Found, half: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Pair, B-cubed and hot-topic F1; `half`: which labelled topics count."""
        places, topics = self.labelled
        if half is not None:
            places, topics = places[half[topics]], topics[half[topics]]
        true, predicted = topics.tolist(), found[places].tolist()
        return np.array(
            [measure(true, predicted) for measure in (pair_f1, bcubed_f1, hot_topic_f1)]
        )

    @cached_property
    def halves(self) -> list[NDArray[np.bool_]]:
        """2 × `REPEATS` halves of the topics, each followed by the other one."""
        count = int(self.labelled[1].max()) + 1
        random = np.random.default_rng(0)
        firsts = [random.permutation(count) < count // 2 for _ in range(REPEATS)]
        return [half for first in firsts for half in (first, ~first)]


@dataclass(frozen=True)
class Held:
    """What cross-validation gave, half by half: settings chosen, scores on the other half."""

    chosen: list[tuple[Chosen, float]]
    scores: NDArray[np.float64]  # (halves, 3)

    @property
    def figures(self) -> dict[str, float]:
        return _named(self.scores.mean(axis=0))


def _named(scores: NDArray[np.float64]) -> dict[str, float]:
    names = ("pair_f1", "bcubed_f1", "hot_topic_f1")
    return dict(zip(names, np.round(scores, 3).tolist(), strict=True))


def settings_of(grid: Grid) -> list[dict[str, Any]]:
    """Each point of a grid."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def gathered(
    texts: Texts, vectors: Matrix, join: float, *, merge_over_join: float = MERGE_OVER_JOIN,
    **settings: Any,
) -> Found:  # fmt: skip
    """The topic of each message when merging and staying go with the threshold."""
    limits = {
        "join": join, "merge": join + merge_over_join, "stay": join - STAY_UNDER_JOIN, **settings
    }  # fmt: skip
    return StreamClusterer(**limits).partial_fit_predict(vectors, texts.days)


def cross_validate(texts: Texts, runs: Mapping[tuple[Chosen, float], Found]) -> Held:
    """Choose on each half, score on the other. `runs`: (settings, threshold) → topics."""
    keys = list(runs)
    scores = np.array([[texts.score(runs[key], half) for half in texts.halves] for key in keys])
    means = scores.mean(axis=2)
    at = {key: place for place, key in enumerate(keys)}
    near = [_with_neighbours(key, at) for key in keys]
    best = [
        int(np.argmax([means[places, half].mean() if places else -1.0 for places in near]))
        for half in range(len(texts.halves))
    ]
    others = [half ^ 1 for half in range(len(texts.halves))]
    held = [scores[place, other] for place, other in zip(best, others, strict=True)]
    return Held([keys[place] for place in best], np.array(held))


def _with_neighbours(
    key: tuple[Chosen, float], at: Mapping[tuple[Chosen, float], int]
) -> list[int]:
    """The places of a threshold and of the next ones either side; none for one at the edge."""
    settings, join = key
    joins = sorted(other for one, other in at if one == settings)
    place = joins.index(join)
    if place in (0, len(joins) - 1):
        return []
    return [at[settings, one] for one in joins[place - 1 : place + 2]]


def search(texts: Texts, text_grid: Grid, topic_grid: Grid) -> Held:
    """Cross-validate over a whole grid."""
    runs = {}
    for text_settings in settings_of(text_grid):
        vectors = BigramVectorizer(**text_settings).fit_transform(texts.documents)
        for settings, join in product(settings_of(topic_grid), JOINS):
            chosen = tuple({**text_settings, **settings}.items())
            runs[chosen, join] = gathered(texts, vectors, join, **settings)
    return cross_validate(texts, runs)


Features = Callable[[str], list[str]]


def characters(length: int) -> Features:
    """Runs of that many characters, none across what is no word."""

    def cut(text: str) -> list[str]:
        runs = "".join(one if one.isalnum() else " " for one in text.lower()).split()
        return [run[at : at + length] for run in runs for at in range(len(run) - length + 1)]

    return cut


def words(text: str) -> list[str]:
    """Words that carry content, as jieba's dictionary cuts them."""
    return content_words(_SEGMENTER.cut(text))


def words_and_pairs(text: str) -> list[str]:
    """The words, and each two that follow each other."""
    cut = words(text)
    return [*cut, *(f"{one} {other}" for one, other in pairwise(cut))]


def words_and_characters(text: str) -> list[str]:
    """The words, and runs of two characters; what is both counts twice."""
    return [*words(text), *characters(2)(text)]


_SEGMENTER = RjiebaSegmenter()


def weighed(documents: Sequence[Document], features: Features, body_limit: int) -> Matrix:
    """Vectors as `BigramVectorizer` makes them, in Python, of any features."""
    shipped = BigramVectorizer()
    halves = [
        [_counted(features(text)) for text in (title, body[:body_limit])]
        for title, body in documents
    ]
    frequency = np.zeros(N_FEATURES)
    for title, body in halves:
        frequency[list(title.keys() | body.keys())] += 1
    rarity = (np.log((1 + len(documents)) / (1 + frequency)) + 1) ** shipped.rarity_power
    shares = [
        shipped.title_weight * min(1.0, max(len(title) - 1, 0) / (shipped.full_title - 1))
        for title, _ in documents
    ]
    rows = [
        _row(half, (share, 1 - share), rarity, shipped.most)
        for half, share in zip(halves, shares, strict=True)
    ]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    indices = np.concatenate([columns for columns, _ in rows])
    data = np.concatenate([weights for _, weights in rows]).astype(np.float32)
    return csr_matrix((data, indices, ends), shape=(len(rows), N_FEATURES))


def _counted(features: Iterable[str]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for one in features:
        column = zlib.crc32(one.encode()) % N_FEATURES
        counts[column] = counts.get(column, 0) + 1
    return counts


def _row(
    halves: Sequence[Mapping[int, int]], shares: Sequence[float], rarity: NDArray[np.float64],
    most: int,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:  # fmt: skip
    total: dict[int, float] = {}
    for share, counts in zip(shares, halves, strict=True):
        raw = {column: (1 + np.log(count)) * rarity[column] for column, count in counts.items()}
        length = np.sqrt(sum(weight**2 for weight in raw.values()))
        for column, weight in raw.items():
            total[column] = total.get(column, 0.0) + share * weight / length
    columns, weights = np.array(list(total), dtype=np.int32), np.array(list(total.values()))
    heaviest = np.sort(np.argsort(-weights, kind="stable")[:most])
    length = np.sqrt((weights**2).sum())
    return columns[heaviest], weights[heaviest] / length


@contextmanager
def without_pass(*names: str) -> Iterator[None]:
    """Leave out passes of the clusterer: ``merge``, ``reassign``."""
    kept = {name: getattr(passes, name) for name in names}
    for name in names:
        setattr(passes, name, lambda *_: 0)
    try:
        yield
    finally:
        for name, one in kept.items():
            setattr(passes, name, one)


def contributions(texts: Texts) -> dict[str, dict[str, Any]]:
    """The method with one part left out or exchanged at a time, the threshold chosen anew.

    `loses_on` says on how many of the halves it scores below the shipped method.
    """
    documents = texts.documents
    shipped = BigramVectorizer().fit_transform(documents)
    held = {"as shipped": _over_joins(texts, shipped)}
    for name, setting in {
        "no lead over the next topic": "lead_weight",
        "silence does not part": "decay",
        "size does not draw": "size_gain",
    }.items():
        without: dict[str, Any] = {setting: 0.0}
        held[name] = _over_joins(texts, shipped, **without)
    for left_out in (("merge",), ("reassign",), ("merge", "reassign")):
        with without_pass(*left_out):
            held[f"no {' nor '.join(left_out)}"] = _over_joins(texts, shipped)
    titles = [(title, "") for title, _ in documents]
    for name, vectors in {
        "the same, weighed in Python": weighed(documents, characters(2), 320),
        "title weight .5": BigramVectorizer(title_weight=0.5).fit_transform(documents),
        "short titles weigh in full": BigramVectorizer(full_title=1).fit_transform(documents),
        "titles only": BigramVectorizer().fit_transform(titles),
        "rarity power 1": BigramVectorizer(rarity_power=1.0).fit_transform(documents),
        "whole body": weighed(documents, characters(2), 10**6),
        "runs of 3 characters": weighed(documents, characters(3), 320),
    }.items():
        held[name] = _over_joins(texts, vectors)
    for name, features in {
        "words": words, "words and word pairs": words_and_pairs,
        "words and 2 characters": words_and_characters,
    }.items():  # fmt: skip
        held[name] = _over_joins(texts, weighed(documents, features, 320), (*WORD_JOINS,))
    best = held["as shipped"].scores.mean(axis=1)
    return {
        name: {
            **one.figures,
            "mean": round(float(one.scores.mean()), 3),
            "loses_on": f"{(one.scores.mean(axis=1) < best).sum()} of {len(best)}",
        }
        for name, one in held.items()
    }


def _over_joins(
    texts: Texts, vectors: Matrix, joins: Sequence[float] = JOINS, **settings: Any
) -> Held:
    nothing: Chosen = ()
    runs = {(nothing, join): gathered(texts, vectors, join, **settings) for join in joins}
    return cross_validate(texts, runs)


def order_matters(texts: Texts, vectors: Matrix, **settings: Any) -> float:
    """The largest change of pair F1 when messages are shuffled within the hour."""
    clusterer = StreamClusterer(**settings)
    before = texts.score(clusterer.partial_fit_predict(vectors, texts.days))[0]
    random = np.random.default_rng(0)
    changes = []
    for _ in range(SHUFFLES):
        order = np.lexsort((random.random(len(texts.days)), np.floor(texts.days * 24)))
        found = np.empty(len(order), dtype=np.int64)
        shuffled = StreamClusterer(**settings)
        found[order] = shuffled.partial_fit_predict(vectors[order], texts.days[order])
        changes.append(abs(texts.score(found)[0] - before))
    return round(float(max(changes)), 3)


def in_calls(texts: Texts, size: int = PER_CALL) -> Found:
    """The topics when messages come so many at a time; merges that are told are followed."""
    vectorizer, clusterer = BigramVectorizer(), StreamClusterer()
    found: list[int] = []
    for start in range(0, len(texts.documents), size):
        part = slice(start, start + size)
        vectors = vectorizer.fit_transform(texts.documents[part])
        found += clusterer.partial_fit_predict(vectors, texts.days[part]).tolist()
        for kept, lost in clusterer.merges_:
            found = [kept if one == lost else one for one in found]
    return np.array(found)


def measure(full: bool = False) -> dict[str, Any]:
    """Held-out scores of the grid and of the shipped settings, then part by part."""
    texts = Texts(corpus())
    grid = (FULL_TEXT, FULL_TOPIC) if full else (SMALL_TEXT, SMALL_TOPIC)
    searched = search(texts, *grid)
    shipped = BigramVectorizer().fit_transform(texts.documents)
    once = StreamClusterer().partial_fit_predict(shipped, texts.days)
    fixed = np.array([texts.score(once, half) for half in texts.halves])
    return {
        "texts": texts.source.name,
        "labelled": len(texts.labelled[0]),
        "halves": len(texts.halves),
        "grid": {"join": JOINS, **grid[0], **grid[1]},
        "chosen": [{**dict(settings), "join": join} for settings, join in searched.chosen],
        "held_out": searched.figures,
        "shipped_on_the_halves": _named(fixed.mean(axis=0)),
        "shipped_on_the_worst_half": _named(fixed[fixed.mean(axis=1).argmin()]),
        "shipped_on_all": _named(texts.score(once)),
        f"in_calls_of_{PER_CALL}": _named(texts.score(in_calls(texts))),
        f"pair_f1_changed_by_{SHUFFLES}_shuffles_at_most": {
            "as shipped": order_matters(texts, shipped),
            "silence does not part": order_matters(texts, shipped, decay=0.0),
            "size does not draw": order_matters(texts, shipped, size_gain=0.0),
            "neither": order_matters(texts, shipped, decay=0.0, size_gain=0.0),
        },
        "held_out_by_part": contributions(texts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--full", action="store_true", help="try the whole grid")
    print(json.dumps(measure(parser.parse_args().full), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
