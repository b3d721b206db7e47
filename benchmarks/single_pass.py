"""The baseline that every figure stands beside: single-pass clustering, as plain as it can be."""

from __future__ import annotations

from array import array
from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np

THRESHOLD = 0.27


def single_pass(vectors: Any, threshold: float = THRESHOLD) -> list[int]:
    """Each row in turn joins the topic whose centroid is nearest, or founds one; topics from 0.

    `vectors`: CSR (n, d), rows of length 1 or empty. The cosine with a centroid is the dot
    product with the sum of the topic's rows over the sum's length; an inverted index from
    word to the rows that have it adds up these products. Nothing is ever forgotten.
    """
    topics_of: dict[int, array[int]] = defaultdict(lambda: array("q"))
    weights_of: dict[int, array[float]] = defaultdict(lambda: array("d"))
    squares = np.zeros(vectors.shape[0])
    assigned: list[int] = []
    count = 0
    for start, end in pairwise(vectors.indptr.tolist()):
        words = vectors.indices[start:end].tolist()
        weights = vectors.data[start:end].tolist()
        dots = np.zeros(count + 1)  # the last is the topic that may be founded
        for word, weight in zip(words, weights, strict=True):
            if topics_of[word]:
                _add(dots, topics_of[word], weights_of[word], weight)
        cosines = dots[:count] / np.sqrt(squares[:count])
        best = int(cosines.argmax()) if count else 0
        if not count or cosines[best] < threshold:
            best, count = count, count + 1
        squares[best] += 2.0 * dots[best] + (1.0 if words else 0.0)
        squares[best] = max(squares[best], 1e-12)
        for word, weight in zip(words, weights, strict=True):
            topics_of[word].append(best)
            weights_of[word].append(weight)
        assigned.append(best)
    return assigned


def _add(dots: Any, topics: array[int], weights: array[float], weight: float) -> None:
    """Add up products in place. Views of an array keep it from growing, so they end here."""
    found = np.frombuffer(topics, dtype=np.int64)
    np.add.at(dots, found, weight * np.frombuffer(weights))
