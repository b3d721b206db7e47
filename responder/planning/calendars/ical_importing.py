"""Events of a calendar file taken into the plan: what each will become, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit
from responder.core.errors import DomainError
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, start_of_day
from responder.planning.calendars.ical_reading import Found, Reading, Refused
from responder.planning.calendars.recurring import AHEAD
from responder.planning.events.advancing import advance_event
from responder.planning.events.clashes import Clash, clashes_by_slot, slot_of
from responder.planning.events.lifecycle import CLOSED, PRESS_EVENT, TOOK_PLACE
from responder.planning.events.rules import Slot, Span
from responder.planning.events.service import EventFacts, edit_event, enter
from responder.planning.models import EventState, Form, PressEvent

ASKED_AT_ONCE = 500
CANCELLED_BY_FILE = "日历文件注明已取消"
GONE_FROM_FILE = "日历文件中不再有这一次"

# Postponed events go out as cancelled, until they have a new day.
WAITS = "活动已推迟，等待新的时间；确需取消，请在活动页办理"


class Outcome(StrEnum):
    """What becomes of an entry."""

    CREATED = "created"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


# What gives an event a time, in which something else may stand in its way.
TIMED = frozenset({Outcome.CREATED, Outcome.UPDATED})

OUTCOME_LABELS = {
    Outcome.CREATED: "新建",
    Outcome.UPDATED: "更新",
    Outcome.CANCELLED: "取消",
    Outcome.UNCHANGED: "没有变化",
    Outcome.REFUSED: "不能导入",
}


@dataclass(frozen=True)
class Row:
    """An entry of the file and what becomes of it; ``reason`` says why nothing does.

    ``event_id`` is None for what is not stored (yet). ``clashes`` is what stands in its way.
    """

    number: int
    theme: str
    starts_at: datetime | None
    all_day: bool
    outcome: Outcome
    reason: str = ""
    event_id: int | None = None
    clashes: tuple[Clash, ...] = ()


@dataclass(frozen=True)
class ImportRun:
    """What a file brought, or would bring, in the order of the file."""

    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> ImportRun:
        """These rows by their place in the file; what only the database knew comes last."""
        return cls(sorted(rows, key=lambda row: (row.number == 0, row.number)))

    @property
    def counts(self) -> dict[Outcome, int]:
        return {one: sum(row.outcome is one for row in self.rows) for one in Outcome}

    @property
    def clashing(self) -> int:
        """How many events would be in the way of something."""
        return sum(bool(row.clashes) for row in self.rows)

    @property
    def changes(self) -> int:
        """How many events are made or changed."""
        counts = self.counts
        return sum(counts[one] for one in (Outcome.CREATED, Outcome.UPDATED, Outcome.CANCELLED))


@dataclass(frozen=True)
class Intent:
    """What is to be done with one entry; ``event`` is the stored one, where there is one.

    ``clashes`` is what stands in the way at the time that the file says.
    """

    found: Found
    outcome: Outcome
    reason: str = ""
    event: PressEvent | None = None
    clashes: tuple[Clash, ...] = ()


def intents(
    session: Session,
    reading: Reading,
    today: date,
    zone: ZoneInfo = SHANGHAI,
    unit_id: int | None = None,
) -> list[Intent]:
    """What becomes of each entry; changes nothing.

    An entry is known by its UID, and taken again when its SEQUENCE is higher than that which
    was last taken. What a recurring event no longer has within the year is cancelled with it.

    :param unit_id: the unit of new events, to tell whether it has another one that day.
    """
    known = _known(session, [found.uid for found in reading.found])
    made = [_intent(found, known.get(found.uid), reading.is_ours) for found in reading.found]
    wanted = [*made, *_gone(session, reading, today, zone)]
    return _with_clashes(session, wanted, zone, unit_id)


def preview(wanted: Iterable[Intent], refused: Iterable[Refused]) -> ImportRun:
    """What :func:`take` would bring."""
    return _run([_row(one) for one in wanted], refused)


def take(
    session: Session,
    wanted: Iterable[Intent],
    refused: Iterable[Refused],
    unit: Unit,
    form: Form,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> ImportRun:
    """Store what was intended; new events are proposed, and wait for approval.

    An entry that a rule refuses is named with its reason, and the others are stored.

    :param unit: the unit of new events; known ones keep theirs.
    :param form: the form of new events of which the file says none.
    """
    rows = []
    for one in wanted:
        try:
            with session.begin_nested():
                event = _apply(session, one, unit, form, actor, now, zone)
            rows.append(_row(replace(one, event=event)))
        except DomainError as error:
            rows.append(_row(replace(one, outcome=Outcome.REFUSED, reason=error.message)))
    return _run(rows, refused)


def _known(session: Session, uids: list[str]) -> dict[str, PressEvent]:
    found: dict[str, PressEvent] = {}
    for start in range(0, len(uids), ASKED_AT_ONCE):
        query = select(PressEvent).options(joinedload(PressEvent.unit))
        query = query.where(PressEvent.uid.in_(uids[start : start + ASKED_AT_ONCE]))
        found |= {event.uid: event for event in session.scalars(query)}
    return found


def _intent(found: Found, event: PressEvent | None, is_ours: bool) -> Intent:
    if event is None:
        if found.cancelled:
            return Intent(found, Outcome.UNCHANGED, "已取消，也从未导入过")
        return Intent(found, Outcome.CREATED)
    if found.cancelled and event.state is EventState.CANCELLED:
        return Intent(found, Outcome.UNCHANGED, "早已取消", event)
    if not _is_newer(found, event, is_ours):
        return Intent(found, Outcome.UNCHANGED, "版本（SEQUENCE）不比系统中的新", event)
    if found.cancelled and event.state is EventState.POSTPONED:
        return Intent(found, Outcome.UNCHANGED, WAITS, event)
    if event.state in TOOK_PLACE | CLOSED:
        reason = f"活动{PRESS_EVENT.states[event.state]}，不能再改"
        return Intent(found, Outcome.REFUSED, reason, event)
    outcome = Outcome.CANCELLED if found.cancelled else Outcome.UPDATED
    return Intent(found, outcome, event=event)


def _is_newer(found: Found, event: PressEvent, is_ours: bool) -> bool:
    """Whether the entry is a version that has not been taken yet.

    Calendars cancel without a new SEQUENCE too, but never with an older one.
    """
    taken = _last_taken(event, is_ours)
    return found.sequence > taken or (found.cancelled and found.sequence == taken)


def _last_taken(event: PressEvent, is_ours: bool) -> int:
    """The version of the event that such a file is measured by.

    ``sequence`` counts what is done here too: a copy of our own calendar is measured by it, and
    an event that no file has brought. The versions of its own file know nothing of that.
    """
    return event.sequence if is_ours or event.imported_sequence is None else event.imported_sequence


def _gone(session: Session, reading: Reading, today: date, zone: ZoneInfo) -> Iterator[Intent]:
    """Occurrences that were stored, and that a newer version of their series has no more."""
    there = reading.elsewhere.union(found.uid for found in reading.found)
    for event in _stored_of(session, list(reading.series), today, zone):
        series = event.series_uid or ""
        sequence = reading.series[series]
        if event.uid in there or sequence <= _last_taken(event, reading.is_ours):
            continue
        found = Found(
            number=0, uid=event.uid, sequence=sequence, theme=event.theme,
            starts_at=event.starts_at, ends_at=event.ends_at, all_day=event.all_day,
            cancelled=True, series=series,
        )  # fmt: skip
        if event.state is EventState.POSTPONED:
            yield Intent(found, Outcome.UNCHANGED, WAITS, event)
        else:
            yield Intent(found, Outcome.CANCELLED, GONE_FROM_FILE, event)


def _stored_of(
    session: Session, series: list[str], today: date, zone: ZoneInfo
) -> Iterator[PressEvent]:
    """The occurrences of these series within the year that can still be changed, by time."""
    for start in range(0, len(series), ASKED_AT_ONCE):
        query = (
            select(PressEvent)
            .options(joinedload(PressEvent.unit))
            .where(
                PressEvent.series_uid.in_(series[start : start + ASKED_AT_ONCE]),
                PressEvent.starts_at >= start_of_day(today, zone),
                PressEvent.starts_at < start_of_day(today + AHEAD, zone),
                PressEvent.state.not_in(TOOK_PLACE | CLOSED),
            )
        )
        yield from session.scalars(query.order_by(PressEvent.starts_at, PressEvent.id))


def _with_clashes(
    session: Session, wanted: list[Intent], zone: ZoneInfo, unit_id: int | None
) -> list[Intent]:
    """The same, each event that gets a time with what stands in its way there."""
    timed = [one for one in wanted if one.outcome in TIMED]
    found = iter(clashes_by_slot(session, [_slot(one, unit_id) for one in timed], zone))
    return [
        replace(one, clashes=tuple(clash for clash in next(found) if clash.must_be_accepted))
        if one.outcome in TIMED
        else one
        for one in wanted
    ]


def _slot(one: Intent, unit_id: int | None) -> Slot:
    found = one.found
    span = Span(found.starts_at, found.ends_at, found.all_day)
    if one.event is None:
        return Slot(span, found.place, unit_id=unit_id)
    own = slot_of(one.event, span)
    return own if _is_made_here(one.event) else replace(own, place=found.place)


def _apply(
    session: Session,
    one: Intent,
    unit: Unit,
    form: Form,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
) -> PressEvent | None:
    found, event = one.found, one.event
    if one.outcome is Outcome.CREATED:
        facts = EventFacts(
            theme=found.theme, form=found.form or form, starts_at=found.starts_at, unit=unit,
            place=found.place, summary=found.summary, ends_at=found.ends_at,
            all_day=found.all_day,
        )  # fmt: skip
        event = enter(session, facts, actor)
        event.uid, event.sequence, event.changed_at = found.uid, found.sequence, now
    elif event is None or one.outcome not in (Outcome.UPDATED, Outcome.CANCELLED):
        return event
    else:
        made_here = _is_made_here(event)
        # First, so that what a move leaves behind is the version it will be known by. Of what
        # was made here, the change itself makes it the version of the file.
        version = found.sequence - made_here
        event.sequence, event.changed_at = max(event.sequence, version), now
        if one.outcome is Outcome.UPDATED:
            edit_event(session, event, _changed(event, found), event.version_id, actor, now, zone)
        else:
            note = one.reason or CANCELLED_BY_FILE
            advance_event(session, event, "cancel", actor, now, note, zone)
        if made_here:
            event.sequence = max(event.sequence, found.sequence)
            session.flush()
            return event
    event.imported_sequence, event.series_uid = found.sequence, found.series or None
    session.flush()
    return event


def _is_made_here(event: PressEvent) -> bool:
    """Whether no file has brought it: what a file says of it went out from here."""
    return event.imported_sequence is None


def _changed(event: PressEvent, found: Found) -> EventFacts:
    """The event's own facts with what the file says of them.

    Of what was made here the times alone: its texts went out masked, some made for the calendar.
    """
    own = {name: getattr(event, name) for name in EventFacts.__dataclass_fields__}
    times = {"starts_at": found.starts_at, "ends_at": found.ends_at, "all_day": found.all_day}
    if _is_made_here(event):
        return EventFacts(**{**own, **times})
    texts = {
        "theme": found.theme,
        "form": found.form or event.form,
        "place": found.place,
        "summary": found.summary,
    }
    return EventFacts(**{**own, **times, **texts})


def _row(one: Intent) -> Row:
    found = one.found
    event_id = one.event.id if one.event is not None else None
    return Row(
        found.number, found.theme, found.starts_at, found.all_day, one.outcome, one.reason,
        event_id, one.clashes,
    )  # fmt: skip


def _run(rows: Iterable[Row], refused: Iterable[Refused]) -> ImportRun:
    bad = [Row(one.number, one.theme, None, False, Outcome.REFUSED, one.reason) for one in refused]
    return ImportRun.of([*rows, *bad])
