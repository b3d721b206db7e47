"""Answers that say nothing: how many of those listed a person would list, and what is missed.

    python -m benchmarks.answers

The judgements are the project's own (``answer_judgements.csv``: sample, id, verdict; no texts),
by one reader: 100 drawn from the answers that the finder lists, 100 from those of at most 110
characters that it does not. Says nothing: neither a fact, nor a decision, a reason, a time or an
instruction; passing on and promising alone are none. The cues were written on the same file.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.corpora import READ_ON, REAL_DATA
from responder.intake.imports.mapping import load_mapping
from responder.intake.imports.reading import Source
from responder.responses.auditing.reading import from_file
from responder.responses.auditing.report import audit
from responder.settings import Settings

JUDGEMENTS = Path(__file__).with_name("answer_judgements.csv")


def measure() -> dict[str, Any]:
    """Precision on the listed, misses among the short ones; a word where the data is absent."""
    file = REAL_DATA / "taidi2020" / "replied_messages.xlsx"
    if not file.exists():
        return {"skipped": f"no {REAL_DATA}"}
    given, _ = from_file(Source(file, load_mapping("taidi")), Settings(), READ_ON)
    report = audit(given, 30)
    listed = {one.given.id for one in report.empty}
    with JUDGEMENTS.open(encoding="utf-8", newline="") as rows:
        judged = [(row["id"], row["says_nothing"] == "1") for row in csv.DictReader(rows)]
    counts = Counter((number in listed, nothing) for number, nothing in judged)
    right, wrong = counts[True, True], counts[True, False]
    return {
        "answers": report.answers,
        "late": len(report.late),
        "median_days": round(report.median_days or 0.0, 1),
        "listed": len(listed),
        "judged_listed": right + wrong,
        "precision": round(right / (right + wrong), 3),
        "judged_unlisted_short": counts[False, True] + counts[False, False],
        "of_these_say_nothing": counts[False, True],
    }


def main() -> None:
    print(json.dumps(measure(), ensure_ascii=False))


if __name__ == "__main__":
    main()
