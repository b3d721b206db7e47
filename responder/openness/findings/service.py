"""Listing findings, changing them, and taking them over the three lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.core.turns import SAME_CLICK, take_turns
from responder.intake.imports.uploads import safe_name
from responder.openness.findings import rules
from responder.openness.findings.lifecycle import FINDING
from responder.openness.findings.models import (
    Finding,
    FindingEvidence,
    FindingExtension,
    FindingFile,
    FindingSource,
    FindingState,
    FindingVerdict,
    Outcome,
)
from responder.openness.links import checked_link
from responder.openness.years import check_year
from responder.planning.events.files import Kept

_S = FindingState

MOST_FILES = 10
LIMITS = {"inspection": 100, "category": 50, "person": 32, "post": 64, "basis": 300}
TEXTS = ("problem", "measures")
_NEEDED = {"inspection": "检查名称", "problem": "问题描述"}
# Who decides what an outcome is: the step's action → how it ends the round.
_OUTCOME_OF = {
    "close": Outcome.CLOSED, "return": Outcome.RETURNED, "reopen": Outcome.REOPENED,
}  # fmt: skip


@dataclass(frozen=True)
class FindingFacts:
    """A finding as somebody enters it; what the responsibility list needs may follow later."""

    year: int
    source: FindingSource
    inspection: str
    inspected_on: date
    problem: str
    unit: Unit
    category: str = ""
    basis: str = ""
    person: str = ""
    post: str = ""
    measures: str = ""
    deadline: date | None = None


@dataclass(frozen=True)
class SentFile:
    """A file that has been put away, under the name that it came with."""

    kept: Kept
    name: str
    media_type: str


def enter(session: Session, facts: FindingFacts, attempt: Attempt) -> Finding:
    """Put a finding on the problem list.

    :raises Forbidden: the person does not keep the lists.
    :raises Invalid: a fact is missing or impossible.
    """
    if not attempt.actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("问题由政务公开办列入清单：请联系他们办理")
    finding = Finding(
        state=FINDING.initial, round=1, listed_at=attempt.now, listed_by_id=attempt.actor.id,
        listed_by_name=attempt.actor.name,
    )  # fmt: skip
    with session.no_autoflush:
        _put(finding, facts, attempt)
        session.add(finding)
    session.flush()
    return finding


def enter_once(session: Session, facts: FindingFacts, attempt: Attempt) -> Finding:
    """The same as :func:`enter`; sent twice (a double click) it is one finding."""
    take_turns(session, attempt.actor)
    query = select(Finding).where(
        Finding.listed_at > attempt.now - SAME_CLICK,
        Finding.listed_by_id == attempt.actor.id,
        Finding.unit_id == facts.unit.id,
    )
    wanted = {**dict(vars(facts)), **_texts_of(facts)}
    for one in session.scalars(query.order_by(Finding.id)):
        if {name: getattr(one, name) for name in wanted} == wanted:
            return one
    return enter(session, facts, attempt)


def edit(session: Session, finding: Finding, facts: FindingFacts, attempt: Attempt) -> None:
    """Change what stands on the lists. A deadline that was given out moves by extension alone.

    :raises Forbidden, WrongState: as :meth:`Lifecycle.allow`.
    :raises Invalid: as :func:`enter`; or something would be missing on the responsibility list.
    """
    FINDING.allow(finding, "edit", attempt)
    kept = finding.deadline
    with session.no_autoflush:
        _put(finding, facts, attempt)
        if finding.state is _S.ASSIGNED:
            finding.deadline = kept
            if lacks := finding.lacks:
                session.refresh(finding)
                raise Invalid(f"已交办的问题不能缺{'、'.join(lacks)}：请补齐后再保存")
    session.flush()


def send(
    session: Session,
    finding: Finding,
    text: str,
    link: str,
    files: Sequence[SentFile],
    attempt: Attempt,
) -> FindingEvidence:
    """Tell what was done, as the unit or for it; it then waits for a verifier.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    :raises Invalid: nothing was told, the link is none, or there are too many files.
    """
    told = clean(text).strip()
    if not told:
        raise Invalid("请写明整改情况：做了什么、何时完成", {"text": "必填"})
    if len(files) > MOST_FILES:
        raise Invalid(f"一次最多 {MOST_FILES} 个文件：请打包后再传", {"files": "太多"})
    link = checked_link(link, "link")
    FINDING.advance(session, finding, way_of_sending(attempt), attempt)
    evidence = FindingEvidence(
        round=finding.round, text=told, link=link, sent_at=attempt.now,
        sent_by_id=attempt.actor.id, sent_by_name=attempt.actor.name,
        files=[
            FindingFile(
                name=safe_name(one.name), media_type=one.media_type[:100], size=one.kept.size,
                digest=one.kept.digest,
            )
            for one in files
        ],
    )  # fmt: skip
    finding.evidence.append(evidence)
    session.flush()
    return evidence


def way_of_sending(attempt: Attempt) -> str:
    """The step by which this person tells what was done: the office for a unit, a unit itself."""
    return "record" if attempt.actor.may(Permission.OPENNESS_EDIT) else "rectify"


def advance(
    session: Session,
    finding: Finding,
    action: str,
    attempt: Attempt,
    day: date | None = None,
    asked_by: str = "",
) -> None:
    """Take one step other than to send evidence or to edit.

    :param day: of the closing (today by default); the new deadline of an extension, and of a
        finding that is opened again.
    :param asked_by: who asked for an extension.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    :raises Invalid: the day cannot be, or it is no such step.
    """
    if action in ("edit", "rectify", "record"):
        raise Invalid(f"没有“{action}”这个操作：请从问题页面办理")
    today = local(attempt.now, office_zone()).date()
    FINDING.allow(finding, action, attempt)
    if action == "close":
        sent_on = local(finding.evidence[-1].sent_at, office_zone()).date()
        day = rules.check_closing(day or today, sent_on, today)
    elif action == "extend":
        day = rules.check_extension(finding.deadline, day, today)
    elif action == "reopen":
        day = rules.check_new_deadline(day, today)
    FINDING.advance(session, finding, action, attempt, {} if day is None else {"day": str(day)})
    _after(finding, action, attempt, day, today, asked_by)
    session.flush()


def _after(
    finding: Finding, action: str, attempt: Attempt, day: date | None, today: date, asked_by: str
) -> None:
    if outcome := _OUTCOME_OF.get(action):
        finding.verdicts.append(
            FindingVerdict(
                round=finding.round, outcome=outcome, seen=clean(attempt.note).strip(),
                on=day if outcome is Outcome.CLOSED else today,
                at=attempt.now, by_id=attempt.actor.id, by_name=attempt.actor.name,
            )
        )  # fmt: skip
    if action == "assign":
        finding.assigned_on = today
    elif action == "close":
        finding.closed_on = day
    elif action in ("return", "reopen"):
        finding.round += 1
        finding.closed_on = None
    if action in ("extend", "reopen") and day is not None and day != finding.deadline:
        _move_deadline(finding, action, attempt, day, asked_by)


def _move_deadline(
    finding: Finding, action: str, attempt: Attempt, day: date, asked_by: str
) -> None:
    reason = clean(attempt.note).strip()
    finding.extensions.append(
        FindingExtension(
            old_deadline=finding.deadline, new_deadline=day,
            reason=reason if action == "extend" else f"重新打开：{reason}",
            asked_by=" ".join(clean(asked_by).split())[:64] if action == "extend" else "",
            at=attempt.now,
            approved_by_id=attempt.actor.id, approved_by_name=attempt.actor.name,
        )
    )  # fmt: skip
    finding.deadline = day


def assign_if_ready(session: Session, finding: Finding, attempt: Attempt) -> bool:
    """Pass a finding on at once when all that it takes came with it; whether it was."""
    if finding.lacks:
        return False
    advance(session, finding, "assign", attempt)
    return True


def note_import(session: Session, finding: Finding, file_name: str, counts: dict[str, int]) -> None:
    """Say in the trail of the first finding of a file how many came with it."""
    audit.record(session, "import", finding, {"file_name": file_name, **counts})


def _put(finding: Finding, facts: FindingFacts, attempt: Attempt) -> None:
    check_year(facts.year)
    texts = _texts_of(facts)
    for name, label in _NEEDED.items():
        if not texts[name]:
            raise Invalid(f"请填写{label}", {name: "必填"})
    for name, most in LIMITS.items():
        if len(texts[name]) > most:
            raise Invalid(f"最多 {most} 字，请缩短", {name: "太长"})
    today = local(attempt.now, office_zone()).date()
    rules.check_dates(rules.Dates(facts.inspected_on, facts.deadline), today)
    for name, value in texts.items():
        setattr(finding, name, value)
    finding.year, finding.source = facts.year, facts.source
    finding.inspected_on, finding.deadline = facts.inspected_on, facts.deadline
    finding.unit, finding.unit_id = facts.unit, facts.unit.id


def _texts_of(facts: FindingFacts) -> dict[str, str]:
    """What is written of a finding, as it is stored."""
    lines = {name: " ".join(clean(getattr(facts, name)).split()) for name in LIMITS}
    return lines | {name: clean(getattr(facts, name)).strip() for name in TEXTS}
