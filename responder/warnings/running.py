"""The clocks that run, of items, orders and applications alike, as plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from responder.core.clocks import ClockRule, Unit
from responder.openness.applications.lifecycle import OPEN as OPEN_APPLICATIONS
from responder.openness.applications.models import (
    Application,
    ApplicationClock,
    ApplicationExtension,
    ApplicationPause,
)
from responder.orders.lifecycle import OPEN
from responder.orders.models import OrderClock, OrderExtension, OrderPause, WorkOrder
from responder.responses.models import (
    FILED,
    ItemClock,
    ItemExtension,
    ItemPause,
    ResponseItem,
)
from responder.warnings.models import Subject

Key = tuple[Subject, int]


@dataclass(frozen=True)
class RunningClock:
    """A clock somebody must answer. ``length``: with what was granted, in ``unit``."""

    subject: Subject
    subject_id: int
    clock_id: int
    rule_id: int
    unit: Unit
    rule_length: int
    length: int
    stopped_by: str
    started_at: datetime
    due_at: datetime

    @property
    def key(self) -> Key:
        return self.subject, self.clock_id


def running(
    session: Session, among: Mapping[Subject, Collection[int]] | None = None
) -> dict[Key, RunningClock]:
    """Every clock that runs: neither stopped nor suspended, of what somebody works on.

    :param among: only of these clocks' ids.
    """
    return {clock.key: clock for clock in _all(session, among)}


def _all(
    session: Session, among: Mapping[Subject, Collection[int]] | None
) -> Iterator[RunningClock]:
    sources: tuple[tuple[Subject, Select[Any], Any], ...] = (
        (Subject.ITEM, _items(), ItemClock),
        (Subject.ORDER, _orders(), OrderClock),
        (Subject.APPLICATION, _applications(), ApplicationClock),
    )
    for subject, query, clock in sources:
        if among is not None:
            query = query.where(clock.id.in_(among.get(subject, ())))
        for *ids, unit, length, granted, stopped_by, started_at, due_at in session.execute(query):
            subject_id, clock_id, rule_id = ids
            yield RunningClock(
                subject, subject_id, clock_id, rule_id, unit, length, length + granted,
                stopped_by, started_at, due_at,
            )  # fmt: skip


def _items() -> Select[Any]:
    counts = and_(
        ItemExtension.granted.is_(True),
        or_(
            ItemClock.start_set_at.is_(None),
            ItemExtension.decided_at.is_(None),
            ItemExtension.decided_at >= ItemClock.start_set_at,
        ),
    )
    return (
        _facts(ItemClock, ItemPause, ItemExtension, counts, ItemClock.item_id)
        .join(ResponseItem, ResponseItem.id == ItemClock.item_id)
        .where(ResponseItem.state.not_in(FILED))
    )


def _orders() -> Select[Any]:
    counts = OrderExtension.granted.is_(True)
    return (
        _facts(OrderClock, OrderPause, OrderExtension, counts, OrderClock.order_id)
        .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
        .where(WorkOrder.state.in_(OPEN), WorkOrder.merged_into_id.is_(None))
    )


def _applications() -> Select[Any]:
    counts = ApplicationExtension.granted.is_(True)
    owner = ApplicationClock.application_id
    return (
        _facts(ApplicationClock, ApplicationPause, ApplicationExtension, counts, owner)
        .join(Application, Application.id == owner)
        .where(Application.state.in_(OPEN_APPLICATIONS))
    )


def _facts(clock: Any, pause: Any, extension: Any, counts: Any, owner: Any) -> Select[Any]:
    granted = (
        select(func.coalesce(func.sum(extension.length), 0))
        .where(extension.clock_id == clock.id, counts)
        .correlate(clock)
        .scalar_subquery()
    )
    suspended = exists().where(pause.clock_id == clock.id, pause.until.is_(None))
    return (
        select(
            owner, clock.id, clock.rule_id, ClockRule.unit, ClockRule.length, granted,
            ClockRule.stopped_by, clock.started_at, clock.due_at,
        )
        .join(ClockRule, ClockRule.id == clock.rule_id)
        .where(clock.stopped_at.is_(None), ~suspended)
        .order_by(clock.id)
    )  # fmt: skip
