"""How well a topic's name fits when few of its messages were read, or it has grown since.

Topics of 16 to 120 resampled messages, named by the product's own reading. A name fits by the
share of its words that a message of the topic holds, on average over all of its messages.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from statistics import mean
from typing import Any

from benchmarks.corpora import corpus
from benchmarks.generated import stream
from nlp import Document, default_segmenter
from nlp.label import TopicName, name_topic
from nlp.places import PlaceFinder
from nlp.stream import gather
from nlp.words import content_words
from responder.topics.describing import NAMED_FROM, OPENING, evenly, opening, without_people

MESSAGES = 12_000
TOPICS = 150
FEWEST, MOST = 16, 120
READ = (8, 10, 15, 20, 30, 60)
GROWN_BY = (1.25, 1.5, 2, 3)
HEADINGS = 2_000


def measure() -> dict[str, Any]:
    """The fit of labels and of keywords, by messages read and by growth since."""
    texts = corpus()
    made = stream(MESSAGES, texts=texts.documents)
    finder = PlaceFinder().partial_fit(
        default_segmenter().cut(title) for title, _ in made.documents[-HEADINGS:]
    )
    groups: dict[int, list[Document]] = defaultdict(list)
    for topic, one in zip(
        gather(made.documents, made.moments).tolist(), made.documents, strict=True
    ):
        groups[topic].append(one)
    topics = [some for some in groups.values() if FEWEST <= len(some) <= MOST]
    topics = random.Random(1).sample(topics, min(TOPICS, len(topics)))
    read = {number: [(some, evenly(some, number)) for some in topics] for number in READ}
    grown = {
        by: [(some, evenly(some[: int(len(some) / by)], NAMED_FROM)) for some in topics]
        for by in GROWN_BY
    }
    return {
        "texts": texts.name,
        "topics": len(topics),
        "messages_read": {number: _fit(pairs, finder) for number, pairs in read.items()},
        "grown_by": {by: _fit(pairs, finder) for by, pairs in grown.items()},
    }


def _fit(
    pairs: Sequence[tuple[Sequence[Document], Sequence[Document]]], finder: PlaceFinder
) -> dict[str, float]:
    """Of (all messages, those that named) of topics."""
    names = [(some, _named(shown, finder)) for some, shown in pairs]
    return {
        "label": round(mean(_held(_words(name.label), some) for some, name in names), 3),
        "keywords": round(
            mean(_held({word for word, _ in name.keywords}, some) for some, name in names), 3
        ),
    }


def _named(shown: Sequence[Document], finder: PlaceFinder) -> TopicName:
    titles = [without_people(title) for title, _ in shown]
    return name_topic(titles, [opening(body, OPENING) for _, body in shown], finder=finder)


def _words(label: str) -> set[str]:
    return set(content_words(default_segmenter().cut(label)))


def _held(words: set[str], some: Sequence[Document]) -> float:
    texts = [f"{title}\n{body}".lower() for title, body in some]
    return mean(sum(word in text for word in words) / max(1, len(words)) for text in texts)
