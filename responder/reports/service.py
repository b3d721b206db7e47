"""What the first page shows: due, hot, next, and waiting for me; and the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from responder.alerts import service as alerts
from responder.alerts.models import Alert
from responder.core.audit import AuditEvent
from responder.core.office import office_zone
from responder.core.permissions import Actor, Permission
from responder.orders import service as orders
from responder.orders.models import WorkOrder
from responder.planning import service as planning
from responder.planning.models import PressEvent
from responder.publishing.changing import service as changing
from responder.publishing.models import EntryChange
from responder.publishing.packages import queries as packages
from responder.publishing.packages import waiting as packages_waiting
from responder.publishing.packages.models import PolicyPackage
from responder.publishing.packages.rules import REMIND_DAYS, Reminder
from responder.publishing.packages.waiting import Waiting
from responder.reports.register_work import RegisterWork, register_work
from responder.responses import service as responses
from responder.responses.models import ItemClock, ResponseItem
from responder.topics import service as topics
from responder.topics.models import Topic

ROWS = 8
ALERT_ROWS = 5


@dataclass(frozen=True)
class Today:
    """A person's morning; what the person may not see is empty.

    :param unanswered: ids of the topics in the list of gaps.
    """

    alerts: list[Alert] = field(default_factory=list)
    due: list[ItemClock] = field(default_factory=list)
    hot: list[Topic] = field(default_factory=list)
    unanswered: frozenset[int] = frozenset()
    upcoming: list[PressEvent] = field(default_factory=list)
    items_waiting: list[ResponseItem] = field(default_factory=list)
    changes_waiting: list[EntryChange] = field(default_factory=list)
    events_waiting: list[PressEvent] = field(default_factory=list)
    orders_waiting: list[WorkOrder] = field(default_factory=list)
    packages_waiting: list[Waiting] = field(default_factory=list)
    packages_lacking: list[Reminder[PolicyPackage]] = field(default_factory=list)
    registers: list[RegisterWork] = field(default_factory=list)


def today(session: Session, actor: Actor, now: datetime, package_days: int = REMIND_DAYS) -> Today:
    """The first page of one person.

    :param package_days: how many working days before its date a policy document must be complete.
    """
    sees_plan = actor.may(Permission.PLAN_READ)
    sees_items = actor.may(Permission.RESPONSE_READ)
    attempts = responses.attempts_of(session, actor, now, office_zone())
    absent = [one.on_behalf_of for one in attempts if one.on_behalf_of]
    return Today(
        alerts=alerts.open_alerts(session, actor, now, ALERT_ROWS),
        due=responses.due(session, limit=ROWS) if sees_items else [],
        hot=_hot(session) if actor.may(Permission.TOPIC_READ) else [],
        unanswered=planning.open_topics(session) if sees_plan else frozenset(),
        upcoming=planning.upcoming_events(session, now, limit=ROWS) if sees_plan else [],
        items_waiting=responses.waiting_for(session, actor, absent),
        changes_waiting=changing.waiting_for(session, attempts),
        events_waiting=_events_waiting(session, actor, now),
        orders_waiting=orders.waiting_for(session, actor, now),
        packages_waiting=packages_waiting.waiting_for(session, attempts[0]),
        packages_lacking=_packages_lacking(session, actor, now, package_days),
        registers=register_work(session, actor, now),
    )


def _hot(session: Session) -> list[Topic]:
    return list(
        session.scalars(topics.topics_by_heat(min_messages=2, pinned_first=True).limit(ROWS))
    )


def _events_waiting(session: Session, actor: Actor, now: datetime) -> list[PressEvent]:
    """Events to approve, and events of the past that nobody has said were held.

    What somebody proposed waits for a colleague, not for them.
    """
    if not actor.may(Permission.PLAN_EDIT):
        return []
    proposed = planning.waiting_approval(session)
    by_others = [event for event in proposed if event.proposed_by_id != actor.id]
    return [*planning.overdue_events(session, now), *by_others]


def _packages_lacking(
    session: Session, actor: Actor, now: datetime, days: int
) -> list[Reminder[PolicyPackage]]:
    """For those who can bring what is missing."""
    if not actor.may(Permission.PACKAGE_PROPOSE):
        return []
    return packages.reminders(session, actor, now, office_zone(), days)


def audit_trail(kind: str = "", person: str = "") -> Select[AuditEvent]:
    """The trail, newest first.

    :param kind: the table's name of one kind of record; all kinds when empty.
    :param person: part of a name; everybody when empty.
    """
    query = select(AuditEvent).order_by(AuditEvent.id.desc())
    if kind:
        query = query.where(AuditEvent.object_type == kind)
    if person:
        query = query.where(AuditEvent.actor_name.contains(person, autoescape=True))
    return query
