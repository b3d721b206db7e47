"""Policy packages, made by the product's own services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from flask import current_app
from sqlalchemy import select

from responder.accounts.models import User
from responder.accounts.proofs import PASSWORD, Proven
from responder.core.database import db, transaction
from responder.core.file_kinds import DOCUMENTS
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.planning.events import files
from responder.publishing.packages import columns, entering, steps
from responder.publishing.packages.entering import MaterialFacts, PackageFacts
from responder.publishing.packages.models import (
    Duty,
    InterpretationColumn,
    Level,
    PackageFile,
    PackageState,
    PolicyPackage,
    ReturnSlip,
)
from responder.publishing.packages.released import Interpretation, PolicyDocument
from responder.settings import Settings
from tests.factories import NOW, People, unit

S = PackageState
HOUR = NOW + timedelta(hours=2)
PLANNED = date(2026, 11, 27)  # Friday, five working days after NOW
TITLE = "住宅小区停车管理办法"
BODY = "第一条 为规范住宅小区停车，制定本办法。\n第二条 本办法自公布之日起施行。"
COLUMNS = ("departments", "experts")

# How a package comes to each state: who takes which step.
WAY = (("press_officer", "organise"), ("second_reviewer", "review"), ("signer", "sign"),
       ("press_officer", "schedule"))  # fmt: skip
STEPS_TO = {
    S.COLLECTING: 0, S.ORGANISED: 1, S.REVIEWED: 2, S.SIGNED: 3, S.SCHEDULED: 4,
}  # fmt: skip


def column(code: str = "departments") -> InterpretationColumn:
    """A column of interpretation; the shipped ones are stored when first asked for."""
    with transaction(CONSOLE, NOW) as session:
        columns.seed_columns(session)
    found = db.session.scalar(select(InterpretationColumn).where(InterpretationColumn.code == code))
    assert found is not None
    return found


def facts(**changed: Any) -> PackageFacts:
    known: dict[str, Any] = {
        "title": TITLE, "document_number": "市政办规〔2026〕4号", "issuer": "市人民政府办公室",
        "unit": unit(), "level": Level.OFFICE, "planned_on": PLANNED, "duty": Duty.TOGETHER,
        "duty_reason": "", "body": BODY,
    }  # fmt: skip
    return PackageFacts(**{**known, **changed})


def row(code: str = "departments", **changed: str) -> dict[str, str]:
    """A line of the plan, as it is typed."""
    typed = {"column": str(column(code).id), "form": "文字解读", "writer": "物业管理科",
             "due_on": "2026-11-26", "channel": "门户网站"}  # fmt: skip
    return {**typed, **changed}


def proposed(person: User | None = None, **changed: Any) -> PolicyPackage:
    """A package with its document alone."""
    actor, entered = (person or People().editor).actor, facts(**changed)
    with transaction(actor, NOW) as session:
        return entering.propose(session, entered, Attempt(actor, NOW))


def planned(
    package: PolicyPackage, *codes: str, person: User | None = None, **changed: str
) -> PolicyPackage:
    actor = (person or People().editor).actor
    rows = [row(code, **changed) for code in codes or COLUMNS]
    with transaction(actor, NOW) as session:
        entering.save_plan(session, package, rows, Attempt(actor, NOW))
    return package


def written(
    package: PolicyPackage, code: str = "departments", person: User | None = None, **changed: Any
) -> PolicyPackage:
    actor = (person or People().editor).actor
    kept = {"title": f"{code} 的解读", "author": "市住房和城乡建设局", "body": "停车位先满足业主。"}
    material = MaterialFacts(column(code).id, **{**kept, **changed})
    with transaction(actor, NOW) as session:
        entering.save_material(session, package, None, material, Attempt(actor, NOW))
    return package


def complete(person: User | None = None, **changed: Any) -> PolicyPackage:
    """A package of which nothing is missing: two interpretations, in two columns."""
    package = planned(proposed(person, **changed), person=person)
    for code in COLUMNS:
        written(package, code, person)
    return package


def take(
    package: PolicyPackage, action: str, person: Any, note: str = "", at: datetime = NOW
) -> ReturnSlip | None:
    """One step, by somebody."""
    attempt = Attempt(person.actor, at, note)
    with transaction(attempt.actor, at) as session:
        if action == "schedule":
            steps.schedule(session, package, HOUR, attempt)
            return None
        # Signature and withdrawal ask for it: whoever signs has proved who they are.
        proven = Proven(attempt.actor.id or 0, PASSWORD)
        return steps.advance(session, package, action, attempt, Settings(), proven)


def brought_to(state: PackageState, **changed: Any) -> PolicyPackage:
    """A complete package, taken to a state by the people whose steps lead there."""
    people, package = People(), complete(**changed)
    for role, action in WAY[: STEPS_TO.get(state, 3)]:
        take(package, action, getattr(people, role))
    if state is S.RETURNED:
        take(package, "return", people.signer, "标题与内容不符。")
    if state in (S.RELEASED, S.WITHDRAWN):
        take(package, "release", people.press_officer)
    if state is S.WITHDRAWN:
        take(package, "withdraw", people.signer, "数据有误，现予撤回。")
    return package


def out() -> tuple[list[str], list[str]]:
    """What is public: titles of documents, and of interpretations."""
    db.session.expire_all()
    documents = db.session.scalars(select(PolicyDocument.title))
    return sorted(documents), sorted(db.session.scalars(select(Interpretation.title)))


def attached(
    package: PolicyPackage,
    name: str = "附件一.pdf",
    content: bytes = b"%PDF-1.7 annex",
    person: User | None = None,
) -> PackageFile:
    """A file of the document, put away as an upload is."""
    actor = (person or People().editor).actor
    root = current_app.extensions["settings"].package_files
    kept = files.keep(root, BytesIO(content), name, 1, DOCUMENTS)
    with transaction(actor, NOW) as session:
        attempt = Attempt(actor, NOW)
        return entering.add_file(session, package, kept, name, "application/pdf", attempt)


def cleared(file: PackageFile, person: User | None = None) -> PackageFile:
    """Somebody else has read it."""
    actor = (person or People().first_reviewer).actor
    with transaction(actor, NOW) as session:
        entering.clear_file(session, file, Attempt(actor, NOW))
    return file


def released_with_files(*names: str) -> PolicyPackage:
    """A package that went out with attachments."""
    people, package = People(), complete()
    for name in names:
        cleared(attached(package, name, f"%PDF-1.7 内容：{name}".encode()))
    for role, action in (*WAY[:3], ("press_officer", "release")):
        take(package, action, getattr(people, role))
    return package
