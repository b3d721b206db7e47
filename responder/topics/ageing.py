"""What time alone does to topics: they cool down, fall asleep, and leave the window."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from responder.core.bulk import among
from responder.core.times import local
from responder.topics import heat, heat_settings, lineage, tallying
from responder.topics.heat_reading import HeatView
from responder.topics.models import EventKind, Topic, TopicEvent
from responder.topics.tallying import Belonging

ASLEEP_AFTER = timedelta(days=90)
SPOKEN_OF = timedelta(days=heat.SPEED.days)
# How old a heat may be. Nobody ranks what one person said once by the hour.
OUTDATED_AFTER, LONE_OUTDATED_AFTER = timedelta(hours=1), timedelta(days=1)


def age(
    session: Session,
    view: HeatView,
    window: timedelta,
    touched: Collection[int],
    zone: ZoneInfo,
) -> set[int]:
    """Bring the heat of the topics up to ``view.as_of`` to which a refresh added nothing.

    Returns the ids of those whose heat was old.
    """
    _cool(session, view.as_of, window)
    rows = [row for row in session.execute(_outdated(view.as_of, zone)) if row.id not in touched]
    lately = [row.id for row in rows if row.last_seen > view.as_of - SPOKEN_OF]
    tallies = tallying.count(session, Belonging(view.as_of, lately)).tallies
    changed = []
    for row in rows:
        parts = heat_settings.stored_parts(row.heat_parts)
        shares = (
            heat.recounted(parts, view.shares(tallies[row.id]))
            if row.id in tallies
            else heat.aged(parts, row.last_seen, view.as_of)
        )
        new = heat_settings.weigh(shares, view.scale)
        changed.append({"which": row.id, "heat": new.heat, "level": new.level, "parts": new.parts})
    if changed:
        values: dict[str, Any] = {name: bindparam(name) for name in ("heat", "level")}
        values |= {"heat_parts": bindparam("parts"), "ranked_as_of": view.as_of}
        statement = update(Topic).where(Topic.id == bindparam("which")).values(values)
        session.connection().execute(statement, changed)
    return {row.id for row in rows}


def put_to_sleep(session: Session, as_of: datetime) -> None:
    """Record of which topics nobody has spoken for long: once for each silence.

    Of the whole of what is stored; while a part of it waits, who is silent is not known.
    """
    query = select(Topic.id, Topic.message_count).where(
        Topic.last_seen < as_of - ASLEEP_AFTER,
        Topic.message_count > 1,
        Topic.merged_into_id.is_(None),
        ~_told_asleep(),
    )
    found = [(topic_id, count) for topic_id, count in session.execute(query)]
    lineage.record_all(session, EventKind.ASLEEP, found, as_of)


def sleeping(session: Session, topic_ids: Collection[int]) -> set[int]:
    """Those of these topics that fell asleep, by their history, and have not been woken since."""
    asleep = select(Topic.id).where(among(session, Topic.id, topic_ids), _told_asleep())
    return set(session.scalars(asleep)) if topic_ids else set()


def _told_asleep() -> ColumnElement[bool]:
    return exists().where(
        TopicEvent.topic_id == Topic.id,
        TopicEvent.kind == EventKind.ASLEEP,
        TopicEvent.at > Topic.last_seen,
    )


def wakes(last_seen: datetime | None, moments: Collection[datetime]) -> bool:
    """Whether a topic slept before these messages of it were said."""
    if last_seen is None:
        return False
    later = [moment for moment in moments if moment > last_seen]
    return bool(later) and min(later) - last_seen > ASLEEP_AFTER


def _cool(session: Session, as_of: datetime, window: timedelta) -> None:
    """What had no message in the window is not hot, or not yet."""
    outside = or_(Topic.last_seen < as_of - window, Topic.first_seen > as_of)
    statement = update(Topic).where(outside, Topic.heat > 0)
    session.execute(statement.values(heat=0.0, heat_parts=[], level=0, ranked_as_of=as_of))


def _outdated(as_of: datetime, zone: ZoneInfo) -> Any:
    """Those of which somebody spoke lately once an hour, all of several messages once a day.

    The heat of others falls by their age alone. The day turns at midnight; what one person said
    once is ranked when its own day is over.
    """
    midnight = local(as_of, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = midnight - timedelta.resolution
    an_hour_ago = as_of - OUTDATED_AFTER
    ranked, several = Topic.ranked_as_of, Topic.message_count > 1
    lately = and_(several, ranked <= an_hour_ago, Topic.last_seen > an_hour_ago - SPOKEN_OF)
    lone = and_(Topic.message_count == 1, ranked <= as_of - LONE_OUTDATED_AFTER)
    return select(Topic.id, Topic.heat_parts, Topic.last_seen).where(
        ranked <= max(an_hour_ago, yesterday),  # what all have in common, for the index
        or_(and_(several, ranked <= yesterday), lately, lone),
        Topic.heat > 0,
        Topic.merged_into_id.is_(None),
    )
