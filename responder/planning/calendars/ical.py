"""Events as iCalendar (RFC 5545), as Outlook and telephones take it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

from responder.core.office import public_lines
from responder.core.permissions import Actor
from responder.core.privacy import mask
from responder.core.times import local
from responder.planning.access import in_full
from responder.planning.calendars.rules import last_day
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.models import EventState, PressEvent

PRODUCT = "-//Responder//Release calendar//ZH"
REFRESHED_EVERY = timedelta(hours=1)

# A postponed event is off until it has a new day: who subscribed must not come on the old one.
STATUS = {
    EventState.PROPOSED: "TENTATIVE",
    EventState.APPROVED: "TENTATIVE",
    EventState.PREPARING: "TENTATIVE",
    EventState.CONFIRMED: "CONFIRMED",
    EventState.HELD: "CONFIRMED",
    EventState.EVALUATED: "CONFIRMED",
    EventState.POSTPONED: "CANCELLED",
    EventState.CANCELLED: "CANCELLED",
}

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def calendar_of(
    events: Iterable[PressEvent],
    zone: ZoneInfo,
    name: str,
    now: datetime,
    reader: Actor,
) -> bytes:
    """The events as one calendar; units should be loaded.

    Cancelled events are in it, marked so, because only then do calendars that subscribed
    drop them. ``DTSTAMP`` is when the event last changed, as RFC 5545 has it for calendars
    that are published; ``now`` where nobody noted it.

    :param zone: the office's zone; timed events are given in it.
    :param name: what a subscriber sees the calendar called.
    :param reader: whom it is for: of some events the outline alone, see ``planning.access``.
    """
    listed = list(events)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(clean(name)))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if any(not event.all_day for event in listed):
        calendar.add_component(_zone_of(listed, zone))
    for event in listed:
        calendar.add_component(_event(event, zone, now, in_full(reader, event.unit_id)))
    content: bytes = calendar.to_ical()
    return content


def _zone_of(events: Sequence[PressEvent], zone: ZoneInfo) -> Timezone:
    years = [local(event.starts_at, zone).year for event in events]
    years += [local(event.ends_at, zone).year for event in events if event.ends_at]
    return _timezone(zone, min(years), max(years))


@lru_cache(maxsize=8)
def _timezone(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    found = Timezone.from_tzinfo(zone, zone.key, date(first_year, 1, 1), date(last_year + 1, 1, 1))
    found.pop("COMMENT", None)  # it speaks of the library, not of the zone
    return found


def _event(event: PressEvent, zone: ZoneInfo, now: datetime, whole: bool) -> Event:
    stamp = event.changed_at or now
    made = Event()
    made.add("uid", event.uid)
    made.add("dtstamp", stamp.astimezone(UTC))
    if event.changed_at:
        made.add("last-modified", event.changed_at.astimezone(UTC))
    made.add("sequence", event.sequence)
    made.add("status", STATUS[event.state])
    made.add("summary", _text(event.theme))
    _add_times(made, event, zone)
    if event.place and whole:
        made.add("location", _text(event.place))
    made.add("description", _text(_description(event, whole)))
    made.add("categories", [event.form_label])
    return made


def _add_times(made: Event, event: PressEvent, zone: ZoneInfo) -> None:
    """All-day events by their days, the end exclusive; others by the clock of the office."""
    starts = local(event.starts_at, zone)
    ends = local(event.ends_at, zone) if event.ends_at else None
    if event.all_day:
        made.add("dtstart", starts.date())
        made.add("dtend", last_day(starts, ends) + timedelta(days=1))
        made.add("transp", "TRANSPARENT")  # the day is not taken up
        return
    made.add("dtstart", starts)
    if ends is not None and ends > starts:
        made.add("dtend", ends)


def _description(event: PressEvent, whole: bool) -> str:
    lines = [
        f"发布形式：{event.form_label}",
        f"发布单位：{event.unit.name}",
        f"状态：{PRESS_EVENT.states[event.state]}",
    ]
    if whole and event.speaker:
        lines.append(f"发布人：{event.speaker}")
    if whole and event.summary:
        lines.append(event.summary)
    return "\n".join(lines)


def _text(text: str) -> str:
    """A person's words: without telephones and the like, and fit for a content line."""
    return clean(mask(text, public_lines()))


def clean(text: str) -> str:
    """Line breaks of one kind; no other control characters, which RFC 5545 forbids."""
    lines = _BREAKS.sub("\n", text)
    return "".join(
        one for one in lines if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs")
    )
