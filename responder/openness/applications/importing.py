"""An older register comes in: what is new is numbered and reckoned, the rest counted or refused.

An edge, and so it opens its transactions itself, a portion in each, so that nobody waits long.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.core.times import SHANGHAI, start_of_day
from responder.core.work_calendar import hold_calendar
from responder.intake.registers.columns import plain
from responder.intake.registers.importing import TableImport, sifted, told
from responder.intake.registers.reading import ReadRow, TableFile, Values, read_table
from responder.openness.applications import clocks, registering
from responder.openness.applications.clocks import Ground
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
PORTION = 500  # rows of one transaction
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
    return sifted(file, _key, _known(session, file.read))[1]


def store(file: TableFile, attempt: Attempt, zone: ZoneInfo = SHANGHAI) -> TableImport:
    """Enter a file's rows, in its order, a portion in each transaction; the same file again, or
    at the same moment, adds nothing.

    A row of the same day, applicant, content and old number is known. What is imported is
    reckoned as it was: the law's limits on when a step may be taken are not asked of the past.

    :raises Forbidden: the person does not handle applications.
    """
    registering.demand_handler(attempt)
    rows, _found = sifted(file, _key, frozenset())
    stored: list[ReadRow] = []
    for start in range(0, len(rows), PORTION):
        with transaction(attempt.actor, attempt.now) as session:
            stored += _store(session, rows[start : start + PORTION], file.name, attempt, zone)
    notes = tuple((one.row.number, one.note) for one in stored if one.note)
    return told(file, len(stored), notes)


def _store(
    session: Session, rows: Sequence[ReadRow], file_name: str, attempt: Attempt, zone: ZoneInfo
) -> list[ReadRow]:
    """Those of a portion that are new."""
    hold_calendar(session)
    serials = registering.next_serials(session, {one.values["received_on"].year for one in rows})
    known = _known(session, rows)
    new = [one for one in rows if _key(one.values) not in known]
    ground = clocks.read_ground(session, zone)
    outcomes = {one.id: one for one in session.scalars(select(Outcome))}
    made = []
    for row in new:
        year = row.values["received_on"].year
        made.append(_made(row.values, serials[year], ground, outcomes, attempt))
        serials[year] += 1
    session.add_all(made)
    session.flush()
    for one in made:
        facts = {"number": one.number, "file_name": file_name}
        audit.record(session, "import", one, facts, "", attempt.actor)
    return new


def _key(values: Values) -> Hashable:
    return (
        values["received_on"], plain(values["applicant_name"]), plain(values["content"]),
        plain(values["old_number"]),
    )  # fmt: skip


def _known(session: Session, rows: Sequence[ReadRow]) -> set[Hashable]:
    days = [one.values["received_on"] for one in rows]
    if not days:
        return set()
    query = select(
        Application.received_on, Application.applicant_name, Application.content,
        Application.old_number,
    ).where(Application.received_on.between(min(days), max(days)))  # fmt: skip
    return {(day, *map(plain, texts)) for day, *texts in session.execute(query)}


def _made(
    values: Values, serial: int, ground: Ground, outcomes: dict[int, Outcome], attempt: Attempt
) -> Application:
    names = ApplicationFacts.__dataclass_fields__
    facts = ApplicationFacts(**{name: values[name] for name in names})
    application = registering.new_application(facts, serial, attempt)
    application.old_number = values["old_number"]
    application.state = ApplicationState.ACCEPTED
    note = registering.start_note(facts.way, facts.basis)
    for kind in (ClockKind.REPLY, ClockKind.CORRECTION):
        _begin(application, kind, facts.received_on, ground, note)
    examined = values["correction_asked_on"] or facts.received_on
    clocks.stop(application, ClockKind.CORRECTION, examined, ground.zone)
    _correct(application, values, ground)
    _consult(application, values, ground, attempt)
    _extend(application, values, ground, attempt)
    if values["closed_on"]:
        for kind in ClockKind:
            clocks.stop(application, kind, values["closed_on"], ground.zone)
    clocks.reckon_all(application, ground)
    if values["closed_on"]:
        _close(application, values, outcomes[values["outcome"].id], ground)
    return application


def _begin(application: Application, kind: ClockKind, day: date, ground: Ground, note: str) -> None:
    clocks.started(application, kind, ground.rules[kind], day, ground.zone, note)


def _correct(application: Application, values: Values, ground: Ground) -> None:
    asked, corrected = values["correction_asked_on"], values["corrected_on"]
    if asked is None:
        return
    application.correction_asked_on, application.corrected_on = asked, corrected
    application.correction_matter = REASON
    clocks.stop(application, ClockKind.REPLY, asked, ground.zone)
    if corrected is None:
        application.state = ApplicationState.AWAITING_CORRECTION
    else:
        _begin(application, ClockKind.REPLY, corrected, ground, "收到补正后的申请之日")


def _consult(application: Application, values: Values, ground: Ground, attempt: Attempt) -> None:
    sent, ended = values["consulted_on"], values["opinion_on"]
    if sent is None:
        return
    pause = clocks.paused(
        application, sent, Consulted.THIRD_PARTY, CONSULTED, attempt.actor.name, None, ground.zone
    )
    _begin(application, ClockKind.OPINION, sent, ground, clocks.opinion_note(None))
    application.state = ApplicationState.CONSULTING
    if ended is not None:
        application.state = ApplicationState.ACCEPTED
        pause.until = start_of_day(ended, ground.zone)
        clocks.stop(application, ClockKind.OPINION, ended, ground.zone)


def _extend(application: Application, values: Values, ground: Ground, attempt: Attempt) -> None:
    if values["extended_by"] is None:
        return
    at: datetime = start_of_day(values["extended_on"], ground.zone)
    extension = ApplicationExtension(
        length=values["extended_by"], reason=REASON, asked_at=at, asked_by_id=attempt.actor.id,
        asked_by_name=attempt.actor.name, granted=True, decided_at=at,
        decided_by_name=values["approver"], decision="", told_on=values["extended_on"],
    )  # fmt: skip
    application.reply_clock.extensions.append(extension)


def _close(application: Application, values: Values, outcome: Outcome, ground: Ground) -> None:
    """``其他`` without a reply's number is a withdrawal."""
    closed = values["closed_on"]
    withdrawn = outcome.closes == "withdraw" and not values["reply_number"]
    state = ApplicationState.WITHDRAWN if withdrawn else ApplicationState.REPLIED
    application.state = _STATES.get(outcome.closes, state)
    application.outcome, application.closed_on = outcome, closed
    application.reply_number, application.reply_text = values["reply_number"], values["reply_text"]
    application.late = application.state is ApplicationState.REPLIED and closed > clocks.due_day(
        application.reply_clock, ground.zone
    )
