"""Counts of messages by local day, read for all at once; each agrees with the list it links to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from responder.core.times import end_of_day, local, start_of_day
from responder.intake.models import Message
from responder.reports.documents.rules import Request
from responder.routing.models import Category, CategoryConfirmation
from responder.topics.heat_models import TopicDay
from responder.topics.models import Membership, Topic
from responder.topics.service import is_shown


@dataclass(frozen=True)
class Spoken:
    """A topic's messages within some days, and who wrote them."""

    messages: int
    people: int


def within(request: Request, zone: ZoneInfo) -> ColumnElement[bool]:
    """Messages that were said on these days, as the list of messages restricts them."""
    return and_(
        Message.occurred_at >= start_of_day(request.first, zone),
        Message.occurred_at <= end_of_day(request.last, zone),
    )


def total(session: Session, request: Request, zone: ZoneInfo) -> int:
    """All messages of these days."""
    query = select(func.count(Message.id)).where(within(request, zone))
    return session.scalar(query) or 0


def by_column(
    session: Session, column: InstrumentedAttribute[Any], request: Request, zone: ZoneInfo
) -> Counter[Any]:
    """Value → messages of these days."""
    query = select(column, func.count()).where(within(request, zone)).group_by(column)
    return Counter(dict(session.execute(query).all()))


def by_day(session: Session, request: Request, zone: ZoneInfo) -> Counter[date]:
    """Local day → messages."""
    moments = session.scalars(select(Message.occurred_at).where(within(request, zone)))
    return Counter(local(moment, zone).date() for moment in moments)


def by_category(session: Session, request: Request, zone: ZoneInfo) -> Counter[int]:
    """Category id → messages of these days that people have confirmed to be of it."""
    newest = select(func.max(CategoryConfirmation.id)).group_by(CategoryConfirmation.message_id)
    query = (
        select(CategoryConfirmation.category_id, func.count())
        .join(Message, Message.id == CategoryConfirmation.message_id)
        .where(CategoryConfirmation.id.in_(newest), within(request, zone))
        .group_by(CategoryConfirmation.category_id)
    )
    return Counter(dict(session.execute(query).all()))


def by_topic(session: Session, request: Request, zone: ZoneInfo) -> dict[int, Spoken]:
    """Id of each shown topic that somebody spoke of on these days → how often, how many."""
    query = (
        select(Membership.topic_id, func.count(), func.count(Message.author_key.distinct()))
        .join(Membership.message)
        .join(Membership.topic)
        .where(within(request, zone), is_shown())
        .group_by(Membership.topic_id)
    )
    return {topic_id: Spoken(*counts) for topic_id, *counts in session.execute(query)}


def topics_of(session: Session, ids: Iterable[int]) -> dict[int, Topic]:
    return {one.id: one for one in session.scalars(select(Topic).where(Topic.id.in_(list(ids))))}


def last_points(
    session: Session, ids: Iterable[int], last: date, days: int = 7
) -> dict[int, TopicDay]:
    """Topic id → its latest heat of the ``days`` that end with ``last``; none, none."""
    query = (
        select(TopicDay)
        .where(
            TopicDay.topic_id.in_(list(ids)),
            TopicDay.day <= last,
            TopicDay.day > last - timedelta(days=days),
        )
        .order_by(TopicDay.day)
    )
    return {point.topic_id: point for point in session.scalars(query)}


@dataclass(frozen=True)
class Branch:
    """A category of the first level, with what is of it itself and by its children."""

    id: int
    name: str
    own: int
    children: tuple[tuple[int, str, int], ...]

    @property
    def whole(self) -> int:
        return self.own + sum(count for _id, _name, count in self.children)


def branches(session: Session, counts: Counter[int]) -> list[Branch]:
    """Counts of categories on two levels, what is most first; nothing that counts 0."""
    known = {one.id: one for one in session.scalars(select(Category))}
    children: dict[int, list[tuple[int, str, int]]] = {}
    own: dict[int, int] = {}
    for category_id, number in counts.items():
        category = known[category_id]
        top = category.parent_id or category.id
        own.setdefault(top, 0)
        if category.parent_id is None:
            own[top] += number
        else:
            children.setdefault(top, []).append((category.id, category.name, number))
    found = [
        Branch(
            top,
            known[top].name,
            number,
            tuple(sorted(children.get(top, ()), key=lambda one: (-one[2], one[0]))),
        )
        for top, number in own.items()
    ]
    return sorted(found, key=lambda branch: (-branch.whole, branch.id))
