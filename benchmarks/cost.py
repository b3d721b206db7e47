"""What gathering costs as messages grow in number: time, and memory. One size a process.

    python -m benchmarks.cost --messages 100000 --repeats --baseline

Prints one JSON object for ours, and with ``--baseline`` another for the single pass over the
same texts, once ours is done (its memory would hide ours). Texts are made up (`generated`),
or with ``--varied`` real ones varied.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from benchmarks.corpora import real_messages
from benchmarks.generated import Stream, stream
from benchmarks.single_pass import single_pass
from benchmarks.timing import RUNS, megabytes, segmenting, timed
from benchmarks.words import tfidf
from nlp import Document, bcubed_f1, hot_topic_f1, pair_f1
from nlp.stream import gather

WARM_UP = 200
RUN_ONCE_FROM = 1_000_000


def measure(made: Stream) -> dict[str, Any]:
    """Figures of ours over one stream; memory beyond what the texts themselves take."""
    documents, count = made.documents, len(made.documents)
    runs = 1 if count >= RUN_ONCE_FROM else RUNS
    gather(documents[:WARM_UP], made.moments[:WARM_UP])
    before = megabytes()
    seconds, results = timed(lambda: gather(documents, made.moments), runs)
    added = megabytes() - before
    floor = segmenting(documents, runs)
    found, true = results[0].tolist(), made.topics.tolist()
    return {
        "method": "ours",
        "messages": count,
        "characters": round(sum(len(title) + len(body) for title, body in documents) / count),
        "messages_per_second": round(count / seconds),
        "seconds": round(seconds, 3),
        "segmenting_per_second": round(count / floor),
        "times_segmenting": round(seconds / floor, 2),
        "texts_mb": round(before),
        "added_mb": round(added),
        "added_mb_per_million": round(added / count * 1e6) if count >= 100_000 else None,
        "topics": len(set(found)),
        "pair_f1": round(pair_f1(true, found), 3),
        "bcubed_f1": round(bcubed_f1(true, found), 3),
        "hot_topic_f1": round(hot_topic_f1(true, found), 3),
    }


def measure_baseline(documents: Sequence[Document], true: Sequence[int]) -> dict[str, Any]:
    """Figures of the single pass, once over."""
    seconds, [found] = timed(lambda: single_pass(tfidf(documents)), 1)
    return {
        "method": "single pass",
        "messages": len(documents),
        "messages_per_second": round(len(documents) / seconds),
        "seconds": round(seconds, 3),
        "pair_f1": round(pair_f1(true, found), 3),
        "bcubed_f1": round(bcubed_f1(true, found), 3),
        "hot_topic_f1": round(hot_topic_f1(true, found), 3),
    }


def _texts(varied: bool) -> list[Document]:
    if not varied:
        return []
    corpus = real_messages()
    if corpus is None:
        raise SystemExit("--varied: no real messages at hand (set RESPONDER_REAL_DATA)")
    return corpus.documents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--repeats", action="store_true", help="a fifth repeat an earlier one")
    parser.add_argument("--varied", action="store_true", help="real texts, varied in memory")
    parser.add_argument("--baseline", action="store_true", help="the single pass as well")
    given = parser.parse_args()
    made = stream(given.messages, given.repeats, _texts(given.varied))
    kind = {"repeats": given.repeats, "texts": "varied" if given.varied else "made up"}
    print(json.dumps({**measure(made), **kind}), flush=True)
    if given.baseline:
        told = measure_baseline(made.documents, made.topics.tolist())
        print(json.dumps({**told, **kind}), flush=True)


if __name__ == "__main__":
    main()
