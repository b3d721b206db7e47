"""``responder plan preparation``: what is due at the console."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say
from responder.core.database import db
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import load_calendar
from responder.planning.events.models import PreparationTask
from responder.planning.events.preparing import due_tasks, overdue
from responder.planning.events.rescheduling import provisional
from responder.planning.views import local_today, zone


@click.command()
@click.option(
    "--days", type=click.IntRange(0, 365), default=7, show_default=True, help="今后几天之内。"
)
@json_option
@with_appcontext
def preparation(days: int, as_json: bool) -> None:
    """列出已过期和即将到期的筹备事项。

    例：responder plan preparation --days 7 --json
    """
    today = local_today()
    tasks = due_tasks(db.session, today + timedelta(days=days), CONSOLE)
    late = {task.id for task in overdue(tasks, today)}
    unsure = provisional(tasks, load_calendar(db.session), zone())
    if as_json:
        rows = [_as_json(task, task.id in late, task.id in unsure) for task in tasks]
        print_json({"as_of": today, "days": days, "overdue": len(late), "tasks": rows})
        return
    for task in tasks:
        mark = "已过期" if task.id in late else "待办"
        day = f"{task.due_on}{'（暂定）' if task.id in unsure else ''}"
        click.echo(f"{day}  [{mark}] {task.name}  {task.event.theme}")
    say(f"今后 {days} 天内到期 {len(tasks) - len(late)} 项，已过期 {len(late)} 项")


def _as_json(task: PreparationTask, is_overdue: bool, is_provisional: bool) -> dict[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "due_on": task.due_on,
        "overdue": is_overdue,
        "provisional": is_provisional,
        "responsible": task.responsible,
        "event_id": task.event_id,
        "theme": task.event.theme,
        "starts_at": task.event.starts_at,
        "unit": task.event.unit.name,
    }
