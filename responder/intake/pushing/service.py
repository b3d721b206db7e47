"""Messages that another system pushes: stored once, and each told what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.audit import Audited
from responder.intake import service
from responder.intake.new_message import NewMessage


@dataclass(frozen=True)
class Pushed:
    """One message after a push.

    :param created: False when it was stored before, or earlier in the same push.
    """

    id: int
    created: bool


def push(
    session: Session, token: Audited, messages: Sequence[NewMessage], refused: int, now: datetime
) -> list[Pushed]:
    """Store what is new of these messages, and say in the trail who brought them.

    :param token: what the client signed in with.
    :param refused: how many more it sent that could not be taken.
    :returns: what became of each message, in the same order.
    """
    service.lock_messages(session)  # from here on nobody else stores any of them
    seen = set(service.stored_ids(session, messages))
    service.store_messages(session, messages, now)
    ids = service.stored_ids(session, messages)
    done = []
    for message in messages:
        done.append(Pushed(ids[message.fingerprint], message.fingerprint not in seen))
        seen.add(message.fingerprint)
    new = [one.id for one in done if one.created]
    counts = {"created": len(new), "duplicates": len(done) - len(new), "refused": refused}
    audit.record(session, "push", token, counts, _numbers(new))
    return done


def _numbers(ids: Sequence[int]) -> str:
    """Which messages came, for the trail."""
    if not ids:
        return ""
    first, last = min(ids), max(ids)
    return f"第 {first} 号留言" if first == last else f"第 {first}–{last} 号留言"
