"""``responder plan import-ics``: a calendar file at the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.database import db
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.core.privacy import mask
from responder.core.times import local, utc_now
from responder.planning.calendars import ical_importing
from responder.planning.calendars.ical_importing import OUTCOME_LABELS, ImportRun, Outcome, Row
from responder.planning.calendars.ical_reading import read
from responder.planning.calendars.ical_storing import store
from responder.planning.models import Form


@click.command("import-ics")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--unit", "code", required=True, help="新活动的发布单位，填单位代码。")
@click.option(
    "--form",
    "form",
    type=click.Choice([form.value for form in Form]),
    default=Form.CONFERENCE.value,
    show_default=True,
    help="文件没有写明发布形式时用哪一种。",
)
@click.option("--dry-run", is_flag=True, help="只说明会怎样，不导入。")
@json_option
@with_appcontext
def import_ics(path: Path, code: str, form: str, dry_run: bool, as_json: bool) -> None:
    """导入日历文件（.ics）；新活动等待审批，同一编号的按版本更新。

    例：responder plan import-ics 局里日历.ics --unit zjj --dry-run --json
    """
    run = _run(_content(path), code, Form(form), dry_run)
    counts = run.counts
    if as_json:
        rows = [_row_as_json(row) for row in run.rows]
        summary = {outcome.value: count for outcome, count in counts.items()}
        print_json({"file": path.name, "dry_run": dry_run, **summary, "entries": rows})
    else:
        for row in run.rows:
            click.echo(_line(row))
        told = "，".join(f"{OUTCOME_LABELS[one]} {count} 项" for one, count in counts.items())
        if run.clashing:
            told += f"；{run.clashing} 项有冲突，列在各条下面"
        say(("试运行：" if dry_run else "已导入：") + told)
    if counts[Outcome.REFUSED]:
        raise SystemExit(DONE_WITH_REFUSALS)


def _run(content: bytes, code: str, form: Form, dry_run: bool) -> ImportRun:
    zone, now = _zone(), utc_now()
    today = local(now, zone).date()
    reading = read(content, zone, today)
    if dry_run:
        unit = _unit(db.session, code)
        wanted = ical_importing.intents(db.session, reading, today, zone, unit.id)
        return ical_importing.preview(wanted, reading.refused)
    return store(reading, lambda session: _unit(session, code), form, CONSOLE, now, today, zone)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"无法读取 {path}（{error.strerror}）：请检查文件名和权限") from error


def _unit(session: Any, code: str) -> Unit:
    found: Unit | None = session.scalar(select(Unit).where(Unit.code == code))
    if found is None:
        raise NotFound(f"没有代码为 {code} 的单位：请用“单位”页上的代码")
    return found


def _zone() -> Any:
    return current_app.extensions["settings"].zone


def _when(row: Row) -> str:
    if row.starts_at is None:
        return ""
    there = local(row.starts_at, _zone())
    return f"{there:%Y-%m-%d}" if row.all_day else f"{there:%Y-%m-%d %H:%M}"


def _line(row: Row) -> str:
    number = f"第 {row.number} 条" if row.number else "—"
    reason = f"（{row.reason}）" if row.reason else ""
    line = f"{number}  {_when(row):16}  [{OUTCOME_LABELS[row.outcome]}] {mask(row.theme)}{reason}"
    return "\n".join([line, *(f"      冲突：{mask(told)}" for told in _clashes(row))])


def _clashes(row: Row) -> list[str]:
    return [clash.sentence for clash in row.clashes]


def _row_as_json(row: Row) -> dict[str, Any]:
    return {
        "number": row.number or None,
        "theme": mask(row.theme),
        "starts_at": row.starts_at,
        "all_day": row.all_day,
        "outcome": row.outcome,
        "reason": row.reason,
        "clashes": [mask(told) for told in _clashes(row)],
        "event_id": row.event_id,
    }
