"""Count character bigrams of titles and bodies, and weigh them.

Texts come as one run of code points; message i has its title at
`ends[2i] : ends[2i+1]` and its body at `ends[2i+1] : ends[2i+2]`.
"""

from typing import Any

import numpy as np
from numba import njit

from nlp.kernels.table import SIZE, clear, enter, new_table

BITS = 20


@njit(cache=True)
def _column(first: int, second: int) -> Any:
    # Fibonacci hashing (Knuth 6.4): multiply by 2**64 / golden ratio, keep the top bits.
    both = np.uint64(first) << np.uint64(21) | np.uint64(second)
    return np.int32((both * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - BITS))


@njit(cache=True)
def _count(codes: Any, is_word: Any, slots: Any, columns: Any, counts: Any, known: int) -> Any:
    """Add the bigrams of one text to `columns` and `counts`; return how many are known now."""
    for position in range(codes.size - 1):
        first, second = codes[position], codes[position + 1]
        if not (is_word[first] and is_word[second]):
            continue
        place = enter(slots, columns, known, _column(first, second))
        if place == known:
            counts[place] = 0
            known += 1
        counts[place] += 1
    return known


@njit(cache=True)
def learn(codes: Any, ends: Any, is_word: Any, frequency: Any) -> None:
    """Add 1 to the document frequency of each bigram of each message."""
    slots, columns, counts = new_table(), np.empty(SIZE, np.int32), np.empty(SIZE, np.int32)
    for row in range((ends.size - 1) // 2):
        title = codes[ends[2 * row] : ends[2 * row + 1]]
        body = codes[ends[2 * row + 1] : ends[2 * row + 2]]
        known = _count(title, is_word, slots, columns, counts, 0)
        known = _count(body, is_word, slots, columns, counts, known)
        for place in range(known):
            frequency[columns[place]] += 1
        clear(slots, columns[:known])


@njit(cache=True)
def _weigh_text(
    text: Any, is_word: Any, rarity: Any, share: float, slots: Any, columns: Any, counts: Any
) -> Any:
    """Return (known, weights' factor): counts hold the raw weights of the text's bigrams."""
    known = _count(text, is_word, slots, columns, counts, 0)
    square = 0.0
    for place in range(known):
        counts[place] = (1.0 + np.log(counts[place])) * rarity[columns[place]]
        square += counts[place] ** 2
    return known, share / np.sqrt(square) if square > 0 else 0.0


@njit(cache=True)
def weigh(
    codes: Any, ends: Any, is_word: Any, rarity: Any, title_weight: float, full_title: int,
    most: int, indptr: Any, indices: Any, data: Any,
) -> None:  # fmt: skip
    """Write the rows as CSR: length 1, then only the `most` heaviest entries of each."""
    slots, columns, counts = new_table(), np.empty(SIZE, np.int32), np.empty(SIZE)
    own_slots, own_columns, own = new_table(), np.empty(SIZE, np.int32), np.empty(SIZE)
    indptr[0] = 0
    for row in range(indptr.size - 1):
        known = 0
        bigrams = max(ends[2 * row + 1] - ends[2 * row] - 1, 0)
        title_share = title_weight * min(1.0, bigrams / max(full_title - 1, 1))
        for half in range(2):
            text = codes[ends[2 * row + half] : ends[2 * row + half + 1]]
            share = 1.0 - title_share if half else title_share
            found, factor = _weigh_text(text, is_word, rarity, share, slots, columns, counts)
            for place in range(found):
                at = enter(own_slots, own_columns, known, columns[place])
                if at == known:
                    own[at] = 0.0
                    known += 1
                own[at] += counts[place] * factor
            clear(slots, columns[:found])
        indptr[row + 1] = indptr[row] + _write(
            own_columns[:known], own[:known], most, indices[indptr[row] :], data[indptr[row] :]
        )
        clear(own_slots, own_columns[:known])


@njit(cache=True)
def _write(columns: Any, weights: Any, most: int, indices: Any, data: Any) -> Any:
    """Write at most `most` entries, the heaviest, in their order; return how many."""
    if not columns.size:
        return 0
    length = np.sqrt((weights**2).sum())
    least, spare = 0.0, columns.size
    if columns.size > most:
        least = np.partition(weights, columns.size - most)[columns.size - most]
        spare = most - (weights > least).sum()
    count = 0
    for place in range(columns.size):
        if weights[place] < least or (
            columns.size > most and weights[place] == least and not spare
        ):
            continue
        if columns.size > most and weights[place] == least:
            spare -= 1
        indices[count], data[count] = columns[place], weights[place] / length
        count += 1
    return count


@njit(cache=True)
def digest(indptr: Any, indices: Any, marks: Any) -> None:
    """Write a number for each CSR row that depends on its features, in whatever order."""
    for row in range(marks.size):
        total = np.uint64(0)
        for entry in range(indptr[row], indptr[row + 1]):
            # The weights are left out: they change with the frequencies.
            mixed = np.uint64(indices[entry] + 1) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            total += mixed * np.uint64(0xBF58476D1CE4E5B9)
        marks[row] = total
