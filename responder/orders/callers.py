"""Whom the messages of orders name as senders: no unit reads it, no answer says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from responder.core import merging, privacy
from responder.intake.models import Message
from responder.orders.models import OrderMessage, WorkOrder


def names_of_callers(session: Session, order_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Order id → the names recorded with the messages of it and of what was merged into it."""
    root = merging.absorbed(session, WorkOrder.id, WorkOrder.merged_into_id, order_ids)
    query = (
        select(OrderMessage.order_id, Message.author)
        .join(Message, Message.id == OrderMessage.message_id)
        .where(OrderMessage.order_id.in_(root), Message.author != "")
    )
    authors: dict[int, list[str]] = defaultdict(list)
    for order_id, author in session.execute(query):
        authors[root[order_id]].append(author)
    return {one: privacy.recorded_names(authors[one]) for one in set(root.values())}


def callers_of(order: WorkOrder) -> frozenset[str]:
    """The names recorded with one order's messages."""
    session = object_session(order)
    return names_of_callers(session, [order.id])[order.id] if session else privacy.NOBODY
