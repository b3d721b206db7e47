"""Findings of the demo, in every state, each step by whoever takes it."""

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
from responder.core.times import local
from responder.demo import lookup
from responder.openness.findings import queries, service
from responder.openness.findings.models import FindingSource
from responder.openness.findings.service import FindingFacts
from responder.settings import Settings

Table = Mapping[str, Any]

# Who takes a step, and which of the table's texts says why.
STEPS = {
    "assign": ("openness", ""),
    "send": ("liaison", "evidence"),
    "record": ("openness", "evidence"),
    "close": ("supervisor", "seen"),
    "return": ("supervisor", "returned"),
    "reopen": ("openness", "reopened"),
    "extend": ("openness", "extended"),
    "withdraw": ("openness", "withdrawn"),
}
HOURS_OF_A_STEP = 20


def load_findings(now: datetime, settings: Settings) -> None:
    """Each finding was listed some days after its inspection, and went its way since."""
    text = files("responder").joinpath("data/demo/findings.toml").read_text(encoding="utf-8")
    today = local(now, settings.zone).date()
    for table in tomllib.loads(text)["finding"]:
        at = now + timedelta(days=table["inspected"] + 2)
        finding_id = _enter(table, today, at)
        for action in table["steps"]:
            at = min(at + timedelta(hours=HOURS_OF_A_STEP), now)
            _take(finding_id, action, table, today, at)


def _enter(table: Table, today: date, at: datetime) -> int:
    actor = lookup.actor("openness")
    with transaction(actor, at) as session:
        return service.enter(session, _facts(session, table, today), Attempt(actor, at)).id


def _facts(session: Session, table: Table, today: date) -> FindingFacts:
    inspected_on = today + timedelta(days=table["inspected"])
    texts = ("category", "person", "post", "measures")
    return FindingFacts(
        year=today.year,
        source=FindingSource(table["source"]),
        inspection=f"{today.year}年{table['inspection']}",
        inspected_on=inspected_on,
        problem=table["problem"],
        unit=session.scalars(select(Unit).where(Unit.code == table["unit"])).one(),
        basis="测评、督查反馈意见",
        deadline=today + timedelta(days=table["deadline"]) if "deadline" in table else None,
        **{name: table.get(name, "") for name in texts},
    )


def _take(finding_id: int, action: str, table: Table, today: date, at: datetime) -> None:
    username, told = STEPS[action]
    actor = lookup.actor(username)
    attempt = Attempt(actor, at, table[told] if told else "")
    with transaction(actor, at) as session:
        finding = queries.find(session, finding_id, actor)
        if action in ("send", "record"):
            service.send(session, finding, attempt.note, "", (), attempt)
            return
        day = None
        if action == "extend":
            day = today + timedelta(days=table["deadline"] + 20)
        elif action == "reopen":
            day = today + timedelta(days=table["deadline"])
        service.advance(session, finding, action, attempt, day, table.get("person", ""))
