"""Which messages of an archive repeat which, worked out apart and the same as in their order.

Only what shares a key is ever compared, so messages fall into clusters that know nothing of each
other: first the keys of each message, then each cluster by itself. Plain values in and out (see
`nlp.spreading`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nlp.duplicates import BANDS, Keys, NearDuplicates, Saying
from nlp.sparse import Integers
from nlp.spreading import HERE, Spread

TEXTS_A_PART = 2_000

_finder = NearDuplicates()


def sketched(part: Sequence[Any]) -> list[list[int]]:
    """Return the keys of each of some sayings."""
    keys: list[list[int]] = _finder.sketch([Saying(*one) for one in part]).tolist()
    return keys


def compared(part: Sequence[Any]) -> list[list[int]]:
    """Return for each cluster the position within it of the first that each saying repeats."""
    return [_finder.fit_predict([Saying(*one) for one in cluster]).tolist() for cluster in part]


def keys_of(sayings: Iterable[Saying], spread: Spread = HERE) -> Keys:
    """Return int64 (n, 4): see `NearDuplicates.sketch`. Titles and bodies alone are sent."""
    parts = _portions(([one.title, one.body] for one in sayings), TEXTS_A_PART)
    found = [np.array(keys, dtype=np.int64) for _, keys in spread.map(sketched, parts)]
    return np.concatenate([np.empty((0, BANDS), dtype=np.int64), *found])


def firsts_of(
    keys: Keys, sayings: Callable[[Sequence[int]], Mapping[int, Saying]], spread: Spread = HERE
) -> Integers:
    """Return int64 (n,): the position of the first that each repeats, its own if it is none.

    `keys`: of n sayings in the order in which they came; `sayings`: gives those at some
    positions. What comes back is what `NearDuplicates.fit_predict` finds over all n.
    """
    result = np.arange(len(keys), dtype=np.int64)
    asked: list[list[list[int]]] = []

    def parts() -> Iterator[list[Any]]:
        for some in _filled(_clusters(keys)):
            said = sayings([one for cluster in some for one in cluster])
            asked.append(some)
            yield _without_authors([[said[one] for one in cluster] for cluster in some])

    for _, told in spread.map(compared, parts()):
        for cluster, firsts in zip(asked.pop(0), told, strict=True):
            result[cluster] = np.array(cluster)[firsts]
    return result


def _without_authors(clusters: Sequence[Sequence[Saying]]) -> list[list[list[str]]]:
    """Return a part with a number for each author: who is the same matters, not who it is."""
    numbers: dict[str, str] = {"": ""}
    return [
        [
            list(one._replace(author=numbers.setdefault(one.author, f"{len(numbers)}")))
            for one in some
        ]
        for some in clusters
    ]


def _clusters(keys: Keys) -> Iterator[list[int]]:
    """Yield the positions, in order, of those that are linked by keys, where several are."""
    rows, bands = np.nonzero(keys)
    names, columns = np.unique(keys[rows, bands], return_inverse=True)
    ends = (len(keys), len(keys) + len(names))
    joined = coo_array((np.ones(len(rows), bool), (rows, columns + ends[0])), (ends[1], ends[1]))
    _, cluster_of = connected_components(joined, directed=False)
    order = np.argsort(cluster_of[: ends[0]], kind="stable")
    borders = np.flatnonzero(np.diff(cluster_of[order])) + 1
    for positions in np.split(order, borders):
        if len(positions) > 1:
            yield positions.tolist()


def _filled(clusters: Iterable[list[int]]) -> Iterator[list[list[int]]]:
    """Yield several clusters at a time, so that a part is worth sending."""
    some: list[list[int]] = []
    texts = 0
    for cluster in clusters:
        some.append(cluster)
        texts += len(cluster)
        if texts >= TEXTS_A_PART:
            yield some
            some, texts = [], 0
    if some:
        yield some


def _portions(sayings: Iterable[list[str]], size: int) -> Iterator[list[list[str]]]:
    waiting = iter(sayings)
    while portion := list(islice(waiting, size)):
        yield portion
