"""Which of a topic's sentences say the same: shared words, each by how rare it is among them.

What everybody in a topic says (the estate, the street, the matter) tells no sentence from the
next; what is left is what a sentence asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.sparse import Matrix, csr_matrix

_BLOCK = 512  # sentences compared with all others at a time


def cosines(
    sayings: Sequence[Collection[str]], of: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield for each sentence numbered in `of` its cosines with all n sentences, float32 (n,).

    `sayings`: the words of each sentence, none of them twice. A word counts ln((1 + n) / m) where
    m of the n sentences have it. A sentence without words is like none, itself included.
    """
    rows = _weighted(sayings)
    for start in range(0, len(of), _BLOCK):
        block = list(of[start : start + _BLOCK])
        yield from zip(block, (rows[block] @ rows.T).toarray(), strict=True)


def _weighted(sayings: Sequence[Collection[str]]) -> Matrix:
    counts = sorted(Counter(word for words in sayings for word in words).items())
    columns = {word: column for column, (word, _) in enumerate(counts)}
    often = np.array([count for _, count in counts], np.float32)
    rarity = np.log((1 + len(sayings)) / often)
    indices = np.fromiter((columns[word] for words in sayings for word in words), np.int32)
    indptr = np.cumsum([0, *map(len, sayings)])
    rows = csr_matrix((rarity[indices], indices, indptr), (len(sayings), len(columns)))
    rows.sort_indices()  # a set has another order in each process
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
    rows.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(indptr))
    return rows.astype(np.float32)
