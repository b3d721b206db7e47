"""A harvest becomes messages, or a point of a series: each item of a source once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from responder.intake import service as intake
from responder.sources import hot_series, rules
from responder.sources.claims import Counts
from responder.sources.harvest import Harvest, Item
from responder.sources.models import SourceItem

KEYS_A_STATEMENT = 500


def store(session: Session, source_id: int, found: Harvest, now: datetime) -> Counts:
    """Store what is new. An item that its source has brought before stays as it first came.

    :returns: the counts; an item edited at its source counts as repeated.
    """
    if found.rows:
        added = hot_series.record(session, source_id, found.rows, now)
        return Counts(len(found.rows), added, len(found.rows) - added, 0)
    new = _unknown(session, source_id, found.items)
    messages = [item.message for item in new.values()]
    stored = intake.store_messages(session, messages, now)
    ids = intake.stored_ids(session, messages)
    lines = [
        {
            "source_id": source_id,
            "key": key,
            "message_id": ids.get(item.message.fingerprint),
            "seen_at": now,
        }
        for key, item in new.items()
    ]
    if lines:
        session.execute(insert(SourceItem), lines)
    fetched = len(found.items) + len(found.refused)
    repeated = len(found.items) - stored.created
    return Counts(fetched, stored.created, repeated, len(found.refused))


def _unknown(session: Session, source_id: int, items: Sequence[Item]) -> dict[str, Item]:
    """The items that the source has not brought before, by their key; the first of twins."""
    found: dict[str, Item] = {}
    for item in items:
        found.setdefault(rules.item_key(item.identifier), item)
    keys = list(found)
    for start in range(0, len(keys), KEYS_A_STATEMENT):
        query = select(SourceItem.key).where(
            SourceItem.source_id == source_id,
            SourceItem.key.in_(keys[start : start + KEYS_A_STATEMENT]),
        )
        for key in session.scalars(query):
            del found[key]
    return found
