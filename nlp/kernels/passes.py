"""The passes over messages and topics: assign, merge, reassign.

Messages are rows of a CSR matrix, given by `indptr`, `indices`, `data`; `moments` in days.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from nlp.kernels.table import WIDEST, clear, fill, new_table
from nlp.kernels.topics import (
    add,
    dot,
    dot_without,
    heaviest,
    nearest,
    open_row,
    search,
    take_out,
)

_MET = 8192  # topics that one search can gather


class Limits(NamedTuple):
    """What belongs together: scores are cosines, corrected by time and size (see `nearest`)."""

    join: float  # from which score + `lead` x lead over the next a message joins
    merge: float  # from which score + `lead` x lead over the next two topics are one
    stay: float  # below which cosine with the others a message leaves
    lead: float
    decay: float  # score lost for each e-fold of days of silence
    gain: float  # score won by each e-fold of size, when topics merge


@njit(cache=True)
def assign(
    topics: Any, reach: Any, limits: Any, indptr: Any, indices: Any, data: Any, moments: Any,
    forced: Any, rows: Any,
) -> None:  # fmt: skip
    """Give each message the row of its nearest topic, or a new row; in order.

    `forced[i]` >= 0 names the row instead of a search; it may be an opened empty one.
    """
    slots, chosen = new_table(), np.empty(reach.features, np.int32)
    found, entry_of = np.empty(_MET, np.int32), np.empty(WIDEST, np.int32)
    for message in range(rows.size):
        features = indices[indptr[message] : indptr[message + 1]]
        weights = data[indptr[message] : indptr[message + 1]]
        fill(slots, features)
        count = heaviest(weights, reach.features, chosen)
        row = forced[message]
        if row < 0:
            met = search(topics, reach, features, weights, chosen[:count], -1, found)
            row, score, lead = nearest(
                topics, found[:met], slots, features, weights, 1.0,
                moments[message], moments[message], limits.decay, 0.0,
            )  # fmt: skip
            if row < 0 or score + limits.lead * lead < limits.join:
                row = open_row(topics, moments[message])
        _join(
            topics, reach, row, slots, features, weights, chosen[:count], moments[message], entry_of
        )
        clear(slots, features)
        rows[message] = row


@njit(cache=True)
def _join(
    topics: Any, reach: Any, row: int, slots: Any, features: Any, weights: Any, chosen: Any,
    moment: float, entry_of: Any,
) -> None:  # fmt: skip
    add(topics, row, slots, features, weights, 1.0, chosen[: reach.indexed], entry_of)
    topics.size[row] += 1
    topics.first[row] = min(topics.first[row], moment)
    topics.last[row] = max(topics.last[row], moment)


@njit(cache=True)
def merge(
    topics: Any, reach: Any, limits: Any, candidates: Any, rank: Any, apart: Any, gone: Any,
    kept: Any,
) -> Any:  # fmt: skip
    """Merge each candidate row with its nearest, once; return how many merges.

    Of two rows the one of lower `rank` stays; two of rank 0 never merge. `apart` holds
    sorted pairs low * 2**32 + high of ids that must not. `gone`, `kept`: the rows of each.
    """
    slots, chosen = new_table(), np.empty(reach.features, np.int32)
    found, entry_of = np.empty(_MET, np.int32), np.empty(WIDEST, np.int32)
    merges = 0
    for place in range(candidates.size):
        row = candidates[place]
        if topics.size[row] == 0:
            continue
        features = topics.terms[row, : topics.used[row]].copy()
        weights = topics.sums[row, : topics.used[row]].copy()
        fill(slots, features)
        count = heaviest(weights, reach.features, chosen)
        met = search(topics, reach, features, weights, chosen[:count], row, found)
        met = _may_meet(topics, row, rank, apart, found, met)
        other, score, lead = nearest(
            topics, found[:met], slots, features, weights, topics.square[row],
            topics.first[row], topics.last[row], limits.decay, limits.gain,
        )  # fmt: skip
        clear(slots, features)
        if other < 0 or score + limits.lead * lead < limits.merge:
            continue
        lost, stays = (row, other) if _goes_first(topics, rank, other, row) else (other, row)
        _pour(topics, reach, lost, stays, slots, chosen, entry_of)
        gone[merges], kept[merges] = lost, stays
        merges += 1
    return merges


@njit(cache=True)
def _goes_first(topics: Any, rank: Any, one: int, other: int) -> Any:
    """Tell whether `one` keeps its id: lower rank, then larger, then begun earlier."""
    if rank[one] != rank[other]:
        return rank[one] < rank[other]
    if topics.size[one] != topics.size[other]:
        return topics.size[one] > topics.size[other]
    if topics.first[one] != topics.first[other]:
        return topics.first[one] < topics.first[other]
    return one < other


@njit(cache=True)
def _may_meet(topics: Any, row: int, rank: Any, apart: Any, found: Any, met: int) -> Any:
    """Keep of the found rows those that may merge with `row`; return how many."""
    kept = 0
    for place in range(met):
        other = found[place]
        if rank[row] < 0 or rank[other] < 0 or (rank[row] == 0 and rank[other] == 0):
            continue
        low = min(topics.ids[row], topics.ids[other])
        high = max(topics.ids[row], topics.ids[other])
        if low >= 0 and apart.size:
            pair = low * 4294967296 + high
            at = np.searchsorted(apart, pair)
            if at < apart.size and apart[at] == pair:
                continue
        found[kept] = other
        kept += 1
    return kept


@njit(cache=True)
def _pour(
    topics: Any, reach: Any, lost: int, stays: int, slots: Any, chosen: Any, entry_of: Any
) -> None:
    """Add one topic to another, and free its row."""
    features = topics.terms[lost, : topics.used[lost]].copy()
    weights = topics.sums[lost, : topics.used[lost]].copy()
    fill(slots, features)
    count = heaviest(weights, reach.indexed, chosen)
    add(topics, stays, slots, features, weights, topics.square[lost], chosen[:count], entry_of)
    clear(slots, features)
    topics.size[stays] += topics.size[lost]
    topics.size[lost] = 0
    topics.first[stays] = min(topics.first[stays], topics.first[lost])
    topics.last[stays] = max(topics.last[stays], topics.last[lost])


@njit(cache=True)
def reassign(
    topics: Any, reach: Any, limits: Any, indptr: Any, indices: Any, data: Any, moments: Any,
    rows: Any,
) -> None:  # fmt: skip
    """Move each message to its nearest topic, itself left out; below `stay` to a new one."""
    slots, chosen = new_table(), np.empty(reach.features, np.int32)
    found, entry_of = np.empty(_MET, np.int32), np.empty(WIDEST, np.int32)
    for message in range(rows.size):
        features = indices[indptr[message] : indptr[message + 1]]
        weights = data[indptr[message] : indptr[message + 1]]
        own = rows[message]
        fill(slots, features)
        count = heaviest(weights, reach.features, chosen)
        met = search(topics, reach, features, weights, chosen[:count], own, found)
        best, score, lead = nearest(
            topics, found[:met], slots, features, weights, 1.0,
            moments[message], moments[message], limits.decay, 0.0,
        )  # fmt: skip
        stays_at = _cosine_with_rest(topics, own, slots, features, weights)
        is_alone = topics.size[own] == 1
        enough = score + (limits.lead * lead if is_alone else 0.0) >= limits.stay
        goes = best >= 0 and enough and score > stays_at
        if goes or (not is_alone and stays_at < limits.stay):
            take_out(topics, own, slots, features, weights, 1.0)
            row = best if goes else open_row(topics, moments[message])
            _join(
                topics, reach, row, slots, features, weights, chosen[:count],
                moments[message], entry_of,
            )  # fmt: skip
            rows[message] = row
        clear(slots, features)


@njit(cache=True)
def _cosine_with_rest(topics: Any, row: int, slots: Any, features: Any, weights: Any) -> Any:
    """Return the cosine of a message with the others of its topic, -1 when it is alone."""
    if topics.size[row] <= 1:
        return -1.0
    product = dot_without(topics, row, slots, features, weights)
    rest = topics.square[row] - 2.0 * product - 1.0
    return product / np.sqrt(rest) if rest > 1e-9 else 0.0


@njit(cache=True)
def compare(
    topics: Any, indptr: Any, indices: Any, data: Any, rows: Any, similarities: Any
) -> None:
    """Write the cosine of each message with the topic of its row."""
    slots = new_table()
    for message in range(rows.size):
        features = indices[indptr[message] : indptr[message + 1]]
        weights = data[indptr[message] : indptr[message + 1]]
        fill(slots, features)
        scale = np.sqrt(topics.square[rows[message]])
        product = dot(topics, rows[message], slots, features, weights)
        similarities[message] = min(product / scale, 1.0) if scale > 0 else 0.0
        clear(slots, features)


@njit(cache=True)
def neighbours(topics: Any, reach: Any, rows: Any, found_rows: Any, cosines: Any) -> None:
    """Write for each row the nearest other rows and their cosines, best first."""
    slots, chosen = new_table(), np.empty(reach.features, np.int32)
    found = np.empty(_MET, np.int32)
    limit = found_rows.shape[1]
    for place in range(rows.size):
        row = rows[place]
        if row < 0:
            continue
        features = topics.terms[row, : topics.used[row]]
        weights = topics.sums[row, : topics.used[row]]
        fill(slots, features)
        count = heaviest(weights, reach.features, chosen)
        met = search(topics, reach, features, weights, chosen[:count], row, found)
        for at in range(met):
            scale = np.sqrt(topics.square[row] * topics.square[found[at]])
            product = dot(topics, found[at], slots, features, weights)
            cosine = product / scale if scale > 0 else 0.0
            rank = limit
            while rank > 0 and cosine > cosines[place, rank - 1]:
                rank -= 1
            for lower in range(limit - 1, rank, -1):
                cosines[place, lower] = cosines[place, lower - 1]
                found_rows[place, lower] = found_rows[place, lower - 1]
            if rank < limit:
                cosines[place, rank], found_rows[place, rank] = cosine, found[at]
        clear(slots, features)
