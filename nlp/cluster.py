"""Gather a stream of message vectors into topics: single pass, then a consolidation."""

from hashlib import blake2b
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from nlp.gathering import merge_born, reassign, renumber, single_pass, totals
from nlp.sparse import Integers, Matrix, csr_matrix, sum_rows_by, unit_rows


class StreamClusterer:
    """Assign messages, in time order, to the topic whose centroid is nearest, or to a new one.

    A message joins at cosine >= `threshold`. Then, `rounds` times, topics born in this call
    are merged into their nearest at cosine >= `merge_threshold`, and the messages of this
    call move to the topic that suits them best, or stand alone below `stay_threshold`.
    Whatever was restored or predicted by an earlier call never moves, and two topics that
    existed before are never merged: that is left to people.

    Exact repeats follow their first without a search and do not weigh in the centroid, so
    that a flood of copies cannot pull a topic away. Messages without any word stand alone.
    Cost of a call: messages x topics held here, so hand over active topics only.
    The same input gives the same output; no randomness.

    Learned: `topic_ids_` (int64, shape (k,)) and `centroids_` (CSR (k, d), rows of length 1).
    """

    def __init__(
        self,
        threshold: float = 0.34,
        merge_threshold: float = 0.40,
        stay_threshold: float = 0.30,
        rounds: int = 1,
    ) -> None:
        self.threshold = threshold
        self.merge_threshold = merge_threshold
        self.stay_threshold = stay_threshold
        self.rounds = rounds
        self.topic_ids_: Integers = np.empty(0, dtype=np.int64)
        self._sums: Matrix | None = None
        self._seen: dict[bytes, int] = {}
        self._lowest_id = 0

    @property
    def centroids_(self) -> Matrix:
        """The topics' centroids, CSR (k, d), rows of length 1, in the order of `topic_ids_`."""
        if self._sums is None:
            raise ValueError("nothing restored or predicted yet: there are no centroids")
        return unit_rows(self._sums)

    def restore(self, vectors: Matrix, topic_ids: ArrayLike) -> Self:
        """Take up messages that already have a topic; replaces what was learned before.

        `vectors`: CSR (n, d); `topic_ids`: n ids >= 0. Raises ValueError when lengths differ
        or an id is negative (negative ids are kept for new topics).
        """
        ids = np.asarray(topic_ids, dtype=np.int64).ravel()
        if len(ids) != vectors.shape[0]:
            raise ValueError(f"{vectors.shape[0]} vectors but {len(ids)} topic ids")
        if len(ids) and ids.min() < 0:
            raise ValueError("topic ids to restore must be >= 0; negative ones mean new topics")
        self.topic_ids_, groups = np.unique(ids, return_inverse=True)
        self._lowest_id = 0
        self._seen = {}
        vectors = vectors.tocsr()
        digests = _digests(vectors)
        self._remember(digests, ids)
        fresh = _fresh_rows(digests, {})
        self._sums = sum_rows_by(groups[fresh], len(self.topic_ids_), vectors[fresh])
        return self

    def partial_fit_predict(self, vectors: Matrix) -> Integers:
        """Return the topic id of each message, int64 (m,), and remember the messages.

        `vectors`: CSR (m, d) in time order. Ids >= 0 are topics that were restored; new
        topics get -1, -2, … in the order of their first message, never reused by this
        clusterer: the caller gives them rows of its own. Raises ValueError when the width
        differs from that of earlier vectors.
        """
        if self._sums is None:
            self._sums = csr_matrix((0, vectors.shape[1]))
        if vectors.shape[1] != self._sums.shape[1]:
            raise ValueError(f"vectors are {vectors.shape[1]} wide, not {self._sums.shape[1]}")
        if not vectors.shape[0]:
            return np.empty(0, dtype=np.int64)
        return self._predict(vectors.tocsr())

    def _predict(self, vectors: Matrix) -> Integers:
        digests = _digests(vectors)
        fresh = _fresh_rows(digests, self._seen)
        topics = np.zeros(vectors.shape[0], dtype=np.int64)
        topics[fresh] = self._cluster(vectors[fresh])
        self._remember([digests[row] for row in fresh], topics[fresh])
        for row, digest in enumerate(digests):
            if digest:
                topics[row] = self._seen[digest]
        return topics

    def _remember(self, digests: list[bytes], topics: Integers) -> None:
        for digest, topic in zip(digests, topics.tolist(), strict=True):
            if digest:
                self._seen.setdefault(digest, topic)

    def _cluster(self, vectors: Matrix) -> Integers:
        """Assign rows that are no repeats, extend the topics, return the topic ids."""
        base = self._sums
        assigned = single_pass(base, vectors, self.threshold)
        for _ in range(self.rounds):
            assigned = merge_born(base, vectors, assigned, self.merge_threshold)
            assigned = reassign(base, vectors, assigned, self.stay_threshold)
        known = len(self.topic_ids_)
        assigned = renumber(assigned, known)
        self._sums = totals(base, vectors, assigned)
        born = self._sums.shape[0] - known
        new_ids = self._lowest_id - 1 - np.arange(born, dtype=np.int64)
        self._lowest_id -= born
        self.topic_ids_ = np.concatenate([self.topic_ids_, new_ids])
        return self.topic_ids_[assigned]


def _digests(vectors: Matrix) -> list[bytes]:
    """Return for each row a digest of its content, and b"" for a row without entries."""
    vectors.sort_indices()
    digests = []
    for start, end in pairwise(vectors.indptr.tolist()):
        parts = vectors.indices[start:end].tobytes() + vectors.data[start:end].tobytes()
        digests.append(blake2b(parts, digest_size=16).digest() if parts else b"")
    return digests


def _fresh_rows(digests: list[bytes], seen: dict[bytes, int]) -> Integers:
    """Return the rows to search a topic for: neither seen before nor repeated from above."""
    here: set[bytes] = set()
    rows = []
    for row, digest in enumerate(digests):
        if digest and (digest in seen or digest in here):
            continue
        here.add(digest)
        rows.append(row)
    return np.array(rows, dtype=np.int64)
