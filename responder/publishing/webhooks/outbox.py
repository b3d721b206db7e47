"""What is to be told is written down in the same transaction as what happened."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from responder.publishing.models import ChangeKind, Entry, EntryChange
from responder.publishing.webhooks.models import DeliveryState, WebhookDelivery, WebhookReceiver
from responder.responses.drafting.formats import TextFormat, to_html

PUBLISH = "publish"


def tell(session: Session, entry: Entry, now: datetime, change: EntryChange | None = None) -> None:
    """Write down, for each receiver, what just became public; the paused are told when they resume.

    :param change: what was done to the entry; None: it was published.
    """
    if not has_receivers(session):
        return
    session.flush()
    kind = change.kind.value if change else PUBLISH
    if kind == ChangeKind.WITHDRAW:
        supersede(session, WebhookDelivery.entry_id == entry.id)
    occasion = f"{kind}:{change.id}" if change else kind
    write_down(session, occasion, body_of(entry, kind, now, change), now, entry_id=entry.id)


def has_receivers(session: Session) -> bool:
    """Whether anybody is to be told at all."""
    return session.scalar(select(WebhookReceiver.id).limit(1)) is not None


def write_down(
    session: Session,
    occasion: str,
    body: dict[str, Any],
    now: datetime,
    *,
    entry_id: int | None = None,
    document_id: int | None = None,
) -> None:
    """One delivery for each receiver, of an entry or of a policy document."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    receivers = session.scalars(select(WebhookReceiver.id).order_by(WebhookReceiver.id)).all()
    session.add_all(
        WebhookDelivery(
            number=str(uuid4()),
            receiver_id=receiver_id,
            entry_id=entry_id,
            document_id=document_id,
            occasion=occasion,
            body=text,
            created_at=now,
            next_try_at=now,
        )
        for receiver_id in receivers
    )
    session.flush()


def supersede(session: Session, subject: ColumnElement[bool]) -> None:
    """Nobody is sent, from now on, the words that were withdrawn.

    A claim stays: what is under way just now may still arrive, and what follows waits for it.
    """
    undelivered = (DeliveryState.WAITING, DeliveryState.GIVEN_UP)
    session.execute(
        update(WebhookDelivery)
        .where(subject, WebhookDelivery.state.in_(undelivered))
        .values(state=DeliveryState.SUPERSEDED)
    )


def body_of(
    entry: Entry, kind: str, now: datetime, change: EntryChange | None = None
) -> dict[str, Any]:
    """What a receiver reads. A withdrawn entry has no texts.

    ``sequence`` counts what became of the entry, from 1: whoever has a higher one ignores this.
    """
    told: dict[str, Any] = {
        "type": f"entry.{kind}",
        "timestamp": now.isoformat(),
        "data": {
            "id": entry.id,
            "sequence": 1 + len(entry.released),
            "index_number": entry.index_number,
            "unit": entry.unit_name,
            "publisher": entry.publisher,
            "published_at": entry.published_at.isoformat(),
            "updated_at": entry.updated_at.isoformat(),
        },
    }
    if change is not None:
        told["data"]["note"] = change.note
        if change.replacement is not None:
            told["data"]["replaced_by"] = change.replacement.index_number
    if kind != ChangeKind.WITHDRAW:
        texts = entry.texts
        told["data"] |= {
            "title": texts.title,
            "concern": texts.concern,
            "concern_source": texts.concern_source,
            "answer": texts.plain_answer,
        }
        if texts.answer_format is TextFormat.MARKDOWN:
            told["data"]["answer_html"] = to_html(texts.answer)
    return told
