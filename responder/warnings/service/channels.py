"""The office's robots and its mail server, and how what was sent through them went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from responder.core import audit
from responder.core.errors import Invalid, NotFound, WrongState
from responder.core.permissions import Role
from responder.core.versions import check_seen
from responder.sources.fetching import Network
from responder.warnings import posting
from responder.warnings.models import (
    ClockWarning,
    DeliveryState,
    WarningChannel,
    WarningDelivery,
)
from responder.warnings.posting import Destination, Letter, Outcome

TRIAL = ("【试送】时限预警", "这是一条试送的预警，收到即说明渠道可用，不必处理。")

# A person may have these sent once more.
_SENT_AGAIN = (DeliveryState.UNKNOWN, DeliveryState.FAILED)


@dataclass(frozen=True)
class ChannelFacts:
    """What an administrator says of a channel. ``url`` empty: as it is."""

    name: str
    url: str
    destination: Destination | None
    roles: Sequence[Role]
    unit_id: int | None


def channels(session: Session) -> list[WarningChannel]:
    """Every channel, by name."""
    query = select(WarningChannel).options(joinedload(WarningChannel.unit))
    return list(session.scalars(query.order_by(WarningChannel.name, WarningChannel.id)))


def find_channel(session: Session, channel_id: int) -> WarningChannel:
    """:raises NotFound: no such channel."""
    channel = session.get(WarningChannel, channel_id)
    if channel is None:
        raise NotFound("没有这个发送渠道：请从发送渠道列表重新进入")
    return channel


def add_channel(session: Session, facts: ChannelFacts, now: datetime) -> WarningChannel:
    """:raises Invalid: no name, or no address."""
    if facts.destination is None:
        raise Invalid("请填写地址", {"url": "必填"})
    channel = WarningChannel(created_at=now, active=True)
    _put(channel, facts)
    session.add(channel)
    session.flush()
    return channel


def edit_channel(
    session: Session, channel: WarningChannel, facts: ChannelFacts, version: int | None
) -> None:
    """Change a channel; what waits goes to the new address.

    :raises Invalid: no name, or mail would become a robot.
    :raises Stale: somebody else has changed it since.
    """
    check_seen(channel, version)
    if facts.destination is not None and facts.destination.by_mail is not channel.by_mail:
        raise Invalid("邮件和机器人不能互换：请停用这个渠道，另加一个", {"url": "换了种类"})
    _put(channel, facts)
    session.flush()


def _put(channel: WarningChannel, facts: ChannelFacts) -> None:
    name = " ".join(facts.name.split())
    if not name:
        raise Invalid("请填写名称", {"name": "必填"})
    channel.name, channel.unit_id = name, facts.unit_id
    channel.roles = sorted(role.value for role in facts.roles)
    if facts.destination is not None:
        where = facts.destination
        channel.url = facts.url.strip()
        channel.scheme, channel.host, channel.port = where.scheme, where.host, where.port
        channel.by_mail = where.by_mail


def switch_channel(session: Session, channel: WarningChannel, active: bool) -> None:
    """Send nothing through it, or again; what waits meanwhile is sent then, if it still holds."""
    channel.active = active
    session.flush()


def try_out(channel: WarningChannel, to: str, network: Network) -> Outcome:
    """Send one message now, that is no warning.

    :param to: whose mail, for a server of mail.
    :raises Invalid: mail, and whoever tries has stated no address.
    """
    if channel.by_mail and not to:
        raise Invalid("请先在“我的预警”页面填写您的邮箱，再试送")
    where = posting.destination_of(channel)
    letter = Letter(channel.url, where, *TRIAL, to=to if channel.by_mail else "")
    return posting.post([letter], network)[0]


def deliveries(
    channel_id: int | None = None, state: DeliveryState | None = None
) -> Select[WarningDelivery]:
    """What was sent, or is to be, newest first; not what stands on people's pages."""
    query = (
        select(WarningDelivery)
        .join(WarningDelivery.warning)
        .where(WarningDelivery.channel_id.is_not(None))
        .order_by(WarningDelivery.id.desc())
        .options(
            joinedload(WarningDelivery.channel),
            joinedload(WarningDelivery.user),
            contains_eager(WarningDelivery.warning).joinedload(ClockWarning.step),
        )
    )
    if channel_id is not None:
        query = query.where(WarningDelivery.channel_id == channel_id)
    return query if state is None else query.where(WarningDelivery.state == state)


def counts(session: Session) -> dict[int, dict[DeliveryState, int]]:
    """Channel → how many deliveries stand where."""
    query = (
        select(WarningDelivery.channel_id, WarningDelivery.state, func.count())
        .where(WarningDelivery.channel_id.is_not(None))
        .group_by(WarningDelivery.channel_id, WarningDelivery.state)
    )
    found: dict[int, dict[DeliveryState, int]] = {}
    for channel_id, state, count in session.execute(query):
        assert channel_id is not None, "asked for above"
        found.setdefault(channel_id, {})[state] = count
    return found


def may_send_again(delivery: WarningDelivery) -> bool:
    """Whether it did not arrive for certain, and would still tell somebody something."""
    return delivery.state in _SENT_AGAIN and delivery.warning.ended_at is None


def send_again(session: Session, delivery_id: int, now: datetime) -> WarningDelivery:
    """Somebody has looked, and wants it sent once more.

    :raises NotFound: no such delivery.
    :raises WrongState: it has arrived, waits already, or needs no look any more.
    """
    delivery = session.get(WarningDelivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.channel is None:
        raise NotFound("没有这条发送记录：请刷新页面")
    if not may_send_again(delivery):
        raise WrongState("这条预警已送到、正在等待发送或已不必再送：请刷新页面查看")
    delivery.state, delivery.tries, delivery.send_from = DeliveryState.PENDING, 0, now
    audit.record(session, "send_again", delivery.channel, {"number": delivery.id})
    return delivery
