"""The statutory clocks of an application: begun, suspended, extended, begun anew, stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.clock_changes import Moved, reckon_anew
from responder.core.clocks import ClockRule, Extension, Pause, deadline, find_rule
from responder.core.times import SHANGHAI, local, start_of_day
from responder.core.work_calendar import WorkCalendar, load_calendar
from responder.openness.applications.lifecycle import OPEN
from responder.openness.applications.models import (
    Application,
    ApplicationClock,
    ApplicationExtension,
    ApplicationPause,
    ClockKind,
    Consulted,
)

# By the code of the clock's rule.
RULE_OF = {
    ClockKind.REPLY: "application_reply",
    ClockKind.CORRECTION: "application_correction",
    ClockKind.OPINION: "application_opinion",
    ClockKind.FEE: "application_fee",
}
EXTENSION_RULE = "application_extension"


@dataclass(frozen=True)
class Ground:
    """By what clocks are reckoned, read once for many."""

    calendar: WorkCalendar
    rules: Mapping[ClockKind, ClockRule]
    zone: ZoneInfo


def read_ground(session: Session, zone: ZoneInfo) -> Ground:
    """:raises NotFound: the office lacks a rule."""
    rules = {kind: find_rule(session, code) for kind, code in RULE_OF.items()}
    return Ground(load_calendar(session), rules, zone)


def begin(
    session: Session,
    application: Application,
    kind: ClockKind,
    day: date,
    zone: ZoneInfo,
    note: str = "",
) -> ApplicationClock:
    """A clock of the next round of its kind; the day itself does not count.

    :param note: what the day is, for the arithmetic.
    :raises NotFound: the office has no such rule.
    """
    rule, calendar = find_rule(session, RULE_OF[kind]), load_calendar(session)
    clock = started(application, kind, rule, day, zone, note)
    clock.reckon(calendar, zone)
    return clock


def started(
    application: Application, kind: ClockKind, rule: ClockRule, day: date, zone: ZoneInfo, note: str
) -> ApplicationClock:
    """The same, not reckoned yet."""
    clock = ApplicationClock(
        kind=kind, round=1 + sum(clock.kind is kind for clock in application.clocks), rule=rule,
        started_at=start_of_day(day, zone), start_note=note,
    )  # fmt: skip
    application.clocks.append(clock)
    return clock


def begin_reply_anew(
    session: Session, application: Application, day: date, zone: ZoneInfo, note: str
) -> None:
    """The clock of the reply begins once more; the one extension that the law allows stays
    granted, and so goes along."""
    before = application.reply_clock
    again = begin(session, application, ClockKind.REPLY, day, zone, note)
    for extension in list(before.extensions):
        before.extensions.remove(extension)
        again.extensions.append(extension)
    again.reckon(load_calendar(session), zone)


def begin_elsewhen(
    session: Session, clock: ApplicationClock, day: date, zone: ZoneInfo, note: str
) -> None:
    """The day from which a clock runs was another."""
    clock.started_at, clock.start_note = start_of_day(day, zone), note
    clock.reckon(load_calendar(session), zone)


def stop(application: Application, kind: ClockKind, day: date, zone: ZoneInfo) -> None:
    """Stop the clock of a duty, if one runs, with this day."""
    clock = application.running(kind)
    if clock is not None:
        clock.stopped_at = start_of_day(day, zone)


def reckon_all(application: Application, ground: Ground) -> None:
    for clock in application.clocks:
        clock.reckon(ground.calendar, ground.zone)


def stop_all(session: Session, application: Application, day: date, zone: ZoneInfo) -> None:
    """Nothing runs any more; a consultation that lasts ends with the day."""
    resume(session, application, day, zone)
    for kind in ClockKind:
        stop(application, kind, day, zone)


def run_on(application: Application) -> None:
    """What stopped the clock of the reply has not held."""
    application.reply_clock.stopped_at = None


def suspend(
    session: Session,
    application: Application,
    day: date,
    consulted: Consulted,
    whom: str,
    by_name: str,
    delivered_on: date | None,
    zone: ZoneInfo,
) -> None:
    """The opinion of others is asked from this day on; their own clock begins with its delivery."""
    paused(application, day, consulted, whom, by_name, delivered_on, zone)
    application.reply_clock.reckon(load_calendar(session), zone)
    begin(
        session,
        application,
        ClockKind.OPINION,
        delivered_on or day,
        zone,
        opinion_note(delivered_on),
    )


def paused(
    application: Application,
    day: date,
    consulted: Consulted,
    whom: str,
    by_name: str,
    delivered_on: date | None,
    zone: ZoneInfo,
) -> ApplicationPause:
    """The clock of the reply suspended from this day on, not reckoned yet."""
    pause = ApplicationPause(
        since=start_of_day(day, zone), reason=whom, paused_by_name=by_name,
        consulted=consulted, delivered_on=delivered_on,
    )  # fmt: skip
    application.reply_clock.pauses.append(pause)
    return pause


def opinion_note(delivered_on: date | None) -> str:
    """From what the clock of an opinion runs."""
    return "征求意见书送达之日" if delivered_on else "征求意见书发出之日；登记送达后改按送达之日"


def resume(session: Session, application: Application, day: date, zone: ZoneInfo) -> None:
    """The opinions are in: from this day on it counts again."""
    clock = application.reply_clock
    if clock.open_pause is not None:
        clock.open_pause.until = start_of_day(day, zone)
        clock.reckon(load_calendar(session), zone)
    stop(application, ClockKind.OPINION, day, zone)


def extend(
    session: Session, application: Application, extension: ApplicationExtension, zone: ZoneInfo
) -> None:
    clock = application.reply_clock
    clock.extensions.append(extension)
    clock.reckon(load_calendar(session), zone)


def due_day(clock: ApplicationClock, zone: ZoneInfo) -> date:
    """The last day of a clock."""
    return local(clock.due_at, zone).date()


def due_day_on(session: Session, clock: ApplicationClock, day: date, zone: ZoneInfo) -> date:
    """The last day of a clock as it stood on a day: where it was suspended, as if that ended."""
    ended = start_of_day(day, zone)
    pauses = [Pause(one.since, one.until or max(ended, one.since)) for one in clock.pauses]
    extensions = [Extension(one.length, "") for one in clock.granted_extensions]
    end = deadline(
        clock.started_at, clock.rule.length, clock.rule.unit, load_calendar(session), zone,
        pauses, extensions,
    )  # fmt: skip
    return local(end.due_at, zone).date()


def recompute_clocks(
    session: Session, calendar: WorkCalendar, zone: ZoneInfo = SHANGHAI
) -> list[Moved]:
    """Reckon the running clocks of open applications anew; those whose end has moved.

    For when a year's holidays have been announced, or a rule was edited.
    """
    query = (
        select(ApplicationClock)
        .join(ApplicationClock.application)
        .where(ApplicationClock.stopped_at.is_(None), Application.state.in_(OPEN))
        .options(joinedload(ApplicationClock.application))
        .order_by(ApplicationClock.id)
    )
    clocks = session.scalars(query).all()
    return [m for m in (_reckon_anew(session, c, calendar, zone) for c in clocks) if m]


def _reckon_anew(
    session: Session, clock: ApplicationClock, calendar: WorkCalendar, zone: ZoneInfo
) -> Moved | None:
    moved = reckon_anew(clock, calendar, zone)
    if moved is not None:
        changes = {"due_at": [moved.before.isoformat(), moved.after.isoformat()]}
        audit.record(session, "recompute", clock.application, changes, clock.rule.duty)
    return moved
