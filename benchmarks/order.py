"""How much it matters in which order the messages of one hour come."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.corpora import corpus
from nlp import evaluate, pair_f1
from nlp.stream import gather

SEEDS = range(5)
HOUR = 3_600.0


def measure() -> dict[str, Any]:
    """Pair F1 as the messages came, and shuffled within each hour by five seeds.

    ``least_agreement`` is the lowest pair F1 of a shuffled run's topics with the topics of the
    messages as they came, over all messages. Every message is in the shuffle.
    """
    texts = corpus()
    moments = np.array(texts.moments)

    def score(topics: list[int]) -> float:
        return evaluate(dict(zip(texts.ids, topics, strict=True)), texts.labels).pair_f1

    plain = gather(texts.documents, moments).tolist()
    shuffled = []
    for seed in SEEDS:
        within = np.random.default_rng(seed).uniform(0, HOUR, len(moments))
        shuffled.append(gather(texts.documents, moments // HOUR * HOUR + within).tolist())
    scores = [score(topics) for topics in shuffled]
    hours, count = np.unique(moments // HOUR, return_counts=True)
    return {
        "texts": texts.name,
        "messages": len(moments),
        "in_a_shared_hour": int(count[count > 1].sum()),
        "hours": len(hours),
        "pair_f1": round(score(plain), 4),
        "shuffled": [round(value, 4) for value in scores],
        "largest_change": round(max(abs(value - score(plain)) for value in scores), 4),
        "least_agreement": round(min(pair_f1(plain, topics) for topics in shuffled), 4),
    }
