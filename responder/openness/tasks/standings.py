"""How a task stands: of the city by itself, of the province by what serves it."""

from __future__ import annotations

from datetime import date

from responder.openness.tasks import rules
from responder.openness.tasks.models import Task, TaskState
from responder.openness.tasks.rules import Standing


def progress_of(task: Task) -> int | None:
    """Percent; of a task of the province the mean of the city's that serve it, None without any."""
    if task.is_city:
        return task.progress
    return rules.mean(one.progress for one in _standing_children(task))


def is_done(task: Task) -> bool:
    if task.is_city:
        return task.state is TaskState.COMPLETED
    children = _standing_children(task)
    return bool(children) and all(one.state is TaskState.COMPLETED for one in children)


def standing_of(task: Task, today: date) -> Standing:
    """How a task stands with its date."""
    if task.state is TaskState.CANCELLED:
        return rules.standing(task.due_on, None, today, void=True)
    return rules.standing(task.due_on, done_on(task), today)


def done_on(task: Task) -> date | None:
    """The day on which a task was done; of the province's that of the last of the city's."""
    if task.is_city:
        return task.completed_on
    if not is_done(task):
        return None
    return max(
        (one.completed_on for one in _standing_children(task) if one.completed_on), default=None
    )


def _standing_children(task: Task) -> list[Task]:
    return [one for one in task.children if one.state is not TaskState.CANCELLED]
