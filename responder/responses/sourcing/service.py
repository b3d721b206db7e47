"""Verbs and questions on where an item comes from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from responder.intake.models import Message
from responder.planning.reported import is_report, reports_in
from responder.responses.models import ResponseItem
from responder.responses.sourcing.models import ItemMessage
from responder.topics import service as topics
from responder.topics.models import Membership


def attach(session: Session, item: ResponseItem, message: Message) -> None:
    """Note that an item answers a message; once, however often it is said."""
    session.flush()
    if session.get(ItemMessage, (item.id, message.id)) is None:
        session.add(ItemMessage(item_id=item.id, message_id=message.id))
        session.flush()


def message_ids(session: Session, item_id: int) -> list[int]:
    """The messages that an item was opened from."""
    query = select(ItemMessage.message_id).where(ItemMessage.item_id == item_id)
    return list(session.scalars(query.order_by(ItemMessage.message_id)))


def items_of_message(session: Session, message_id: int) -> list[ResponseItem]:
    """The items that were opened from a message, newest first."""
    query = select(ResponseItem).join(ItemMessage, ItemMessage.item_id == ResponseItem.id)
    query = query.where(ItemMessage.message_id == message_id).order_by(ResponseItem.id.desc())
    return list(session.scalars(query))


def held_among(_session: Session, ids: Select[int]) -> Select[int]:
    """Those of some messages that an item answers: they may not vanish with their import."""
    return select(ItemMessage.message_id).where(ItemMessage.message_id.in_(ids))


def with_reports(session: Session, items: Iterable[ResponseItem]) -> set[int]:
    """The ids of those items among whose sources is a report, which no unit may come to read.

    The messages that an item was opened from, and all of its topic.
    """
    listed = list(items)
    query = select(ItemMessage.item_id).join(Message, Message.id == ItemMessage.message_id)
    query = query.where(ItemMessage.item_id.in_([one.id for one in listed]), is_report())
    found = set(session.scalars(query))
    living = topics.survivors(session, {one.topic_id for one in listed if one.topic_id})
    reported = reports_in(session, set(living.values()))
    return found | {one.id for one in listed if living.get(one.topic_id or 0) in reported}


def sources_until(session: Session, item: ResponseItem, until: datetime | None) -> Select[Message]:
    """The messages that an item answers, oldest first: its own and those of its topic.

    :param until: those of the topic that came later are not what was answered.
    """
    own = select(ItemMessage.message_id).where(ItemMessage.item_id == item.id)
    conditions: list[ColumnElement[bool]] = [Message.id.in_(own)]
    if item.topic_id is not None:
        living = topics.survivors(session, [item.topic_id])[item.topic_id]
        of_topic = Message.id.in_(
            select(Membership.message_id).where(Membership.topic_id == living)
        )
        conditions.append(of_topic if until is None else of_topic & (Message.occurred_at <= until))
    query = select(Message).where(or_(*conditions))
    return query.order_by(Message.occurred_at, Message.id)
