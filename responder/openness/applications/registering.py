"""An application is entered into the register: its number, its facts, its first clocks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from responder.core import audit
from responder.core.errors import Forbidden, GuardRefused, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.texts import clean
from responder.core.times import SHANGHAI, local
from responder.core.turns import SAME_CLICK, one_at_a_time, take_turns
from responder.core.work_calendar import hold_calendar
from responder.openness.applications import clocks, rules
from responder.openness.applications.lifecycle import APPLICATION, OPEN
from responder.openness.applications.models import Application, ApplicationState, ClockKind
from responder.openness.applications.rules import ApplicantKind, Basis, Way

# Any number that nothing else in this database locks by.
NUMBER_LOCK = 20_260_035
MOST_CONTENT = 5_000

_IDENTITY = ("applicant_name", "applicant_code", "applicant_phone", "applicant_contact")
_LINES = (*_IDENTITY, "form_wanted")
_TEXTS = ("content", "purpose", "remark")


@dataclass(frozen=True)
class ApplicationFacts:
    """What somebody enters of an application."""

    received_on: date
    way: Way
    basis: Basis
    applicant_kind: ApplicantKind
    applicant_name: str
    content: str
    applicant_code: str = ""
    applicant_phone: str = ""
    applicant_contact: str = ""
    form_wanted: str = ""
    purpose: str = ""
    remark: str = ""


def register(
    session: Session, facts: ApplicationFacts, attempt: Attempt, zone: ZoneInfo = SHANGHAI
) -> Application:
    """Enter an application; both of its clocks begin with the day of its receipt.

    :raises Forbidden: the person may not.
    :raises Invalid: a fact is missing or cannot be; names its field.
    """
    demand_handler(attempt)
    check_facts(facts, local(attempt.now, zone).date())
    hold_calendar(session)
    serial = next_serials(session, {facts.received_on.year})[facts.received_on.year]
    application = new_application(facts, serial, attempt)
    session.add(application)
    note = start_note(facts.way, facts.basis)
    clocks.begin(session, application, ClockKind.REPLY, facts.received_on, zone, note)
    clocks.begin(session, application, ClockKind.CORRECTION, facts.received_on, zone, note)
    told = {"number": application.number, "received_on": facts.received_on.isoformat()}
    audit.record(session, "register", application, told, "", attempt.actor)
    return application


def register_once(
    session: Session, facts: ApplicationFacts, attempt: Attempt, zone: ZoneInfo = SHANGHAI
) -> Application:
    """The same as :func:`register`; sent twice (a double click) it is one application."""
    take_turns(session, attempt.actor)
    query = select(Application).where(
        Application.registered_at > attempt.now - SAME_CLICK,
        Application.registered_by_name == attempt.actor.name,
        Application.received_on == facts.received_on,
    )
    wanted = {name: _said(facts, name) for name in ApplicationFacts.__dataclass_fields__}
    for one in session.scalars(query.order_by(Application.id)):
        if {name: getattr(one, name) for name in wanted} == wanted:
            return one
    return register(session, facts, attempt, zone)


def new_application(facts: ApplicationFacts, serial: int, attempt: Attempt) -> Application:
    """A row of this number; no clocks yet."""
    application = Application(
        year=facts.received_on.year,
        serial=serial,
        state=ApplicationState.REGISTERED,
        registered_at=attempt.now,
        registered_by_name=attempt.actor.name,
        changed_at=attempt.now,
        outcome=None,
        late=False,
    )
    put(application, facts)
    return application


def next_serials(session: Session, years: Collection[int]) -> dict[int, int]:
    """The next number of each year; one transaction at a time gets them, and none is left out."""
    one_at_a_time(session, NUMBER_LOCK)
    query = (
        select(Application.year, func.max(Application.serial))
        .where(Application.year.in_(years))
        .group_by(Application.year)
    )
    last: dict[int, int] = dict(session.execute(query).all())
    return {year: last.get(year, 0) + 1 for year in years}


def edit(
    session: Session,
    application: Application,
    facts: ApplicationFacts,
    attempt: Attempt,
    zone: ZoneInfo = SHANGHAI,
) -> None:
    """Put right what was entered. An identity that is left empty stays as it is.

    :raises Forbidden: the person may not.
    :raises GuardRefused: it is no longer in work, or what runs from its receipt is past changing.
    :raises Invalid: a fact is missing or cannot be.
    """
    demand_handler(attempt)
    if application.state not in OPEN:
        label = APPLICATION.states[application.state]
        raise GuardRefused(f"本件现在是“{label}”，登记内容不能再改：如有误登，请写在备注或重新登记")
    check_facts(facts, local(attempt.now, zone).date(), known=application)
    again = (facts.received_on, facts.way, facts.basis) != (
        application.received_on, application.way, application.basis,
    )  # fmt: skip
    if again:
        _check_new_receipt(application, facts)
        hold_calendar(session)
    put(application, facts, keep=True)
    if again:
        note = start_note(facts.way, facts.basis)
        from_receipt = (ClockKind.REPLY, ClockKind.CORRECTION)
        for clock in [one for one in application.clocks if one.kind in from_receipt]:
            clocks.begin_elsewhen(session, clock, facts.received_on, zone, note)
    touch(application, attempt)
    session.flush()


def _check_new_receipt(application: Application, facts: ApplicationFacts) -> None:
    begun = [clock for clock in application.clocks if clock.round > 1 or clock.pauses]
    asked = application.correction_asked_on or application.fee_asked_on
    if begun or asked or any(clock.extensions for clock in application.clocks):
        raise GuardRefused(
            "补正、缴费、征求意见或延期已经按原来的收到日期办理，不能再改收到日期和方式"
        )
    if facts.received_on.year != application.year:
        raise Invalid(
            f"编号 {application.number} 按收到年份编排，不能改到 {facts.received_on.year} 年："
            "请把本件误登作废，另行登记",
            {"received_on": "年份不同"},
        )


def check_facts(facts: ApplicationFacts, today: date, known: Application | None = None) -> None:
    """:raises Invalid: names the field and what to do."""
    problem = rules.day_problem(facts.received_on, rules.FIRST_DAY, "条例施行之日", today)
    if problem:
        raise Invalid(f"收到日期有误：{problem}", {"received_on": "请核对"})
    if problem := rules.basis_problem(facts.way, facts.basis):
        raise Invalid(problem, {"basis": "请改选"})
    if not clean(facts.content).strip():
        raise Invalid("请填写申请公开的内容", {"content": "必填"})
    if not clean(facts.applicant_name).strip() and not (known and known.applicant_name):
        raise Invalid("请填写申请人姓名或名称", {"applicant_name": "必填"})


def put(application: Application, facts: ApplicationFacts, keep: bool = False) -> None:
    """:param keep: identities that are empty are not overwritten."""
    application.received_on, application.way = facts.received_on, facts.way
    application.basis, application.applicant_kind = facts.basis, facts.applicant_kind
    for name in (*_LINES, *_TEXTS):
        text = _said(facts, name)
        if text or not (keep and name in _IDENTITY):
            setattr(application, name, text)


def _said(facts: ApplicationFacts, name: str) -> Any:
    """A fact as it is stored."""
    said = getattr(facts, name)
    if name in _LINES:
        return " ".join(clean(said).split())
    return clean(said).strip() if name in _TEXTS else said


def start_note(way: Way, basis: Basis) -> str:
    """``邮寄，签收之日``: what makes the day of receipt, for the arithmetic."""
    return f"收到申请：{rules.WAY_LABELS[way]}，{rules.BASIS_LABELS[basis]}"


def touch(application: Application, attempt: Attempt) -> None:
    """Whatever was done to an application, whoever looked at it before must look again."""
    application.changed_at = attempt.now
    flag_modified(application, "changed_at")


def demand_handler(attempt: Attempt) -> None:
    """:raises Forbidden: the person does not handle applications."""
    if not attempt.actor.may(Permission.APPLICATION_HANDLE):
        raise Forbidden("您没有办理依申请公开的权限，请联系政务公开办的同事办理")
