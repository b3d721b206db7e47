"""Response items whose next step is somebody's, and what their unit still owes, for Today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from responder.core.permissions import Actor
from responder.core.waiting import WAITING_LABELS, Waiting
from responder.responses import service
from responder.responses.lifecycle import RESPONSE_ITEM, STATE_TONES
from responder.responses.units import service as units

PARTS_READ = 50


def rows(session: Session, actor: Actor, absent: Sequence[Actor]) -> Iterator[Waiting]:
    """:param absent: those for whom this person stands in."""
    for item in service.waiting_for(session, actor, absent):
        clock = service.next_clock(item)
        yield Waiting(
            label=WAITING_LABELS["item"],
            title=item.title,
            endpoint="responses.show",
            values={"item_id": item.id},
            due_at=clock.due_at if clock else None,
            unit=item.unit.name,
            state=RESPONSE_ITEM.states[item.state],
            tone=STATE_TONES.get(item.state, ""),
        )
    for one in units.owed(session, actor, PARTS_READ):
        part = one.part
        yield Waiting(
            label=WAITING_LABELS["part"],
            title=f"第 {part.item_id} 号事项" if one.withheld else part.item.title,
            endpoint="responses.material",
            values={"part_id": part.id},
            due_at=part.due_at,
            unit="",
            state=WAITING_LABELS["to_send"],
            tone="soon",
        )
