"""Applications for disclosure of the demo: one in each state, each taken there step by step."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import local
from responder.demo import lookup
from responder.openness.applications import outcomes, proceedings, registering, steps
from responder.openness.applications.models import (
    Application,
    Consulted,
    Outcome,
)
from responder.openness.applications.proceeding_models import (
    ProceedingKind,
    ProceedingResult,
)
from responder.openness.applications.proceedings import ProceedingFacts
from responder.openness.applications.registering import ApplicationFacts
from responder.openness.applications.rules import ApplicantKind, Basis, Way
from responder.openness.applications.step_facts import Facts
from responder.settings import Settings

Table = Mapping[str, Any]
OFFICER = "openness"


def load_applications(now: datetime, settings: Settings) -> None:
    """Each application registered on its day, and taken on by who handles them."""
    with transaction(CONSOLE, now) as session:
        outcomes.seed_outcomes(session)
    text = files("responder").joinpath("data/demo/applications.toml").read_text(encoding="utf-8")
    world = tomllib.loads(text)
    ids = [_register(table, now, settings) for table in world["application"]]
    for application_id, table in zip(ids, world["application"], strict=True):
        for action, days, *said in table["steps"]:
            _take(application_id, action, days, said[0] if said else {}, now, settings)
    for table in world["proceeding"]:
        _begin(ids[table["application"] - 1], table, now, settings)


def _at(now: datetime, days: int) -> datetime:
    return now + timedelta(days=days)


def _day(now: datetime, days: int, settings: Settings) -> date:
    return local(_at(now, days), settings.zone).date()


def _register(table: Table, now: datetime, settings: Settings) -> int:
    attempt = Attempt(lookup.actor(OFFICER), _at(now, table["days"]))
    facts = ApplicationFacts(
        received_on=_day(now, table["days"], settings),
        way=Way(table["way"]),
        basis=Basis(table["basis"]),
        applicant_kind=ApplicantKind(table["kind"]),
        applicant_name=table["name"],
        applicant_phone=table.get("phone", ""),
        content=table["content"],
        form_wanted=table.get("form_wanted", ""),
        purpose=table.get("purpose", ""),
    )
    with transaction(attempt.actor, attempt.now) as session:
        return registering.register(session, facts, attempt, settings.zone).id


def _take(
    application_id: int, action: str, days: int, said: Table, now: datetime, settings: Settings
) -> None:
    actor = lookup.actor(OFFICER)
    attempt = Attempt(actor, _at(now, days), said.get("note", ""))
    with transaction(actor, attempt.now) as session:
        application = session.get_one(Application, application_id)
        facts = _facts(session, application, days, said, now, settings)
        steps.take(session, application, action, attempt, facts, settings.zone)


def _facts(
    session: Session,
    application: Application,
    days: int,
    said: Table,
    now: datetime,
    settings: Settings,
) -> Facts:
    until = said.get("until")
    outcome = session.scalar(select(Outcome).where(Outcome.code == said.get("outcome", "")))
    waiting = application.open_material
    day = _day(now, days, settings)
    return Facts(
        until=None if until is None else _day(now, until, settings),
        matter=said.get("matter", ""),
        consulted=Consulted(said["consulted"]) if "consulted" in said else None,
        whom=said.get("whom", ""),
        length=said.get("length"),
        approver=said.get("approver", ""),
        told_on=day,
        outcome_id=outcome.id if outcome else None,
        reply_number=said.get("number", ""),
        reply_text=said.get("text", ""),
        unit=session.scalar(select(Unit).where(Unit.code == said.get("unit", ""))),
        material_id=waiting[0].id if waiting else None,
    )


def _begin(application_id: int, table: Table, now: datetime, settings: Settings) -> None:
    attempt = Attempt(lookup.actor(OFFICER), now)
    concluded = table.get("concluded")
    with transaction(attempt.actor, now) as session:
        facts = ProceedingFacts(
            kind=ProceedingKind(table["kind"]),
            body=table["body"],
            begun_on=_day(now, table["days"], settings),
            application=session.get_one(Application, application_id),
            case_number=table.get("case_number", ""),
            result=ProceedingResult(table["result"]) if "result" in table else None,
            concluded_on=None if concluded is None else _day(now, concluded, settings),
        )
        proceedings.save(session, None, facts, attempt, _day(now, 0, settings))
