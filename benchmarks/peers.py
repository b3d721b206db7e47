"""Other ways to gather messages into topics, each from text to topic, each tuned.

A method takes normalised (title, body) documents in order of time and its parameters, and
returns one topic for each. What a method leaves over as noise (-1) stands alone. `GRIDS` is
what was tried for each on the labelled part of the real messages (``python -m
benchmarks.topics --tune`` tries it again), `CHOSEN` the best by the mean of pair, B-cubed and
hot-topic F1. The first single pass is the one named in the documents, its threshold fixed.

All but ours get the same words (`benchmarks.words`) as TF-IDF; those named LSA, BERTopic and
river get these squeezed into a hundred dimensions, since they want dense vectors.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from benchmarks.single_pass import THRESHOLD, single_pass
from benchmarks.words import joined, tfidf, words_of
from nlp import Document
from nlp.stream import gather

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # their imports warn of each other's versions
    import hdbscan as density
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from bertopic.dimensionality import BaseDimensionalityReduction
    from river.cluster import DBSTREAM
    from umap import UMAP

Topics = Sequence[int]
Method = Callable[..., Topics]

_SEED = 0


def _lsa(documents: Sequence[Document], dimensions: int) -> Any:
    """Float (n, dimensions), rows of length 1: the sparse vectors squeezed by a seeded SVD."""
    vectors = tfidf(documents)
    squeeze = TruncatedSVD(min(dimensions, vectors.shape[1] - 1), random_state=_SEED)
    return normalize(squeeze.fit_transform(vectors))


def _noise_alone(labels: Sequence[int]) -> Topics:
    found = np.asarray(labels, dtype=np.int64).copy()
    noise = np.flatnonzero(found < 0)
    found[noise] = found.max(initial=0) + 1 + np.arange(len(noise))
    return list(map(int, found))


def ours(documents: Sequence[Document]) -> Topics:
    """The product's, with the shipped settings."""
    return list(map(int, gather(documents, np.arange(len(documents)))))


def baseline(documents: Sequence[Document], threshold: float) -> Topics:
    """Single pass over TF-IDF of words, nearest centroid."""
    return single_pass(tfidf(documents), threshold)


def average_linkage(documents: Sequence[Document], distance: float) -> Topics:
    """Agglomerative clustering by mean cosine distance (scikit-learn); memory grows as n²."""
    vectors = tfidf(documents)
    distances = np.maximum(1.0 - (vectors @ vectors.T).toarray(), 0.0)
    method = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=distance
    )
    return list(map(int, method.fit_predict(distances)))


def hdbscan(
    documents: Sequence[Document], dimensions: int, least: int, samples: int, selection: str
) -> Topics:
    """Density clusters (scikit-learn) of LSA vectors."""
    method = HDBSCAN(
        min_cluster_size=least,
        min_samples=samples,
        cluster_selection_method=selection,
        copy=True,
    )
    return _noise_alone(method.fit_predict(_lsa(documents, dimensions)))


class _NoEmbedder(BaseEmbedder):
    """BERTopic is given vectors, but asks for somebody who could make them."""


def _bertopic(documents: Sequence[Document], dimensions: int, least: int, reduce: Any) -> Topics:
    texts = joined(documents)
    vectors = _lsa(documents, dimensions)
    method = BERTopic(
        embedding_model=_NoEmbedder(),
        umap_model=reduce,
        hdbscan_model=density.HDBSCAN(min_cluster_size=least, min_samples=1, core_dist_n_jobs=1),
        vectorizer_model=CountVectorizer(analyzer=words_of),
        calculate_probabilities=False,
    )
    topics, _ = method.fit_transform(texts, embeddings=vectors)
    return _noise_alone(topics)


def bertopic(documents: Sequence[Document], dimensions: int, least: int, neighbours: int) -> Topics:
    """BERTopic with UMAP and HDBSCAN, over LSA vectors instead of a sentence model's."""
    reduce = UMAP(
        n_neighbors=neighbours, n_components=5, min_dist=0.0, metric="cosine",
        random_state=_SEED, n_jobs=1, force_approximation_algorithm=True,
    )  # fmt: skip
    return _bertopic(documents, dimensions, least, reduce)


def bertopic_lsa(documents: Sequence[Document], dimensions: int, least: int) -> Topics:
    """BERTopic with HDBSCAN on the LSA vectors themselves, without UMAP."""
    return _bertopic(documents, dimensions, least, BaseDimensionalityReduction())


def dbstream(documents: Sequence[Document], dimensions: int, radius: float) -> Topics:
    """River's DBSTREAM over LSA vectors; each message belongs where it falls when it comes."""
    method = DBSTREAM(
        clustering_threshold=radius, fading_factor=1e-4, cleanup_interval=1e9,
        intersection_factor=0.3, minimum_weight=1.0,
    )  # fmt: skip
    rows = [dict(enumerate(row)) for row in _lsa(documents, dimensions).tolist()]
    for row in rows:
        method.learn_one(row)
    return [int(method.predict_one(row)) for row in rows]


def k_means(documents: Sequence[Document], dimensions: int, share: float) -> Topics:
    """K-means (scikit-learn) of LSA vectors with `share` as many topics as messages."""
    k = max(2, round(share * len(documents)))
    method = KMeans(k, n_init=1, max_iter=20, random_state=_SEED)
    return list(map(int, method.fit_predict(_lsa(documents, dimensions).astype(np.float32))))


METHODS: dict[str, Method] = {
    "ours": ours,
    "single pass": baseline,
    "single pass, tuned": baseline,
    "average linkage": average_linkage,
    "HDBSCAN on LSA": hdbscan,
    "BERTopic on LSA, UMAP": bertopic,
    "BERTopic on LSA": bertopic_lsa,
    "river DBSTREAM on LSA": dbstream,
    "k-means on LSA": k_means,
}

GRIDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "single pass, tuned": {"threshold": (0.24, 0.27, 0.30, 0.34)},
    "average linkage": {"distance": (0.70, 0.74, 0.78, 0.82, 0.86, 0.90)},
    "HDBSCAN on LSA": {
        "dimensions": (100, 200), "least": (2, 3), "samples": (1, 2), "selection": ("eom", "leaf"),
    },
    "BERTopic on LSA, UMAP": {
        "dimensions": (100, 200), "least": (2, 3, 5), "neighbours": (5, 15),
    },
    "BERTopic on LSA": {"dimensions": (100, 200), "least": (2, 3, 5)},
    "river DBSTREAM on LSA": {"dimensions": (50,), "radius": (0.3, 0.4, 0.5, 0.6, 0.7)},
    "k-means on LSA": {"dimensions": (100,), "share": (0.4, 0.5, 0.6, 0.7)},
}  # fmt: skip

CHOSEN: dict[str, dict[str, Any]] = {
    "single pass": {"threshold": THRESHOLD},
    "single pass, tuned": {"threshold": 0.30},
    "average linkage": {"distance": 0.82},
    "HDBSCAN on LSA": {"dimensions": 100, "least": 2, "samples": 1, "selection": "eom"},
    "BERTopic on LSA, UMAP": {"dimensions": 100, "least": 3, "neighbours": 5},
    "BERTopic on LSA": {"dimensions": 100, "least": 2},
    "river DBSTREAM on LSA": {"dimensions": 50, "radius": 0.4},
    "k-means on LSA": {"dimensions": 100, "share": 0.6},
}
