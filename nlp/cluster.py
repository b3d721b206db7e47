"""Gather a stream of message vectors into topics, at a cost that does not grow with history."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nlp.kernels import passes
from nlp.kernels.passes import Limits
from nlp.kernels.table import WIDEST
from nlp.kernels.topics import ROWS, Reach, Topics
from nlp.repeats import Repeats, digests
from nlp.sparse import Floats, Integers, Matrix
from nlp.store import arrays_of, compact, empty, grown

# Ranks: who keeps its id when two topics merge; what is closed merges with none.
_CLOSED, _PROTECTED, _KNOWN, _BORN = -1, 0, 1, 2


class _Rules(NamedTuple):
    """What merges must heed; see `StreamClusterer.partial_fit_predict`."""

    protected: Collection[int]
    apart: Integers
    closed: Collection[int]


class StreamClusterer:
    """Assign messages, in the order given, to the nearest topic or to a new one.

    A message joins the topic of the nearest centroid when the cosine, plus `lead_weight`
    times its lead over the next topic, is >= `join`: who is near to many topics alike says
    little. Then, once for each `period` messages and at the end of a call, topics merge with
    their nearest from `merge` on, and the messages of this period move to the topic that
    suits them best, or stand alone below `stay`.

    A message of an earlier call never moves. Two topics of earlier calls may merge, unless
    protected or kept apart; the larger keeps its id, and `merges_` says so.

    A topic of one message leaves after `single_days` without another, any other after
    `topic_days`; time is that of the newest message seen, so late messages are welcome.
    Exact repeats follow their first and do not weigh. Same input, same output.

    Learned: `topic_ids_` (int64 (k,)), the topics held; `merges_` ([(kept, lost), …]) and
    `similarities_` (float64 (m,)) of the last call.
    """

    def __init__(
        self,
        join: float = 0.305,
        merge: float = 0.37,
        stay: float = 0.285,
        lead_weight: float = 0.2,
        decay: float = 0.01,
        size_gain: float = 0.02,
        most: int = 256,
        period: int = 8192,
        single_days: float = 180.0,
        topic_days: float = 730.0,
        reach: Reach | None = None,
    ) -> None:
        if most > WIDEST:
            raise ValueError(f"a topic keeps at most {WIDEST} features, not {most}")
        self.limits = Limits(join, merge, stay, lead_weight, decay, size_gain)
        self.reach = reach or Reach(features=14, postings=32, compared=6, indexed=10)
        self.most = most
        self.period = period
        self.single_days = single_days
        self.topic_days = topic_days
        self.merges_: list[tuple[int, int]] = []
        self.similarities_: Floats = np.empty(0)
        self._topics: Topics | None = None
        self._repeats = Repeats()
        self._lowest_id = 0
        self._lost: dict[int, int] = {}  # by a merge of the last call: lost id → kept id
        self._before = 0  # ids from here on were given out before the last call

    @property
    def topic_ids_(self) -> Integers:
        """The ids of the topics held, int64 (k,), in the order in which they began."""
        if self._topics is None:
            return np.empty(0, dtype=np.int64)
        return self._topics.ids[self._live()]

    def partial_fit_predict(
        self,
        vectors: Matrix,
        moments: ArrayLike,
        *,
        protected: Collection[int] = (),
        apart: Iterable[tuple[int, int]] = (),
        closed: Collection[int] = (),
    ) -> Integers:
        """Return the topic id of each message, int64 (m,), and remember the messages.

        `vectors`: CSR (m, d), rows of length 1 before any cut; `moments`: m days since any
        epoch, in any order. New topics get -1, -2, … (see `rename`), never used twice.
        `protected`: ids that no merge may take away; `apart`: pairs of ids >= 0 never to merge,
        each protected too, so that none comes to the other by way of a third.
        `closed`: ids that messages may join, but no topic.
        Raises ValueError when lengths or widths differ, or a row has over 1,024 entries.
        """
        vectors, days = self._checked(vectors, moments)
        marks = digests(vectors)
        fresh, first_of = self._repeats.split(marks)
        topics = np.empty(vectors.shape[0], dtype=np.int64)
        self.merges_, self._lost, self._before = [], {}, self._lowest_id
        self.similarities_ = np.ones(vectors.shape[0])
        rules = _Rules(protected, _packed(apart), closed)
        for start in range(0, len(fresh), self.period):
            part = fresh[start : start + self.period]
            topics[part] = self._gather(vectors[part], days[part], rules, part)
            self._forget_old()
        topics[fresh] = _resolved(self._lost, topics[fresh])
        self._repeats.rename({lost: _last_of(self._lost, lost) for lost in self._lost})
        self._repeats.remember(marks[fresh], topics[fresh])
        topics[:] = self._repeats.topics_of(marks, topics, first_of)
        self._keep_awake(np.delete(topics, fresh), np.delete(days, fresh))
        return topics

    def restore(self, vectors: Matrix, topic_ids: ArrayLike, moments: ArrayLike) -> Self:
        """Put messages into the topics that they are known to have; may be called again.

        `topic_ids`: n ids >= 0. Raises ValueError for a negative id.
        """
        vectors, days = self._checked(vectors, moments)
        ids = np.asarray(topic_ids, dtype=np.int64).ravel()
        if len(ids) != vectors.shape[0]:
            raise ValueError(f"{vectors.shape[0]} vectors but {len(ids)} topic ids")
        if len(ids) and ids.min() < 0:
            raise ValueError("topic ids to restore must be >= 0; negative ones mean new topics")
        marks = digests(vectors)
        # People may have put the same words into two topics; each has them then.
        fresh, _ = self._repeats.split(marks, within=ids)
        topics = self._reserve(len(fresh), len(fresh))
        forced = self._rows_for(topics, ids[fresh], days[fresh])
        part = vectors[fresh]
        passes.assign(
            topics, self.reach, self.limits, *_arrays(part), days[fresh], forced,
            np.empty(len(fresh), np.int64),
        )  # fmt: skip
        self._repeats.remember(marks[fresh], ids[fresh])
        return self

    def forget(self, topic_ids: Collection[int]) -> Self:
        """Drop topics, as before `restore` puts them back with other messages."""
        if self._topics is not None:
            live = self._live()
            gone = live[np.isin(self._topics.ids[live], list(topic_ids))]
            self._topics.size[gone] = 0
        self._repeats.forget(topic_ids)
        return self

    def rename(self, names: Mapping[int, int]) -> Self:
        """Give topics other ids: old → new, as when the caller stored the new ones."""
        if self._topics is not None:
            live = self._live()
            ids = self._topics.ids[live].tolist()
            self._topics.ids[live] = [names.get(topic_id, topic_id) for topic_id in ids]
        self._repeats.rename(names)
        return self

    def nearest(self, topic_ids: Sequence[int], limit: int = 3) -> list[list[tuple[int, float]]]:
        """Return for each topic the ids of those it is nearest to, with the cosine, best first.

        A topic that is not held has none.
        """
        if self._topics is None:
            return [[] for _ in topic_ids]
        live = self._live()
        row_of = dict(zip(self._topics.ids[live].tolist(), live.tolist(), strict=True))
        rows = np.array([row_of.get(one, -1) for one in topic_ids], dtype=np.int64)
        found = np.full((len(rows), limit), -1, dtype=np.int64)
        cosines = np.zeros((len(rows), limit))
        passes.neighbours(self._topics, self.reach, rows, found, cosines)
        return [
            [
                (int(self._topics.ids[row]), round(float(cosine), 4))
                for row, cosine in zip(*pair, strict=True)
                if row >= 0
            ]
            for pair in zip(found.tolist(), cosines.tolist(), strict=True)
        ]

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that was learned, as arrays to be stored before anything else is done."""
        if self._topics is None:
            return {}
        self._topics = compact(self._topics)
        learned = {"lowest_id": np.array(self._lowest_id), **self._repeats.state()}
        return arrays_of(self._topics) | learned

    def load(self, state: Mapping[str, NDArray[Any]]) -> Self:
        """Take up what `state` returned; the arrays are the clusterer's own from then on."""
        if "lowest_id" in state:
            self._lowest_id = int(state["lowest_id"])
            self._repeats.load(state)
            arrays = {name: state[name] for name in Topics._fields}
            self._topics = Topics(**arrays)
        return self

    def _checked(self, vectors: Matrix, moments: ArrayLike) -> tuple[Matrix, Floats]:
        days = np.asarray(moments, dtype=np.float64).ravel()
        if len(days) != vectors.shape[0]:
            raise ValueError(f"{vectors.shape[0]} vectors but {len(days)} moments")
        width = vectors.shape[1]
        if self._topics is None:
            self._topics = empty(width, self.most)
        if len(self._topics.heads) != width:
            raise ValueError(f"vectors are {width} wide, not {len(self._topics.heads)}")
        vectors = vectors.tocsr().astype(np.float32, copy=False)
        longest = int(np.diff(vectors.indptr).max(initial=0))
        if longest > WIDEST:
            raise ValueError(f"a vector has {longest} entries; {WIDEST} are allowed")
        return vectors, days

    def _live(self) -> Integers:
        assert self._topics is not None
        rows = int(self._topics.counters[ROWS])
        return np.flatnonzero(self._topics.size[:rows] > 0).astype(np.int64)

    def _reserve(self, rows: int, joining: int) -> Topics:
        """Make room for so many new topics, and for so many messages or topics to join some."""
        assert self._topics is not None
        self._topics = grown(self._topics, rows, joining * self.reach.indexed)
        return self._topics

    def _rows_for(self, topics: Topics, ids: Integers, days: Floats) -> Integers:
        """The row of each topic id; rows are opened for ids not held."""
        live = self._live()
        row_of = dict(zip(topics.ids[live].tolist(), live.tolist(), strict=True))
        rows = np.empty(len(ids), dtype=np.int64)
        for position, topic_id in enumerate(ids.tolist()):
            if topic_id not in row_of:
                row = row_of[topic_id] = int(topics.counters[ROWS])
                topics.counters[ROWS] += 1
                topics.ids[row] = topic_id
                topics.first[row] = topics.last[row] = days[position]
            rows[position] = row_of[topic_id]
        return rows

    def _gather(
        self,
        vectors: Matrix,
        days: Floats,
        rules: _Rules,
        positions: Integers,
    ) -> Integers:
        """Assign, merge and reassign one period of messages; return their topic ids."""
        topics = self._reserve(len(days), len(days))
        known = int(topics.counters[ROWS])
        rows = np.empty(len(days), dtype=np.int64)
        nowhere = np.full(len(days), -1, dtype=np.int64)
        csr = (*_arrays(vectors), days)
        passes.assign(topics, self.reach, self.limits, *csr, nowhere, rows)
        self._name_new(topics, known)
        rows = self._merge(rows, rules)
        topics = self._reserve(len(days), len(days))
        passes.reassign(topics, self.reach, self.limits, *csr, rows)
        self._name_new(topics, known)
        self.similarities_[positions] = _similarities(vectors, topics, rows)
        return topics.ids[rows]

    def _name_new(self, topics: Topics, known: int) -> None:
        """Give the rows opened since their negative ids."""
        rows = np.arange(known, int(topics.counters[ROWS]))
        unnamed = rows[topics.ids[rows] == 0]
        topics.ids[unnamed] = self._lowest_id - 1 - np.arange(len(unnamed))
        self._lowest_id -= len(unnamed)

    def _merge(self, rows: Integers, rules: _Rules) -> Integers:
        """Merge the topics touched until none is near; return the rows of the messages."""
        topics = self._topics
        assert topics is not None
        apart = rules.apart
        held = [*rules.protected, *(apart >> 32).tolist(), *(apart & 0xFFFFFFFF).tolist()]
        rank = np.full(len(topics.ids), _BORN, dtype=np.int8)
        rank[topics.ids >= self._before] = _KNOWN
        rank[np.isin(topics.ids, held)] = _PROTECTED
        rank[np.isin(topics.ids, list(rules.closed))] = _CLOSED
        goes_to: dict[int, int] = {}
        touched = np.unique(rows)
        while len(touched):
            topics = self._reserve(0, len(touched))
            gone, kept = np.empty_like(touched), np.empty_like(touched)
            merges = passes.merge(topics, self.reach, self.limits, touched, rank, apart, gone, kept)
            goes_to.update(zip(gone[:merges].tolist(), kept[:merges].tolist(), strict=True))
            touched = np.unique(_resolved(goes_to, kept[:merges]))
        for lost, stays in goes_to.items():
            self._record(int(topics.ids[stays]), int(topics.ids[lost]))
        return _resolved(goes_to, rows)

    def _record(self, kept: int, lost: int) -> None:
        self._lost[lost] = kept
        if lost >= self._before:
            self.merges_.append((kept, lost))

    def _keep_awake(self, ids: Integers, days: Floats) -> None:
        """Note when exact repeats were said: they do not weigh, but somebody spoke."""
        topics = self._topics
        if topics is None or not len(ids):
            return
        live = self._live()
        order = live[np.argsort(topics.ids[live], kind="stable")]
        at = np.minimum(np.searchsorted(topics.ids[order], ids), len(order) - 1)
        rows = order[at]
        held = topics.ids[rows] == ids
        np.maximum.at(topics.last, rows[held], days[held])
        np.minimum.at(topics.first, rows[held], days[held])

    def _forget_old(self) -> None:
        topics = self._topics
        assert topics is not None
        live = self._live()
        if not len(live):
            return
        age = topics.last[live].max() - topics.last[live]
        limit = np.where(topics.size[live] > 1, self.topic_days, self.single_days)
        topics.size[live[age > limit]] = 0
        if topics.counters[ROWS] > 2 * np.count_nonzero(age <= limit):
            self._topics = compact(topics)


def _last_of(goes_to: Mapping[int, int], one: int) -> int:
    while one in goes_to:
        one = goes_to[one]
    return one


def _resolved(goes_to: Mapping[int, int], values: Integers) -> Integers:
    """Return each value's last, following `goes_to` as far as it leads."""
    unique, inverse = np.unique(values, return_inverse=True)
    last = [_last_of(goes_to, one) for one in unique.tolist()]
    return np.array(last, dtype=np.int64)[inverse]


def _packed(apart: Iterable[tuple[int, int]]) -> Integers:
    """Pairs of ids as sorted numbers low * 2**32 + high."""
    return np.array(sorted(min(pair) << 32 | max(pair) for pair in apart), dtype=np.int64)


def _arrays(vectors: Matrix) -> tuple[Integers, NDArray[np.int32], NDArray[np.float32]]:
    """`indptr`, `indices`, `data` of one type each, so that the loops are compiled once."""
    return (
        np.ascontiguousarray(vectors.indptr, dtype=np.int64),
        np.ascontiguousarray(vectors.indices, dtype=np.int32),
        np.ascontiguousarray(vectors.data, dtype=np.float32),
    )


def _similarities(vectors: Matrix, topics: Topics, rows: Integers) -> Floats:
    """The cosine of each message with its topic."""
    similarities = np.empty(len(rows))
    passes.compare(topics, *_arrays(vectors), rows, similarities)
    return similarities
