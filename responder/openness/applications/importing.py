"""An older register comes in: what is new is numbered and reckoned, the rest counted or refused."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.lifecycle import Attempt
from responder.core.times import SHANGHAI, start_of_day
from responder.core.work_calendar import hold_calendar
from responder.intake.registers.columns import plain
from responder.intake.registers.importing import TableImport, sifted
from responder.intake.registers.reading import TableFile, Values, read_table
from responder.openness.applications import clocks, registering
from responder.openness.applications.models import (
    Application,
    ApplicationExtension,
    ApplicationState,
    ClockKind,
    Consulted,
    Outcome,
)
from responder.openness.applications.outcomes import all_outcomes, leaves
from responder.openness.applications.registering import ApplicationFacts
from responder.openness.applications.rows import register_columns, whole_row

MOST_ROWS = 5_000
CONSULTED = "导入的记录：征求意见"
REASON = "导入的记录"
_STATES = {"abandon": ApplicationState.ABANDONED, "leave_unpaid": ApplicationState.ABANDONED}


def read_file(session: Session, path: Path, today: date) -> TableFile:
    """Read a register (.xlsx, .xls, CSV). Holds and stores nothing.

    :raises Invalid: the file cannot be read as one.
    """
    columns = register_columns(leaves(all_outcomes(session)))
    return read_table(path, columns, whole_row(today), MOST_ROWS)


def rehearse(session: Session, file: TableFile) -> TableImport:
    """Count what :func:`store` would do, and store nothing."""
    return sifted(file, _key, _known(session, file))[1]


def store(
    session: Session, file: TableFile, attempt: Attempt, zone: ZoneInfo = SHANGHAI
) -> TableImport:
    """Enter a file's rows, in its order; the same file again adds nothing.

    A row of the same day, applicant, content and old number is known. What is imported is
    reckoned as it was: the law's limits on when a step may be taken are not asked of the past.

    :raises Forbidden: the person does not handle applications.
    """
    registering.demand_handler(attempt)
    hold_calendar(session)
    new, found = sifted(file, _key, _known(session, file))
    known = {one.id: one for one in session.scalars(select(Outcome))}
    for row in new:
        application = _stored(session, row.values, known, attempt, zone)
        told = {"number": application.number, "file_name": file.name}
        audit.record(session, "import", application, told, "", attempt.actor)
    return found


def _key(values: Values) -> Hashable:
    return (
        values["received_on"], plain(values["applicant_name"]), plain(values["content"]),
        plain(values["old_number"]),
    )  # fmt: skip


def _known(session: Session, file: TableFile) -> set[Hashable]:
    days = [one.values["received_on"] for one in file.read]
    if not days:
        return set()
    query = select(Application).where(Application.received_on.between(min(days), max(days)))
    return {
        (one.received_on, plain(one.applicant_name), plain(one.content), plain(one.old_number))
        for one in session.scalars(query)
    }


def _stored(
    session: Session,
    values: dict[str, Any],
    outcomes: dict[int, Outcome],
    attempt: Attempt,
    zone: ZoneInfo,
) -> Application:
    names = ApplicationFacts.__dataclass_fields__
    facts = ApplicationFacts(**{name: values[name] for name in names})
    application = registering.new_application(session, facts, attempt)
    application.old_number = values["old_number"]
    application.state = ApplicationState.ACCEPTED
    note = registering.start_note(facts.way, facts.basis)
    for kind in (ClockKind.REPLY, ClockKind.CORRECTION):
        clocks.begin(session, application, kind, facts.received_on, zone, note)
    examined = values["correction_asked_on"] or facts.received_on
    clocks.stop(application, ClockKind.CORRECTION, examined, zone)
    _correct(session, application, values, zone)
    _consult(session, application, values, attempt, zone)
    _extend(session, application, values, attempt, zone)
    if values["closed_on"]:
        _close(session, application, values, outcomes[values["outcome"].id], zone)
    session.flush()
    return application


def _correct(session: Session, application: Application, values: Values, zone: ZoneInfo) -> None:
    asked, corrected = values["correction_asked_on"], values["corrected_on"]
    if asked is None:
        return
    application.correction_asked_on, application.corrected_on = asked, corrected
    application.correction_matter = REASON
    clocks.stop(application, ClockKind.REPLY, asked, zone)
    if corrected is None:
        application.state = ApplicationState.AWAITING_CORRECTION
    else:
        note = "收到补正后的申请之日"
        clocks.begin(session, application, ClockKind.REPLY, corrected, zone, note)


def _consult(
    session: Session, application: Application, values: Values, attempt: Attempt, zone: ZoneInfo
) -> None:
    sent, ended = values["consulted_on"], values["opinion_on"]
    if sent is None:
        return
    application.state = ApplicationState.CONSULTING
    name = attempt.actor.name
    clocks.suspend(session, application, sent, Consulted.THIRD_PARTY, CONSULTED, name, None, zone)
    if ended is not None:
        application.state = ApplicationState.ACCEPTED
        clocks.resume(session, application, ended, zone)


def _extend(
    session: Session, application: Application, values: Values, attempt: Attempt, zone: ZoneInfo
) -> None:
    if values["extended_by"] is None:
        return
    at: datetime = start_of_day(values["extended_on"], zone)
    extension = ApplicationExtension(
        length=values["extended_by"], reason=REASON, asked_at=at, asked_by_id=attempt.actor.id,
        asked_by_name=attempt.actor.name, granted=True, decided_at=at,
        decided_by_name=values["approver"], decision="", told_on=values["extended_on"],
    )  # fmt: skip
    clocks.extend(session, application, extension, zone)


def _close(
    session: Session, application: Application, values: Values, outcome: Outcome, zone: ZoneInfo
) -> None:
    """``其他`` without a reply's number is a withdrawal."""
    closed = values["closed_on"]
    withdrawn = outcome.closes == "withdraw" and not values["reply_number"]
    state = ApplicationState.WITHDRAWN if withdrawn else ApplicationState.REPLIED
    application.state = _STATES.get(outcome.closes, state)
    application.outcome, application.closed_on = outcome, closed
    application.reply_number, application.reply_text = values["reply_number"], values["reply_text"]
    application.late = application.state is ApplicationState.REPLIED and closed > clocks.due_day(
        application.reply_clock, zone
    )
    clocks.stop_all(session, application, closed, zone)
