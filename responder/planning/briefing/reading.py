"""What a pack tells of topics, read for all of them at once: no query a topic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from responder.core.privacy import mask
from responder.core.times import end_of_day, local, start_of_day
from responder.intake.models import CHANNEL_LABELS, Channel, Message
from responder.planning.briefing.questions import Heard
from responder.planning.reported import is_no_report
from responder.topics import service as topics
from responder.topics.heat_models import TopicDay
from responder.topics.models import Membership

# Messages of a topic whose sentences are looked at, evenly over its time.
READ_MOST = 400
PLACES = 5
# Parameters of one statement, well under what SQLite takes.
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Standpoint:
    """From where a pack is told: the moment, the office's zone, its own lines."""

    now: datetime
    zone: ZoneInfo
    public: frozenset[str]


def heard(
    session: Session, topic_ids: Sequence[int], public: frozenset[str]
) -> dict[int, list[Heard]]:
    """Topic id → its messages, masked, at most ``READ_MOST``, in order of time.

    Reports (举报) are not among them: a pack goes to the unit, which may be the one reported on.
    """
    query = (
        select(Membership.topic_id, Message.id)
        .join(Membership.message)
        .where(Membership.topic_id.in_(topic_ids), is_no_report())
        .order_by(Message.occurred_at, Message.id)
    )
    ids: defaultdict[int, list[int]] = defaultdict(list)
    for topic_id, message_id in session.execute(query):
        ids[topic_id].append(message_id)
    chosen = {topic_id: _spread(ids[topic_id]) for topic_id in topic_ids}
    texts = _texts(session, [one for listed in chosen.values() for one in listed], public)
    return {topic_id: [texts[one] for one in listed] for topic_id, listed in chosen.items()}


def _spread(ids: Sequence[int]) -> list[int]:
    if len(ids) <= READ_MOST:
        return list(ids)
    step = (len(ids) - 1) / (READ_MOST - 1)
    return [ids[round(number * step)] for number in range(READ_MOST)]


def _texts(session: Session, ids: Sequence[int], public: frozenset[str]) -> dict[int, Heard]:
    found: dict[int, Heard] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(
            Message.id, Message.author_key, Message.title, Message.body, Message.channel
        ).where(Message.id.in_(ids[start : start + _AT_ONCE]))
        for number, who, title, body, channel in session.execute(query):
            found[number] = Heard(
                number, who, mask(title, public), mask(body, public), channel is Channel.HOTLINE
            )
    return found


def by_channel(session: Session, topic_ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Topic id → (channel's name, messages), most first."""
    counted = _counted(session, topic_ids, Message.channel)
    return {
        topic_id: [(CHANNEL_LABELS[channel], count) for channel, count in listed]
        for topic_id, listed in counted.items()
    }


def by_place(session: Session, topic_ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Topic id → (district, messages), most first, without those that name none."""
    counted = _counted(session, topic_ids, Message.district)
    return {
        topic_id: [(name, count) for name, count in listed if name][:PLACES]
        for topic_id, listed in counted.items()
    }


def _counted(
    session: Session, topic_ids: Sequence[int], column: InstrumentedAttribute[Any]
) -> dict[int, list[tuple[Any, int]]]:
    query = (
        select(Membership.topic_id, column, func.count())
        .join(Membership.message)
        .where(Membership.topic_id.in_(topic_ids))
        .group_by(Membership.topic_id, column)
    )
    found: dict[int, list[tuple[Any, int]]] = {topic_id: [] for topic_id in topic_ids}
    for topic_id, value, count in session.execute(query):
        found[topic_id].append((value, count))
    for listed in found.values():
        listed.sort(key=lambda pair: (-pair[1], pair[0]))
    return found


def known_day(session: Session, at: Standpoint) -> date:
    """The last day of which something is known: today, or that of the last refresh."""
    today = local(at.now, at.zone).date()
    refresh = topics.last_refresh(session)
    return min(today, local(refresh.as_of, at.zone).date()) if refresh else today


def messages_by_day(
    session: Session, topic_ids: Iterable[int], first: date, last: date, zone: ZoneInfo
) -> dict[int, Counter[date]]:
    """Topic id → local day → messages."""
    query = (
        select(Membership.topic_id, Message.occurred_at)
        .join(Membership.message)
        .where(
            Membership.topic_id.in_(list(topic_ids)),
            Message.occurred_at >= start_of_day(first, zone),
            Message.occurred_at <= end_of_day(last, zone) + timedelta(seconds=1),
        )
    )
    found: defaultdict[int, Counter[date]] = defaultdict(Counter)
    for topic_id, moment in session.execute(query):
        found[topic_id][local(moment, zone).date()] += 1
    return found


def heat_by_day(
    session: Session, topic_ids: Iterable[int], first: date, last: date
) -> dict[int, dict[date, float]]:
    """Topic id → local day → heat at its last refresh; days without one are not there."""
    query = select(TopicDay.topic_id, TopicDay.day, TopicDay.heat).where(
        TopicDay.topic_id.in_(list(topic_ids)), TopicDay.day >= first, TopicDay.day <= last
    )
    found: defaultdict[int, dict[date, float]] = defaultdict(dict)
    for topic_id, day, heat in session.execute(query):
        found[topic_id][day] = heat
    return found


def days_of(first: date, last: date) -> list[date]:
    """All days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
