"""``make bench-topics``: our topics beside other methods' on the same texts, then the cost.

One JSON object a line while it runs, two tables in the end. ``--tune`` instead tries each
peer's grid on the labelled messages.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from statistics import median
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.corpora import REAL_DATA, Corpus, corpus
from benchmarks.timing import RUNS, segmenting, timed
from nlp import Document, evaluate

SCORES = ("pair_f1", "bcubed_f1", "hot_topic_f1")
SIZES = (1_000, 10_000, 100_000, 1_000_000)
BASELINE_TO = 100_000
BUDGET_SECONDS = 300
"""How long one size may take; what takes longer is not run to its end, and said so."""
WARM_UP = 300

Row = dict[str, Any]


def compare(texts: Corpus) -> Iterator[Row]:
    """Each method on the same texts: medians of the scores, and of the time over segmenting's."""
    order = np.argsort(texts.moments, kind="stable").tolist()
    documents = [texts.documents[place] for place in order]
    ids = [texts.ids[place] for place in order]
    floor = segmenting(documents)
    for name, method in peers.METHODS.items():
        chosen = peers.CHOSEN.get(name, {})
        row: Row = {"benchmark": "topics", "method": name, "texts": texts.name, **chosen}
        try:
            _run(method, documents[:WARM_UP], chosen)
            seconds, found = timed(lambda m=method, c=chosen: _run(m, documents, c))  # type: ignore[misc]
        except Exception as error:  # a peer that breaks must not hide the others
            yield {**row, "failed": f"{type(error).__name__}: {error}"}
            continue
        scores = [evaluate(dict(zip(ids, run, strict=True)), texts.labels) for run in found]
        yield {
            **row,
            "messages": len(ids),
            "labelled": scores[0].labelled,
            "topics": len(set(found[0])),
            **{name: round(median(getattr(one, name) for one in scores), 3) for name in SCORES},
            "runs": len(found),
            "seconds": round(seconds, 3),
            "times_segmenting": round(seconds / floor, 1),
        }


def _run(
    method: peers.Method, documents: Sequence[Document], chosen: Mapping[str, Any]
) -> peers.Topics:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of each other's coming versions, mostly
        return method(documents, **chosen)


def tune(texts: Corpus) -> Iterator[Row]:
    """Each point of each peer's grid, once, with the mean of the three scores."""
    order = np.argsort(texts.moments, kind="stable").tolist()
    documents = [texts.documents[place] for place in order]
    ids = [texts.ids[place] for place in order]
    for name, grid in peers.GRIDS.items():
        for values in product(*grid.values()):
            chosen = dict(zip(grid, values, strict=True))
            seconds, [found] = timed(partial(_run, peers.METHODS[name], documents, chosen), 1)
            scores = evaluate(dict(zip(ids, found, strict=True)), texts.labels)
            figures = {name: round(getattr(scores, name), 3) for name in SCORES}
            mean = round(sum(figures.values()) / len(figures), 3)
            yield {"method": name, **chosen, **figures, "mean": mean, "seconds": round(seconds, 1)}


def cost() -> Iterator[Row]:
    """Ours at each size, each in a process of its own; beside it the single pass, to 100,000.

    ``over_10k`` is the cost of a message in that of one at 10,000, ``over_single_pass`` in that
    of the single pass over the same texts.
    """
    yield from _growth([], SIZES, BASELINE_TO)
    yield from _growth(["--repeats"], SIZES, 0)
    if (REAL_DATA / "taidi2020").is_dir():
        yield from _growth(["--varied"], SIZES[:3], 0)


def _growth(options: list[str], sizes: Sequence[int], baseline_to: int) -> Iterator[Row]:
    at_10k = 0.0
    for size in sizes:
        more = ["--baseline"] if size <= baseline_to else []
        rows = _child(["--messages", str(size), *options, *more])
        expected = ["ours", "single pass"][: 1 + len(more)]
        if len(rows) == len(expected) == 2:
            rows[0]["over_single_pass"] = round(rows[0]["seconds"] / rows[1]["seconds"], 3)
        if rows:
            each = rows[0]["seconds"] / size
            at_10k = each if size == 10_000 else at_10k
            rows[0]["over_10k"] = round(each / at_10k, 2) if at_10k else None
        rows += [
            {
                "method": method,
                "messages": size,
                "repeats": "--repeats" in options,
                "texts": "varied" if "--varied" in options else "made up",
                "not_run": f"stopped after {BUDGET_SECONDS} s",
            }
            for method in expected[len(rows) :]
        ]
        for row in rows:
            yield {"benchmark": "cost", **row}


def _child(arguments: list[str]) -> list[Row]:
    """What a run of `benchmarks.cost` printed before its time was up."""
    words = [sys.executable, "-m", "benchmarks.cost", *arguments]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=BUDGET_SECONDS, env=os.environ
        )
    except subprocess.TimeoutExpired as late:
        printed = late.stdout or b""
        text = printed.decode() if isinstance(printed, bytes) else printed
    else:
        if done.returncode:
            raise SystemExit(done.stderr)
        text = done.stdout
    return [json.loads(line) for line in text.splitlines()]


def _table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = [row.get(name, "") for name in columns]
        lines.append("| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _print(rows: Iterator[Row]) -> list[Row]:
    kept = []
    for row in rows:
        print(json.dumps(row, ensure_ascii=False), flush=True)
        kept.append(row)
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tune", action="store_true", help="try the grids of the peers")
    given = parser.parse_args()
    texts = corpus()
    if given.tune:
        _print(tune(texts))
        return
    started = time.perf_counter()
    print(f"{len(texts.ids)} {texts.name}, {len(texts.labels)} labelled; one core; medians of")
    print(f"{RUNS} runs, or one where that takes long. No sentence model is installed or fetched:")
    print("BERTopic has LSA vectors instead. Times are beside segmenting the whole texts; ours")
    print("reads the beginning of each only.")
    compared = _print(compare(texts))
    grown = _print(cost())
    print(
        "\n" + _table(compared, ("method", *SCORES, "topics", "times_segmenting", "runs", "failed"))
    )
    columns = (
        "method", "messages", "repeats", "texts", "messages_per_second", "times_segmenting",
        "over_10k", "over_single_pass", "added_mb", "added_mb_per_million", "not_run",
    )  # fmt: skip
    print("\n" + _table(grown, columns))
    print(f"\n{time.perf_counter() - started:.0f} s in all")


if __name__ == "__main__":
    main()
