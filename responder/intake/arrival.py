"""What follows when messages are stored: told in the same transaction, chunk by chunk.

Whatever must never lag behind the messages (the search index, the groups of repeats) is
written here. What may lag (topics, alerts) is a job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from nlp import normalise


@dataclass(frozen=True)
class Arrived:
    """A message that has just been stored, as it came.

    :param private_kinds: of its personal data, "" without any; None where nobody has looked.
    """

    id: int
    channel: str
    title: str
    body: str
    author_key: str
    district: str
    place: str
    occurred_at: datetime
    private_kinds: str | None = None

    @cached_property
    def normal(self) -> tuple[str, str]:
        """Title and body, normalised: worked out once for all who are told."""
        return normalise(self.title), normalise(self.body)


Listener = Callable[[Session, Sequence[Arrived]], None]
_listeners: dict[str, Listener] = {}


def on_arrival(name: str, listener: Listener) -> None:
    """Have ``listener`` told of each portion of new messages; a name given again replaces."""
    _listeners[name] = listener


def announce(session: Session, messages: Sequence[Arrived]) -> None:
    """Tell everybody of messages that were stored in this transaction, in their order."""
    if messages:
        for listener in _listeners.values():
            listener(session, messages)


def arrived(message_id: int, row: Mapping[str, Any]) -> Arrived:
    """What is told of a row of the message table."""
    told = {field.name: row[field.name] for field in fields(Arrived) if field.name != "id"}
    return Arrived(id=message_id, **told)
