"""What receivers are told of policy documents: written down as :mod:`.outbox` does of entries.

Each time the whole of what stands now, interpretations included: so that whoever missed
something, or is never sent what was withdrawn meanwhile, has all of it with the next one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.publishing.packages.models import PolicyPackage
from responder.publishing.packages.released import (
    Attachment,
    Interpretation,
    PolicyDocument,
    Withdrawal,
)
from responder.publishing.webhooks.models import WebhookDelivery
from responder.publishing.webhooks.outbox import has_receivers, supersede, write_down

RELEASE, WITHDRAW = "release", "withdraw"


def tell_policy(
    session: Session,
    document: PolicyDocument,
    package: PolicyPackage,
    now: datetime,
    withdrawal: Withdrawal | None = None,
) -> None:
    """Write down, for each receiver, that a package was released or withdrawn.

    :param document: the public one; a package may bring it, or interpret it later.
    :param withdrawal: of the package; None: it was released.
    """
    if not has_receivers(session):
        return
    session.flush()
    session.expire(document)  # what it holds since
    kind = WITHDRAW if withdrawal else RELEASE
    if withdrawal:
        supersede(session, WebhookDelivery.document_id == document.id)
    body = body_of(document, kind, now, _sequence(session, document), withdrawal)
    write_down(session, f"{kind}:{package.id}", body, now, document_id=document.id)


def _sequence(session: Session, document: PolicyDocument) -> int:
    """What became of a document, counted: each release and each withdrawal that concerns it."""
    own = document.package_id
    concerned = (PolicyPackage.id == own) | (PolicyPackage.interprets_id == own)
    released = func.count(PolicyPackage.released_at)
    withdrawn = func.count(Withdrawal.id)
    query = select(released + withdrawn).select_from(PolicyPackage)
    query = query.outerjoin(Withdrawal, Withdrawal.package_id == PolicyPackage.id)
    return session.scalar(query.where(concerned)) or 0


def body_of(
    document: PolicyDocument,
    kind: str,
    now: datetime,
    sequence: int,
    withdrawal: Withdrawal | None = None,
) -> dict[str, Any]:
    """What a receiver reads. What was withdrawn has no texts.

    ``sequence`` counts from 1: whoever has a higher one of this document ignores this.
    """
    data: dict[str, Any] = {
        "id": document.id,
        "sequence": sequence,
        "index_number": document.index_number,
        "document_number": document.document_number,
        "issuer": document.issuer,
        "unit": document.unit_name,
        "publisher": document.publisher,
        "published_at": document.published_at.isoformat(),
        "updated_at": now.isoformat(),
        "interpretations": [_interpretation(one) for one in document.interpretations],
    }
    if withdrawal is not None:
        data["note"] = withdrawal.note
    if document.withdrawal is not None:
        data["withdrawn_at"] = document.withdrawal.at.isoformat()
    else:
        attachments = [_attachment(one) for one in document.readable]
        data |= {"title": document.title, "body": document.body, "attachments": attachments}
    return {"type": f"policy.{kind}", "timestamp": now.isoformat(), "data": data}


def _interpretation(one: Interpretation) -> dict[str, Any]:
    told: dict[str, Any] = {"id": one.id, "index_number": one.index_number}
    if one.withdrawal is not None:
        return {**told, "withdrawn_at": one.withdrawal.at.isoformat()}
    return {
        **told,
        "column": one.column_name,
        "title": one.title,
        "author": one.author,
        "body": one.body,
        "published_at": one.published_at.isoformat(),
    }


def _attachment(one: Attachment) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "media_type": one.media_type, "size": one.size,
        "sha256": one.digest,
    }  # fmt: skip
