"""Writing tasks: entered, changed, with their milestones; cancelled, opened again, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.openness.tasks import rules
from responder.openness.tasks.lifecycle import STEP, TASK
from responder.openness.tasks.models import (
    Level,
    Milestone,
    ReportState,
    Task,
    TaskState,
)
from responder.openness.tasks.rules import Step
from responder.openness.years import check_year

MOST_MILESTONES = 20


@dataclass(frozen=True)
class TaskFacts:
    """What the office enters of a task. What only the city's have is left empty of others."""

    year: int
    level: Level
    number: int
    title: str
    requirement: str = ""
    lead: Unit | None = None
    assistants: tuple[Unit, ...] = ()
    parents: tuple[Task, ...] = ()
    due_on: date | None = None
    basis: str = ""
    remark: str = ""


def create_task(session: Session, facts: TaskFacts, attempt: Attempt) -> Task:
    """Enter a task.

    :raises Forbidden: somebody who does not keep the register.
    :raises Invalid: a fact is missing or wrong, or the number is taken.
    """
    require_office(attempt)
    check_year(facts.year)
    task = Task(
        year=facts.year, level=facts.level, state=TaskState.OPEN, progress=0, edits=0,
        created_at=attempt.now,
    )  # fmt: skip
    _put(session, task, facts)
    session.add(task)
    session.flush()
    return task


def edit_task(session: Session, task: Task, facts: TaskFacts, attempt: Attempt) -> None:
    """Change a task; its year and level stay.

    :raises Forbidden, WrongState: as :meth:`Lifecycle.allow`.
    :raises Invalid: as :func:`create_task`, or a milestone would be due after the task.
    """
    TASK.allow(task, "edit", attempt)
    for one in task.milestones:
        if facts.due_on is not None and one.due_on > facts.due_on:
            raise Invalid(
                f"时序节点“{one.what}”在 {one.due_on}，晚于新的完成时限：请先改时序进度",
                {"due_on": "早于时序节点"},
            )
    _put(session, task, facts)
    task.edits += 1
    session.flush()


def save_milestones(session: Session, task: Task, steps: Sequence[Step], attempt: Attempt) -> None:
    """Write the milestones of a task anew, in the order of their dates.

    :raises Forbidden, WrongState: as :meth:`Lifecycle.allow`.
    :raises Invalid: one cannot be taken, or there are too many.
    """
    TASK.allow(task, "edit", attempt)
    if len(steps) > MOST_MILESTONES:
        raise Invalid(f"一项任务最多 {MOST_MILESTONES} 个时序节点：请合并一些")
    today = local(attempt.now, office_zone()).date()
    for step in steps:
        if problem := rules.step_problem(step, task.due_on, today):
            raise Invalid(problem, {"milestones": problem})
    kept = {one.id: one for one in task.milestones}
    put = []
    for position, step in enumerate(sorted(steps, key=lambda one: one.due_on), 1):
        milestone = kept.get(step.milestone_id or 0) or Milestone()
        milestone.position = position
        milestone.what, milestone.due_on = step.what, step.due_on
        milestone.done_on, milestone.evidence = step.done_on, step.evidence
        put.append(milestone)
    task.milestones = put
    task.edits += 1
    session.flush()


def advance(session: Session, task: Task, action: str, attempt: Attempt) -> None:
    """Take a step that has a button of its own: cancel, reopen, remove.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    :raises Invalid: reports take the other steps.
    """
    if action not in {one.action for one in TASK.transitions if one.endpoint == STEP}:
        raise Invalid(f"没有“{action}”这个操作")
    left = task.progress
    if action == "reopen" and task.state is TaskState.COMPLETED:
        left = rules.progress_before(_accepted_percents(task))
    details = {"progress": [task.progress, left]} if left != task.progress else None
    TASK.advance(session, task, action, attempt, details)
    if details:
        task.progress, task.completed_on = left, None
    if action == "remove":
        session.delete(task)
    session.flush()


def next_number(session: Session, year: int, level: Level) -> int:
    """The number that a new task would have."""
    query = select(func.max(Task.number)).where(Task.year == year, Task.level == level)
    return (session.scalar(query) or 0) + 1


def record_import(session: Session, task: Task, file_name: str, counts: dict[str, int]) -> None:
    """That a file was taken in, on the trail of its first task."""
    audit.record(session, "import", task, {"file_name": file_name, **counts})


def require_office(attempt: Attempt) -> None:
    """:raises Forbidden: somebody who does not keep the register."""
    if not attempt.actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("任务由政务公开办登记：请联系政务公开办办理")


def _accepted_percents(task: Task) -> list[int]:
    return [
        one.percent for one in task.reports if one.is_of_lead and one.state is ReportState.ACCEPTED
    ]


def _put(session: Session, task: Task, facts: TaskFacts) -> None:
    is_city = task.level is Level.CITY
    title = " ".join(clean(facts.title).split())
    if not title:
        raise Invalid("请填写任务名称", {"title": "必填"})
    if is_city and facts.lead is None:
        raise Invalid("市级任务要有牵头单位：请选择", {"lead_id": "必填"})
    if is_city and facts.due_on is None:
        raise Invalid("市级任务要有完成时限：请填写日期，如 2026-12-31", {"due_on": "必填"})
    if facts.due_on and (problem := rules.due_problem(task.year, facts.due_on)):
        raise Invalid(problem, {"due_on": "超出年度"})
    _check_number(session, task, facts.number)
    _check_parents(task, facts.parents)
    with session.no_autoflush:
        task.number, task.title, task.due_on = facts.number, title, facts.due_on
        task.requirement = clean(facts.requirement).strip()
        task.basis = " ".join(clean(facts.basis).split())
        task.remark = " ".join(clean(facts.remark).split())
        task.lead = facts.lead if is_city else None
        lead_id = facts.lead.id if facts.lead else None
        task.assistants = [one for one in facts.assistants if is_city and one.id != lead_id]
        task.parents = list(facts.parents) if is_city else []


def _check_number(session: Session, task: Task, number: int) -> None:
    query = select(Task).where(
        Task.year == task.year, Task.level == task.level, Task.number == number
    )
    with session.no_autoflush:
        other = session.scalar(query)
    if other is not None and other is not task:
        raise Invalid(
            f"{task.year} 年{task.level_label}第 {number} 项已是“{other.title}”：请换一个序号",
            {"number": "已被使用"},
        )


def _check_parents(task: Task, parents: Sequence[Task]) -> None:
    for one in parents:
        if one.level is not Level.PROVINCE or one.year != task.year:
            raise Invalid("对应的须是同一年度的省级任务：请重新选择", {"parents": "不是省级任务"})
