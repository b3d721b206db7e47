"""Findings, made by the product's own services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.openness.findings import queries, service
from responder.openness.findings.models import Finding, FindingSource, FindingState
from responder.openness.findings.service import FindingFacts
from tests.factories import NOW, People, unit
from tests.openness.people import liaison_of

S = FindingState
TODAY = date(2026, 11, 20)
DEADLINE = date(2026, 12, 18)
PROBLEM = "“房地产市场监管”栏目三个月没有更新"


def facts(**changed: Any) -> FindingFacts:
    known: dict[str, Any] = {
        "year": 2026, "source": FindingSource.THIRD_PARTY, "inspection": "2026年第二次第三方测评",
        "inspected_on": date(2026, 10, 30), "problem": PROBLEM, "unit": unit(),
        "category": "更新不及时", "basis": "测评反馈意见", "person": "周某", "post": "办公室主任",
        "measures": "补发三个月的信息，专人每周检查", "deadline": DEADLINE,
    }  # fmt: skip
    return FindingFacts(**{**known, **changed})


def entered(by: User | None = None, at: datetime = NOW, **changed: Any) -> Finding:
    actor, wanted = (by or People().openness_officer).actor, facts(**changed)
    with transaction(actor, at) as session:
        return service.enter(session, wanted, Attempt(actor, at))


def take(
    finding: Finding, action: str, person: User, note: str = "理由", at: datetime = NOW,
    **more: Any,
) -> Finding:  # fmt: skip
    """One step, by somebody."""
    attempt = Attempt(person.actor, at, note)
    with transaction(attempt.actor, at) as session:
        held = queries.find_to_change(session, finding.id, attempt.actor, finding.version_id)
        service.advance(session, held, action, attempt, **more)
    return finding


def sent(
    finding: Finding, person: User | None = None, text: str = "已补发三个月的信息",
    at: datetime = NOW,
    **more: Any,
) -> Finding:  # fmt: skip
    person = person or liaison_of(unit())
    attempt = Attempt(person.actor, at)
    with transaction(attempt.actor, at) as session:
        held = queries.find_to_change(session, finding.id, attempt.actor, finding.version_id)
        given = {"link": "", "files": (), **more}
        service.send(session, held, text, given["link"], given["files"], attempt)
    return finding


def brought_to(state: FindingState, **changed: Any) -> Finding:
    people, finding = People(), entered(**changed)
    if state is S.WITHDRAWN:
        return take(finding, "withdraw", people.openness_officer, "重复列入")
    if state is not S.LISTED:
        take(finding, "assign", people.openness_officer)
    if state in (S.RECTIFIED, S.CLOSED):
        sent(finding)
    if state is S.CLOSED:
        take(finding, "close", people.supervisor, "打开栏目看过，信息已补齐")
    return db.session.get_one(Finding, finding.id)


LATER = NOW + timedelta(days=3)
