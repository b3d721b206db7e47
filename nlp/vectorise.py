"""Turn messages into sparse vectors of character bigrams, weighed by how rare they are.

Characters, not words: citizens misspell (金路 and 金麓), shorten (三中 and 第三中学) and vary,
and a wrong cut loses a name. On labelled messages bigrams of characters find more of what
belongs together than words do, and need no cutting. Features are hashed into 2**20 columns
instead of kept in a growing vocabulary: the width never changes, so vectors stored yesterday
can be compared with today's, and the learned state is one array of 4 MB.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from nlp.kernels import bigrams
from nlp.kernels.table import SIZE
from nlp.sparse import Matrix, csr_matrix

Document = tuple[str, str]
"""A message as (title, body), both normalised."""

N_FEATURES = 1 << bigrams.BITS
_PORTION = 4_096  # documents read at a time
LONGEST = SIZE // 4  # characters read of a title or a body, so that a row's table stays half empty


class _Codes(NamedTuple):
    """Texts as one run of code points; where title and body of each end in it, from 0 on."""

    codes: NDArray[Any]
    ends: NDArray[Any]

    @property
    def rows(self) -> int:
        return (len(self.ends) - 1) // 2


class BigramVectorizer:
    """TF-IDF of character bigrams of (title, body), with frequencies learned in a stream.

    Title and body are weighed apart, each to length 1, then summed as `title_weight` to
    `1 - title_weight`: a title names place and matter, a body retells them among much else.
    A title shorter than `full_title` characters says less, and weighs as much less.
    The rarity ln((1+n)/(1+df)) + 1 is raised to `rarity_power`, so that one shared estate
    outweighs several shared set phrases. Only the first `body_limit` characters of a body
    count. Bigrams across punctuation or white space do not. A row keeps its `most` heaviest.

    Learned: `n_documents_` (int) and `document_frequency_` (int32, shape (2**20,)).
    """

    def __init__(
        self,
        title_weight: float = 0.60,
        rarity_power: float = 1.5,
        body_limit: int = 320,
        full_title: int = 13,
        most: int = 256,
    ) -> None:
        self.title_weight = title_weight
        self.rarity_power = rarity_power
        self.full_title = full_title
        self.body_limit = min(body_limit, LONGEST)
        self.most = most
        self.n_documents_ = 0
        self.document_frequency_ = np.zeros(N_FEATURES, dtype=np.int32)

    def partial_fit(self, documents: Sequence[Document]) -> Self:
        """Add the documents' bigrams to the frequencies; returns itself."""
        for codes in self._portions(documents):
            self._learn(codes)
        return self

    def transform(self, documents: Sequence[Document]) -> Matrix:
        """Return CSR (n, 2**20) float32; rows have length 1 before the cut, 0 without words."""
        return self._weigh(list(self._portions(documents)))

    def fit_transform(self, documents: Sequence[Document]) -> Matrix:
        """Do `partial_fit`, then `transform`."""
        portions = list(self._portions(documents))
        for codes in portions:
            self._learn(codes)
        return self._weigh(portions)

    def _portions(self, documents: Sequence[Document]) -> Iterator[_Codes]:
        """Yield the documents in portions that a processor's cache holds."""
        for start in range(0, len(documents), _PORTION):
            yield self._codes(documents[start : start + _PORTION])

    def _codes(self, documents: Sequence[Document]) -> _Codes:
        """Return the code points of all texts, and where title and body of each end."""
        texts = [
            text[:limit]
            for document in documents
            for text, limit in zip(document, (LONGEST, self.body_limit), strict=True)
        ]
        joined = "".join(texts).lower()
        if len(joined) != sum(map(len, texts)):  # a few capitals have longer small letters
            texts = [text.lower()[: len(text)].ljust(len(text)) for text in texts]
            joined = "".join(texts)
        ends = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in texts], out=ends[1:])
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return _Codes(codes, ends)

    def _learn(self, portion: _Codes) -> None:
        bigrams.learn(*portion, _is_word(), self.document_frequency_)
        self.n_documents_ += portion.rows

    def _weigh(self, portions: Sequence[_Codes]) -> Matrix:
        rows = sum(portion.rows for portion in portions)
        entries = sum(len(portion.codes) for portion in portions)
        indptr = np.zeros(rows + 1, dtype=np.int64)
        indices = np.empty(entries, dtype=np.int32)
        data = np.empty(entries, dtype=np.float32)
        rarity = self._rarity()
        row = used = 0
        for portion in portions:
            ends = indptr[row : row + portion.rows + 1]
            bigrams.weigh(
                *portion, _is_word(), rarity, self.title_weight, self.full_title, self.most,
                ends, indices[used:], data[used:],
            )  # fmt: skip
            ends += used
            row, used = row + portion.rows, int(ends[-1])
        return csr_matrix((data[:used], indices[:used], indptr), shape=(rows, N_FEATURES))

    def _rarity(self) -> NDArray[np.float32]:
        """Return ln((1+n)/(1+df)) + 1, raised to the power, of each column."""
        rarest = np.log(1.0 + self.n_documents_) + 1.0
        logarithms = np.log1p(np.arange(self.document_frequency_.max() + 1))
        by_frequency = (rarest - logarithms) ** self.rarity_power
        rarity: NDArray[np.float32] = by_frequency.astype(np.float32)[self.document_frequency_]
        return rarity


@lru_cache(maxsize=1)
def _is_word() -> NDArray[np.bool_]:
    """Return for each code point whether it is a letter, a digit or a Han character."""
    letters = np.zeros(0x110000, dtype=np.bool_)
    letters[:0x10000] = [chr(code).isalnum() for code in range(0x10000)]
    letters[0x20000:0x32400] = True  # the supplementary planes of Han
    return letters
