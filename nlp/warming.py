"""What the first text of a process would wait for: the loops are compiled and loaded."""

from __future__ import annotations

import numpy as np

from nlp.duplicates import NearDuplicates, Saying
from nlp.stream import TopicStream

DAY_SECONDS = 86_400


def warm_up() -> None:
    """Have the loops compiled now (some twenty seconds, once), not when somebody waits.

    Afterwards they are kept on disk, and loading them takes a moment.
    """
    documents = [
        (f"{place}噪音扰民", f"{place}夜里施工，{place}居民无法休息") for place in "甲乙甲"
    ]
    moments = np.arange(len(documents)) * DAY_SECONDS
    stream = TopicStream()
    topics = stream.partial_fit_predict(documents, moments)
    stream.rename({topic: -topic for topic in topics.tolist()})
    stream.replace(documents[:1], [1], moments[:1])
    stream.nearest([1])
    stream.clusterer.load(stream.clusterer.state())
    _find_repeats(documents)


def _find_repeats(documents: list[tuple[str, str]]) -> None:
    finder = NearDuplicates()
    one, other = (Saying(*said) for said in documents[:2])
    finder.sketch([one, other])
    finder.repeats(one, other)
