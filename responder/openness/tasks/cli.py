"""``responder tasks import · list · export``: the year's tasks at the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say, write_file
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.registers.console import file_argument, take_in
from responder.intake.registers.importing import TableImport
from responder.openness.tasks import importing, queries
from responder.openness.tasks.exporting import FORMATS
from responder.openness.tasks.lifecycle import TASK
from responder.openness.tasks.models import Milestone, Task
from responder.openness.tasks.paper import progress_words, title_of
from responder.openness.tasks.queries import Wanted
from responder.openness.tasks.standings import done_on, progress_of, standing_of
from responder.openness.years import check_year, local_today


@click.group()
def tasks() -> None:
    """年度任务：导入、列出、导出。

    例：responder tasks list --year 2026
    """


@tasks.command("import")
@file_argument
@click.option("--year", type=int, required=True, help="任务的年度。")
@json_option
@with_appcontext
def import_command(
    path: Path, year: int, dry_run: bool, errors_path: Path | None, as_json: bool
) -> None:
    """把任务表（.xlsx、.xls、CSV）导入一个年度；同一文件重复导入不会重复登记。

    例：responder tasks import 任务分解.xlsx --year 2026 --errors 退回.xlsx
    """

    def take() -> TableImport:
        file = importing.read_file(db.session, path, year, local_today())
        if dry_run:
            return importing.rehearse(db.session, file)
        now = utc_now()
        with transaction(CONSOLE, now) as session:
            return importing.store(session, file, Attempt(CONSOLE, now))

    take_in(take, path, dry_run, errors_path, as_json, {"year": year})


@tasks.command("list")
@click.option("--year", type=int, help="年度；默认今年。")
@json_option
@with_appcontext
def list_command(year: int | None, as_json: bool) -> None:
    """列出一个年度的任务和进展。

    例：responder tasks list --year 2026 --json
    """
    today = local_today()
    year = year or today.year
    check_year(year)
    found = list(db.session.scalars(queries.listed(CONSOLE, Wanted(year), today)))
    if as_json:
        print_json({"year": year, "as_of": today, "tasks": [_as_json(one) for one in found]})
        return
    for task in found:
        lead = task.lead.name if task.lead else "—"
        words = progress_words(task, today)
        click.echo(f"{task.level_label} {task.number:>3}  [{words}] {lead}  {task.title}")
    say(f"{year} 年共 {len(found)} 项")


@tasks.command()
@click.option("--year", type=int, required=True, help="年度。")
@click.option(
    "--format", "kind", type=click.Choice(sorted(FORMATS)), default="xlsx", show_default=True,
    help="文件格式。",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="写到哪里；默认当前目录。"
)
@json_option
@with_appcontext
def export(year: int, kind: str, out: Path | None, as_json: bool) -> None:
    """把任务分解和进度安排表写成文件。

    例：responder tasks export --year 2026 --format docx --out 任务.docx
    """
    check_year(year)
    content = FORMATS[kind].write(db.session, year, CONSOLE, utc_now())
    path = out or Path(f"{title_of(year)}.{kind}")
    write_file(path, content)
    say(f"已写入 {path}")
    if as_json:
        print_json({"file": str(path), "format": kind, "bytes": len(content)})


def _as_json(task: Task) -> dict[str, Any]:
    standing = standing_of(task, local_today())
    return {
        "id": task.id,
        "level": task.level,
        "number": task.number,
        "title": task.title,
        "requirement": task.requirement,
        "state": task.state,
        "state_label": TASK.states[task.state],
        "lead": task.lead.name if task.lead else None,
        "assistants": [unit.name for unit in task.assistants],
        "parents": [one.number for one in task.parents],
        "children": [one.number for one in task.children],
        "due_on": task.due_on,
        "progress": progress_of(task),
        "completed_on": done_on(task),
        "standing": standing.code,
        "days": standing.days,
        "milestones": [_milestone_as_json(one) for one in task.milestones],
        "basis": task.basis,
        "remark": task.remark,
    }


def _milestone_as_json(one: Milestone) -> dict[str, Any]:
    return {
        "what": one.what,
        "due_on": one.due_on,
        "done_on": one.done_on,
        "evidence": one.evidence,
    }
