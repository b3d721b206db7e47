"""What waits in an installation, and since when: for the doctor and for those who watch it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from responder.errands.models import UNDER_WAY, Errand
from responder.intake.imports.models import ImportRun, RunState
from responder.openness.applications.models import ApplicationClock
from responder.orders.models import OrderClock
from responder.publishing.webhooks.models import DeliveryState as WebhookState
from responder.publishing.webhooks.models import WebhookDelivery
from responder.responses.models import ItemClock, ItemState, ResponseItem
from responder.warnings.models import DeliveryState, WarningDelivery


@dataclass(frozen=True)
class Queue:
    """Rows that wait for the scheduler.

    :ivar since: the column that says from when on each should have been dealt with.
    :ivar patience: how long that may take before something is wrong.
    """

    name: str
    label: str
    since: InstrumentedAttribute[Any]
    waits: Sequence[ColumnElement[bool]]
    patience: timedelta


CLOCKS: Mapping[str, Any] = {
    "item": ItemClock,
    "order": OrderClock,
    "application": ApplicationClock,
}
AT_WORK = (RunState.READING, RunState.CHECKING, RunState.QUEUED, RunState.RUNNING)

QUEUES = (
    Queue(
        "publications",
        "到点待发布的回应",
        ResponseItem.publish_at,
        (ResponseItem.state == ItemState.SCHEDULED,),
        timedelta(minutes=10),
    ),
    Queue(
        "imports",
        "导入任务",
        ImportRun.created_at,
        (ImportRun.state.in_(AT_WORK),),
        timedelta(hours=6),
    ),
    Queue(
        "errands",
        "后台任务",
        Errand.asked_at,
        (Errand.state.in_(UNDER_WAY),),
        timedelta(minutes=30),
    ),
    Queue(
        "webhooks",
        "向网站的推送",
        WebhookDelivery.next_try_at,
        (WebhookDelivery.state == WebhookState.WAITING,),
        timedelta(minutes=30),
    ),
    Queue(
        "warnings",
        "待送的预警",
        WarningDelivery.send_from,
        (WarningDelivery.state == DeliveryState.PENDING,),
        timedelta(minutes=30),
    ),
)


def waiting(session: Session, queue: Queue, now: datetime) -> tuple[int, datetime | None]:
    """How many are due, and since when the first of them."""
    query = select(func.count(), func.min(queue.since)).where(*queue.waits, queue.since <= now)
    count, first = session.execute(query).one()
    return count, first


def running_clocks(session: Session, clock: Any, now: datetime) -> tuple[int, int]:
    """How many clocks of a kind run, and how many of them have run out."""
    open_ones = select(func.count()).where(clock.stopped_at.is_(None))
    running = session.scalar(open_ones) or 0
    late = session.scalar(open_ones.where(clock.due_at < now)) or 0
    return running, late
