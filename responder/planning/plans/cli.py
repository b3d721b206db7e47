"""``responder plan show · import · adopt · status · export``: the year's plan at the console."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core.console import json_option, print_json, say, write_file
from responder.core.database import db, transaction
from responder.core.errors import NotFound
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.registers.console import file_argument, take_in
from responder.intake.registers.importing import TableImport
from responder.planning.models import PlanEntry, ReleasePlan
from responder.planning.plans import adopting, importing, rules, service
from responder.planning.plans.baselines import listed
from responder.planning.plans.exporting import FORMATS
from responder.planning.plans.planned_time import planned_words
from responder.planning.plans.status import year_status
from responder.planning.plans.status_words import status_as_json, status_as_text
from responder.planning.plans.tables import adoption_words
from responder.planning.views import local_today, zone

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--year", type=int, help="年份；默认今年。")
@json_option
@with_appcontext
def show(year: int | None, as_json: bool) -> None:
    """列出一年的计划，并说明每条的执行情况。

    例：responder plan show --year 2026 --json
    """
    found = service.get_plan(db.session, year or local_today().year)
    report = service.report(found, local_today(), CONSOLE)
    entries = listed(found)
    if as_json:
        rows = [
            {**_entry_as_json(entry), "progress": report.progress[entry.id].value}
            for entry in entries
        ]
        counts = {progress.value: count for progress, count in report.counts.items()}
        print_json({**_plan_as_json(found), "counts": counts, "entries": rows})
        return
    click.echo(f"{found.title}（{adoption_words(found)}）")
    for entry in entries:
        progress = rules.PROGRESS_LABELS[report.progress[entry.id]]
        when = planned_words(entry.month, entry.day)
        click.echo(f"{entry.number:>3}  {when}  [{progress}] {entry.form_label}  {entry.theme}")


@click.command("import")
@file_argument
@click.option("--year", type=int, required=True, help="年份。")
@click.option("--unit", "code", metavar="CODE", help="单位代码；文件没有发布单位一列时用。")
@json_option
@with_appcontext
def import_command(
    path: Path,
    year: int,
    code: str | None,
    dry_run: bool,
    errors_path: Path | None,
    as_json: bool,
) -> None:
    """把计划表（.xlsx、.xls、CSV）导入一年的草案；同一文件重复导入不会重复列入。

    例：responder plan import 计划.xlsx --year 2026 --errors 退回.xlsx
    """

    def take() -> TableImport:
        file = importing.read_file(db.session, path, year, CONSOLE, _unit_of(code))
        if dry_run:
            return importing.rehearse(db.session, file)
        with transaction(CONSOLE) as session:
            return importing.store(session, file, CONSOLE)

    take_in(take, path, dry_run, errors_path, as_json, {"year": year})


def _unit_of(code: str | None) -> Unit | None:
    if code is None:
        return None
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise NotFound(f"没有代码为 {code} 的单位：请在“单位”页查看代码")
    return unit


@click.command()
@click.option("--year", type=int, required=True, help="年份。")
@click.option("--date", "day", type=DAY, required=True, help="审议通过的日期。")
@click.option("--meeting", required=True, help="审议的会议。")
@click.option("--minutes", default="", help="会议纪要文号。")
@json_option
@with_appcontext
def adopt(year: int, day: datetime, meeting: str, minutes: str, as_json: bool) -> None:
    """登记年度计划审议通过，留下基准版；有变更后可再次审议。

    例：responder plan adopt --year 2026 --date 2026-02-10 --meeting "市政府第 20 次常务会议"
    """
    with transaction(CONSOLE) as session:
        found = service.get_plan(session, year)
        frozen = adopting.adopt(session, found, day.date(), meeting, minutes)
        say(f"{found.title}：{adoption_words(found)}，第 {frozen.number} 次基准版")
        payload = {**_plan_as_json(found), "baseline": frozen.number, "rows": len(frozen.rows)}
    if as_json:
        print_json(payload)


@click.command()
@click.option("--year", type=int, help="年份；默认今年。")
@click.option("--as-of", type=DAY, help="按这一天计算；默认今天。")
@json_option
@with_appcontext
def status(year: int | None, as_of: datetime | None, as_json: bool) -> None:
    """计划与执行对照：按单位、形式、月份、季度，以及谁没有达到发布频次要求。

    例：responder plan status --year 2026 --json
    """
    today = as_of.date() if as_of else local_today()
    found = year_status(db.session, year or today.year, today, zone(), CONSOLE)
    if as_json:
        print_json(status_as_json(found))
        return
    for line in status_as_text(found):
        click.echo(line)


@click.command()
@click.option("--year", type=int, required=True, help="年份。")
@click.option(
    "--format", "kind", type=click.Choice(sorted(FORMATS)), default="xlsx", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="写到哪里；默认当前目录。"
)
@json_option
@with_appcontext
def export(year: int, kind: str, out: Path | None, as_json: bool) -> None:
    """把年度计划及变更表写成文件。

    例：responder plan export --year 2026 --format docx --out 计划.docx
    """
    found = service.get_plan(db.session, year)
    content = FORMATS[kind].write(db.session, found, zone(), utc_now(), CONSOLE)
    path = out or Path(f"{found.title}.{kind}")
    write_file(path, content)
    say(f"已写入 {path}")
    if as_json:
        print_json({"file": str(path), "format": kind, "bytes": len(content)})


commands = (show, import_command, adopt, status, export)


def _plan_as_json(found: ReleasePlan) -> dict[str, Any]:
    return {
        "year": found.year,
        "title": found.title,
        "state": found.state,
        "submitted_at": found.submitted_at,
        "adopted_on": found.adopted_on,
        "adopted_by": found.adopted_by,
        "minutes_number": found.minutes_number,
    }


def _entry_as_json(entry: PlanEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "theme": entry.theme,
        "form": entry.form,
        "month": entry.month,
        "day": entry.day,
        "unit": entry.unit.name,
        "speaker": entry.speaker,
        "basis": entry.basis,
        "remark": entry.remark,
        "event_ids": sorted(event.id for event in entry.events),
    }
