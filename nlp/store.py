"""Where the clusterer keeps its topics: making room, dropping what is gone, indexing anew."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.kernels.topics import BLOCK, BLOCKS, ROWS, Topics, reindex

_ROOM = 1.5  # how much room is made at a time


def empty(features: int, most: int) -> Topics:
    """Return a store without topics for vectors of that many features."""
    return Topics(
        terms=np.zeros((0, most), np.int32),
        sums=np.zeros((0, most), np.float32),
        posted=np.zeros((0, most), np.uint8),
        used=np.zeros(0, np.int32),
        size=np.zeros(0, np.int32),
        square=np.zeros(0),
        first=np.zeros(0),
        last=np.zeros(0),
        ids=np.zeros(0, np.int64),
        shared=np.zeros(0, np.float32),
        heads=np.full(features, -1, np.int32),
        blocks=np.zeros((0, 2 + BLOCK), np.int32),
        counters=np.zeros(2, np.int64),
    )


_PER_TOPIC = tuple(name for name in Topics._fields if name not in ("heads", "blocks", "counters"))


def grown(topics: Topics, rows: int, postings: int) -> Topics:
    """Return the store with room for so many more topics and postings."""
    rows += int(topics.counters[ROWS])
    blocks = int(topics.counters[BLOCKS]) + postings
    changed: dict[str, NDArray[Any]] = {}
    if rows > len(topics.size):
        for name in _PER_TOPIC:
            changed[name] = _padded(getattr(topics, name), rows)
    if blocks > len(topics.blocks):
        changed["blocks"] = _padded(topics.blocks, blocks)
    return topics._replace(**changed)


def compact(topics: Topics) -> Topics:
    """Return a store of the live topics alone, in their order, with its index made anew."""
    live = np.flatnonzero(topics.size[: int(topics.counters[ROWS])] > 0)
    kept = {name: getattr(topics, name)[live] for name in _PER_TOPIC}
    counters = topics.counters.copy()
    counters[ROWS] = len(live)
    return rebuilt_index(topics._replace(**kept, counters=counters))


def rebuilt_index(topics: Topics) -> Topics:
    """Return a store whose index names each live topic once under each of its features."""
    rows = int(topics.counters[ROWS])
    topics.heads[:] = -1
    topics.counters[BLOCKS] = 0
    postings = int(topics.posted[:rows].sum())
    topics = topics._replace(blocks=np.zeros((postings, 2 + BLOCK), np.int32))
    reindex(topics)
    used = int(topics.counters[BLOCKS])
    return topics._replace(blocks=topics.blocks[:used].copy())


def arrays_of(topics: Topics) -> dict[str, NDArray[Any]]:
    """Return the arrays by their names."""
    return dict(zip(Topics._fields, topics, strict=True))


def _padded(array: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return a longer copy, filled with zeros."""
    room = max(rows, int(len(array) * _ROOM))
    longer = np.zeros((room, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer
