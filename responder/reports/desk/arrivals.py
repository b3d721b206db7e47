"""What came in since a moment, and what did not: messages by channel, files, streams that fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload

from responder.core.office import office_zone
from responder.core.permissions import Actor, Permission
from responder.core.times import local, start_of_day
from responder.intake.imports.models import ImportRun, RunState
from responder.intake.models import Channel, ImportBatch, Message
from responder.sources.models import Source, SourceState

MOST = 5


@dataclass(frozen=True)
class Arrivals:
    """What a night brought.

    :param since: the office's day, from its beginning.
    :param messages: (channel, how many), the most first.
    :param files: import runs that failed, or refused rows; None for whoever imports nothing.
    :param failing: streams whose last run failed; None for whoever reads no streams.
    """

    since: date
    messages: tuple[tuple[Channel, int], ...] = ()
    files: tuple[ImportRun, ...] | None = None
    failing: tuple[Source, ...] | None = None

    @property
    def total(self) -> int:
        return sum(count for _channel, count in self.messages)


def last_night(session: Session, actor: Actor, now: datetime) -> Arrivals | None:
    """Since the morning before; None for whoever reads no messages."""
    if not actor.may(Permission.MESSAGE_READ):
        return None
    day = local(now, office_zone()).date() - timedelta(days=1)
    since = start_of_day(day, office_zone())
    return Arrivals(
        day,
        by_channel(session, since),
        tuple(_troubled_files(session, since)) if actor.may(Permission.MESSAGE_IMPORT) else None,
        tuple(failing(session)) if actor.may(Permission.SOURCE_READ) else None,
    )


def by_channel(session: Session, since: datetime) -> tuple[tuple[Channel, int], ...]:
    """(channel, messages that arrived), the most first."""
    # A name that no index has: SQLite would else go over every message in the order of its channel.
    channel = type_coerce(func.lower(Message.channel), Message.channel.type)
    query = (
        select(channel, func.count())
        .where(Message.received_at >= since)
        .group_by(channel)
        .order_by(func.count().desc(), channel)
    )
    return tuple((channel, count) for channel, count in session.execute(query))


def failing(session: Session) -> list[Source]:
    """Streams whose last run failed, the longest failing first."""
    query = select(Source).where(Source.state == SourceState.FAILING)
    return list(session.scalars(query.order_by(Source.errors.desc(), Source.id).limit(MOST)))


def _troubled_files(session: Session, since: datetime) -> list[ImportRun]:
    query = (
        select(ImportRun)
        .outerjoin(ImportRun.batch)
        .where(
            ImportRun.created_at >= since,
            or_(ImportRun.state == RunState.FAILED, ImportBatch.errors > 0),
        )
        .options(joinedload(ImportRun.batch))
        .order_by(ImportRun.id.desc())
    )
    return list(session.scalars(query.limit(MOST)))
