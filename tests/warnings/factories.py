"""Warnings with sane defaults: the shipped steps, a robot, somebody's address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.warnings import raising, service
from responder.warnings.models import ClockWarning, WarningChannel, WarningDelivery
from responder.warnings.posting import Destination
from responder.warnings.service import ChannelFacts
from tests.factories import NOW


def seeded() -> None:
    with transaction(CONSOLE, NOW) as session:
        raising.seed_warnings(session)


def look(now: datetime) -> int:
    """One run of the job that raises."""
    with transaction(CONSOLE, now) as session:
        return raising.raise_warnings(session, now, SHANGHAI)


def channel(url: str, port: int, by_mail: bool = False, **facts: object) -> WarningChannel:
    """A channel to this machine."""
    scheme = url.partition(":")[0]
    host = url.partition("//")[2].partition(":")[0].rpartition("@")[2]
    values = {"name": "值班群", "roles": (), "unit_id": None, **facts}
    where = Destination(scheme, host, port, by_mail)
    with transaction(CONSOLE, NOW) as session:
        return service.add_channel(session, ChannelFacts(url=url, destination=where, **values), NOW)


def with_address(user: object, email: str) -> None:
    with transaction(user.actor, NOW) as session:
        service.set_address(session, user.actor, email)


def warnings() -> list[ClockWarning]:
    db.session.expire_all()
    return list(db.session.scalars(select(ClockWarning).order_by(ClockWarning.id)))


def deliveries(kind: str = "") -> list[WarningDelivery]:
    """All of one kind: ``page``, ``mail`` or ``robot``."""
    db.session.expire_all()
    found = db.session.scalars(select(WarningDelivery).order_by(WarningDelivery.id))
    return [one for one in found if one.receiver.startswith(kind)]


def told(warning: ClockWarning) -> set[str]:
    """Who sees a warning on their page."""
    return {one.user.username for one in warning.deliveries if one.receiver.startswith("page")}
