"""The statutory clocks of an application: begun, suspended, extended, begun anew, stopped."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.clock_changes import Moved, reckon_anew
from responder.core.clocks import find_rule
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
    round_ = 1 + sum(clock.kind is kind for clock in application.clocks)
    clock = ApplicationClock(
        kind=kind, round=round_, rule=find_rule(session, RULE_OF[kind]),
        started_at=start_of_day(day, zone), start_note=note,
    )  # fmt: skip
    clock.reckon(load_calendar(session), zone)
    application.clocks.append(clock)
    return clock


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
    clock = application.reply_clock
    clock.pauses.append(
        ApplicationPause(
            since=start_of_day(day, zone), reason=whom, paused_by_name=by_name,
            consulted=consulted, delivered_on=delivered_on,
        )
    )  # fmt: skip
    clock.reckon(load_calendar(session), zone)
    begin(
        session,
        application,
        ClockKind.OPINION,
        delivered_on or day,
        zone,
        opinion_note(delivered_on),
    )


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
