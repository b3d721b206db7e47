"""Remember messages by what they say, so that an exact repeat follows its first."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.kernels.bigrams import digest
from nlp.sparse import Integers, Matrix

Marks = NDArray[np.uint64]


def digests(vectors: Matrix) -> Marks:
    """Return a number for each row that depends on its features alone; 0 for an empty row."""
    marks = np.zeros(vectors.shape[0], dtype=np.uint64)
    digest(
        np.ascontiguousarray(vectors.indptr, dtype=np.int64),
        np.ascontiguousarray(vectors.indices, dtype=np.int32),
        marks,
    )
    return marks


class Repeats:
    """Digest → topic id of the first message that had it; sorted arrays, merged at each call."""

    def __init__(self) -> None:
        self._marks: Marks = np.empty(0, dtype=np.uint64)
        self._topics: Integers = np.empty(0, dtype=np.int64)

    def split(self, marks: Marks, within: Integers | None = None) -> tuple[Integers, Integers]:
        """Return (positions that repeat nothing, position of each message's first here).

        `within`: a topic of each; only messages of one topic repeat each other then, and
        what was remembered does not count.
        """
        if within is not None:
            mixed = within.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            marks = np.where(marks == 0, marks, (marks ^ mixed) | np.uint64(1))
        _, first, inverse = np.unique(marks, return_index=True, return_inverse=True)
        first_of = first[inverse].astype(np.int64)
        empty = marks == 0
        first_of[empty] = np.flatnonzero(empty)
        is_fresh = first_of == np.arange(len(marks))
        if within is None:
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
