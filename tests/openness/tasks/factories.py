"""Tasks in every state, made by the register's own services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from responder.accounts.models import Unit, User
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Role
from responder.openness.tasks import reporting, service
from responder.openness.tasks.models import Level, Report, ReportState, Task, TaskState
from responder.openness.tasks.reporting import ReportFacts
from responder.openness.tasks.rules import Step
from responder.openness.tasks.service import TaskFacts
from tests.factories import NOW, People, unit

YEAR = 2026
DUE = date(2026, 12, 20)
TODAY = date(2026, 11, 20)


def at_home(role: Role = Role.LIAISON, home: Unit | None = None, username: str = "") -> User:
    """Somebody of a post who works for a unit."""
    user = People().holding(role, username)
    home = home or unit()
    if user.unit_id != home.id:
        with transaction(CONSOLE):
            user.unit_id = home.id
    return user


def attempt(actor: Actor, note: str = "", now: datetime = NOW) -> Attempt:
    return Attempt(actor, now, note)


def task(
    number: int = 0,
    level: Level = Level.CITY,
    title: str = "推进老旧小区改造信息公开",
    steps: tuple[Step, ...] = (),
    **facts: Any,
) -> Task:
    """A task as the office enters it."""
    facts.setdefault("lead", unit() if level is Level.CITY else None)
    facts.setdefault("due_on", DUE)
    facts.setdefault("year", YEAR)
    with transaction(CONSOLE, NOW) as session:
        number = number or service.next_number(session, facts["year"], level)
        wanted = TaskFacts(level=level, number=number, title=title, **facts)
        made = service.create_task(session, wanted, attempt(CONSOLE))
        if steps:
            service.save_milestones(session, made, steps, attempt(CONSOLE))
    return made


def province(number: int = 0, title: str = "推进民生领域信息公开", **facts: Any) -> Task:
    return task(number, Level.PROVINCE, title, **facts)


def drafted(
    of: Task, percent: int = 60, body: str = "已完成方案。", person: User | None = None,
    link: str = "", reached: dict[int, date] | None = None, now: datetime = NOW,
) -> Report:  # fmt: skip
    """What a liaison, of the lead unit where nobody is named, has begun to write."""
    actor = (person or at_home()).actor
    with transaction(actor, now) as session:
        draft = reporting.draft_of(session, of, actor.unit_id)
        version = draft.version_id if draft else None
        facts = ReportFacts(percent, body, link, reached or {})
        return reporting.save_draft(session, of, facts, attempt(actor, now=now), version)


def submitted(of: Task, percent: int = 60, person: User | None = None, **facts: Any) -> Report:
    """What a liaison has sent in."""
    now = facts.get("now", NOW)
    report = drafted(of, percent, person=person, **facts)
    actor = (person or at_home()).actor
    with transaction(actor, now) as session:
        reporting.submit(session, report, attempt(actor, now=now))
    return report


def decide(
    report: Report, action: str = "accept", note: str = "", person: User | None = None,
    now: datetime = NOW,
) -> Report:  # fmt: skip
    """What the office, or somebody else, makes of it."""
    actor = (person or People().openness_officer).actor
    with transaction(actor, now) as session:
        reporting.advance(session, report, action, attempt(actor, note, now))
    return report


def accepted(of: Task, percent: int = 60, **facts: Any) -> Report:
    return decide(submitted(of, percent, **facts))


def step(of: Task, action: str, note: str = "理由", person: User | None = None) -> None:
    """What the office does with a task."""
    actor = (person or People().openness_officer).actor
    with transaction(actor, NOW) as session:
        service.advance(session, of, action, attempt(actor, note))


def brought_to(state: TaskState, **facts: Any) -> Task:
    """A task in a state, by the way that leads to it."""
    made = task(**facts)
    if state is TaskState.CANCELLED:
        step(made, "cancel")
    elif state is not TaskState.OPEN:
        report = submitted(made, 100)
        if state is TaskState.COMPLETED:
            decide(report)
        elif state is TaskState.RETURNED:
            decide(report, "return", "缺佐证")
    assert made.state is state
    return made


def report_in(state: ReportState) -> Report:
    """A report in a state, of a task of its own."""
    made = task()
    if state is ReportState.DRAFT:
        return drafted(made)
    report = submitted(made)
    if state is ReportState.ACCEPTED:
        decide(report)
    elif state is ReportState.RETURNED:
        decide(report, "return", "缺佐证")
    return report


def days(count: int) -> timedelta:
    return timedelta(days=count)


__all__ = ["db", "unit"]
