"""How long who wrote a message is kept: the office's rule, and carrying it out.

What is erased is the sender: name, number and the key that tells people apart, which is
replaced by a random one, so that not even the office can lead the message back to a person
(个人信息保护法 arts 4, 19, 47, 73). One person's messages that are erased together get the same
random key: people are still counted right. The message stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import Actor
from responder.core.times import local, start_of_day
from responder.intake.identity.authors import KEY_DIGITS
from responder.intake.identity.models import IdentityRule
from responder.intake.models import Message

LONGEST_DAYS = 36_500
PEOPLE_A_STEP = 2000
ROW_ID = 1

Spared = Callable[[], Select[tuple[int]]]
_spared: dict[str, Spared] = {}


@dataclass(frozen=True)
class Erased:
    """How many messages lost their sender, and how many senders these were."""

    messages: int = 0
    people: int = 0


def spare(name: str, message_ids: Spared) -> None:
    """Keep the senders of some messages (an open work order needs its caller).

    :param message_ids: makes the SELECT of their ids; a name given again replaces.
    """
    _spared[name] = message_ids


def keep_days(session: Session) -> int:
    """How many days after its month a message keeps its sender; 0 is for ever."""
    return rule_of(session).keep_days


def change(session: Session, days: int, seen_version: int | None = None) -> IdentityRule:
    """Keep senders so many days from now on; 0 is for ever.

    :param seen_version: of the rule that somebody looked at; None does not ask.
    :raises Invalid: no such number of days.
    :raises Stale: somebody else changed it meanwhile.
    """
    if not 0 <= days <= LONGEST_DAYS:
        raise Invalid(
            f"保留天数应在 0 到 {LONGEST_DAYS} 之间，0 表示不清除：请重新填写",
            {"keep_days": f"请填 0 到 {LONGEST_DAYS} 的整数"},
        )
    rule = rule_of(session)
    if seen_version is not None and seen_version != rule.version_id:
        raise Stale("保留规则刚被别人修改过，请刷新页面后再试")
    rule.keep_days = days
    session.flush()
    return rule


def rule_of(session: Session) -> IdentityRule:
    """The office's rule."""
    return session.get_one(IdentityRule, ROW_ID)


def cutoff(days: int, today: date) -> date:
    """Senders of messages received before this day are due; always the first of a month.

    Whole months go together, so that within a month nobody is ever counted twice.
    """
    return (today - timedelta(days=days)).replace(day=1)


def due(session: Session, before: datetime) -> Erased:
    """What an erasure would erase now (试运行)."""
    counts = func.count(), func.count(Message.author_key.distinct())
    messages, people = session.execute(select(*counts).where(*_due(before))).one()
    return Erased(messages, people)


def due_under(session: Session, days: int, today: date, zone: ZoneInfo) -> Erased:
    """What the next run would erase if senders were kept so many days."""
    if not days:
        return Erased()
    day = next_day(rule_of(session), today)
    return due(session, start_of_day(cutoff(days, day), zone))


def next_day(rule: IdentityRule, today: date) -> date:
    """The local day on which the rule is carried out next."""
    return today + timedelta(days=1) if rule.ran_on == today else today


def last_erasure(session: Session) -> tuple[datetime, Erased] | None:
    """When senders were last erased, and how many; None when none ever were."""
    lines = [line for line in audit.history(session, rule_of(session)) if line.action == "erase"]
    if not lines:
        return None
    run = [line.changes for line in lines if line.at == lines[-1].at]
    return lines[-1].at, Erased(
        sum(one["messages"] for one in run), sum(one["people"] for one in run)
    )


def erase(before: datetime, actor: Actor, now: datetime) -> Iterator[Erased]:
    """Erase the senders of messages received before a moment; tells how far it has come.

    An edge like an import: each step is a transaction that tells the trail what it did, and the
    next run goes on where this one was stopped.
    """
    done, last = Erased(), ""
    while True:
        with transaction(actor, now) as session:
            keys = _people(session, before, after=last)
            messages = _erase_people(session, keys, before)
            _tell(session, before, Erased(messages, len(keys)))
        done = Erased(done.messages + messages, done.people + len(keys))
        yield done
        if len(keys) < PEOPLE_A_STEP:
            return
        last = keys[-1]


def erase_due(now: datetime, zone: ZoneInfo, actor: Actor) -> Erased:
    """Carry out the office's rule, once a day."""
    today = local(now, zone).date()
    rule = rule_of(db.session)
    days, done = rule.keep_days, Erased()
    if rule.ran_on == today:
        return done
    if days:
        *_, done = erase(start_of_day(cutoff(days, today), zone), actor, now)
    with transaction(actor, now) as session:
        rule_of(session).ran_on = today
    return done


def _due(before: datetime) -> list[ColumnElement[bool]]:
    kept = [Message.id.not_in(message_ids()) for message_ids in _spared.values()]
    return [or_(Message.author != "", Message.phone != ""), Message.received_at < before, *kept]


def _people(session: Session, before: datetime, after: str) -> list[str]:
    query = select(Message.author_key).where(*_due(before), Message.author_key > after)
    query = query.distinct().order_by(Message.author_key).limit(PEOPLE_A_STEP)
    return list(session.scalars(query))


def _erase_people(session: Session, keys: list[str], before: datetime) -> int:
    if not keys:
        return 0
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")
    strangers = {key: secrets.token_hex(KEY_DIGITS // 2) for key in keys}
    query = select(Message.id, Message.author_key).where(
        *_due(before), Message.author_key.in_(keys)
    )
    rows: list[dict[str, Any]] = [
        {"row": id_, "stranger": strangers[key]} for id_, key in session.execute(query)
    ]
    statement = (
        update(Message.__table__)  # type: ignore[arg-type]
        .where(Message.id == bindparam("row"))
        .values(author="", phone="", author_key=bindparam("stranger"))
    )
    session.connection().execute(statement, rows)
    return len(rows)


def _tell(session: Session, before: datetime, done: Erased) -> None:
    if done.messages:
        counts = {"before": before.isoformat(), "messages": done.messages, "people": done.people}
        audit.record(session, "erase", rule_of(session), counts)
