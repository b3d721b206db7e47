"""The shipped settings on another kind of text: an official newsroom's posts of 2020.

Posts of one hashtag should meet, though the hashtags are taken out of the text. A hashtag
names a matter when 2 to 20 posts use it: one used once says nothing about meeting, and one
used more often names a column or a campaign (a press briefing held daily, a programme). Only
posts with exactly one such hashtag are scored, where at least two are left; all posts are
gathered. What stands in 【】 is the title, when hashtags leave four Chinese characters of it;
a shorter one (直播！) goes, and the first sentence is the title, as in an import.

The single pass stands beside, at the threshold chosen on the other domain.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.corpora import REAL_DATA, Corpus
from benchmarks.single_pass import THRESHOLD, single_pass
from benchmarks.words import tfidf
from nlp import Document, evaluate, normalise
from nlp.stream import gather
from responder.intake.rules import headline

FEWEST, MOST = 2, 20
SHANGHAI = ZoneInfo("Asia/Shanghai")

_HASHTAG = re.compile(r"#[^#\n]{1,60}#")
_TITLE = re.compile(r"【([^【】]*)】")
_EDGES = "#，。！：；？、… \n"  # what a hashtag leaves behind
_HAN = re.compile(r"[\u4e00-\u9fff]")
# What the site adds to a post that was cut or has a film.
_SITE = re.compile(r"\.*展开全文c?|\S{1,12}的微博视频|@\S+")


def measure() -> dict[str, Any]:
    """Pair, B-cubed and hot-topic F1 of ours and of the single pass; says so without the data."""
    posts = newsroom()
    if posts is None:
        return {"skipped": f"no real data at {REAL_DATA}"}
    vectors = tfidf(posts.documents)
    return {
        "posts": len(posts.ids),
        "scored": len(posts.labels),
        "hashtags": len(set(posts.labels.values())),
        "rule": f"posts with exactly one hashtag that {FEWEST} to {MOST} posts use",
        "ours": _scores(posts, gather(posts.documents, posts.moments).tolist()),
        "single_pass": {"threshold": THRESHOLD} | _scores(posts, single_pass(vectors)),
    }


def _scores(posts: Corpus, topics: Sequence[int]) -> dict[str, float]:
    scores = evaluate(dict(zip(posts.ids, topics, strict=True)), posts.labels)
    return {
        name: round(getattr(scores, name), 3)
        for name in ("pair_f1", "ari", "ami", "bcubed_f1", "hot_topic_f1")
    }


def newsroom() -> Corpus | None:
    """The posts in order of time, labelled by hashtag; None where the data is absent."""
    path = REAL_DATA / "weibo2020" / "cctv_posts.csv"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    moments = np.array([_moment(row["time"]) for row in rows])
    rows = [rows[place] for place in np.argsort(moments, kind="stable").tolist()]
    hashtags = [{tag.strip() for tag in row["tags"].split("|") if tag.strip()} for row in rows]
    ids = [str(place) for place in range(len(rows))]
    documents = [_document(row["weibo_content"]) for row in rows]
    return Corpus("posts", ids, documents, np.sort(moments).tolist(), _labels(ids, hashtags))


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp()


def _labels(ids: Sequence[str], hashtags: Sequence[set[str]]) -> dict[str, str]:
    uses = Counter(tag for tags in hashtags for tag in tags)
    labels = {}
    for key, tags in zip(ids, hashtags, strict=True):
        matters = [tag for tag in tags if FEWEST <= uses[tag] <= MOST]
        if len(matters) == 1:
            labels[key] = matters[0]
    scored = Counter(labels.values())
    return {key: tag for key, tag in labels.items() if scored[tag] >= FEWEST}


def _document(content: str) -> Document:
    text = _HASHTAG.sub("", _SITE.sub("", normalise(content)))
    found = _TITLE.search(text)
    if found and len(_HAN.findall(found[1])) >= 4:
        return found[1].strip(_EDGES), _TITLE.sub("", text, count=1).strip(_EDGES)
    body = _TITLE.sub("", text, count=1).strip(_EDGES)
    return headline(body), body
