"""How many messages repeat an earlier one, and whether those who read them agree.

    python -m benchmarks.repeats

The messages of ``benchmarks.corpora`` are grouped as they are on arrival, in their order. Two
messages of one group that carry a label should carry the same: a topic is a matter at a place.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from benchmarks.corpora import corpus
from benchmarks.timing import timed
from nlp import NearDuplicates, Saying


def measure() -> dict[str, Any]:
    """Counts, and microseconds to group one message."""
    texts = corpus()
    order = np.argsort(texts.moments, kind="stable").tolist()
    sayings = [Saying(*texts.documents[row]) for row in order]
    ids = [texts.ids[row] for row in order]
    seconds, [found, *_] = timed(lambda: NearDuplicates().fit_predict(sayings).tolist())
    pairs = [(ids[one], ids[first]) for one, first in enumerate(found) if one != first]
    labelled = [(texts.labels.get(one), texts.labels.get(first)) for one, first in pairs]
    known = [pair for pair in labelled if None not in pair]
    return {
        "corpus": texts.name,
        "messages": len(ids),
        "repeats": len(pairs),
        "labelled_pairs": len(known),
        "with_the_same_label": sum(one == first for one, first in known),
        "microseconds_a_message": round(seconds / len(ids) * 1e6, 1),
    }


def main() -> None:
    print(json.dumps(measure(), ensure_ascii=False))


if __name__ == "__main__":
    main()
