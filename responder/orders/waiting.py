"""The work orders that wait for somebody, for Today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.permissions import Actor
from responder.core.waiting import WAITING_LABELS, Waiting
from responder.orders import service
from responder.orders.callers import names_of_callers
from responder.orders.lifecycle import STATE_TONES, WORK_ORDER


def rows(session: Session, actor: Actor, now: datetime) -> Iterator[Waiting]:
    orders = service.waiting_for(session, actor, now)
    callers = names_of_callers(session, [order.id for order in orders])
    for order in orders:
        clock = service.next_clock(order)
        yield Waiting(
            label=WAITING_LABELS["order"],
            title=order.title,
            endpoint="orders.show",
            values={"order_id": order.id},
            due_at=clock.due_at if clock else None,
            unit=order.lead_unit.name if order.lead_unit else "",
            state=WORK_ORDER.states[order.state],
            tone="late" if order.urgent else STATE_TONES.get(order.state, ""),
            names=callers[order.id],
        )
