"""The steps of clustering, each a function over sparse rows.

Topics are rows 0 … k-1 of sums of their messages. The first `known` of them existed
before (`base`, CSR (known, d)); those from `known` on were born among the messages at
hand. `assigned` is the topic row of each message, int64 (n,). A cosine with a centroid is
the dot product with the sum, divided by the sum's length.
"""

from collections.abc import Iterator

import numpy as np

from nlp.sparse import Floats, Integers, Matrix, row_norms, sum_rows_by, unit_rows

_CHUNK = 256  # rows compared at once, so that (256, topics) similarities fit in memory


def totals(base: Matrix, vectors: Matrix, assigned: Integers) -> Matrix:
    """Return the sums of all topics, CSR (k, d): those of `base` plus the messages'."""
    count = max(base.shape[0], int(assigned.max(initial=-1)) + 1)
    padded = base.copy()
    padded.resize((count, base.shape[1]))
    return (padded + sum_rows_by(assigned, count, vectors)).tocsr()


def renumber(assigned: Integers, known: int) -> Integers:
    """Return `assigned` with born topics numbered known, known+1, … by first message."""
    born, first, inverse = np.unique(assigned, return_index=True, return_inverse=True)
    rows = born.copy()
    is_born = born >= known
    order = np.argsort(np.argsort(first[is_born], kind="stable"), kind="stable")
    rows[is_born] = known + order
    return np.asarray(rows[inverse], dtype=np.int64)


class _RunningSums:
    """Topic sums that grow by chunks, laid out for products with the next chunk.

    Adding to one large sparse matrix at each chunk would copy it each time. So what is new
    gathers in `recent`, and goes into `settled` when it has grown half as large.
    """

    def __init__(self, base: Matrix) -> None:
        self.settled = base.T.tocsr()
        self.recent = base[:0]
        self.count = base.shape[0]

    def products(self, chunk: Matrix) -> Floats:
        """Return the dot products of the chunk's rows with the sums, shape (rows, count)."""
        dots = np.zeros((chunk.shape[0], self.count))
        for sums in (self.settled, self.recent.T):
            dots[:, : sums.shape[1]] += (chunk @ sums).toarray()
        return dots

    def add(self, chunk: Matrix, topics: Integers, count: int) -> None:
        """Add the chunk's rows to their topics, of which there are now `count`."""
        self.count = count
        self.recent = totals(self.recent, chunk, topics)
        if self.recent.nnz > self.settled.nnz / 2:
            everything = self.settled.T.tocsr()
            everything.resize((count, everything.shape[1]))
            self.recent.resize(everything.shape)
            self.settled = (everything + self.recent).T.tocsr()
            self.recent = everything[:0]


def single_pass(base: Matrix, vectors: Matrix, threshold: float) -> Integers:
    """Assign each row in turn to the nearest topic at cosine >= `threshold`, or a new one."""
    sums, squares = _RunningSums(base), row_norms(base) ** 2
    assigned = [np.empty(0, dtype=np.int64)]
    for start in range(0, vectors.shape[0], _CHUNK):
        chunk = vectors[start : start + _CHUNK]
        topics, squares = _pass_chunk(sums.products(chunk), squares, chunk, threshold)
        sums.add(chunk, topics, len(squares))
        assigned.append(topics)
    return np.concatenate(assigned)


def _pass_chunk(
    products: Floats, squares: Floats, chunk: Matrix, threshold: float
) -> tuple[Integers, Floats]:
    """Assign the rows of one chunk; return their topics and the topics' squared lengths.

    `products` (rows, k) are those with the k topics before the chunk, `squares` (k,) the
    squared lengths of these. The result has one more for each topic born.
    """
    size, count = products.shape
    dots = np.concatenate([products, np.zeros((size, size))], axis=1)
    squares = np.concatenate([squares, np.ones(size)])
    among = (chunk @ chunk.T).toarray()
    topics = np.zeros(size, dtype=np.int64)
    for row in range(size):
        # What earlier rows of this chunk added to their topics, on top of the sums.
        np.add.at(dots[row], topics[:row], among[row, :row])
        cosines = dots[row, :count] / np.sqrt(squares[:count])
        best = int(cosines.argmax()) if count else 0
        if count and cosines[best] >= threshold:
            squares[best] += 2.0 * dots[row, best] + among[row, row]
        else:
            best, count = count, count + 1
        topics[row] = best
    return topics, squares[:count]


def merge_born(base: Matrix, vectors: Matrix, assigned: Integers, threshold: float) -> Integers:
    """Merge born topics into their nearest topic while a pair has cosine >= `threshold`.

    Topics of `base` are never merged with each other.
    """
    known = base.shape[0]
    assigned = renumber(assigned, known)
    sums = totals(base, vectors, assigned)
    goes_to = np.arange(sums.shape[0])
    changed = np.arange(known, sums.shape[0])
    pairs = np.empty((0, 3))
    while len(changed):
        stale = np.isin(pairs[:, :2], changed).any(axis=1)
        pairs = np.concatenate([pairs[~stale], _near_pairs(sums, changed, threshold)])
        merges = _nearest_pairs(pairs, known)
        gone = np.array([lost for _, lost in merges], dtype=np.int64)
        changed = np.array([kept for kept, _ in merges], dtype=np.int64)
        goes_to[gone] = changed
        goes_to = goes_to[goes_to]
        sums = sum_rows_by(goes_to, len(goes_to), sums) if len(gone) else sums
        pairs = pairs[~np.isin(pairs[:, :2], gone).any(axis=1)]
    return np.asarray(goes_to[assigned], dtype=np.int64)


def _near_pairs(sums: Matrix, rows: Integers, threshold: float) -> Floats:
    """Return (i, j, cosine) of pairs at >= `threshold` with i < j and i or j in `rows`."""
    centroids = unit_rows(sums)
    found = [np.empty((0, 3))]
    for part, cosines in _dot_products(centroids[rows], centroids):
        left, right = np.nonzero(cosines >= threshold)
        own = rows[part][left]
        low, high = np.minimum(own, right), np.maximum(own, right)
        triples = np.column_stack([low, high, cosines[left, right]])
        found.append(triples[low != high])
    pairs = np.concatenate(found)
    _, first = np.unique(pairs[:, :2], axis=0, return_index=True)
    return pairs[first]


def _nearest_pairs(pairs: Floats, known: int) -> list[tuple[int, int]]:
    """Return (kept, lost) of pairs that are each other's nearest, nearest first."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -pairs[:, 2]))
    taken: set[int] = set()
    merges = []
    for low, high, _ in pairs[order].tolist():
        kept, lost = int(low), int(high)
        if lost < known:
            continue
        if kept not in taken and lost not in taken:
            merges.append((kept, lost))
        # Also the one whose nearest is taken waits until that one's new centroid is known.
        taken.update((kept, lost))
    return merges


def reassign(base: Matrix, vectors: Matrix, assigned: Integers, threshold: float) -> Integers:
    """Move each row to its nearest topic, itself left out; below `threshold` to none.

    All rows look at the topics as they were before, so the order does not matter.
    """
    sums = totals(base, vectors, assigned)
    squares = row_norms(sums) ** 2
    sizes = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
    result = assigned.copy()
    for part, dots in _dot_products(vectors, sums):
        rows = np.arange(len(dots))
        own, size = assigned[part], sizes[part]
        with_rest = dots[rows, own] - size
        rest = np.maximum(squares[own] - 2.0 * with_rest - size, 0.0)
        cosines = dots / np.sqrt(np.maximum(squares, 1e-12))
        alone = rest < 1e-9
        cosines[rows, own] = np.where(alone, 0.0, with_rest / np.sqrt(np.maximum(rest, 1e-9)))
        best = cosines.argmax(axis=1)
        near = cosines[rows, best] >= threshold
        # A row that stands alone already keeps its topic; one that leaves gets a new one.
        nowhere = np.where(alone, own, sums.shape[0] + part.start + rows)
        result[part] = np.where(near, best, nowhere)
    return result


def _dot_products(rows: Matrix, others: Matrix) -> Iterator[tuple[slice, Floats]]:
    """Yield dot products of `rows` with `others`, chunk by chunk, with the rows' slice."""
    transposed = others.T.tocsr()
    for start in range(0, rows.shape[0], _CHUNK):
        part = slice(start, min(start + _CHUNK, rows.shape[0]))
        yield part, (rows[part] @ transposed).toarray()
