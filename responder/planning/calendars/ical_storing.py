"""Storing a calendar file, for the page and for the console: a few events at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.permissions import Actor
from responder.planning.calendars.ical_importing import ImportRun, intents, take
from responder.planning.calendars.ical_reading import Reading
from responder.planning.events.clashes import hold_dates
from responder.planning.models import Form

# So that nobody else waits for the whole file; a file that breaks off can be sent again.
STORED_AT_ONCE = 100


def store(
    reading: Reading,
    find_unit: Callable[[Session], Unit],
    form: Form,
    actor: Actor,
    now: datetime,
    today: date,
    zone: ZoneInfo,
) -> ImportRun:
    """Take in all of a file, each portion in a transaction of its own.

    :param find_unit: the unit of new events; raises when there is none.
    """
    rows = []
    for portion in _portions(reading):
        with transaction(actor, now) as session:
            hold_dates(session)
            unit = find_unit(session)
            wanted = intents(session, portion, today, zone, unit.id)
            run = take(session, wanted, portion.refused, unit, form, actor, now, zone)
        rows += run.rows
    return ImportRun.of(rows)


def _portions(reading: Reading) -> Iterator[Reading]:
    """The file in parts; what series no longer have is found with the last one."""
    found = reading.found
    for start in range(0, len(found), STORED_AT_ONCE):
        part = found[start : start + STORED_AT_ONCE]
        yield replace(reading, found=part, refused=[], series={})
    yield replace(reading, found=[], elsewhere=frozenset(one.uid for one in found))
