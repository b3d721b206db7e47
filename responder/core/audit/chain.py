"""The chain over the trail: each event's digest holds all that came before it.

The events of a transaction are linked at its very end, under one lock that is held until the
commit: so the order of the chain is that of commits, and whoever writes waits for nobody
before that. What is summed is read back from the database, as whoever verifies will read it,
and made ready before the lock is taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from responder.core.audit.models import AuditEvent, AuditLink
from responder.core.audit.stored import as_stored, legible, understood
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
    return _summed(previous, _plain(event))


def _plain(event: Told) -> str:
    return json.dumps(event, sort_keys=True, separators=(",", ":"))


def _summed(previous: str, plain: str) -> str:
    return sha256(f"{previous}\n{plain}".encode()).hexdigest()


def told(values: Sequence[Any]) -> dict[str, Any]:
    """The values of :data:`STORED` as JSON can say them; what cannot be read is left out."""
    return understood(dict(zip(NAMES, values, strict=True)), _KINDS)


def head(connection: Connection | Session) -> Head:
    """Where the chain ends; a digest that cannot be read is told as far as it can."""
    last = select(AuditLink.number, as_stored(AuditLink.digest))
    found = connection.execute(last.order_by(AuditLink.number.desc()).limit(1)).first()
    return Head(found[0], legible(found[1])) if found else BEGINNING


def note(session: Session, event_id: int) -> None:
    """An event was written in this transaction; its end will link it."""
    session.info["noted"].add(event_id)


@before_commit
def link_new(session: Session) -> None:
    """Link what this transaction wrote; what a savepoint took back is not there to be read."""
    new: set[int] = session.info["noted"]
    if not new:
        return
    written = _written(session, new)
    if not written:
        return
    one_at_a_time(session, LOCK)
    place, links = head(session), []
    for event_id, plain in written.items():
        place = Head(place.number + 1, _summed(place.digest, plain))
        links.append({**place._asdict(), "event_id": event_id})
    session.execute(insert(AuditLink), links)


def _written(session: Session, new: set[int]) -> dict[int, str]:
    """Id → what will be summed, of those that are there, in the order of their ids."""
    # Others write at the same time, so not all between the first and the last are ours.
    between = select(*STORED).where(AuditEvent.id.between(min(new), max(new)))
    events = (told(row) for row in session.execute(between.order_by(AuditEvent.id)))
    return {event["id"]: _plain(event) for event in events if event["id"] in new}
