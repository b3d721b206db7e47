"""Questions about alerts, reading them, and the office's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, contains_eager

from responder.accounts.models import User
from responder.alerts import rules
from responder.alerts.models import Alert, AlertReading, AlertRule, Kind
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.topics.service import is_empty, is_shown

OPEN_FOR = timedelta(days=14)  # what nobody has read by then is no news


@dataclass(frozen=True)
class RuleFacts:
    """What a person says of a rule; only what its kind uses is kept."""

    name: str
    people: int | None = None
    speed_points: int | None = None
    heat_rise: int | None = None
    level: int | None = None
    words: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None


USED_BY = {
    Kind.NEW: ("people",),
    Kind.RISING: ("speed_points", "heat_rise"),
    Kind.LEVEL: ("level",),
    Kind.KEYWORD: ("words",),
}
OF_ALL_KINDS = ("name", "quiet_from", "quiet_to")


def search(
    now: datetime, *, kind: Kind | None = None, unread_by: int | None = None
) -> Select[Alert]:
    """Alerts that may be shown by ``now``, newest first, each with its topic and its rule.

    What was raised by messages that an undone import has taken with it tells of nothing.

    :param unread_by: only what this person has not read.
    """
    query = (
        select(Alert)
        .join(Alert.rule)
        .join(Alert.topic)
        .options(contains_eager(Alert.rule), contains_eager(Alert.topic))
        .where(Alert.delivered_at <= now, not_(is_empty()))
        .order_by(Alert.delivered_at.desc(), Alert.id.desc())
    )
    if kind is not None:
        query = query.where(AlertRule.kind == kind)
    if unread_by is not None:
        query = query.where(_unread_by(unread_by))
    return query


def open_alerts(session: Session, actor: Actor, now: datetime, limit: int) -> list[Alert]:
    """What this person has not read of the last fortnight, newest first."""
    if actor.id is None or not actor.may(Permission.TOPIC_READ):
        return []
    query = search(now).where(_open(actor.id, now)).limit(limit)
    return list(session.scalars(query))


def open_count(session: Session, actor: Actor, now: datetime) -> int:
    """How many :func:`open_alerts` there are without a limit."""
    if actor.id is None or not actor.may(Permission.TOPIC_READ):
        return 0
    # Asked by every page: a join would let SQLite go over all topics, not over the few alerts.
    told = Alert.topic.has(and_(is_shown(), not_(is_empty())))
    query = select(func.count(Alert.id)).where(_lately_unread(actor.id, now), told)
    return session.scalar(query) or 0


def held(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many alerts wait for the end of quiet hours, and when the first of them is shown."""
    waiting = select(func.count(Alert.id), func.min(Alert.delivered_at)).join(Alert.topic)
    query = waiting.where(Alert.delivered_at > now, not_(is_empty()))
    count, first = session.execute(query).one()
    return count, first


def _open(user_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(_lately_unread(user_id, now), is_shown(), not_(is_empty()))


def _lately_unread(user_id: int, now: datetime) -> ColumnElement[bool]:
    lately = and_(Alert.delivered_at > now - OPEN_FOR, Alert.delivered_at <= now)
    return and_(lately, _unread_by(user_id))


def _unread_by(user_id: int) -> ColumnElement[bool]:
    mine = AlertReading.user_id == user_id
    return ~exists().where(AlertReading.alert_id == Alert.id, mine)


def mark_read(session: Session, alert_id: int, actor: Actor, now: datetime) -> None:
    """Note that this person has read an alert; a second time changes nothing.

    :raises NotFound: no such alert, or it is still held.
    """
    alert = session.get(Alert, alert_id)
    if alert is None or alert.delivered_at > now:
        raise NotFound("没有这条提醒：请从提醒列表重新进入")
    _read(session, select(Alert.id).where(Alert.id == alert_id), actor, now)


def mark_all_read(session: Session, actor: Actor, now: datetime) -> int:
    """Note that this person has read all that is shown by ``now``; returns how many were new."""
    return _read(session, select(Alert.id).where(Alert.delivered_at <= now), actor, now)


def mark_unread(session: Session, actor: Actor, moment: datetime) -> int:
    """Take back what this person marked as read at one moment; returns how many.

    Colleagues saw who had read it: the trail keeps that it was taken back.

    :raises WrongState: nothing of that moment is left to take back.
    """
    mine = (AlertReading.user_id == actor.id) & (AlertReading.read_at == moment)
    found = delete(AlertReading).where(mine).returning(AlertReading.alert_id)
    gone = session.scalars(found).all()
    if not gone:
        raise WrongState("没有可以恢复的：可能已经恢复过，或已被删除，请刷新页面")
    audit.record(session, "unread_alerts", session.get_one(User, actor.id), {"count": len(gone)})
    return len(gone)


def _read(session: Session, which: Select[int], actor: Actor, now: datetime) -> int:
    """How many of these were new; the database refuses what a second click has stored."""
    if actor.id is None:
        raise Forbidden("请先登录：已阅要记在本人名下")
    unread = session.scalars(which.where(_unread_by(actor.id))).all()
    if not unread:
        return 0
    rows = [{"alert_id": one, "user_id": actor.id, "read_at": now} for one in unread]
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    statement = insert(AlertReading).on_conflict_do_nothing()
    return len(session.scalars(statement.returning(AlertReading.alert_id), rows).all())


def all_rules(session: Session) -> list[AlertRule]:
    """Every rule, by kind, oldest first."""
    order = list(Kind)
    found = session.scalars(select(AlertRule).order_by(AlertRule.id))
    return sorted(found, key=lambda rule: (order.index(rule.kind), rule.id))


def get_rule(session: Session, rule_id: int) -> AlertRule:
    """:raises NotFound: no such rule."""
    rule = session.get(AlertRule, rule_id)
    if rule is None:
        raise NotFound(f"没有编号为 {rule_id} 的提醒规则：请从规则列表重新进入")
    return rule


def add_rule(session: Session, kind: Kind, facts: RuleFacts) -> AlertRule:
    """:raises Invalid: the rule lacks what its kind needs."""
    rule = AlertRule(kind=kind)
    _put(rule, facts)
    session.add(rule)
    session.flush()
    return rule


def edit_rule(session: Session, rule: AlertRule, facts: RuleFacts, seen_version: int) -> None:
    """Change a rule; it looks at the last refresh again.

    :raises Invalid: the rule lacks what its kind needs.
    :raises Stale: somebody else changed it meanwhile.
    """
    if rule.version_id != seen_version:
        raise Stale("这条规则刚被别人修改过：请刷新页面，看过最新内容后再保存")
    _put(rule, facts)
    rule.checked_refresh_id = 0
    session.flush()


def switch_rule(session: Session, rule: AlertRule, active: bool) -> None:
    """Switch a rule on or off. What it raised stays."""
    rule.active = active
    rule.checked_refresh_id = 0
    session.flush()


def _put(rule: AlertRule, facts: RuleFacts) -> None:
    wrong = rules.problems(rule.kind, facts, facts.words, facts.quiet_from, facts.quiet_to)
    if wrong:
        raise Invalid("；".join(wrong.values()), wrong)
    for name in (*OF_ALL_KINDS, *USED_BY[rule.kind]):
        setattr(rule, name, getattr(facts, name))
