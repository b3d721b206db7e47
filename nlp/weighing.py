"""Weigh words by how rare they are, to show people which of them two texts share.

Clustering goes by characters (`nlp.vectorise`); these are words because people read words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from typing import Self

from nlp.segment import Segmenter, default_segmenter
from nlp.vectorise import Document
from nlp.words import content_words


class WordWeights:
    """TF-IDF of the words of (title, body) documents.

    Title and body are weighed apart, `title_weight` to `1 - title_weight`; only the first
    `body_limit` characters of a body are read.

    Learned: `n_documents_` (int) and `document_frequency_` (word → number of documents).
    """

    def __init__(
        self,
        segmenter: Segmenter | None = None,
        title_weight: float = 0.5,
        body_limit: int = 300,
    ) -> None:
        self.segmenter: Segmenter = segmenter or default_segmenter()
        self.title_weight = title_weight
        self.body_limit = body_limit
        self.n_documents_ = 0
        self.document_frequency_: Counter[str] = Counter()

    def partial_fit(self, documents: Sequence[Document]) -> Self:
        """Add the documents' words to the frequencies; returns itself."""
        for title, body in documents:
            self.document_frequency_.update({*self._words(title), *self._words_of_body(body)})
        self.n_documents_ += len(documents)
        return self

    def idf(self, words: Iterable[str]) -> dict[str, float]:
        """Return ln((1+n)/(1+df)) + 1 of each word."""
        all_documents = 1 + self.n_documents_
        return {
            word: log(all_documents / (1 + self.document_frequency_[word])) + 1.0 for word in words
        }

    def terms(self, title: str, body: str = "") -> dict[str, float]:
        """Return word → weight of one document, heaviest first, weights of length 1."""
        shares: dict[str, float] = {}
        halves = (
            (self.title_weight, self._words(title)),
            (1.0 - self.title_weight, self._words_of_body(body)),
        )
        for share, words in halves:
            for word in words:
                shares[word] = shares.get(word, 0.0) + share / len(words)
        rarity = self.idf(shares)
        weights = {word: share * rarity[word] for word, share in shares.items()}
        length = sum(weight**2 for weight in weights.values()) ** 0.5
        ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return {word: weight / length for word, weight in ordered}

    def _words(self, text: str) -> list[str]:
        return content_words(self.segmenter.cut(text))

    def _words_of_body(self, body: str) -> list[str]:
        return self._words(body[: self.body_limit])
