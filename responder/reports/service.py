"""What the first page shows: what waits for me, due, hot, next, last night; and the audit trail."""

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
from responder.core.times import local
from responder.core.waiting import Waiting, by_time_left
from responder.orders import waiting as orders
from responder.planning import service as planning
from responder.planning import waiting as events
from responder.planning.service import Unanswered
from responder.publishing import waiting as publishing
from responder.publishing.packages import queries as packages
from responder.publishing.packages.models import PolicyPackage
from responder.publishing.packages.rules import REMIND_DAYS, Reminder
from responder.reports.desk import arrivals, deadlines, week
from responder.reports.desk.arrivals import Arrivals
from responder.reports.desk.deadlines import Cell
from responder.reports.desk.register_work import RegisterWork, register_work
from responder.reports.desk.week import Coming
from responder.responses import service as responses
from responder.responses import waiting as items
from responder.responses.models import ItemClock
from responder.topics import moving
from responder.topics.moving import Moved

DUE_ROWS = 6
HOT_ROWS = 6
ALERT_ROWS = 3


@dataclass(frozen=True)
class Today:
    """A person's morning; what the person may not see is empty.

    :param waiting: from all lifecycles, by time left.
    :param due: the clocks that end first; ``strip`` counts all by time left.
    :param unanswered: the hot topics that nothing answers; which of ``hot`` are among them.
    :param night: what came in since yesterday; None for whoever reads no messages.
    """

    waiting: list[Waiting] = field(default_factory=list)
    registers: list[RegisterWork] = field(default_factory=list)
    packages_lacking: list[Reminder[PolicyPackage]] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    due: list[ItemClock] = field(default_factory=list)
    strip: list[Cell] = field(default_factory=list)
    hot: list[Moved] = field(default_factory=list)
    unanswered: Unanswered = field(default_factory=Unanswered)
    coming: list[Coming] = field(default_factory=list)
    night: Arrivals | None = None


def today(session: Session, actor: Actor, now: datetime, package_days: int = REMIND_DAYS) -> Today:
    """The first page of one person.

    :param package_days: how many working days before its date a policy document must be complete.
    """
    sees_plan = actor.may(Permission.PLAN_READ)
    sees_items = actor.may(Permission.RESPONSE_READ)
    day = local(now, office_zone()).date()
    hot = moving.hottest(session, day, HOT_ROWS) if actor.may(Permission.TOPIC_READ) else []
    shown = [one.topic.id for one in hot]
    return Today(
        waiting=waiting_for(session, actor, now),
        registers=register_work(session, actor, now),
        packages_lacking=_packages_lacking(session, actor, now, package_days),
        alerts=alerts.open_alerts(session, actor, now, ALERT_ROWS),
        due=responses.due(session, limit=DUE_ROWS) if sees_items else [],
        strip=deadlines.strip(responses.running_ends(session), now) if sees_items else [],
        hot=hot,
        unanswered=planning.unanswered(session, shown) if sees_plan else Unanswered(),
        coming=week.coming(session, actor, now) if sees_plan else [],
        night=arrivals.last_night(session, actor, now),
    )


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[Waiting]:
    """Everything whose next step is this person's, the most urgent first."""
    attempts = responses.attempts_of(session, actor, now, office_zone())
    absent = [one.on_behalf_of for one in attempts if one.on_behalf_of]
    return by_time_left(
        [
            *orders.rows(session, actor, now),
            *items.rows(session, actor, absent),
            *publishing.rows(session, attempts, office_zone()),
            *events.rows(session, actor, now),
        ]
    )


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
