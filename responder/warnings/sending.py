"""What was written down is sent, after the commit, and once.

A job, and so an edge. A delivery is claimed in one transaction, sent, and noted in another.
Whoever is killed in between leaves a claim that runs out: whether the message arrived nobody
knows, and it is not sent again by itself (``docs/decisions/0023-warnings.md``).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, undefer

from responder.core.database import transaction
from responder.core.permissions import SYSTEM
from responder.settings import Settings
from responder.sources.fetching import Network
from responder.warnings import matters, posting, raising, rules, settings, wording
from responder.warnings.models import (
    ClockWarning,
    DeliveryState,
    MailAddress,
    Subject,
    WarningChannel,
    WarningDelivery,
)
from responder.warnings.posting import Letter, Outcome
from responder.warnings.running import running

BUDGET_SECONDS = 15
MOST_AT_ONCE = 6  # couriers at the same time, and so messages of one round
MOST_LOOKED_AT = 500
LEASE = timedelta(seconds=posting.SECONDS + posting.CHECK_SECONDS + 5)

_S = DeliveryState

Post = Callable[[Sequence[Letter], Network], list[Outcome]]


@dataclass(frozen=True)
class Parcel:
    """One message that is ours to send, and the deliveries that it settles."""

    number: str
    channel_id: int
    letter: Letter


def send_due(
    now: datetime, settings_: Settings, network: Network | None = None, post: Post = posting.post
) -> int:
    """Send what is waiting and due; how many messages arrived.

    A run takes nothing new after :data:`BUDGET_SECONDS`; the rest is due at the next.
    """
    network = network or Network.of(settings_)
    began, sent = time.monotonic(), 0

    def moment() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    while time.monotonic() - began < BUDGET_SECONDS:
        with transaction(SYSTEM, moment()) as session:
            give_up_claims(session, moment())
            parcels = claim(session, moment(), settings_)
        if not parcels:
            break
        outcomes = post([parcel.letter for parcel in parcels], network)
        with transaction(SYSTEM, moment()) as session:
            for parcel, outcome in zip(parcels, outcomes, strict=True):
                note(session, parcel, outcome, moment())
        sent += sum(outcome.state == posting.SENT for outcome in outcomes)
    return sent


def give_up_claims(session: Session, now: datetime) -> None:
    """Whoever claimed these was killed before they could say how it went."""
    session.execute(
        update(WarningDelivery)
        .where(WarningDelivery.state == _S.SENDING, WarningDelivery.claimed_until <= now)
        .values(
            state=_S.UNKNOWN,
            last_answer="发送时进程中断，可能已送到：不自动重发，请核对后决定是否重发",
        )
    )


def claim(session: Session, now: datetime, settings_: Settings) -> list[Parcel]:
    """Take what is due, most urgent first, a few messages of every channel in turn."""
    waiting = _still_true(session, _due(session, now), now)
    addresses = _addresses(session, waiting)
    waiting = [one for one in waiting if _has_address(one, addresses)]
    found: dict[int, list[list[WarningDelivery]]] = defaultdict(list)
    digest_over = settings.current(session).digest_over
    tellers = matters.Teller.of(session, (one.warning for one in waiting), settings_.desk_url)
    receivers: dict[tuple[int, str], list[WarningDelivery]] = defaultdict(list)
    for delivery in waiting:
        assert delivery.channel_id is not None, "pages are not sent"
        receivers[delivery.channel_id, delivery.receiver].append(delivery)
    for (channel_id, _receiver), deliveries in receivers.items():
        deliveries.sort(key=lambda one: tellers.line(one.warning).urgency)
        found[channel_id] += rules.parcels(deliveries, digest_over)
    parcels = []
    for deliveries in _in_turn(found.values())[:MOST_AT_ONCE]:
        lines = [tellers.line(one.warning) for one in deliveries]
        title, body = wording.message(lines, now, settings_.zone, tellers.list_url)
        parcels.append(_claimed(deliveries, title, body, addresses, now))
    session.flush()
    return parcels


def _due(session: Session, now: datetime) -> list[WarningDelivery]:
    query = (
        select(WarningDelivery)
        .join(WarningDelivery.channel)
        .where(
            WarningDelivery.state == _S.PENDING,
            WarningDelivery.send_from <= now,
            WarningChannel.active,
        )
        .order_by(WarningDelivery.send_from, WarningDelivery.id)
        .limit(MOST_LOOKED_AT)
        .options(
            joinedload(WarningDelivery.channel).options(undefer(WarningChannel.url)),
            joinedload(WarningDelivery.warning).joinedload(ClockWarning.rule),
        )
        .with_for_update(skip_locked=True, of=WarningDelivery)
    )
    return list(session.scalars(query))


def _still_true(
    session: Session, waiting: list[WarningDelivery], now: datetime
) -> list[WarningDelivery]:
    """Those that nothing has ended, of a clock that runs to the same end; others are taken back."""
    among: dict[Subject, set[int]] = defaultdict(set)
    for delivery in waiting:
        among[delivery.warning.subject].add(delivery.warning.clock_id)
    clocks = running(session, among)
    over = set()
    for delivery in waiting:
        warning = delivery.warning
        clock = clocks.get((warning.subject, warning.clock_id))
        if warning.ended_at or clock is None or clock.due_at != warning.due_at:
            over.add(warning.id)
    raising.end(session, over, now)
    return [delivery for delivery in waiting if delivery.warning_id not in over]


def _addresses(session: Session, waiting: Iterable[WarningDelivery]) -> dict[int, str]:
    wanted = {one.user_id for one in waiting if one.user_id is not None}
    query = select(MailAddress.user_id, MailAddress.email).where(MailAddress.user_id.in_(wanted))
    return dict(session.execute(query).all())


def _has_address(delivery: WarningDelivery, addresses: dict[int, str]) -> bool:
    """Who wants no mail any more gets none."""
    assert delivery.channel is not None
    if not delivery.channel.by_mail or delivery.user_id in addresses:
        return True
    delivery.state = _S.WITHDRAWN
    return False


def _in_turn(
    of_channels: Iterable[list[list[WarningDelivery]]],
) -> list[list[WarningDelivery]]:
    """One message of each channel, then a second of each, and so on."""
    ranked = [
        (rank, deliveries) for parcels in of_channels for rank, deliveries in enumerate(parcels)
    ]
    return [deliveries for _rank, deliveries in sorted(ranked, key=lambda one: one[0])]


def _claimed(
    deliveries: Sequence[WarningDelivery],
    title: str,
    body: str,
    addresses: dict[int, str],
    now: datetime,
) -> Parcel:
    number = str(uuid4())
    for delivery in deliveries:
        delivery.state, delivery.parcel = _S.SENDING, number
        delivery.claimed_until = now + LEASE
    channel = deliveries[0].channel
    assert channel is not None
    to = addresses.get(deliveries[0].user_id or 0, "") if channel.by_mail else ""
    letter = Letter(channel.url, posting.destination_of(channel), title, body, to)
    return Parcel(number, channel.id, letter)


def note(session: Session, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """How one message went; what could not be handed over is tried again later."""
    query = select(WarningDelivery).where(WarningDelivery.parcel == parcel.number)
    again = None
    for delivery in session.scalars(query.with_for_update()):
        delivery.claimed_until, delivery.tried_at = None, now
        delivery.tries += 1
        delivery.last_answer = outcome.why[:300]
        again = _settle(delivery, outcome, now)
    if again is not None and not outcome.reached:
        _put_off(session, parcel.channel_id, again)


def _settle(delivery: WarningDelivery, outcome: Outcome, now: datetime) -> datetime | None:
    if outcome.state == posting.SENT:
        delivery.state, delivery.sent_at, delivery.last_answer = _S.SENT, now, "已收下"
        return None
    if outcome.state == posting.UNKNOWN:
        delivery.state = _S.UNKNOWN
        return now + rules.PAUSES[0]
    again = rules.next_try(now, delivery.tries)
    delivery.state = _S.FAILED if again is None else _S.PENDING
    delivery.send_from = again or delivery.send_from
    if delivery.state is _S.FAILED:
        current_app.logger.warning("warning delivery %s was given up", delivery.id)
    return again or now + rules.PAUSES[-1]


def _put_off(session: Session, channel_id: int, until: datetime) -> None:
    """Who is not there is not asked for each message anew; the other channels go on."""
    session.execute(
        update(WarningDelivery)
        .where(
            WarningDelivery.channel_id == channel_id,
            WarningDelivery.state == _S.PENDING,
            WarningDelivery.send_from < until,
        )
        .values(send_from=until)
    )
