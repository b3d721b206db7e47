"""Topics of labelled messages as the product finds them, and the time beside segmenting."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from benchmarks.corpora import corpus
from benchmarks.timing import segmenting, timed
from nlp import evaluate
from nlp.stream import gather

WARM_UP = 200


def measure() -> dict[str, Any]:
    """The scores on real messages (the demo's where there are none); seconds as a ratio."""
    texts = corpus()
    gather(texts.documents[:WARM_UP], texts.moments[:WARM_UP])
    seconds, found = timed(lambda: gather(texts.documents, texts.moments))
    scores = evaluate(dict(zip(texts.ids, found[0].tolist(), strict=True)), texts.labels)
    return {
        "texts": texts.name,
        "messages": len(texts.ids),
        **{name: round(value, 3) for name, value in asdict(scores).items()},
        "gathering_over_segmenting": round(seconds / segmenting(texts.documents), 1),
    }
