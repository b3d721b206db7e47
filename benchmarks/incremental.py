"""A hundred messages more, in a new process, beside starting over with all of them.

    python -m benchmarks.incremental

Four processes over the same made-up stream of 100,100: one gathers the first 100,000 and
saves its state, one loads that and gathers the last hundred, one gathers everything anew, and
this one compares. What is timed is loading, gathering and saving; starting Python and making
up the texts happen to all of them, and are left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.generated import stream
from benchmarks.timing import megabytes
from nlp import pair_f1
from nlp.stream import TopicStream

BEFORE, MORE = 100_000, 100
WARM_UP = 200
STATE = "state.npz"


def measure() -> dict[str, Any]:
    """Seconds of adding over seconds of starting over (below 2 % is asked), and the agreement.

    Topics that the second step merged count as one for the earlier messages too, as in the
    product. ``agreement`` is the pair F1 of the topics found in two steps with those found in
    one, over all messages; ``agreement_of_new`` the share of the hundred that are with the same
    earlier messages both times.
    """
    with tempfile.TemporaryDirectory() as folder:
        first = _child("first", folder)
        added = _child("add", folder)
        over = _child("over", folder)
        kept = dict(added["merges"])
        earlier = [kept.get(topic, topic) for topic in _topics(folder, "first").tolist()]
        steps = [*earlier, *_topics(folder, "add").tolist()]
        once = _topics(folder, "over").tolist()
        state = (Path(folder) / STATE).stat().st_size / 1e6
    return {
        "messages": BEFORE,
        "more": MORE,
        "seconds_of_starting_over": over["seconds"],
        "seconds_of_first": first["seconds"],
        "seconds_of_adding": added["seconds"],
        "share": round(added["seconds"] / over["seconds"], 4),
        "state_mb": round(state, 1),
        "added_mb_of_adding": added["added_mb"],
        "added_mb_of_starting_over": over["added_mb"],
        "agreement": round(pair_f1(once, steps), 4),
        "agreement_of_new": round(_same_company(once, steps), 3),
    }


def _same_company(once: list[int], steps: list[int]) -> float:
    """The share of the last messages that are with the same earlier ones both times."""

    def company(topics: list[int]) -> list[frozenset[int]]:
        members: dict[int, set[int]] = {}
        for place, topic in enumerate(topics[:BEFORE]):
            members.setdefault(topic, set()).add(place)
        return [frozenset(members.get(topic, ())) for topic in topics[BEFORE:]]

    pairs = list(zip(company(once), company(steps), strict=True))
    return sum(one == other for one, other in pairs) / len(pairs)


def _child(step: str, folder: str) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.incremental", "--step", step, "--folder", folder]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout))


def _topics(folder: str, step: str) -> Any:
    return np.load(Path(folder) / f"{step}.npy")


def take(step: str, folder: Path) -> dict[str, Any]:
    """One step in this process: ``first``, ``add`` or ``over``; leaves its topics in the folder."""
    made = stream(BEFORE + MORE)
    part = {"first": slice(0, BEFORE), "add": slice(BEFORE, None), "over": slice(None)}[step]
    documents, moments = made.documents[part], made.moments[part]
    warm = TopicStream()
    warm.partial_fit_predict(made.documents[:WARM_UP], made.moments[:WARM_UP])
    warm.save(folder / "warm.npz")
    TopicStream.load(folder / "warm.npz")
    before = megabytes()
    started = time.process_time()
    topics = TopicStream.load(folder / STATE) if step == "add" else TopicStream()
    found = topics.partial_fit_predict(documents, moments)
    topics.save(folder / (STATE if step == "first" else f"after-{step}.npz"))
    seconds = time.process_time() - started
    np.save(folder / f"{step}.npy", found)
    return {
        "step": step,
        "seconds": round(seconds, 4),
        "added_mb": round(megabytes() - before),
        "merges": [(int(lost), int(kept)) for kept, lost in topics.merges_],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--step", choices=("first", "add", "over"))
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    result = take(given.step, given.folder) if given.step else measure()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
