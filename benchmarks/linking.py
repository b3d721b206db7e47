"""Releases found for messages: ours beside plain TF-IDF cosine of words, on four sets and by names.

The sets are made of the real data, each with two sides that share a key:

* replied: citizens' messages and the official replies to them, by number. The replies quote the
  title more often than not, so the same stand again with the quotations and the caller's number
  cut out (``replied_cut``).
* topics: messages to one city; every other message of a labelled topic is looked for with the
  messages between, among all that stand alone.
* newsroom: posts of one hashtag, hashtags taken out; every other one is looked for.

Beside them the topics of citizens' posts and the briefings of 2020, judged by shared names.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from benchmarks.corpora import READ_ON, REAL_DATA
from benchmarks.second_domain import newsroom
from benchmarks.timing import segmenting, timed
from nlp import Linker, WordCosine, normalise
from nlp.linking import Ranker
from responder.planning.linking import evaluation, evaluation_files
from responder.planning.linking.evaluation_files import Cells
from responder.settings import Settings

BRIEFINGS = "tags=国务院联防联控机制举行新闻发布会"
OPENING = 250  # characters of a reply in which it quotes
SHORTEST_QUOTATION = 6

_CALLER = re.compile(r"[AU][AU\d]\d{5,}")
_QUOTED = re.compile(r"[“\"《【][^”\"》】]{2,60}[”\"》】]")

Sides = tuple[list[Cells], list[Cells]]


def measure() -> dict[str, Any]:
    """P@1 and hit@5 of both methods on each set, and seconds of ours as ratios."""
    if not REAL_DATA.is_dir():
        return {"skipped": f"no real data at {REAL_DATA} (set RESPONDER_REAL_DATA)"}
    sets: dict[str, Callable[[], Sides]] = {
        "replied": replied,
        "replied_cut": lambda: replied(cut=True),
        "topics": topics,
        "newsroom": hashtags,
    }
    sides = {name: make() for name, make in sets.items()}
    return {
        **{name: _judged(*both) for name, both in sides.items()},
        "names": _named(),
        "cost": _cost(*sides["replied"]),
    }


def _judged(asked: list[Cells], releases: list[Cells]) -> dict[str, Any]:
    run = evaluation.judge_by_key(asked, releases)
    return {
        "queries": run.queries,
        "releases": len(releases),
        "ours": {name: round(value, 3) for name, value in asdict(run.ours).items()},
        "plain": {name: round(value, 3) for name, value in asdict(run.plain).items()},
    }


def _named() -> dict[str, Any]:
    folder, settings = REAL_DATA / "weibo2020", Settings()
    events = evaluation_files.read_events(folder / "cctv_posts.csv", None, BRIEFINGS, settings)
    gathered = evaluation_files.read_topics(
        folder / "citizen_posts_gb18030.csv", None, None, settings, READ_ON
    )
    run = evaluation.judge_by_names(
        gathered.topics, [row.text for row in events.rows], evaluation.read_names(None)
    )
    return {
        "topics": run.topics,
        "events": len(events.rows),
        "ours": run.ours,
        "plain": run.plain,
        "by_chance": round(run.by_chance),
    }


def _cost(asked: list[Cells], releases: list[Cells]) -> dict[str, float]:
    """Learning from both sides and ranking all messages, over cutting the texts into words."""
    messages, texts = [row.text for row in asked], [row.text for row in releases]

    def rank(method: Callable[[], Ranker]) -> float:
        return timed(lambda: method().fit(messages, texts).rank(messages), runs=1)[0]

    ours, plain = rank(Linker), rank(WordCosine)
    words = segmenting([(text, "") for text in (*messages, *texts)])
    return {
        "ours_over_segmenting": round(ours / words, 1),
        "ours_over_plain": round(ours / plain, 1),
        "pairs_per_second": round(len(messages) * len(texts) / ours),
    }


def replied(cut: bool = False) -> Sides:
    """2,816 messages and the replies to them; ``cut``: without what replies quote."""
    rows = _sheet(REAL_DATA / "taidi2020" / "replied_messages.xlsx")
    asked, answers = [], []
    for row in rows:
        title, key = normalise(str(row["留言主题"])), str(row["留言编号"])
        reply = normalise(str(row["答复意见"]))
        asked.append(Cells(f"{title}\n{normalise(str(row['留言详情']))}", key))
        answers.append(Cells(without_quotations(title, reply) if cut else reply, key))
    return asked, answers


def without_quotations(title: str, reply: str) -> str:
    """A reply whose opening quotes no more of the title, and names no caller."""
    reply = _CALLER.sub("", reply)
    opening, rest = reply[:OPENING], reply[OPENING:]
    opening = _QUOTED.sub("", opening)
    while True:
        common = SequenceMatcher(None, title, opening, autojunk=False).find_longest_match()
        if common.size < SHORTEST_QUOTATION:
            return opening + rest
        opening = opening[: common.b] + opening[common.b + common.size :]


def topics() -> Sides:
    """Messages of labelled topics, every other one as what is looked for."""
    folder = REAL_DATA / "taidi2020"
    with (folder / "topics_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        labels = {row["message_id"]: row["topic_id"] for row in csv.DictReader(file)}
    texts, keys = [], []
    for row in _sheet(folder / "hot_messages.xlsx"):
        texts.append(f"{normalise(str(row['留言主题']))}\n{normalise(str(row['留言详情']))}")
        keys.append(labels.get(str(int(row["留言编号"])), ""))
    return _every_other(texts, keys)


def hashtags() -> Sides:
    """A newsroom's posts of one hashtag, every other one as what is looked for."""
    posts = newsroom()
    assert posts is not None
    texts = ["\n".join(document) for document in posts.documents]
    return _every_other(texts, [posts.labels.get(one, "") for one in posts.ids])


def _every_other(texts: Sequence[str], keys: Sequence[str]) -> Sides:
    """The first, third, … text of each key that has several asks; all else can be found."""
    sizes, seen = Counter(keys), Counter[str]()
    asked: list[Cells] = []
    releases: list[Cells] = []
    for text, key in zip(texts, keys, strict=True):
        shared = key if sizes[key] > 1 else ""
        seen[shared] += 1
        asks = shared and seen[shared] % 2
        (asked if asks else releases).append(Cells(text, shared))
    return asked, releases


def _sheet(path: Path) -> list[dict[str, Any]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), ensure_ascii=False))
