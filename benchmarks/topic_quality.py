"""Topics of real messages against labels made by hand, and the time beside segmenting."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from nlp import RjiebaSegmenter, StreamClusterer, TextVectorizer, evaluate, normalise

DATA = Path(os.environ.get("RESPONDER_REAL_DATA", "../shared/data")) / "taidi2020"


def measure() -> dict[str, Any]:
    """Pair F1, B³ F1 and hot-topic F1 on the labelled messages; seconds as ratios.

    Where the real data is absent, says so.
    """
    if not DATA.is_dir():
        return {"skipped": f"no real data at {DATA}"}
    ids, documents = _messages()
    started = time.perf_counter()
    segmenter = RjiebaSegmenter()
    for title, body in documents:
        segmenter.cut(title)
        segmenter.cut(body)
    segmenting = time.perf_counter() - started
    started = time.perf_counter()
    vectors = TextVectorizer(segmenter).fit_transform(documents)
    topics = StreamClusterer().partial_fit_predict(vectors)
    gathering = time.perf_counter() - started
    scores = evaluate(dict(zip(ids, topics.tolist(), strict=True)), _labels())
    return {
        "messages": len(ids),
        "labelled": scores.labelled,
        "pair_f1": round(scores.pair_f1, 3),
        "bcubed_f1": round(scores.bcubed_f1, 3),
        "hot_topic_f1": round(scores.hot_topic_f1, 3),
        "gathering_over_segmenting": round(gathering / segmenting, 1),
    }


def _messages() -> tuple[list[str], list[tuple[str, str]]]:
    """Ids and (title, body), normalised, in order of time."""
    workbook = CalamineWorkbook.from_path(DATA / "hot_messages.xlsx")
    _, *rows = workbook.get_sheet_by_index(0).to_python()
    rows.sort(key=lambda row: _sortable(str(row[3])))
    return (
        [str(int(float(str(row[0])))) for row in rows],
        [(normalise(str(row[2])), normalise(str(row[4]))) for row in rows],
    )


def _sortable(moment: str) -> tuple[int, ...]:
    for mark in "/-:":
        moment = moment.replace(mark, " ")
    return tuple(int(float(part)) for part in moment.split())


def _labels() -> dict[str, str]:
    ignored = {row["message_id"] for row in _rows("topics_dev_ignore.csv")}
    return {
        row["message_id"]: row["topic_id"]
        for row in _rows("topics_dev.csv")
        if row["message_id"] not in ignored
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
