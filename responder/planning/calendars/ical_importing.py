"""Events of a calendar file taken into the plan: what each will become, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit
from responder.core.errors import DomainError
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, start_of_day
from responder.planning.calendars.ical_reading import Found, Reading, Refused
from responder.planning.calendars.recurring import AHEAD
from responder.planning.events.advancing import advance_event
from responder.planning.events.lifecycle import CLOSED, PRESS_EVENT, TOOK_PLACE
from responder.planning.events.service import EventFacts, edit_event, enter
from responder.planning.models import EventState, Form, PressEvent

ASKED_AT_ONCE = 500
CANCELLED_BY_FILE = "日历文件注明已取消"
GONE_FROM_FILE = "日历文件中不再有这一次"


class Outcome(StrEnum):
    """What becomes of an entry."""

    CREATED = "created"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


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

    ``event_id`` is None for what is not stored (yet).
    """

    number: int
    theme: str
    starts_at: datetime | None
    all_day: bool
    outcome: Outcome
    reason: str = ""
    event_id: int | None = None


@dataclass(frozen=True)
class ImportRun:
    """What a file brought, or would bring, in the order of the file."""

    rows: list[Row] = field(default_factory=list)

    @property
    def counts(self) -> dict[Outcome, int]:
        return {one: sum(row.outcome is one for row in self.rows) for one in Outcome}

    @property
    def changes(self) -> int:
        """How many events are made or changed."""
        counts = self.counts
        return sum(counts[one] for one in (Outcome.CREATED, Outcome.UPDATED, Outcome.CANCELLED))


@dataclass(frozen=True)
class Intent:
    """What is to be done with one entry; ``event`` is the stored one, where there is one."""

    found: Found
    outcome: Outcome
    reason: str = ""
    event: PressEvent | None = None


def intents(
    session: Session, reading: Reading, today: date, zone: ZoneInfo = SHANGHAI
) -> list[Intent]:
    """What becomes of each entry; changes nothing.

    An entry is known by its UID, and taken again when its SEQUENCE is higher. What a recurring
    event no longer has within the year is cancelled with it.
    """
    known = _known(session, [found.uid for found in reading.found])
    made = [_intent(found, known.get(found.uid)) for found in reading.found]
    return [*made, *_gone(session, reading, today, zone)]


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


def _intent(found: Found, event: PressEvent | None) -> Intent:
    if event is None:
        if found.cancelled:
            return Intent(found, Outcome.UNCHANGED, "已取消，也从未导入过")
        return Intent(found, Outcome.CREATED)
    if found.cancelled and event.state is EventState.CANCELLED:
        return Intent(found, Outcome.UNCHANGED, "早已取消", event)
    if found.sequence <= event.sequence and not found.cancelled:
        return Intent(found, Outcome.UNCHANGED, "版本（SEQUENCE）不比系统中的新", event)
    if event.state in TOOK_PLACE | CLOSED:
        reason = f"活动{PRESS_EVENT.states[event.state]}，不能再改"
        return Intent(found, Outcome.REFUSED, reason, event)
    outcome = Outcome.CANCELLED if found.cancelled else Outcome.UPDATED
    return Intent(found, outcome, event=event)


def _gone(session: Session, reading: Reading, today: date, zone: ZoneInfo) -> Iterator[Intent]:
    """Occurrences that were stored, and that a newer version of their series has no more."""
    if not reading.series:
        return
    there = {found.uid for found in reading.found}
    query = (
        select(PressEvent)
        .options(joinedload(PressEvent.unit))
        .where(
            PressEvent.starts_at >= start_of_day(today, zone),
            PressEvent.starts_at < start_of_day(today + AHEAD, zone),
            PressEvent.state.not_in(TOOK_PLACE | CLOSED),
            or_(*(PressEvent.uid.startswith(f"{uid}/", autoescape=True) for uid in reading.series)),
        )
    )
    for event in session.scalars(query.order_by(PressEvent.starts_at)):
        series = event.uid.rpartition("/")[0]
        if event.uid in there or reading.series.get(series, -1) <= event.sequence:
            continue
        found = Found(
            number=0, uid=event.uid, sequence=reading.series[series], theme=event.theme,
            starts_at=event.starts_at, ends_at=event.ends_at, all_day=event.all_day,
            cancelled=True, series=series,
        )  # fmt: skip
        yield Intent(found, Outcome.CANCELLED, GONE_FROM_FILE, event)


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
        event.uid = found.uid
    elif one.outcome is Outcome.UPDATED and event is not None:
        edit_event(session, event, _changed(event, found), event.version_id, actor, now, zone)
    elif one.outcome is Outcome.CANCELLED and event is not None:
        note = one.reason or CANCELLED_BY_FILE
        advance_event(session, event, "cancel", actor, now, note, zone)
    else:
        return event
    event.sequence = max(event.sequence, found.sequence)
    event.changed_at = now
    session.flush()
    return event


def _changed(event: PressEvent, found: Found) -> EventFacts:
    """The event's own facts with what the file says of them."""
    own = {name: getattr(event, name) for name in EventFacts.__dataclass_fields__}
    said = {
        "theme": found.theme,
        "form": found.form or event.form,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "all_day": found.all_day,
        "place": found.place,
        "summary": found.summary,
    }
    return EventFacts(**{**own, **said})


def _row(one: Intent) -> Row:
    found = one.found
    event_id = one.event.id if one.event is not None else None
    return Row(
        found.number, found.theme, found.starts_at, found.all_day, one.outcome, one.reason, event_id
    )


def _run(rows: Iterable[Row], refused: Iterable[Refused]) -> ImportRun:
    bad = [Row(one.number, one.theme, None, False, Outcome.REFUSED, one.reason) for one in refused]
    return ImportRun(sorted([*rows, *bad], key=lambda row: (row.number == 0, row.number)))
