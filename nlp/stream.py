"""Messages in, topics out: the whole way, with the shipped settings."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from nlp.cluster import StreamClusterer
from nlp.sparse import Integers
from nlp.vectorise import Document, TextVectorizer


def gather(documents: Sequence[Document], moments: ArrayLike) -> Integers:
    """Return the topic of each message, int64 (n,), streamed in the order of `moments`.

    `documents`: n normalised (title, body); `moments`: n seconds since any epoch.
    """
    order = np.argsort(np.asarray(moments), kind="stable")
    vectors = TextVectorizer().fit_transform([documents[row] for row in order])
    topics = np.empty(len(documents), dtype=np.int64)
    topics[order] = StreamClusterer().partial_fit_predict(vectors)
    return topics
