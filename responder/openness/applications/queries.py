"""Questions on applications: which, where they stand, what counts in which year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.core.errors import Forbidden, NotFound
from responder.core.permissions import Actor, Permission
from responder.core.versions import check_seen
from responder.openness.applications.lifecycle import OPEN
from responder.openness.applications.models import (
    Application,
    ApplicationClock,
    ApplicationPause,
    ApplicationState,
    ClockKind,
    MaterialRequest,
    Outcome,
)
from responder.openness.applications.rules import ApplicantKind


class Part(StrEnum):
    """The four items of the statutory table (表三)."""

    NEW = "new"
    CARRIED_IN = "carried-in"
    HANDLED = "handled"
    CARRIED_ON = "carried-on"


PART_LABELS = {
    Part.NEW: "本年新收",
    Part.CARRIED_IN: "上年结转",
    Part.HANDLED: "本年度办理结果",
    Part.CARRIED_ON: "结转下年度继续办理",
}


@dataclass(frozen=True)
class ApplicationFilter:
    """Which applications a list shows; what is empty does not restrict.

    :param year: of the register's number when ``part`` is None, else of the table.
    :param outcome: code of an outcome, or of a heading: all that stands below it.
    """

    year: int | None = None
    part: Part | None = None
    outcome: str = ""
    kind: ApplicantKind | None = None
    state: ApplicationState | None = None
    is_open: bool = False
    late: bool = False


def is_counted() -> ColumnElement[bool]:
    """What was entered by mistake counts nowhere."""
    return Application.state != ApplicationState.VOID


def of_part(part: Part, year: int) -> ColumnElement[bool]:
    """The applications of one item of a year's table.

    Received in the year; received before it and not closed before it; closed in it; received
    by its end and not closed by its end.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    closed = Application.closed_on
    found: dict[Part, ColumnElement[bool]] = {
        Part.NEW: Application.received_on.between(first, last),
        Part.CARRIED_IN: and_(
            Application.received_on < first, or_(closed.is_(None), closed >= first)
        ),
        Part.HANDLED: closed.between(first, last),
        Part.CARRIED_ON: and_(
            Application.received_on <= last, or_(closed.is_(None), closed > last)
        ),
    }
    return and_(is_counted(), found[part])


def conditions(wanted: ApplicationFilter, now: datetime) -> list[ColumnElement[bool]]:
    """What a filter asks of an application.

    :param now: by it, who has not replied in time is late as well.
    """
    found: list[ColumnElement[bool]] = []
    if wanted.part is not None and wanted.year is not None:
        found.append(of_part(wanted.part, wanted.year))
    elif wanted.year is not None:
        found.append(Application.year == wanted.year)
    if wanted.outcome:
        found.append(Application.outcome_id.in_(_outcome_ids(wanted.outcome)))
    if wanted.kind is not None:
        found.append(Application.applicant_kind == wanted.kind)
    if wanted.state is not None:
        found.append(Application.state == wanted.state)
    if wanted.is_open:
        found.append(Application.state.in_(OPEN))
    if wanted.late:
        late = replied_late()
        # In a table only what was handled can have been late.
        found.append(late if wanted.part else or_(late, is_overdue(now)))
    return found


def replied_late() -> ColumnElement[bool]:
    """Replied to after the clock of the reply had ended."""
    return and_(Application.late, is_counted())


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Still open, and the clock of the reply has ended; one that is suspended has not."""
    paused = exists().where(
        ApplicationPause.clock_id == ApplicationClock.id, ApplicationPause.until.is_(None)
    )
    ended = exists().where(
        ApplicationClock.application_id == Application.id,
        ApplicationClock.kind == ClockKind.REPLY,
        ApplicationClock.stopped_at.is_(None),
        ApplicationClock.due_at < now,
        ~paused,
    )
    return and_(Application.state.in_(OPEN), ended)


def listed(wanted: ApplicationFilter, now: datetime) -> Select[Application]:
    """What is open first, the soonest end on top; then the newest number."""
    due = (
        select(func.max(ApplicationClock.due_at))
        .where(
            ApplicationClock.application_id == Application.id,
            ApplicationClock.kind == ClockKind.REPLY,
            ApplicationClock.stopped_at.is_(None),
        )
        .scalar_subquery()
    )
    return (
        select(Application)
        .where(*conditions(wanted, now))
        .order_by(
            Application.state.in_(OPEN).desc(), due.is_(None), due,
            Application.year.desc(), Application.serial.desc(),
        )
        .options(
            joinedload(Application.outcome),
            selectinload(Application.clocks),
            selectinload(Application.materials).joinedload(MaterialRequest.unit),
        )
    )  # fmt: skip


def counts(session: Session, wanted: ApplicationFilter, now: datetime) -> dict[str, int]:
    """How many a list has by view: all of them, open, late."""
    return {
        name: session.scalar(
            select(func.count()).select_from(Application).where(*conditions(one, now))
        )
        or 0
        for name, one in {
            "all": wanted,
            "open": replace(wanted, is_open=True),
            "late": replace(wanted, late=True),
        }.items()
    }


def years(session: Session) -> list[int]:
    """The years of the register, newest first."""
    return list(
        session.scalars(select(Application.year).distinct().order_by(Application.year.desc()))
    )


def find(session: Session, application_id: int, actor: Actor) -> Application:
    """:raises Forbidden: the person does not read applications.
    :raises NotFound: no such application.
    """
    demand_reader(actor)
    found = session.get(Application, application_id)
    if found is None:
        raise NotFound("没有这件申请：请从依申请公开列表重新进入")
    return found


def find_to_change(
    session: Session, application_id: int, actor: Actor, version: int | None
) -> Application:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises Stale: it has changed since.
    """
    find(session, application_id, actor)
    query = select(Application).where(Application.id == application_id)
    held = session.scalars(
        query.with_for_update(of=Application).execution_options(populate_existing=True)
    ).one()
    check_seen(held, version)
    return held


def find_by_number(session: Session, number: str) -> Application:
    """:raises NotFound: no such number."""
    year, _, serial = number.strip().partition("-")
    found = None
    if all(part.isascii() and part.isdigit() and len(part) < 9 for part in (year, serial)):
        query = select(Application).where(
            Application.year == int(year), Application.serial == int(serial)
        )
        found = session.scalar(query)
    if found is None:
        raise NotFound(
            f"没有编号为 {number} 的申请：编号形如 2026-001，可用 applications list 查看"
        )
    return found


def demand_reader(actor: Actor) -> None:
    """:raises Forbidden: applications are read by who handles them, whatever else is read."""
    if not actor.may(Permission.APPLICATION_READ):
        raise Forbidden("您没有查看依申请公开的权限，请联系政务公开办")


def _outcome_ids(code: str) -> Select[int]:
    heading = select(Outcome.id).where(Outcome.code == code).scalar_subquery()
    return select(Outcome.id).where(or_(Outcome.code == code, Outcome.parent_id == heading))
