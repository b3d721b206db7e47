"""The checklist of an event: made from the office's list, due by its day, done by people."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from responder.core import audit
from responder.core.errors import Invalid, NotFound, WrongState
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, local
from responder.core.work_calendar import WorkCalendar, load_calendar
from responder.planning.access import events_in_full
from responder.planning.events.holding import hold_event
from responder.planning.events.lifecycle import APPROVE, CLOSED, RESUBMIT
from responder.planning.events.models import PreparationItem, PreparationTask
from responder.planning.events.rules import due_day
from responder.planning.models import EventState, PressEvent

FINISH, REOPEN = "finish", "reopen"
APPROVAL_TASK = "审批"  # the shipped one alone is done by the approval itself
MOST_DAYS = 60

_GONE = "没有这个筹备事项，或已被删除：请刷新活动页面"

# Of such an event nothing is due: its date is open, or there is none.
_UNDATED = frozenset({EventState.POSTPONED, EventState.CANCELLED})


def seed_preparation(session: Session) -> int:
    """Store the shipped checklist where the office has none yet; how many lines.

    A list that was edited stays as it is: lines are shut off, never removed.
    """
    if session.scalar(select(PreparationItem.id).limit(1)) is not None:
        return 0
    text = files("responder").joinpath("data/preparation.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["item"]
    session.add_all(PreparationItem(position=n, **row) for n, row in enumerate(rows, start=1))
    session.flush()
    return len(rows)


def due_of(
    event: PressEvent, days: int, calendar: WorkCalendar, zone: ZoneInfo = SHANGHAI
) -> date | None:
    """When a task of an event falls due; None while the event has no certain day."""
    if event.state in _UNDATED:
        return None
    return due_day(local(event.starts_at, zone).date(), days, calendar.is_working)


def tasks_of(session: Session, event: PressEvent) -> list[PreparationTask]:
    """The checklist of an event, in its order."""
    query = select(PreparationTask).where(PreparationTask.event_id == event.id)
    return list(session.scalars(query.order_by(PreparationTask.position, PreparationTask.id)))


def due_tasks(session: Session, day: date, reader: Actor) -> list[PreparationTask]:
    """All of :func:`due_by`."""
    return list(session.scalars(due_by(day, reader)))


def due_by(day: date, reader: Actor, text: str = "") -> Select[PreparationTask]:
    """What is to be done by the end of ``day`` and still open, earliest first, with its event.

    What is overdue is among it. Events that are over, cancelled or postponed ask for nothing,
    nor do those of which the reader reads the outline alone.

    :param text: in the task, in who does it or in the theme of its event.
    """
    query = (
        select(PreparationTask)
        .join(PreparationTask.event)
        .where(
            PreparationTask.due_on <= day,
            PreparationTask.done_at.is_(None),
            PressEvent.state.not_in(CLOSED | _UNDATED),
            events_in_full(reader),
        )
        .options(contains_eager(PreparationTask.event).joinedload(PressEvent.unit))
        .order_by(
            PreparationTask.due_on,
            PressEvent.starts_at,
            PreparationTask.position,
            PreparationTask.id,
        )
    )
    where = (PreparationTask.name, PreparationTask.responsible, PressEvent.theme)
    return (
        query.where(or_(*(one.contains(text, autoescape=True) for one in where))) if text else query
    )


def make_tasks(
    session: Session, event: PressEvent, zone: ZoneInfo = SHANGHAI
) -> list[PreparationTask]:
    """Give an event each line of the office's checklist that it does not have yet; the new ones.

    Two who press the button at once wait for each other, and no task is made twice.
    """
    hold_event(session, event)
    present = tasks_of(session, event)
    names = {task.name for task in present}
    wanted = select(PreparationItem).where(PreparationItem.active.is_(True))
    listed: dict[str, PreparationItem] = {}  # of two lines of one name the first
    for item in session.scalars(wanted.order_by(PreparationItem.position, PreparationItem.id)):
        if item.form in (None, event.form) and item.name not in names:
            listed.setdefault(item.name, item)
    calendar = load_calendar(session)
    start = max((task.position for task in present), default=0)
    made = [
        PreparationTask(
            event=event, position=start + number, name=item.name, days=item.days,
            due_on=due_of(event, item.days, calendar, zone),
            before_confirmation=item.before_confirmation,
        )
        for number, item in enumerate(listed.values(), start=1)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def reschedule(session: Session, event: PressEvent, zone: ZoneInfo = SHANGHAI) -> None:
    """Have the tasks of an event fall due by its day as it is now, done ones too."""
    tasks = tasks_of(session, event)
    if not tasks:
        return
    calendar = load_calendar(session)
    for task in tasks:
        task.due_on = due_of(event, task.days, calendar, zone)
    session.flush()


def follow(
    session: Session,
    event: PressEvent,
    action: str,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> None:
    """Keep the checklist in step with an arrow that the event has just taken.

    Approval makes it, where there is none, and is itself a task that is done by it; an event
    that goes back for approval has that task open again; without a certain day nothing is due.
    """
    if action == APPROVE and not tasks_of(session, event):
        make_tasks(session, event, zone)
    reschedule(session, event, zone)
    for task in _approvals(session, event):
        if action == RESUBMIT:
            reopen_task(session, task, actor)
        elif action == APPROVE:
            finish_task(session, task, actor, now)


def approvals_done(session: Session, event: PressEvent) -> dict[str, list[Any]]:
    """Who did the approval in the checklist, and when: task id → ``[moment, id, name]``."""
    return {
        str(task.id): [task.done_at.isoformat(), task.done_by_id, task.done_by_name]
        for task in _approvals(session, event)
        if task.done_at is not None
    }


def restore_approvals(session: Session, event: PressEvent, done: Mapping[str, list[Any]]) -> None:
    """Have the approval done again by whom and when it was: its sending back was undone.

    :param done: what :func:`approvals_done` told before.
    """
    for task in _approvals(session, event):
        if task.done_at is None and str(task.id) in done:
            moment, task.done_by_id, task.done_by_name = done[str(task.id)]
            task.done_at = datetime.fromisoformat(moment)
    session.flush()


def _approvals(session: Session, event: PressEvent) -> list[PreparationTask]:
    return [task for task in tasks_of(session, event) if task.name == APPROVAL_TASK]


def find_task(session: Session, task_id: int) -> PreparationTask:
    """:raises NotFound: no such task."""
    task = session.get(PreparationTask, task_id, options=[joinedload(PreparationTask.event)])
    if task is None:
        raise NotFound(_GONE)
    return task


def hold_task(session: Session, task_id: int) -> PreparationTask:
    """A task read anew with its event, both held as by ``hold_event``.

    :raises NotFound: no such task, or somebody has just removed it.
    """
    hold_event(session, find_task(session, task_id).event)
    query = select(PreparationTask).where(PreparationTask.id == task_id)
    task = session.scalar(query.execution_options(populate_existing=True))
    if task is None:
        raise NotFound(_GONE)
    return task


def add_task(
    session: Session,
    event: PressEvent,
    name: str,
    days: int,
    zone: ZoneInfo = SHANGHAI,
    *,
    responsible: str = "",
    note: str = "",
    before_confirmation: bool = False,
) -> PreparationTask:
    """A task of this event alone.

    :param days: working days before the event; below 0, after it.
    :param before_confirmation: whether the day is not certain while it is open.
    :raises Invalid: no name, or out of reach.
    :raises WrongState: the event is over.
    """
    hold_event(session, event)
    _refuse_closed(event)
    position = max((task.position for task in tasks_of(session, event)), default=0) + 1
    task = PreparationTask(
        event=event, position=position, name="", days=0, responsible=responsible.strip(),
        note=note.strip(), before_confirmation=before_confirmation,
    )  # fmt: skip
    _write(task, name, days)
    task.due_on = due_of(event, days, load_calendar(session), zone)
    session.add(task)
    session.flush()
    return task


def edit_task(
    session: Session,
    task: PreparationTask,
    name: str,
    days: int,
    responsible: str = "",
    note: str = "",
    zone: ZoneInfo = SHANGHAI,
    *,
    before_confirmation: bool = False,
) -> None:
    """Rename a task, put it to another day, say who does it; errors as :func:`add_task`.

    :param task: of :func:`hold_task`, so that its day is that of the event as it is now.
    """
    _refuse_closed(task.event)
    _write(task, name, days)
    task.responsible, task.note = responsible.strip(), note.strip()
    task.before_confirmation = before_confirmation
    task.due_on = due_of(task.event, days, load_calendar(session), zone)
    session.flush()


def remove_task(session: Session, task: PreparationTask) -> None:
    """Take a task off the checklist of its event; the trail keeps that it was there."""
    _refuse_closed(task.event)
    session.delete(task)
    session.flush()


def finish_task(session: Session, task: PreparationTask, actor: Actor, now: datetime) -> None:
    """Say that a task is done; saying it twice changes nothing."""
    if task.done_at is not None:
        return
    task.done_at, task.done_by_id, task.done_by_name = now, actor.id, actor.name
    audit.record(session, FINISH, task, {"name": task.name}, actor=actor)


def reopen_task(session: Session, task: PreparationTask, actor: Actor) -> None:
    """Say that a task is not done after all."""
    if task.done_at is None:
        return
    task.done_at, task.done_by_id, task.done_by_name = None, None, ""
    audit.record(session, REOPEN, task, {"name": task.name}, actor=actor)


def reopen_finished(session: Session, actor: Actor, moment: datetime) -> int:
    """Take back what this person said to be done at one moment; returns how many.

    What has become of an event since is its own matter: its checklist stays as it is.

    :raises WrongState: nothing of that moment is left to take back.
    """
    mine = (PreparationTask.done_at == moment) & (PreparationTask.done_by_id == actor.id)
    ids = session.scalars(select(PreparationTask.id).where(mine).order_by(PreparationTask.event_id))
    held = [hold_task(session, one) for one in ids.all()]
    tasks = [
        one
        for one in held
        if (one.done_at, one.done_by_id) == (moment, actor.id) and one.event.state not in CLOSED
    ]
    if not tasks:
        raise WrongState("没有可以恢复的：可能已经恢复过，或活动已经结束，请刷新页面")
    for task in tasks:
        reopen_task(session, task, actor)
    return len(tasks)


def overdue(tasks: Iterable[PreparationTask], today: date) -> list[PreparationTask]:
    """Those that should have been done before ``today``."""
    return [task for task in tasks if task.done_at is None and task.due_on and task.due_on < today]


def _write(task: PreparationTask, name: str, days: int) -> None:
    if not name.strip():
        raise Invalid("请填写筹备事项的名称", {"name": "必填"})
    if not -MOST_DAYS <= days <= MOST_DAYS:
        raise Invalid(
            f"提前或之后的工作日最多 {MOST_DAYS} 个：请改小", {"days": f"不超过 {MOST_DAYS}"}
        )
    task.name, task.days = name.strip(), days


def _refuse_closed(event: PressEvent) -> None:
    if event.state in CLOSED:
        raise WrongState("活动已经结束或取消，筹备清单不能再改动：请刷新页面查看最新状态")
