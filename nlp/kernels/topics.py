"""Find the nearest topic of a message, and add the message to it.

Topics are rows of `Topics`. A topic is the sum of its messages' vectors, cut to its heaviest
entries. An inverted index leads from a feature to the topics in whose heaviest features it
once was: blocks of `BLOCK` topics, newest first, linked. Looking at a bounded part of each
list, and comparing only the topics that share most, makes a message's cost independent of
how many topics there are.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nlp.kernels.table import find

BLOCK = 14
_NEXT, _USED, _FIRST = 0, 1, 2  # columns of a block of the index
_RUN = 16  # entries of a full row that are looked through at once for the lightest
LARGE = 20  # messages; a larger topic draws others no more than this
ROWS, BLOCKS = 0, 1  # entries of Topics.counters
_GONE = -1


class Topics(NamedTuple):
    """Arrays over topics, one row each; `most` entries at most in a row."""

    terms: NDArray[np.int32]  # (rows, most): features
    sums: NDArray[np.float32]  # (rows, most): their sums over the messages
    posted: NDArray[np.uint8]  # (rows, most): 1 when the index knows the entry
    used: NDArray[np.int32]  # (rows,): entries in use
    size: NDArray[np.int32]  # (rows,): messages, 0 when the row is free
    square: NDArray[np.float64]  # (rows,): squared length of the whole sum
    first: NDArray[np.float64]  # (rows,): moment of the first message
    last: NDArray[np.float64]  # (rows,): moment of the last message
    ids: NDArray[np.int64]  # (rows,): the topic's id outside
    shared: NDArray[np.float32]  # (rows,): how much a search finds shared; 0 between searches
    heads: NDArray[np.int32]  # (features,): newest block of each feature
    blocks: NDArray[np.int32]  # (blocks, 2 + BLOCK): next, used, topics
    counters: NDArray[np.int64]  # rows and blocks in use


class Reach(NamedTuple):
    """How far a search goes: what it costs and what it may miss."""

    features: int  # heaviest features that are looked up
    postings: int  # topics looked at for each
    compared: int  # topics compared entry by entry
    indexed: int  # heaviest features of a message under which its topic is found


@njit(cache=True)
def heaviest(weights: Any, count: int, chosen: Any) -> Any:
    """Write the positions of the `count` heaviest into `chosen`, heaviest first; how many."""
    known = 0
    for position in range(weights.size):
        weight = weights[position]
        if known == count and weight <= weights[chosen[known - 1]]:
            continue
        place = known if known < count else known - 1
        known = min(known + 1, count)
        while place > 0 and weights[chosen[place - 1]] < weight:
            chosen[place] = chosen[place - 1]
            place -= 1
        chosen[place] = position
    return known


@njit(cache=True)
def post(topics: Any, feature: int, row: int) -> None:
    """Enter a topic into the index under a feature."""
    block = topics.heads[feature]
    if block == _GONE or topics.blocks[block, _USED] == BLOCK:
        newer = topics.counters[BLOCKS]
        topics.counters[BLOCKS] += 1
        topics.blocks[newer, _NEXT] = block
        topics.blocks[newer, _USED] = 0
        topics.heads[feature] = newer
        block = newer
    topics.blocks[block, _FIRST + topics.blocks[block, _USED]] = row
    topics.blocks[block, _USED] += 1


@njit(cache=True)
def search(
    topics: Any, reach: Any, features: Any, weights: Any, chosen: Any, skip: int, found: Any
) -> Any:
    """Write into `found` the rows that share most of the chosen features; return how many.

    Which rows are gone or were met before cannot be foretold, and a wrong guess costs as much
    as an entry: so there is no branch inside a block.
    """
    starts, used = _first_blocks(topics, features, chosen)
    blocks, size, shared = topics.blocks, topics.size, topics.shared
    met: Any = 0
    for place in range(chosen.size):
        weight = weights[chosen[place]]
        gain = weight * weight
        block = starts[place] if gain > 0 else _GONE
        entries = used[place]
        seen: Any = 0
        while block != _GONE and seen < reach.postings and met + BLOCK <= found.size:
            for entry in range(entries - 1, -1, -1):
                row = np.uint32(blocks[block, _FIRST + entry])  # is never negative
                counts = np.int64(size[row] > 0) & np.int64(row != skip)
                before = shared[row]
                shared[row] = before + gain * np.float32(counts)
                found[met] = row
                met += counts & np.int64(before == 0)
                seen += counts
            block, entries = blocks[block, _NEXT], BLOCK  # only the newest is not full
    kept = _most_shared(shared, found, met, reach.compared)
    for place in range(met):
        shared[found[place]] = 0.0
    return kept


@njit(cache=True)
def _first_blocks(topics: Any, features: Any, chosen: Any) -> Any:
    """Return the newest block of each chosen feature, and how many entries it has.

    All are asked for at once, so that the waits for memory overlap instead of adding up.
    """
    starts, used = np.empty(chosen.size, np.int32), np.zeros(chosen.size, np.int32)
    for place in range(chosen.size):
        starts[place] = topics.heads[features[chosen[place]]]
    for place in range(chosen.size):
        if starts[place] != _GONE:
            used[place] = topics.blocks[starts[place], _USED]
    return starts, used


@njit(cache=True)
def _most_shared(shared: Any, found: Any, met: int, count: int) -> Any:
    """Bring the `count` rows that share most to the front; return how many there are."""
    kept = min(met, count)
    for place in range(1, kept):
        _bring_forward(shared, found, found[place], place)
    least = shared[found[kept - 1]] if kept else 0.0
    for place in range(kept, met):
        row = found[place]
        if shared[row] > least:
            found[place] = found[kept - 1]
            _bring_forward(shared, found, row, kept - 1)
            least = shared[found[kept - 1]]
    return kept


@njit(cache=True)
def _bring_forward(shared: Any, found: Any, row: int, at: int) -> None:
    """Put a row before those that share less, from the place `at` on, which is free."""
    while at > 0 and shared[found[at - 1]] < shared[row]:
        found[at] = found[at - 1]
        at -= 1
    found[at] = row


@njit(cache=True)
def dot(topics: Any, row: int, slots: Any, features: Any, weights: Any) -> Any:
    """Return the dot product of a topic's sum with the vector that `slots` holds."""
    total = 0.0
    for entry in range(topics.used[row]):
        position = find(slots, features, topics.terms[row, entry])
        if position >= 0:
            total += topics.sums[row, entry] * weights[position]
    return total


@njit(cache=True)
def dot_without(topics: Any, row: int, slots: Any, features: Any, weights: Any) -> Any:
    """As `dot`, with the vector itself taken out of the topic that holds it."""
    total = 0.0
    for entry in range(topics.used[row]):
        position = find(slots, features, topics.terms[row, entry])
        if position >= 0:
            rest = topics.sums[row, entry] - weights[position]
            if rest > 0:
                total += rest * weights[position]
    return total


@njit(cache=True)
def nearest(
    topics: Any, found: Any, slots: Any, features: Any, weights: Any, square: float,
    began: float, ended: float, decay: float, gain: float,
) -> Any:  # fmt: skip
    """Return (row, score, lead) of the best found topic; lead over the next. -1 if none.

    The score is the cosine, less `decay` for each e-fold of days between the topic and what
    `began` and `ended` then, plus `gain` for each e-fold of the topic's size.
    """
    best, score, runner_up = _GONE, 0.0, 0.0
    for place in range(found.size):
        row = found[place]
        scale = np.sqrt(topics.square[row] * square)
        if scale <= 0:
            continue
        value = dot(topics, row, slots, features, weights) / scale
        silence = max(began - topics.last[row], topics.first[row] - ended, 0.0)
        value += gain * np.log(min(topics.size[row], LARGE)) - decay * np.log1p(silence)
        if value > score or (value == score and best != _GONE and row < best):
            runner_up, score, best = score, value, row
        elif value > runner_up:
            runner_up = value
    return best, score, score - runner_up


@njit(cache=True)
def add(
    topics: Any, row: int, slots: Any, features: Any, weights: Any, square: float,
    index_under: Any, entry_of: Any,
) -> None:  # fmt: skip
    """Add a vector of squared length `square` to a topic, and index it under its heaviest.

    `entry_of` (int32, as long as the features) is scratch.
    """
    entry_of[: features.size] = _GONE
    product = 0.0
    for entry in range(topics.used[row]):
        position = find(slots, features, topics.terms[row, entry])
        if position >= 0:
            product += topics.sums[row, entry] * weights[position]
            topics.sums[row, entry] += weights[position]
            entry_of[position] = entry
    topics.square[row] += 2.0 * product + square
    _add_entries(topics, row, features, weights, entry_of)
    _post_entries(topics, row, features, index_under, entry_of)


@njit(cache=True)
def _add_entries(topics: Any, row: int, features: Any, weights: Any, entry_of: Any) -> None:
    """Enter new features; where the row is full, in the place of its lightest."""
    most, sums = topics.terms.shape[1], topics.sums[row]
    lightest_of = np.empty(0, np.int32)
    lightest = _GONE
    for position in range(features.size):
        if entry_of[position] != _GONE:
            continue
        entry = topics.used[row]
        if entry < most:
            topics.used[row] += 1
        else:
            if not lightest_of.size:
                lightest_of = _lightest_of_runs(sums)
                lightest = _lightest(sums, lightest_of)
            if weights[position] <= sums[lightest]:
                continue
            entry = lightest
        topics.terms[row, entry] = features[position]
        sums[entry] = weights[position]
        topics.posted[row, entry] = 0
        entry_of[position] = entry
        if lightest_of.size:
            lightest_of[entry // _RUN] = _lightest_in(sums, entry // _RUN)
            lightest = _lightest(sums, lightest_of)


@njit(cache=True)
def _lightest_of_runs(sums: Any) -> Any:
    """Return the position of the lightest of each run of `_RUN` entries.

    A full row loses its lightest entry many times over for one message; so only one run is
    looked through each time.
    """
    lightest_of = np.empty((sums.size + _RUN - 1) // _RUN, np.int32)
    for run in range(lightest_of.size):
        lightest_of[run] = _lightest_in(sums, run)
    return lightest_of


@njit(cache=True)
def _lightest_in(sums: Any, run: int) -> Any:
    lightest = run * _RUN
    for entry in range(run * _RUN + 1, min((run + 1) * _RUN, sums.size)):
        if sums[entry] < sums[lightest]:
            lightest = entry
    return lightest


@njit(cache=True)
def _lightest(sums: Any, lightest_of: Any) -> Any:
    lightest = lightest_of[0]
    for run in range(1, lightest_of.size):
        if sums[lightest_of[run]] < sums[lightest]:
            lightest = lightest_of[run]
    return lightest


@njit(cache=True)
def _post_entries(topics: Any, row: int, features: Any, index_under: Any, entry_of: Any) -> None:
    for place in range(index_under.size):
        position = index_under[place]
        entry = entry_of[position]
        # A heavier feature of the same message may have taken the entry since.
        if entry == _GONE or topics.terms[row, entry] != features[position]:
            continue
        if not topics.posted[row, entry]:
            topics.posted[row, entry] = 1
            post(topics, features[position], row)


@njit(cache=True)
def take_out(topics: Any, row: int, slots: Any, features: Any, weights: Any, square: float) -> None:
    """Subtract from a topic a vector that was added to it."""
    product = 0.0
    for entry in range(topics.used[row]):
        position = find(slots, features, topics.terms[row, entry])
        if position >= 0:
            product += topics.sums[row, entry] * weights[position]
            topics.sums[row, entry] = max(topics.sums[row, entry] - weights[position], 0.0)
    topics.square[row] = max(topics.square[row] - 2.0 * product + square, 0.0)
    topics.size[row] -= 1


@njit(cache=True)
def open_row(topics: Any, moment: float) -> Any:
    """Return a fresh row for a topic that begins at `moment`."""
    row = topics.counters[ROWS]
    topics.counters[ROWS] += 1
    topics.used[row] = 0
    topics.square[row] = 0.0
    topics.first[row] = moment
    topics.last[row] = moment
    return row


@njit(cache=True)
def reindex(topics: Any) -> None:
    """Post every live topic under the features that it was posted under before."""
    for row in range(topics.counters[ROWS]):
        if topics.size[row] > 0:
            for entry in range(topics.used[row]):
                if topics.posted[row, entry]:
                    post(topics, topics.terms[row, entry], row)
