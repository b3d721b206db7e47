"""Looking an answer through: what is on record of its matter, and the check of both."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from nlp.answers import read_answer
from responder.core.clocks import Unit
from responder.core.office import public_lines
from responder.core.times import local
from responder.planning.models import PressEvent
from responder.responses.consulting.service import wordings_now
from responder.responses.drafting import checking
from responder.responses.drafting.checking import Check
from responder.responses.drafting.facts import EventFact, Facts
from responder.responses.drafting.formats import TextFormat, as_read
from responder.responses.drafting.lists import lists
from responder.responses.models import ResponseItem

MOST_CHECKED = 20_000  # characters; nothing longer is kept


def look_through(
    session: Session,
    item: ResponseItem,
    text: str,
    written: TextFormat,
    now: datetime,
    zone: ZoneInfo,
) -> Check:
    """Check a text as the answer of an item; nothing is stored."""
    read = as_read(text[:MOST_CHECKED], written)
    reading = read_answer(read, f"{item.title}\n{item.concern}")
    return checking.check(
        read, reading, lists(session), facts_of(session, item, now, zone), public_lines()
    )


def facts_of(session: Session, item: ResponseItem, now: datetime, zone: ZoneInfo) -> Facts:
    """What the office has on record of an item's matter."""
    topic, event = item.topic, item.event
    wording = wordings_now(session, [item.id]).get(item.id, "")
    sources = [("关切内容", item.concern), ("商定口径", wording)]
    if event is not None:
        sources += [("活动口径", event.wording), ("活动内容", event.summary)]
    known = {local(moment, zone).date() for moment in (item.found_at, item.opened_at)}
    return Facts(
        day=local(now, zone).date(),
        event=_event_fact(event, zone) if event else None,
        messages=topic.message_count if topic else 0,
        people=topic.people_count if topic else 0,
        first_day=local(topic.first_seen, zone).date() if topic else None,
        last_day=local(topic.last_seen, zone).date() if topic else None,
        known_days=frozenset(known),
        sources=tuple((name, told) for name, told in sources if told),
        working_days=_lengths(item, Unit.WORKING_DAYS),
        hours=_lengths(item, Unit.HOURS),
    )


def _event_fact(event: PressEvent, zone: ZoneInfo) -> EventFact:
    there = local(event.starts_at, zone).replace(tzinfo=None)
    return EventFact(there, event.all_day, event.place)


def _lengths(item: ResponseItem, unit: Unit) -> frozenset[int]:
    return frozenset(clock.rule.length for clock in item.clocks if clock.rule.unit is unit)
