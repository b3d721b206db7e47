"""What the citizens said: which messages an order holds, and who may read what of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from responder.core import audit, merging, privacy
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.permissions import Actor, Permission
from responder.intake.models import CHANNEL_LABELS, Message, Nature
from responder.orders.callers import callers_of
from responder.orders.lifecycle import OPEN, WORK_ORDER
from responder.orders.models import OrderMessage, WorkOrder


@dataclass(frozen=True)
class Said:
    """What one citizen said, without who it was.

    :param withheld: part of a report that is not for this reader: no words, no place.
    """

    message_id: int
    first: bool
    channel_label: str
    occurred_at: datetime
    title: str = ""
    body: str = ""
    district: str = ""
    place: str = ""
    withheld: bool = False


def attach(
    session: Session, order: WorkOrder, message: Message, actor: Actor, now: datetime
) -> WorkOrder:
    """Add a repeat to an order, or to the one that it was merged into; that order.

    :raises Forbidden: the person may not dispatch orders.
    :raises WrongState: the order is settled, or the message in another order.
    """
    require_dispatcher(actor)
    order = survivor(order)
    held = order_of(session, message.id)
    if held is not None and held.id == order.id:
        return order
    if held is not None:
        raise WrongState(f"这条留言已在工单 {held.number} 里：请在那里办理，或用“并单”合并两个工单")
    if order.state not in OPEN:
        label = WORK_ORDER.states[order.state]
        raise WrongState(f"工单 {order.number} 现在是“{label}”，不能再并入留言：请另立工单")
    place(order, message, actor, now)
    audit.record(session, "attach", order, {"message_id": message.id}, "", actor)
    order.changed_at = now
    session.flush()
    return order


def detach(
    session: Session, order: WorkOrder, message_id: int, actor: Actor, now: datetime
) -> None:
    """Take a repeat out again.

    :raises Forbidden: the person may not dispatch orders.
    :raises NotFound: the message is not in this order.
    :raises Invalid: it is the one that the order was opened with.
    """
    require_dispatcher(actor)
    row = session.get(OrderMessage, message_id)
    if row is None or row.order_id != order.id:
        raise NotFound("这条留言已不在本工单里：请刷新页面")
    if row.first:
        raise Invalid("立单的那条留言不能移出：如立单有误，请用“不予受理”或“并单”")
    order.messages.remove(row)
    audit.record(session, "detach", order, {"message_id": message_id}, "", actor)
    order.changed_at = now
    session.flush()


def place(
    order: WorkOrder, message: Message, actor: Actor, now: datetime, first: bool = False
) -> None:
    """Put a message into an order; the database refuses a second place."""
    order.messages.append(
        OrderMessage(
            message_id=message.id, first=first, attached_at=now, attached_by_name=actor.name
        )
    )


def require_dispatcher(actor: Actor) -> None:
    if not actor.may(Permission.ORDER_DISPATCH):
        raise Forbidden("您没有立单和派单的权限，请联系话务员办理")


def survivor(order: WorkOrder) -> WorkOrder:
    """Where an order is dealt with: itself, or what it was merged into, however often."""
    while order.merged_into is not None:
        order = order.merged_into
    return order


def family(session: Session, order_ids: Iterable[int]) -> dict[int, int]:
    """Id of each of these orders and of all that were merged into them → the one of these."""
    return merging.absorbed(session, WorkOrder.id, WorkOrder.merged_into_id, order_ids)


def merged_orders(session: Session, order: WorkOrder) -> list[WorkOrder]:
    """What was merged into an order directly, oldest first."""
    query = select(WorkOrder).where(WorkOrder.merged_into_id == order.id).order_by(WorkOrder.id)
    return list(session.scalars(query))


def order_of(session: Session, message_id: int) -> WorkOrder | None:
    """Where a message is dealt with; None when it is in no order."""
    return orders_of_messages(session, [message_id]).get(message_id)


def orders_of_messages(session: Session, message_ids: Iterable[int]) -> dict[int, WorkOrder]:
    """Message id → the order where it is dealt with, of those that have one."""
    query = (
        select(OrderMessage.message_id, WorkOrder)
        .join(OrderMessage.order)
        .where(OrderMessage.message_id.in_(list(message_ids)))
    )
    return {message_id: survivor(order) for message_id, order in session.execute(query)}


def message_counts(session: Session, orders: Sequence[WorkOrder]) -> dict[int, int]:
    """Order id → how many messages it and what was merged into it hold."""
    root = family(session, [order.id for order in orders])
    query = (
        select(OrderMessage.order_id, func.count())
        .where(OrderMessage.order_id.in_(root))
        .group_by(OrderMessage.order_id)
    )
    counts = dict.fromkeys((order.id for order in orders), 0)
    for order_id, count in session.execute(query):
        counts[root[order_id]] += count
    return counts


def said(session: Session, order: WorkOrder, actor: Actor) -> list[Said]:
    """The words of an order's messages, masked, oldest first; never who wrote them.

    Of a report, nobody outside the office gets the words: the one reported on might read them.
    """
    columns = (
        Message.id,
        OrderMessage.first,
        Message.channel,
        Message.occurred_at,
        Message.title,
        Message.body,
        Message.district,
        Message.place,
        Message.nature,
        WorkOrder.nature,
    )
    query = (
        select(*columns)
        .join(OrderMessage, OrderMessage.message_id == Message.id)
        .join(OrderMessage.order)
        .where(OrderMessage.order_id.in_(family(session, [order.id])))
        .order_by(Message.occurred_at, Message.id)
    )
    inside = actor.may(Permission.ORDER_READ)
    names = callers_of(order)
    found = []
    for row in session.execute(query):
        number, first, channel, at, title, body, district, where, nature, order_nature = row
        report = Nature.REPORT in (nature, order_nature, order.nature)
        one = Said(number, first, CHANNEL_LABELS[channel], at, withheld=report and not inside)
        if not one.withheld:
            title, body, place_ = (privacy.mask(text, names=names) for text in (title, body, where))
            one = replace(one, title=title, body=body, district=district, place=place_)
        found.append(one)
    return found


def held_among(_session: Session, ids: Select[int]) -> Select[int]:
    """Those of some messages that are in an order: they may not vanish with their batch."""
    return select(OrderMessage.message_id).where(OrderMessage.message_id.in_(ids))


def with_open_orders() -> Select[Any]:
    """Ids of the messages whose order is not settled: the caller must still be reached."""
    is_open = WorkOrder.merged_into_id.is_(None) & WorkOrder.state.in_(OPEN)
    living = select(WorkOrder.id).where(is_open).cte("open_order", recursive=True)
    merged = aliased(WorkOrder)
    living = living.union_all(select(merged.id).where(merged.merged_into_id == living.c.id))
    return select(OrderMessage.message_id).where(OrderMessage.order_id.in_(select(living.c.id)))


def in_reports() -> Select[Any]:
    """Ids of the messages whose order, or one into which it was merged, is a report (举报)."""
    reports = select(WorkOrder.id).where(WorkOrder.nature == Nature.REPORT)
    found = reports.cte("report_order", recursive=True)
    merged = aliased(WorkOrder)
    found = found.union(select(merged.id).where(merged.merged_into_id == found.c.id))
    return select(OrderMessage.message_id).where(OrderMessage.order_id.in_(select(found.c.id)))
