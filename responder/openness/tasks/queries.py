"""Questions on tasks: who sees which, what is late, what waits for the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from responder.core.audit import AuditEvent
from responder.core.errors import NotFound
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.core.versions import check_seen
from responder.openness.access import own_rows, reads_all
from responder.openness.tasks import rules
from responder.openness.tasks.lifecycle import UNFINISHED
from responder.openness.tasks.models import (
    Level,
    Milestone,
    Report,
    ReportState,
    Task,
    TaskState,
    task_assistant,
    task_parent,
)
from responder.openness.tasks.reporting import may_see

# Of the reports' own trail, what the timeline of a task tells.
TOLD = ("submit", "withdraw", "accept", "return")


class Show(StrEnum):
    """Which tasks a list shows."""

    OPEN = "open"
    LATE = "late"
    SOON = "soon"
    REPORTED = "reported"
    DONE = "done"
    CANCELLED = "cancelled"
    OWN = "own"


SHOW_LABELS = {
    Show.OPEN: "未完成",
    Show.LATE: "逾期",
    Show.SOON: "将到期",
    Show.REPORTED: "已报完成，待审核",
    Show.DONE: "已完成",
    Show.CANCELLED: "已取消",
    Show.OWN: "没有对应省级任务",
}


@dataclass(frozen=True)
class Wanted:
    """Which tasks somebody asks for.

    :param lead_id: led by this unit; ``assistant_id``: this unit assists.
    """

    year: int
    level: Level | None = None
    show: Show | None = None
    lead_id: int | None = None
    assistant_id: int | None = None
    words: str = ""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which tasks somebody may know of: the office all, a unit what it leads, assists or serves."""
    if not reads_all(actor) and actor.unit_id is None:
        return false()
    child = aliased(Task)
    serves = (
        select(task_parent.c.parent_id)
        .join(child, child.id == task_parent.c.task_id)
        .where(_of_unit(child.id, child.lead_id, actor.unit_id))
    )
    own = _of_unit(Task.id, Task.lead_id, actor.unit_id)
    return own_rows(actor, or_(own, Task.id.in_(serves)))


def find(session: Session, task_id: int, actor: Actor) -> Task:
    """:raises NotFound: no such task, or none that this person may know of."""
    found = session.scalar(select(Task).where(Task.id == task_id, visible_to(actor)))
    if found is None:
        raise NotFound("没有这项任务，或它属于其他单位：请从年度任务列表重新进入")
    return found


def find_to_change(session: Session, task_id: int, actor: Actor, version: int | None) -> Task:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound: as :func:`find`.
    :raises Stale: it has changed since.
    """
    held = hold(session, task_id, actor)
    check_seen(held, version)
    return held


def hold(session: Session, task_id: int, actor: Actor) -> Task:
    """The same, whatever has changed since."""
    find(session, task_id, actor)
    query = select(Task).where(Task.id == task_id)
    return session.scalars(
        query.with_for_update(of=Task).execution_options(populate_existing=True)
    ).one()


def find_report(
    session: Session, report_id: int, attempt: Attempt, version: int | None = None
) -> Report:
    """A report that somebody may read, or decide upon as they had it before them.

    :param version: what they saw; None where nothing is decided.
    :raises NotFound: no such report, of a task of others, or another unit's draft.
    :raises Stale: it has changed since.
    """
    report = session.get(Report, report_id)
    if report is None or not may_see(report, attempt):
        raise NotFound("没有这份进展报告，或已被删除：请刷新任务页面")
    hold(session, report.task_id, attempt.actor)
    session.refresh(report)
    if version is not None:
        check_seen(report, version)
    return report


def listed(actor: Actor, wanted: Wanted, today: date) -> Select[Task]:
    """What somebody sees of a year: the city's tasks first, by their numbers."""
    query = select(Task).where(Task.year == wanted.year, visible_to(actor))
    if wanted.level is not None:
        query = query.where(Task.level == wanted.level)
    if wanted.show is not None:
        query = query.where(_shown(wanted.show, today))
    if wanted.lead_id is not None:
        query = query.where(Task.lead_id == wanted.lead_id)
    if wanted.assistant_id is not None:
        query = query.where(Task.id.in_(_assisted_by(wanted.assistant_id)))
    for word in wanted.words.split():
        like = f"%{_escaped(word)}%"
        query = query.where(
            or_(Task.title.ilike(like, escape="\\"), Task.requirement.ilike(like, escape="\\"))
        )
    return query.order_by(case((Task.level == Level.CITY, 0), else_=1), Task.number).options(*PARTS)


PARTS = (
    joinedload(Task.lead),
    selectinload(Task.assistants),
    selectinload(Task.parents),
    selectinload(Task.children),
    selectinload(Task.milestones),
)


def counts(session: Session, actor: Actor, year: int, today: date) -> dict[str, int]:
    """How many tasks of a year somebody sees, by what a list can show; cancelled ones apart."""
    seen = and_(Task.year == year, visible_to(actor))
    stands = Task.state != TaskState.CANCELLED
    conditions: dict[StrEnum, ColumnElement[bool]] = {
        Level.PROVINCE: and_(stands, Task.level == Level.PROVINCE),
        Level.CITY: and_(stands, Task.level == Level.CITY),
        **{show: and_(_shown(show, today), Task.level == Level.CITY) for show in Show},
    }
    columns = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(str(name))
        for name, condition in conditions.items()
    ]
    row = session.execute(select(*columns).where(seen)).one()
    return {str(name): int(row[place]) for place, name in enumerate(conditions)}


def late_milestones(
    session: Session, actor: Actor, year: int, until: date, since: date | None = None
) -> list[Milestone]:
    """Milestones of unfinished tasks that are not done and were due before a day.

    :param until: not included; ``since``: included.
    """
    query = (
        select(Milestone)
        .join(Milestone.task)
        .where(
            Task.year == year,
            visible_to(actor),
            Task.state.in_(UNFINISHED),
            Milestone.done_on.is_(None),
            Milestone.due_on < until,
        )
        .options(joinedload(Milestone.task).joinedload(Task.lead))
        .order_by(Milestone.due_on, Milestone.id)
    )
    if since is not None:
        query = query.where(Milestone.due_on >= since)
    return list(session.scalars(query))


def waiting_reports(
    actor: Actor, year: int, unit_id: int | None = None, text: str = "", completing: bool = False
) -> Select[Report]:
    """Reports that the office has not answered, the oldest first.

    :param text: in the title of the task; ``completing``: those alone that say it is done.
    """
    query = select(Report).join(Report.task)
    if unit_id is not None:
        query = query.where(Report.unit_id == unit_id)
    if text:
        query = query.where(Task.title.contains(text, autoescape=True))
    if completing:
        query = query.where(Report.percent == 100, Report.unit_id == Task.lead_id)
    return (
        query.where(Task.year == year, visible_to(actor), Report.state == ReportState.SUBMITTED)
        .options(joinedload(Report.task), joinedload(Report.unit))
        .order_by(Report.reported_at, Report.id)
    )


def reports_of(session: Session, task: Task, attempt: Attempt) -> list[Report]:
    """The reports of a task that somebody may read, the last first."""
    query = (
        select(Report)
        .where(Report.task_id == task.id)
        .options(
            joinedload(Report.unit),
            selectinload(Report.files),
            selectinload(Report.writers),
            selectinload(Report.reached),
        )
        .order_by(Report.id.desc())
    )
    return [one for one in session.scalars(query) if may_see(one, attempt)]


def timeline(session: Session, task: Task, reports: Sequence[Report]) -> list[AuditEvent]:
    """All that happened to a task and to the reports on it, the first first."""
    of_task = and_(AuditEvent.object_type == Task.__tablename__, AuditEvent.object_id == task.id)
    of_reports = and_(
        AuditEvent.object_type == Report.__tablename__,
        AuditEvent.object_id.in_([one.id for one in reports]),
        AuditEvent.action.in_(TOLD),
    )
    query = select(AuditEvent).where(or_(of_task, of_reports))
    return list(session.scalars(query.order_by(AuditEvent.id)))


def province_tasks(session: Session, year: int) -> list[Task]:
    """What a city task may serve."""
    query = select(Task).where(Task.year == year, Task.level == Level.PROVINCE)
    return list(session.scalars(query.order_by(Task.number)))


def years(session: Session, actor: Actor) -> list[int]:
    """The years that have tasks of which somebody may know."""
    return list(session.scalars(select(Task.year).where(visible_to(actor)).distinct()))


def _of_unit(
    task_id: ColumnElement[int] | object, lead_id: object, unit_id: int | None
) -> ColumnElement[bool]:
    assisted = task_id.in_(_assisted_by(unit_id))  # type: ignore[union-attr]
    return or_(lead_id == unit_id, assisted)  # type: ignore[arg-type]


def _assisted_by(unit_id: int | None) -> Select[int]:
    return select(task_assistant.c.task_id).where(task_assistant.c.unit_id == unit_id)


def done_condition() -> ColumnElement[bool]:
    """In SQL what :func:`is_done` says."""
    child = aliased(Task)
    serving = (
        select(child.id)
        .join(task_parent, task_parent.c.task_id == child.id)
        .where(task_parent.c.parent_id == Task.id, child.state != TaskState.CANCELLED)
    )
    unfinished = serving.where(child.state != TaskState.COMPLETED)
    province = and_(Task.level == Level.PROVINCE, serving.exists(), ~unfinished.exists())
    return or_(and_(Task.level == Level.CITY, Task.state == TaskState.COMPLETED), province)


def _shown(show: Show, today: date) -> ColumnElement[bool]:
    stands, done = Task.state != TaskState.CANCELLED, done_condition()
    open_ = and_(stands, ~done)
    if show is Show.OPEN:
        return open_
    if show is Show.LATE:
        return and_(open_, Task.due_on < today)
    if show is Show.SOON:
        return and_(open_, Task.due_on.between(today, rules.soon_until(today)))
    if show is Show.REPORTED:
        return Task.state == TaskState.REPORTED
    if show is Show.DONE:
        return and_(stands, done)
    if show is Show.OWN:
        parented = exists().where(task_parent.c.task_id == Task.id)
        return and_(stands, Task.level == Level.CITY, ~parented)
    return Task.state == TaskState.CANCELLED


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
