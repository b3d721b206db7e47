"""Texts with labels to measure on: real messages where they are at hand, else the demo's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nlp import Document
from responder.demo.generate import generate
from responder.intake.imports.mapping import load_mapping
from responder.intake.imports.reading import Source
from responder.settings import Settings
from responder.topics.evaluation import (
    as_document,
    read_ignored,
    read_labels,
    read_messages,
    require_known,
)

REAL_DATA = Path(os.environ.get("RESPONDER_REAL_DATA", "../shared/data"))
READ_ON = datetime(2026, 1, 1, tzinfo=UTC)
"""Taken for the present: a fixed day, so that every run reads the same."""


@dataclass(frozen=True)
class Corpus:
    """Normalised (title, body), their moments in seconds, and labels of some of them by id."""

    name: str
    ids: list[str]
    documents: list[Document]
    moments: list[float]
    labels: dict[str, str]


def corpus() -> Corpus:
    """The real messages with the labels made by hand; without them the demo's messages."""
    return real_messages() or demo_messages()


def real_messages() -> Corpus | None:
    """4,326 messages to one city, part of them labelled; None where the data is absent."""
    folder = REAL_DATA / "taidi2020"
    if not folder.is_dir():
        return None
    settings = Settings()
    source = Source(folder / "hot_messages.xlsx", load_mapping("taidi"))
    messages = read_messages(source, settings, READ_ON)
    labels = require_known(
        messages,
        read_labels(folder / "topics_dev.csv", settings),
        read_ignored(folder / "topics_dev_ignore.csv", settings),
    )
    return Corpus("real messages", messages.ids, messages.documents, messages.moments, labels)


def demo_messages() -> Corpus:
    """The demo world's messages; those of a storyline are labelled with it, others are not."""
    said = generate(READ_ON.date()).messages
    return Corpus(
        "demo messages (made up)",
        [one.external_id for one in said],
        [as_document(one.title, one.body, one.place or "") for one in said],
        [one.occurred_at.timestamp() for one in said],
        {one.external_id: one.storyline for one in said if one.storyline},
    )
