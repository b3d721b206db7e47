"""Applications for disclosure, made by the product's own services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import select

from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.times import local
from responder.openness.applications import registering, steps
from responder.openness.applications.models import (
    Application,
    ApplicationClock,
    ApplicationState,
    Consulted,
    Outcome,
)
from responder.openness.applications.registering import ApplicationFacts
from responder.openness.applications.rules import ApplicantKind, Basis, Way
from responder.openness.applications.step_facts import Facts
from tests.factories import NOW, People, unit

S = ApplicationState
# Everything that the hand-computed cases tell of has happened by then.
LATER = datetime(2027, 7, 1, 1, 0, tzinfo=UTC)
NAME, PHONE, CODE = "郑小满", "13912345678", "340702199001011234"
CONTENT = "申请公开槐荫巷二次供水改造工程的立项批复和资金安排。"
REPLY = "您申请公开的信息附后，请查收。"


def facts(**changed: Any) -> ApplicationFacts:
    known: dict[str, Any] = {
        "received_on": date(2026, 11, 2), "way": Way.INTERNET, "basis": Basis.CONFIRMED,
        "applicant_kind": ApplicantKind.PERSON, "applicant_name": NAME, "content": CONTENT,
        "applicant_code": CODE, "applicant_phone": PHONE,
        "applicant_contact": "槐荫巷 12 号 3 栋 502 室",
    }  # fmt: skip
    return ApplicationFacts(**{**known, **changed})


def outcome(code: str = "disclosed") -> Outcome:
    found = db.session.scalar(select(Outcome).where(Outcome.code == code))
    assert found is not None
    return found


def officer() -> User:
    return People().openness_officer


def registered(now: datetime = NOW, person: User | None = None, **changed: Any) -> Application:
    actor = (person or officer()).actor
    with transaction(actor, now) as session:
        return registering.register(session, facts(**changed), Attempt(actor, now))


def take(
    application: Application,
    action: str,
    on: str | date | None = None,
    note: str = "",
    now: datetime = NOW,
    person: User | None = None,
    **said: Any,
) -> Application:
    """One step, by somebody, with a form that says what it must unless told otherwise."""
    actor = (person or officer()).actor
    day = date.fromisoformat(on) if isinstance(on, str) else on
    said = {**defaults(action, day or local(now).date()), **said}
    note = note or ("信息量大，需要汇总" if action == "extend" else "按实际情况办理")
    with transaction(actor, now) as session:
        steps.take(session, application, action, Attempt(actor, now, note), Facts(on=day, **said))
    return application


def defaults(action: str, day: date) -> dict[str, Any]:
    """What the form of a step says."""
    known: dict[str, dict[str, Any]] = {
        "ask_correction": {
            "until": date.fromordinal(day.toordinal() + 15), "matter": "请明确年份。",
        },
        "consult": {"consulted": Consulted.THIRD_PARTY, "whom": "某某供水公司"},
        "extend": {"length": 20, "approver": "王主任", "told_on": day},
        "reply": {
            "outcome_id": outcome().id, "reply_number": "江公开复〔2026〕1号", "reply_text": REPLY,
        },
        "ask_material": {"unit": unit(), "matter": "提供立项批复"},
    }  # fmt: skip
    return known.get(action, {})


def due(clock: ApplicationClock) -> date:
    return local(clock.due_at).date()


def brought_to(state: ApplicationState, **changed: Any) -> Application:
    """An application of 2 November, taken to a state by what leads there."""
    application = registered(**changed)
    way: dict[ApplicationState, list[tuple[str, str]]] = {
        S.REGISTERED: [],
        S.ACCEPTED: [("accept", "2026-11-03")],
        S.AWAITING_CORRECTION: [("ask_correction", "2026-11-03")],
        S.CONSULTING: [("accept", "2026-11-03"), ("consult", "2026-11-04")],
        S.AWAITING_FEE: [("accept", "2026-11-03"), ("ask_fee", "2026-11-04")],
        S.REPLIED: [("accept", "2026-11-03"), ("reply", "2026-11-10")],
        S.WITHDRAWN: [("withdraw", "2026-11-05")],
        S.VOID: [("void", "2026-11-05")],
        S.ARCHIVED: [("reply", "2026-11-10"), ("archive", "2026-11-11")],
    }
    if state is S.ABANDONED:
        take(application, "ask_correction", "2026-11-03", until=date(2026, 11, 10))
        return take(application, "abandon", "2026-11-18")
    for action, on in way[state]:
        take(application, action, on)
    return application


def sheet_of(content: bytes | BytesIO | Path, name: str) -> list[list[Any]]:
    """The cells of a workbook's sheet, row by row; what a merged cell covers is empty."""
    if isinstance(content, Path):
        content = content.read_bytes()
    stream = BytesIO(content) if isinstance(content, bytes) else content
    book = CalamineWorkbook.from_filelike(stream)
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def words_of(content: bytes | BytesIO | Path, name: str) -> list[str]:
    """All that the cells of a sheet say."""
    return [str(cell) for row in sheet_of(content, name) for cell in row if cell != ""]
