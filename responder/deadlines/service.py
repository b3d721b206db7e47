"""Reckoning every open clock anew, and telling afterwards which a change moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.audit import Audited, AuditEvent
from responder.core.clock_changes import Moved
from responder.core.clocks import ClockRule, RuleFacts, edit_rule
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Actor, Permission
from responder.core.work_calendar import SEED, load_calendar
from responder.openness.applications import clocks as applications
from responder.openness.applications.models import (
    Application,
    ApplicationClock,
    ApplicationExtension,
)
from responder.orders import service as orders
from responder.orders.models import OrderClock, OrderExtension, WorkOrder
from responder.planning import service as planning
from responder.responses import service as responses
from responder.responses.models import ItemClock, ItemExtension, ResponseItem

# The records whose change moves clocks, as the trail names them.
SOURCES = ("clock_rule", "calendar_year", "fixed_holiday")


def recompute(session: Session, zone: ZoneInfo) -> list[Moved]:
    """Reckon every open clock by the calendar and the rules as they are now; which ends moved.

    Each leaves a line in the trail, by which :func:`moved_by` finds it again.
    """
    calendar = load_calendar(session)
    return [
        *responses.recompute_clocks(session, calendar, zone),
        *orders.recompute_clocks(session, calendar, zone),
        *applications.recompute_clocks(session, calendar, zone),
    ]


@dataclass(frozen=True)
class Recomputed:
    """The clocks whose end has moved, and how many tasks of checklists have another day."""

    clocks: list[Moved]
    tasks: int


def recompute_all(session: Session, zone: ZoneInfo) -> Recomputed:
    """After a change of the calendar: every open clock, and the checklists of events."""
    tasks = planning.reschedule_all(session, load_calendar(session), zone)
    return Recomputed(recompute(session, zone), len(tasks))


def change_rule(
    session: Session,
    rule: ClockRule,
    facts: RuleFacts,
    reason: str,
    version: int,
    zone: ZoneInfo,
) -> list[Moved] | None:
    """Edit a rule and reckon its open clocks anew; None when nothing is new.

    :raises Stale, Invalid: as :func:`edit_rule`; also when extensions were granted in the
        units that the rule would leave.
    """
    if facts.unit is not rule.unit and _is_extended(session, rule):
        raise Invalid(
            "有正在计时的时限按原来的计量延过期，不能改计量：请另加一条规则，或等它们办结",
            {"unit": "有延期"},
        )
    if not edit_rule(session, rule, facts, reason, version):
        return None
    return recompute(session, zone)


def _is_extended(session: Session, rule: ClockRule) -> bool:
    tables: tuple[tuple[Any, Any], ...] = (
        (ItemClock, ItemExtension),
        (OrderClock, OrderExtension),
        (ApplicationClock, ApplicationExtension),
    )
    for clock, extension in tables:
        query = (
            select(extension.id)
            .join(clock, clock.id == extension.clock_id)
            .where(clock.rule_id == rule.id, clock.stopped_at.is_(None))
        )
        if session.scalar(query.limit(1)) is not None:
            return True
    return False


def provisional_count(session: Session) -> int:
    """How many clocks that run rest on a year that is not announced."""
    return sum(
        session.scalar(
            select(func.count())
            .select_from(clock)
            .where(clock.provisional, clock.stopped_at.is_(None))
        )
        or 0
        for clock in (ItemClock, OrderClock, ApplicationClock)
    )


def last_change(session: Session, record: Audited) -> int:
    """The id of the line that the trail wrote of this record last."""
    return audit.history(session, record)[-1].id


def changes(session: Session, limit: int) -> list[AuditEvent]:
    """What was changed of rules and calendar, newest first; not what came with the product."""
    query = select(AuditEvent).where(
        AuditEvent.object_type.in_(SOURCES),
        or_(AuditEvent.action != "create", AuditEvent.object_type == "fixed_holiday"),
        or_(AuditEvent.action != "create", AuditEvent.actor_id.is_not(None)),
        AuditEvent.note.not_like(f"{SEED} %"),
    )
    return list(session.scalars(query.order_by(AuditEvent.id.desc()).limit(limit)))


def find_change(session: Session, event_id: int) -> AuditEvent:
    """:raises NotFound: no such line, or one of something else."""
    event = session.get(AuditEvent, event_id)
    if event is None or event.object_type not in SOURCES:
        raise NotFound("没有这次改动：请从时限规则或工作日历页面重新进入")
    return event


@dataclass(frozen=True)
class MovedEnd:
    """A clock that a change moved: of what, which duty, from when to when.

    ``title`` and ``page`` (an endpoint and its arguments) are empty for whoever may not see it.
    """

    kind: str
    number: str
    title: str
    duty: str
    before: datetime
    after: datetime
    page: tuple[str, dict[str, int]] | None


def moved_by(session: Session, event: AuditEvent, actor: Actor) -> list[MovedEnd]:
    """The clocks that were moved in the same transaction as this change, soonest end first."""
    query = select(AuditEvent).where(
        AuditEvent.at == event.at,
        AuditEvent.actor_name == event.actor_name,
        AuditEvent.action == "recompute",
        AuditEvent.id > event.id,
    )
    lines = session.scalars(query.order_by(AuditEvent.id)).all()
    seen = {
        "response_item": _items(session, _ids(lines, "response_item"), actor),
        "work_order": _orders(session, _ids(lines, "work_order"), actor),
        "disclosure_application": _applications(
            session, _ids(lines, "disclosure_application"), actor
        ),
    }
    found = [_told(line, seen.get(line.object_type, {})) for line in lines]
    return sorted(found, key=lambda one: one.after)


Shown = tuple[str, str, tuple[str, dict[str, int]]]


def _told(line: AuditEvent, seen: dict[int, Shown]) -> MovedEnd:
    number, title, page = seen.get(line.object_id, (str(line.object_id), "", None))
    before, after = (datetime.fromisoformat(text) for text in line.changes["due_at"])
    return MovedEnd(line.object_type, number, title, line.note, before, after, page)


def _ids(lines: Iterable[AuditEvent], object_type: str) -> set[int]:
    return {line.object_id for line in lines if line.object_type == object_type}


def _items(session: Session, ids: set[int], actor: Actor) -> dict[int, Shown]:
    if not ids or not actor.may(Permission.RESPONSE_READ):
        return {}
    found = session.scalars(select(ResponseItem).where(ResponseItem.id.in_(ids)))
    return {
        one.id: (str(one.id), one.title, ("responses.show", {"item_id": one.id})) for one in found
    }


def _orders(session: Session, ids: set[int], actor: Actor) -> dict[int, Shown]:
    if not ids:
        return {}
    query = select(WorkOrder).where(WorkOrder.id.in_(ids), orders.visible_to(actor))
    return {
        one.id: (one.number, one.title, ("orders.show", {"order_id": one.id}))
        for one in session.scalars(query)
    }


def _applications(session: Session, ids: set[int], actor: Actor) -> dict[int, Shown]:
    """Their numbers alone: what somebody asked for is nothing for a list of others' eyes."""
    if not ids or not actor.may(Permission.APPLICATION_READ):
        return {}
    found = session.scalars(select(Application).where(Application.id.in_(ids)))
    return {
        one.id: (one.number, "", ("applications.show", {"application_id": one.id})) for one in found
    }
