"""The office's last days: what came in, what was made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from responder.alerts import raising
from responder.core.database import transaction
from responder.core.permissions import CONSOLE, SYSTEM
from responder.demo.corrections import correct
from responder.demo.world import DemoWorld
from responder.intake import service as intake
from responder.intake.new_message import NewMessage
from responder.settings import Settings
from responder.topics import refreshing
from responder.topics.models import TopicRefresh

DAYS = 14
CLOSING = time(17, 30)


def live(
    world: DemoWorld, messages: Sequence[NewMessage], now: datetime, settings: Settings
) -> TopicRefresh:
    """Let the messages come in day by day; refresh, raise alerts and correct on each.

    :param messages: in order of time.
    """
    begin = 0
    for days_ago, moment in moments(world.today, now, settings.zone):
        end = next(
            (at for at, one in enumerate(messages) if one.occurred_at > moment), len(messages)
        )
        run = _take_in(messages[begin : end if days_ago else None], moment, settings)
        begin = end
        correct(world, days_ago, moment)
    return run


def moments(today: date, now: datetime, zone: ZoneInfo) -> Iterator[tuple[int, datetime]]:
    """(days ago, moment) of closing time on each day before today, oldest first, and of now."""
    for days_ago in range(DAYS, 0, -1):
        yield days_ago, datetime.combine(today - timedelta(days=days_ago), CLOSING, zone)
    yield 0, now


def _take_in(messages: Sequence[NewMessage], at: datetime, settings: Settings) -> TopicRefresh:
    with transaction(CONSOLE, at) as session:
        intake.store_messages(session, messages, at)
    window = timedelta(days=settings.topic_window_days)
    run = refreshing.refresh(at, at, window, SYSTEM, settings.zone, settings.topic_memory)
    with transaction(SYSTEM, at) as session:
        raising.raise_alerts(session, at, settings.zone)
    return run
