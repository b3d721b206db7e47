"""The chain over the trail: each event's digest holds all that came before it.

The events of a transaction are linked at its very end, under one lock that is held until the
commit: so the order of the chain is that of commits, and whoever writes waits for nobody
before that. What is summed is read back from the database, as whoever verifies will read it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from responder.core.audit.models import AuditEvent, AuditLink
from responder.core.audit.stored import as_stored, understood
from responder.core.database import before_commit
from responder.core.turns import one_at_a_time

LOCK = 7_242_001

# In the order of their names, which is the order in which they are summed.
COLUMNS = (
    AuditEvent.action, AuditEvent.actor_id, AuditEvent.actor_name, AuditEvent.at,
    AuditEvent.changes, AuditEvent.id, AuditEvent.note, AuditEvent.object_id,
    AuditEvent.object_type,
)  # fmt: skip
NAMES = tuple(column.key for column in COLUMNS)
STORED = tuple(as_stored(column).label(column.key) for column in COLUMNS)
_KINDS = {column.key: column.type for column in COLUMNS}

Told = Mapping[str, Any]


class Head(NamedTuple):
    """A place in the chain: after how many events, and with which digest."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


BEGINNING = Head(0, "0" * 64)


def digest_after(previous: str, event: Told) -> str:
    """The digest of an event that follows what ``previous`` is the digest of."""
    plain = json.dumps(event, sort_keys=True, separators=(",", ":"))
    return sha256(f"{previous}\n{plain}".encode("ascii")).hexdigest()


def told(values: Sequence[Any]) -> dict[str, Any]:
    """The values of :data:`STORED` as JSON can say them; what cannot be read is left out."""
    return understood(dict(zip(NAMES, values, strict=True)), _KINDS)


def head(connection: Connection | Session) -> Head:
    """Where the chain ends."""
    last = select(AuditLink.number, AuditLink.digest).order_by(AuditLink.number.desc()).limit(1)
    found = connection.execute(last).first()
    return Head(*found) if found else BEGINNING


def note(session: Session, event_id: int) -> None:
    """An event was written in this transaction; its end will link it."""
    session.info["noted"].add(event_id)


@before_commit
def link_new(session: Session) -> None:
    """Link what this transaction wrote; what a savepoint took back is not there to be read."""
    new: set[int] = session.info["noted"]
    if not new:
        return
    one_at_a_time(session, LOCK)
    place = head(session)
    # Others write at the same time, so not all between the first and the last are ours.
    written = select(*STORED).where(AuditEvent.id.between(min(new), max(new)))
    links = []
    for row in session.execute(written.order_by(AuditEvent.id)):
        event = told(row)
        if event["id"] in new:
            place = Head(place.number + 1, digest_after(place.digest, event))
            links.append({**place._asdict(), "event_id": event["id"]})
    if links:
        session.execute(insert(AuditLink), links)
