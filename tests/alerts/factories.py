"""Rules of an office, and refreshes that they look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from responder.alerts import raising, service
from responder.alerts.models import Alert, AlertRule, Kind
from responder.alerts.service import RuleFacts
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.topics.models import Topic
from tests.factories import NOW
from tests.topics.factories import refresh


def rule(kind: Kind, **facts) -> AlertRule:
    with transaction(CONSOLE, NOW) as session:
        return service.add_rule(session, kind, RuleFacts(name=facts.pop("name", "规则"), **facts))


def look(now: datetime = NOW) -> int:
    """Let the rules look at the last refresh; how many alerts they raised."""
    with transaction(CONSOLE, now) as session:
        return raising.raise_alerts(session, now, SHANGHAI)


def refresh_and_look(as_of: datetime = NOW) -> int:
    refresh(as_of)
    return look(as_of)


def topic(word: str) -> Topic:
    return db.session.scalars(select(Topic).where(Topic.label.contains(word))).one()


def alerts() -> list[Alert]:
    db.session.expire_all()
    return list(db.session.scalars(select(Alert).order_by(Alert.id)))
