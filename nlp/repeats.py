"""Remember messages by what they say, so that an exact repeat follows its first."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nlp.sparse import Integers, Matrix

Marks = NDArray[np.uint64]


def digests(vectors: Matrix) -> Marks:
    """Return a number for each row that depends on its features alone; 0 for an empty row."""
    marks = np.zeros(vectors.shape[0], dtype=np.uint64)
    _digest(vectors.indptr, vectors.indices, vectors.data, marks)
    return marks


@njit(cache=True)
def _digest(indptr: Any, indices: Any, data: Any, marks: Any) -> None:
    for row in range(marks.size):
        total = np.uint64(0)
        for entry in range(indptr[row], indptr[row + 1]):
            # The weights change with the frequencies; their order of size hardly matters here.
            mixed = np.uint64(indices[entry] + 1) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            total += mixed * np.uint64(0xBF58476D1CE4E5B9)
        marks[row] = total


class Repeats:
    """Digest → topic id of the first message that had it; sorted arrays, merged at each call."""

    def __init__(self) -> None:
        self._marks: Marks = np.empty(0, dtype=np.uint64)
        self._topics: Integers = np.empty(0, dtype=np.int64)

    def split(self, marks: Marks) -> tuple[Integers, Integers]:
        """Return (positions that repeat nothing, position of each message's first here)."""
        _, first, inverse = np.unique(marks, return_index=True, return_inverse=True)
        first_of = first[inverse].astype(np.int64)
        empty = marks == 0
        first_of[empty] = np.flatnonzero(empty)
        is_fresh = first_of == np.arange(len(marks))
        is_fresh &= ~self._is_known(marks)
        return np.flatnonzero(is_fresh).astype(np.int64), first_of

    def remember(self, marks: Marks, topics: Integers) -> None:
        """Keep the topics of messages that repeat nothing."""
        told = marks != 0
        joined = np.concatenate([self._marks, marks[told]])
        order = np.argsort(joined, kind="stable")
        self._marks = joined[order]
        self._topics = np.concatenate([self._topics, topics[told]])[order]

    def topics_of(self, marks: Marks, topics: Integers, first_of: Integers) -> Integers:
        """Return the topic of each message; those that repeat get that of their first."""
        result = topics[first_of]
        known = self._is_known(marks)
        result[known] = self._topics[np.searchsorted(self._marks, marks[known])]
        return result

    def rename(self, names: Mapping[int, int]) -> None:
        """Give topics other ids."""
        if names and len(self._topics):
            old = np.array(sorted(names), dtype=np.int64)
            new = np.array([names[one] for one in old.tolist()], dtype=np.int64)
            at = np.minimum(np.searchsorted(old, self._topics), len(old) - 1)
            self._topics = np.where(old[at] == self._topics, new[at], self._topics)

    def forget(self, topic_ids: Collection[int]) -> None:
        """Drop what belongs to these topics."""
        stays = ~np.isin(self._topics, list(topic_ids))
        self._marks, self._topics = self._marks[stays], self._topics[stays]

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the arrays to be stored."""
        return {"repeat_marks": self._marks, "repeat_topics": self._topics}

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up what `state` returned."""
        self._marks, self._topics = state["repeat_marks"], state["repeat_topics"]

    def _is_known(self, marks: Marks) -> NDArray[np.bool_]:
        if not len(self._marks):
            return np.zeros(len(marks), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self._marks, marks), len(self._marks) - 1)
        known: NDArray[np.bool_] = (self._marks[at] == marks) & (marks != 0)
        return known
