"""What the form of a step says, and whether its day can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.times import local
from responder.openness.applications import rules
from responder.openness.applications.models import (
    CONSULTED_LABELS,
    Application,
    Consulted,
    Outcome,
)

MOST_REPLY = 20_000


@dataclass(frozen=True)
class Facts:
    """What the form of a step says besides the note; each step needs its own.

    :param on: the day on which it happened; today when None.
    :param until: ask_correction, ask_material: by when. ``matter``: what is asked.
    :param consulted: consult: whose opinion; ``whom``: who they are; ``delivered_on``: also of
        deliver: when they got the letter.
    :param length: extend: in working days; ``approver``: who consented; ``told_on``: when the
        applicant was told.
    :param outcome_id: reply, with ``reply_number`` and ``reply_text``.
    :param unit: ask_material. ``material_id``: receive_material.
    """

    on: date | None = None
    until: date | None = None
    matter: str = ""
    consulted: Consulted | None = None
    whom: str = ""
    delivered_on: date | None = None
    length: int | None = None
    approver: str = ""
    told_on: date | None = None
    outcome_id: int | None = None
    reply_number: str = ""
    reply_text: str = ""
    unit: Unit | None = None
    material_id: int | None = None


@dataclass(frozen=True)
class Step:
    """One step being taken; ``day`` is the day on which it happened."""

    session: Session
    application: Application
    attempt: Attempt
    facts: Facts
    zone: ZoneInfo
    day: date

    @property
    def today(self) -> date:
        return local(self.attempt.now, self.zone).date()


def told(step: Step) -> dict[str, Any]:
    """What the trail keeps of a step's form."""
    facts = step.facts
    outcome = step.session.get(Outcome, facts.outcome_id) if facts.outcome_id else None
    told = {
        "on": step.day.isoformat(),
        "until": facts.until.isoformat() if facts.until else None,
        "consulted": CONSULTED_LABELS[facts.consulted] if facts.consulted else None,
        "length": facts.length,
        "approver": facts.approver,
        "unit_name": facts.unit.name if facts.unit else None,
        "outcome": outcome.path if outcome else None,
        "reply_number": facts.reply_number,
    }
    return {name: value for name, value in told.items() if value}


def latest_day(application: Application, zone: ZoneInfo) -> date:
    """The last day of which the application's record tells: nothing that follows was before it."""
    moments = [
        at
        for pause in application.reply_clock.pauses
        for at in (pause.since, pause.until)
        if at is not None
    ]
    days = [
        application.received_on, application.correction_asked_on, application.corrected_on,
        application.fee_asked_on, application.fee_paid_on,
        *(local(at, zone).date() for at in moments),
    ]  # fmt: skip
    return max(day for day in days if day is not None)


# What may have happened beside the rest, at any time since the receipt.
_BESIDE = frozenset({"ask_material", "receive_material", "extend"})
# What says nothing of a day of its own.
_NO_DAY = frozenset({"void", "archive", "reopen"})


def check_day(step: Step, action: str) -> None:
    if action in _NO_DAY:
        return
    beside = action in _BESIDE
    earliest = step.application.received_on if beside else latest_day(step.application, step.zone)
    what = "收到申请之日" if beside else "上一步的日期"
    if problem := rules.day_problem(step.day, earliest, what, step.today):
        raise Invalid(f"日期有误：{problem}", {"on": "请核对"})
