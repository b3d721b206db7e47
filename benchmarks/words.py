"""The same words for every method beside ours: rjieba's, stop words dropped, the title twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer

from nlp import Document, RjiebaSegmenter, content_words

_SEGMENTER = RjiebaSegmenter()


def words_of(text: str) -> list[str]:
    """The words of a text that carry content."""
    return content_words(_SEGMENTER.cut(text))


def joined(documents: Sequence[Document]) -> list[str]:
    """One text for each message, the title counted twice."""
    return [f"{title}\n{title}\n{body}" for title, body in documents]


def tfidf(documents: Sequence[Document]) -> Any:
    """CSR (n, words) of (1 + ln(count)) x rarity, rows of length 1."""
    return TfidfVectorizer(analyzer=words_of, sublinear_tf=True).fit_transform(joined(documents))
