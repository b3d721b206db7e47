"""Reconsiderations and lawsuits (行政复议、行政诉讼) are entered and followed to their result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.audit import AuditEvent
from responder.core.errors import Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.texts import clean
from responder.core.turns import SAME_CLICK, take_turns
from responder.core.versions import check_seen
from responder.openness.applications import rules
from responder.openness.applications.models import (
    Application,
)
from responder.openness.applications.proceeding_models import (
    Proceeding,
    ProceedingKind,
    ProceedingResult,
)
from responder.openness.applications.registering import demand_handler


@dataclass(frozen=True)
class ProceedingFacts:
    """What somebody enters of a proceeding.

    :param application: against whose reply; None: alone, then ``matter`` says what it is about.
    """

    kind: ProceedingKind
    body: str
    begun_on: date
    application: Application | None = None
    matter: str = ""
    case_number: str = ""
    result: ProceedingResult | None = None
    concluded_on: date | None = None
    remark: str = ""


def save(
    session: Session,
    proceeding: Proceeding | None,
    facts: ProceedingFacts,
    attempt: Attempt,
    today: date,
    version: int | None = None,
) -> Proceeding:
    """Enter a proceeding (None), or change one.

    The same entered twice (a double click) is one.

    :param version: of the one that is changed, as it was seen.
    :raises Forbidden: the person does not handle applications.
    :raises Invalid: a fact is missing or cannot be.
    :raises Stale: somebody else has changed it.
    """
    demand_handler(attempt)
    _check(facts, today)
    if proceeding is None:
        take_turns(session, attempt.actor)
        if (same := _same_click(session, facts, attempt)) is not None:
            return same
        proceeding = Proceeding()
        session.add(proceeding)
    else:
        check_seen(proceeding, version)
    with session.no_autoflush:
        for name, value in _said(facts).items():
            setattr(proceeding, name, value)
    session.flush()
    return proceeding


def _same_click(session: Session, facts: ProceedingFacts, attempt: Attempt) -> Proceeding | None:
    """What this person has entered a moment ago with the very same facts: a double click."""
    entered = select(AuditEvent.object_id).where(
        AuditEvent.object_type == Proceeding.__tablename__,
        AuditEvent.action == "create",
        AuditEvent.actor_id == attempt.actor.id,
        AuditEvent.at > attempt.now - SAME_CLICK,
    )
    for one in session.scalars(select(Proceeding).where(Proceeding.id.in_(entered))):
        if all(getattr(one, name) == value for name, value in _said(facts).items()):
            return one
    return None


def _said(facts: ProceedingFacts) -> dict[str, Any]:
    """The facts as they are stored."""
    lines = {
        name: " ".join(clean(getattr(facts, name)).split())
        for name in ("matter", "body", "case_number")
    }
    return {**vars(facts), **lines, "remark": clean(facts.remark).strip()}


def _check(facts: ProceedingFacts, today: date) -> None:
    if not facts.body.strip():
        raise Invalid("请填写复议机关或受理法院", {"body": "必填"})
    if facts.application is None and not facts.matter.strip():
        raise Invalid("没有对应的申请时，请写明是什么事项", {"matter": "必填"})
    earliest, what = rules.FIRST_DAY, "条例施行之日"
    if facts.application is not None:
        earliest, what = facts.application.received_on, "收到申请之日"
    if problem := rules.day_problem(facts.begun_on, earliest, what, today):
        raise Invalid(f"受理日期有误：{problem}", {"begun_on": "请核对"})
    if (facts.result is None) != (facts.concluded_on is None):
        missing = "concluded_on" if facts.concluded_on is None else "result"
        raise Invalid("结果和审结日期要么都填，要么都不填（尚未审结）", {missing: "请补填"})
    if facts.concluded_on is not None:
        problem = rules.day_problem(facts.concluded_on, facts.begun_on, "受理之日", today)
        if problem:
            raise Invalid(f"审结日期有误：{problem}", {"concluded_on": "请核对"})


def find(session: Session, proceeding_id: int) -> Proceeding:
    """:raises NotFound: no such proceeding."""
    found = session.get(Proceeding, proceeding_id)
    if found is None:
        raise NotFound("没有这件复议或诉讼：请从列表重新进入")
    return found


def remove(session: Session, proceeding: Proceeding, attempt: Attempt, version: int | None) -> None:
    """What was entered by mistake; the trail keeps that it was there.

    :raises Forbidden: the person does not handle applications.
    :raises Stale: somebody else has changed it.
    """
    demand_handler(attempt)
    check_seen(proceeding, version)
    session.delete(proceeding)
    session.flush()
