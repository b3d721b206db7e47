"""What a client sent under an idempotency key, and the answer that it got.

Request, messages and answer are stored in one transaction. A second request with the same
key waits for the first in the database, so there is no state in between that a crash
could leave behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from responder.accounts.token_models import ApiRequest
from responder.core.errors import WrongState

UNANSWERED = 0


@dataclass(frozen=True)
class Stored:
    """The answer to an earlier request."""

    status: int
    answer: str


def begin(session: Session, token_id: int, key: str, digest: str, now: datetime) -> Stored | None:
    """Claim a key for this request, waiting for another one that has it just now.

    :param digest: what knows the request again (``Bearer.seal``).
    :returns: the earlier answer when the same was sent before.
    :raises WrongState: the key was used for something else.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    claim = insert(ApiRequest).values(
        token_id=token_id, key=key, digest=digest, received_at=now, status=UNANSWERED, answer=""
    )
    claimed = session.execute(claim.on_conflict_do_nothing().returning(ApiRequest.id))
    if claimed.first() is not None:
        return None
    earlier = session.execute(
        select(ApiRequest.digest, ApiRequest.status, ApiRequest.answer).where(
            ApiRequest.token_id == token_id, ApiRequest.key == key
        )
    ).one()
    if earlier.digest != digest:
        raise WrongState("这个 Idempotency-Key 已用于内容不同的请求：新的请求请换新的值")
    return Stored(earlier.status, earlier.answer)


def finish(session: Session, token_id: int, key: str, answer: Stored) -> None:
    """Keep the answer to a request whose key was claimed in this transaction."""
    session.execute(
        update(ApiRequest)
        .where(ApiRequest.token_id == token_id, ApiRequest.key == key)
        .values(status=answer.status, answer=answer.answer)
    )


def forget(session: Session, before: datetime) -> int:
    """Delete the requests that were received earlier; how many there were."""
    gone = session.execute(
        delete(ApiRequest).where(ApiRequest.received_at < before).returning(ApiRequest.id)
    )
    return len(gone.all())
