"""Do topics keep their messages while new ones come, day after day?

The product itself on an empty SQLite database: the messages are stored in fifty batches in
order of time, topics are refreshed after each, and every message's topic is looked up before
and after. A change counts as explained when the refresh recorded a merge or a split between
just these two topics. Nobody corrects anything meanwhile.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask, current_app
from sqlalchemy import func, select

from benchmarks.corpora import corpus
from nlp import evaluate
from responder import create_app
from responder.core.database import alembic, db, transaction
from responder.core.permissions import CONSOLE
from responder.intake import service as intake
from responder.intake.models import Channel, Message
from responder.intake.new_message import NewMessage
from responder.settings import Settings
from responder.topics import refreshing
from responder.topics.models import EventKind, Membership, TopicEvent

BATCHES = 50
WINDOW = timedelta(days=3_650)

Move = tuple[int, int]


def measure() -> dict[str, Any]:
    """The share of messages whose topic ever changed without an event; below 1 % is asked."""
    texts = corpus()
    order = np.argsort(texts.moments, kind="stable")
    said = [new_message(texts.ids[n], texts.documents[n], texts.moments[n]) for n in order.tolist()]
    changed: set[int] = set()
    unexplained: set[int] = set()
    before: dict[int, int] = {}
    seconds = []
    with empty_instance():
        for batch in np.array_split(np.arange(len(said)), BATCHES):
            started = time.process_time()
            explained = _refreshed([said[n] for n in batch.tolist()])
            seconds.append(time.process_time() - started)
            after = _memberships()
            for message, topic in before.items():
                if after.get(message) != topic:
                    changed.add(message)
                    if (topic, after.get(message, 0)) not in explained:
                        unexplained.add(message)
            before = after
        rows = db.session.execute(select(Message.id, Message.external_id))
        found = {row.external_id: before[row.id] for row in rows if row.id in before}
    known = {key: label for key, label in texts.labels.items() if key in found}
    return {
        "texts": texts.name,
        "messages": len(before),
        "batches": BATCHES,
        "changed": len(changed),
        "changed_without_event": len(unexplained),
        "share": round(len(unexplained) / len(before), 4),
        "pair_f1_in_the_end": round(evaluate(found, known).pair_f1, 3),
        "median_seconds_a_refresh": round(float(np.median(seconds)), 2),
    }


def new_message(key: str, document: tuple[str, str], moment: float) -> NewMessage:
    title, body = document
    return NewMessage(
        Channel.MAILBOX, title[:300], body, datetime.fromtimestamp(moment, UTC), external_id=key
    )


def _refreshed(batch: Sequence[NewMessage]) -> set[Move]:
    """Store a batch and refresh; the moves from one topic to another that events tell of."""
    as_of = max(message.occurred_at for message in batch)
    last = db.session.scalar(select(func.max(TopicEvent.id))) or 0
    with transaction(CONSOLE, as_of) as session:
        intake.store_messages(session, list(batch), as_of)
    folder = current_app.extensions["settings"].topic_memory
    refreshing.refresh(as_of, as_of, WINDOW, CONSOLE, folder=folder)
    events = db.session.scalars(select(TopicEvent).where(TopicEvent.id > last))
    moves = {(one.kind, one.topic_id, one.other_id or 0) for one in events}
    merged = {(other, topic) for kind, topic, other in moves if kind is EventKind.MERGED}
    split = {(topic, other) for kind, topic, other in moves if kind is EventKind.SPLIT}
    return merged | split


def _memberships() -> dict[int, int]:
    rows = db.session.execute(select(Membership.message_id, Membership.topic_id))
    return {row.message_id: row.topic_id for row in rows}


@contextmanager
def empty_instance() -> Iterator[Flask]:
    """The application on a new SQLite database, within its context."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder)))
        with app.app_context():
            alembic.upgrade()
            yield app
            db.session.close()


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), ensure_ascii=False))
