"""Sketches of texts: a few numbers that texts which say much the same have in common.

Texts come as one run of code points; text i is `ends[i] : ends[i+1]`.
"""

from typing import Any

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True)
def _mixed(value: Any) -> Any:
    # The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def _shingle(codes: Any, first: int, past: int) -> Any:
    value = np.uint64(0)
    for position in range(first, past):
        value = (value ^ np.uint64(codes[position])) * _GOLDEN
    return _mixed(value)


@njit(cache=True)
def distinct(codes: Any, length: int) -> Any:
    """Return the hashes of one text's shingles, each once, in ascending order."""
    hashes = np.empty(max(codes.size - length + 1, 1), dtype=np.uint64)
    for first in range(hashes.size):
        hashes[first] = _shingle(codes, first, min(first + length, codes.size))
    hashes.sort()
    count = 1
    for place in range(1, hashes.size):
        if hashes[place] != hashes[count - 1]:
            hashes[count] = hashes[place]
            count += 1
    return hashes[:count]


@njit(cache=True)
def jaccard(one: Any, other: Any) -> Any:
    """Return which share of the hashes of two texts, as `distinct` gives them, both have."""
    shared = place = 0
    for value in one:
        while place < other.size and other[place] < value:
            place += 1
        if place < other.size and other[place] == value:
            shared += 1
    return shared / (one.size + other.size - shared)


@njit(cache=True)
def sketch(codes: Any, ends: Any, length: int, rows: int, keys: Any) -> None:
    """Write for each text the keys of its bands: each mixes the minima of `rows` hashes.

    A text shorter than a shingle of `length` characters is one shingle; one without
    characters keeps zeros. Source: Broder 1997 (min-wise hashing), with bands.
    """
    bands = keys.shape[1]
    least = np.empty(bands * rows, dtype=np.uint64)
    for text in range(keys.shape[0]):
        start, end = ends[text], ends[text + 1]
        if start == end:
            continue
        least[:] = np.uint64(0xFFFFFFFFFFFFFFFF)
        for first in range(start, max(end - length, start) + 1):
            value = _shingle(codes, first, min(first + length, end))
            step = _mixed(value) | np.uint64(1)
            for number in range(least.size):
                value += step
                least[number] = min(least[number], _mixed(value))
        for band in range(bands):
            key = np.uint64(band)
            for row in range(rows):
                key = _mixed(key ^ least[band * rows + row])
            keys[text, band] = np.int64(key >> np.uint64(1)) | 1  # never 0, nor negative
