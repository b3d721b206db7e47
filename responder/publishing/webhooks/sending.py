"""What was written down is sent, after the commit, until the other side has taken it.

A job, and so an edge. Nothing is locked while the network is waited for: a delivery is claimed
in one transaction, sent, and noted in another. Whoever is killed in between leaves a claim
that runs out, and the same delivery is sent again under its number.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from responder.core.database import transaction
from responder.core.permissions import SYSTEM
from responder.publishing.webhooks import rules
from responder.publishing.webhooks.models import (
    DeliveryState,
    WebhookDelivery,
    WebhookReceiver,
    follows,
)
from responder.settings import Settings
from responder.sources.fetching import FetchFailed, Network
from responder.sources.rules import retry_after

log = logging.getLogger(__name__)

BUDGET_SECONDS = 15
CLAIM_MARGIN = timedelta(seconds=2)  # on top of what a request may take


@dataclass(frozen=True)
class Claim:
    """One delivery that is ours to send, with all that sending needs."""

    id: int
    number: str
    url: str
    secret: str
    body: bytes


def send_due(now: datetime, settings: Settings, network: Network | None = None) -> int:
    """Send what is waiting and due; how much was taken by the other side.

    A run takes nothing new after :data:`BUDGET_SECONDS`; the rest is due at the next.
    """
    network = network or Network.of(settings)
    began, delivered = time.monotonic(), 0

    def moment() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    while time.monotonic() - began < BUDGET_SECONDS:
        with transaction(SYSTEM, moment()) as session:
            claim = _take(session, moment(), timedelta(seconds=network.seconds) + CLAIM_MARGIN)
        if claim is None:
            break
        problem = _send(claim, moment(), network)
        with transaction(SYSTEM, moment()) as session:
            _note(session, claim.id, moment(), problem)
        delivered += problem is None
    return delivered


def post(network: Network, claim: Claim, moment: datetime) -> int:
    """Send one delivery now; the status that it was answered with.

    :raises FetchFailed: it was not taken.
    """
    signed = rules.headers(claim.secret, claim.number, moment, claim.body)
    return network.post(claim.url, claim.body, signed).status


def _take(session: Session, now: datetime, lasts: timedelta) -> Claim | None:
    query = (
        select(WebhookDelivery)
        .join(WebhookDelivery.receiver)
        .where(
            WebhookDelivery.state == DeliveryState.WAITING,
            WebhookDelivery.next_try_at <= now,
            or_(WebhookDelivery.claimed_until.is_(None), WebhookDelivery.claimed_until <= now),
            WebhookReceiver.active,
            ~_follows_another(now),
        )
        .order_by(WebhookDelivery.next_try_at, WebhookDelivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=WebhookDelivery)
    )
    delivery = session.scalar(query)
    if delivery is None:
        return None
    delivery.claimed_until = now + lasts
    receiver = delivery.receiver
    return Claim(
        delivery.id, delivery.number, receiver.url, receiver.secret, delivery.body.encode()
    )


def _follows_another(now: datetime) -> ColumnElement[bool]:
    """Something older of the same is not settled, or is on its way to the same receiver."""
    older = aliased(WebhookDelivery)
    return exists().where(
        follows(WebhookDelivery, older),
        or_(older.state == DeliveryState.WAITING, older.claimed_until > now),
    )


def _send(claim: Claim, moment: datetime, network: Network) -> FetchFailed | None:
    try:
        post(network, claim, moment)
    except FetchFailed as error:
        return error
    except Exception:
        log.exception("delivery %s could not be sent; it will be tried again", claim.number)
        return FetchFailed("发送时出错，详情已记入日志")
    return None


def _note(session: Session, delivery_id: int, now: datetime, problem: FetchFailed | None) -> None:
    delivery = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    delivery.claimed_until = None
    delivery.tried_at = now
    delivery.tries += 1
    if problem is None:
        delivery.state = DeliveryState.DELIVERED
        delivery.delivered_at = now
        delivery.last_answer = "已收下"
        return
    if delivery.state is DeliveryState.DELIVERED:
        return  # another took over a claim that had run out, and was luckier
    delivery.last_answer = problem.message[:300]
    if delivery.state is DeliveryState.SUPERSEDED:
        return  # withdrawn while it was under way
    asked = retry_after(problem.retry_after, now) if problem.retry_after else None
    again = rules.next_try(now, delivery.tries, asked)
    if again is None:
        delivery.state = DeliveryState.GIVEN_UP
        return
    delivery.next_try_at = again
    if not problem.answered:
        _put_off(session, delivery, again)


def _put_off(session: Session, delivery: WebhookDelivery, until: datetime) -> None:
    """Whoever does not answer is not asked for the rest either: the others are not to wait."""
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.receiver_id == delivery.receiver_id,
            WebhookDelivery.state == DeliveryState.WAITING,
            WebhookDelivery.next_try_at < until,
        )
        .values(next_try_at=until)
    )
