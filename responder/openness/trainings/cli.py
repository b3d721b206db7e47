"""``responder trainings import · list · export``: the register at the console."""

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
from responder.openness.trainings import importing, service
from responder.openness.trainings.exporting import FORMATS
from responder.openness.trainings.models import Occasion
from responder.openness.trainings.words import summary, title_of
from responder.openness.years import check_year, local_today


@click.group()
def trainings() -> None:
    """培训和会议：导入、列出、导出。

    例：responder trainings list --year 2026
    """


@trainings.command("import")
@file_argument
@click.option("--year", type=int, help="只收这一年的；不给则各年都收。")
@json_option
@with_appcontext
def import_command(
    path: Path, year: int | None, dry_run: bool, errors_path: Path | None, as_json: bool
) -> None:
    """把培训会议登记表（.xlsx、.xls、CSV）导入；同一文件重复导入不会重复登记。

    例：responder trainings import 培训.xlsx --errors 退回.xlsx
    """
    if year is not None:
        check_year(year)

    def take() -> TableImport:
        file = importing.read_file(db.session, path, local_today(), year)
        if dry_run:
            return importing.rehearse(db.session, file)
        now = utc_now()
        with transaction(CONSOLE, now) as session:
            return importing.store(session, file, Attempt(CONSOLE, now))

    take_in(take, path, dry_run, errors_path, as_json, {"year": year})


@trainings.command("list")
@click.option("--year", type=int, help="年份；默认今年。")
@json_option
@with_appcontext
def list_command(year: int | None, as_json: bool) -> None:
    """列出一年的培训和会议，并说明各有多少。

    例：responder trainings list --year 2026 --json
    """
    year = year or local_today().year
    check_year(year)
    found = list(db.session.scalars(service.listed(CONSOLE, year)))
    counts = service.counts(db.session, CONSOLE, year)
    if as_json:
        told = {kind.value: vars(one) for kind, one in counts.items()}
        print_json({"year": year, "counts": told, "occasions": [_as_json(one) for one in found]})
        return
    for one in found:
        click.echo(f"{one.held_on}  [{one.kind_label}] {one.title}")
    say(summary(counts) or f"{year} 年还没有登记培训和会议")


@trainings.command()
@click.option("--year", type=int, required=True, help="年份。")
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
    """把一年的培训会议登记表写成文件。

    例：responder trainings export --year 2026 --format docx --out 培训.docx
    """
    check_year(year)
    content = FORMATS[kind].write(db.session, year, CONSOLE, utc_now())
    path = out or Path(f"{title_of(year)}.{kind}")
    write_file(path, content)
    say(f"已写入 {path}")
    if as_json:
        print_json({"file": str(path), "format": kind, "bytes": len(content)})


def _as_json(one: Occasion) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "held_on": one.held_on,
        "title": one.title,
        "place": one.place,
        "organiser": one.organiser.name if one.organiser else None,
        "lecturers": one.lecturers,
        "attendance": one.attendance,
        "units": one.units,
        "contents": one.contents,
        "minutes_number": one.minutes_number,
        "remark": one.remark,
    }
