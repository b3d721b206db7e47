"""Changes to what is out, and policy packages, that wait for somebody, for Today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.lifecycle import Attempt
from responder.core.times import end_of_day
from responder.core.waiting import WAITING_LABELS, Waiting
from responder.publishing.changing import service as changing
from responder.publishing.changing.lifecycle import ENTRY_CHANGE
from responder.publishing.packages import waiting as packages
from responder.publishing.packages.lifecycle import PACKAGE, STATE_TONES


def rows(session: Session, attempts: Sequence[Attempt], zone: ZoneInfo) -> Iterator[Waiting]:
    """:param attempts: the person's own first, then one for each whom they stand in for."""
    for change in changing.waiting_for(session, attempts):
        yield Waiting(
            label=change.kind_label,
            title=f"{change.entry.index_number} {change.note}",
            endpoint="changing.show",
            values={"change_id": change.id},
            due_at=None,
            unit=change.entry.unit_name,
            state=ENTRY_CHANGE.states[change.state],
            tone="accent",
        )
    for one in packages.waiting_for(session, attempts[0]):
        package = one.package
        yield Waiting(
            label=WAITING_LABELS["package"],
            title=package.title,
            endpoint="packages.show",
            values={"package_id": package.id},
            due_at=end_of_day(package.planned_on, zone) if package.planned_on else None,
            unit=package.unit.name,
            state=PACKAGE.states[package.state],
            tone=STATE_TONES.get(package.state, ""),
        )
