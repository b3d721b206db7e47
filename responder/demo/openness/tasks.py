"""Tasks of the demo's year: of the province and the city, in every state."""

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
from responder.core.permissions import Actor, Role, permissions_of
from responder.core.times import local
from responder.demo import lookup
from responder.openness.tasks import reporting, service
from responder.openness.tasks.models import Level, Report, Task
from responder.openness.tasks.reporting import ReportFacts
from responder.openness.tasks.rules import Step
from responder.openness.tasks.service import TaskFacts
from responder.settings import Settings

Table = Mapping[str, Any]

BASIS = {Level.PROVINCE: "省政务公开办年度工作要点", Level.CITY: "市政府办公室年度任务分解通知"}
ENTERED_DAYS = 75
ANSWERED_HOURS = 6


def load_tasks(now: datetime, settings: Settings) -> None:
    """Entered by the office, reported by the units."""
    text = files("responder").joinpath("data/demo/tasks.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    today = local(now, settings.zone).date()
    for table in tables["province"]:
        _enter(table, Level.PROVINCE, now, today)
    for table in tables["city"]:
        task_id = _enter(table, Level.CITY, now, today)
        for report in table.get("reports", ()):
            _report(report, task_id, now, today)
        if reason := table.get("cancel"):
            _cancel(task_id, reason, now)


def _enter(table: Table, level: Level, now: datetime, today: date) -> int:
    at = now - timedelta(days=ENTERED_DAYS)
    attempt = Attempt(lookup.actor("openness"), at)
    with transaction(attempt.actor, at) as session:
        parents = _of_the_province(session, today.year, table.get("parents", ()))
        facts = TaskFacts(
            year=today.year,
            level=level,
            number=table["number"],
            title=table["title"],
            requirement=table["requirement"],
            lead=_unit(session, table["lead"]) if "lead" in table else None,
            assistants=tuple(_unit(session, code) for code in table.get("assistants", ())),
            parents=parents,
            due_on=_day(today, table["due"]) if "due" in table else None,
            basis=BASIS[level],
        )
        task = service.create_task(session, facts, attempt)
        if milestones := table.get("milestones"):
            steps = [Step(what, _day(today, days)) for days, what in milestones]
            service.save_milestones(session, task, steps, attempt)
        return task.id


def _report(table: Table, task_id: int, now: datetime, today: date) -> None:
    """As somebody of the unit sends it in, and the office answers."""
    at = now - timedelta(days=table["age"], hours=ANSWERED_HOURS + 1)
    with transaction(now=at) as session:
        actor = _liaison(_unit(session, table["by"]))
    attempt = Attempt(actor, at)
    with transaction(actor, at) as session:
        task = session.get_one(Task, task_id)
        day = min(local(at).date(), today)
        reached = {task.milestones[place - 1].id: day for place in table.get("reached", ())}
        facts = ReportFacts(table["percent"], table["body"], table.get("link", ""), reached)
        report = reporting.save_draft(session, task, facts, attempt, None)
        if table["outcome"] != "draft":
            reporting.submit(session, report, attempt)
        report_id = report.id
    if table["outcome"] in ("accept", "return"):
        answer = at + timedelta(hours=ANSWERED_HOURS)
        decision = Attempt(lookup.actor("openness"), answer, table.get("note", ""))
        with transaction(decision.actor, answer) as session:
            report = session.get_one(Report, report_id)
            reporting.advance(session, report, table["outcome"], decision)


def _cancel(task_id: int, reason: str, now: datetime) -> None:
    at = now - timedelta(days=ENTERED_DAYS // 3)
    attempt = Attempt(lookup.actor("openness"), at, reason)
    with transaction(attempt.actor, at) as session:
        service.advance(session, session.get_one(Task, task_id), "cancel", attempt)


def _liaison(unit: Unit) -> Actor:
    """The demo's own, or somebody of a unit that has no account here."""
    own = lookup.actor("liaison")
    if own.unit_id == unit.id:
        return own
    name = f"{unit.short_name}联络员"
    return Actor(None, name, permissions_of([Role.LIAISON]), unit.id)


def _unit(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def _of_the_province(session: Session, year: int, numbers: tuple[int, ...]) -> tuple[Task, ...]:
    query = select(Task).where(
        Task.year == year, Task.level == Level.PROVINCE, Task.number.in_(numbers)
    )
    return tuple(session.scalars(query.order_by(Task.number)))


def _day(today: date, days: int) -> date:
    """No earlier than the year whose task it is: the demo may be loaded in January."""
    return max(today + timedelta(days=days), date(today.year, 1, 1))
