"""How the published entries of items stand now: as published, or changed since."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from responder.publishing.models import ChangeState, Entry, EntryChange


def last_changes(session: Session, item_ids: Collection[int]) -> dict[int, EntryChange]:
    """Item id → what citizens were told of its entry last; one query for all.

    What stands as it was published is left out.
    """
    if not item_ids:
        return {}
    query = (
        select(EntryChange)
        .join(EntryChange.entry)
        .where(Entry.item_id.in_(item_ids), EntryChange.state == ChangeState.RELEASED)
        .options(contains_eager(EntryChange.entry))
        .order_by(EntryChange.decided_at, EntryChange.id)
    )
    return {change.entry.item_id: change for change in session.scalars(query)}
