"""``responder findings import · list · export``: the three lists at the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core.console import json_option, print_json, say, write_file
from responder.core.database import db, transaction
from responder.core.errors import NotFound
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.registers.console import file_argument, take_in
from responder.intake.registers.importing import TableImport
from responder.openness.findings import importing, queries
from responder.openness.findings.lifecycle import FINDING
from responder.openness.findings.models import Finding
from responder.openness.findings.queries import Wanted
from responder.openness.findings.rules import ThreeLists
from responder.openness.findings.tables import FORMATS, file_name, three_tables
from responder.openness.years import local_today


@click.group()
def findings() -> None:
    """三张清单：问题清单、责任清单、问题销号清单。

    例：responder findings list --year 2026 --overdue
    """


@findings.command("import")
@file_argument
@json_option
@with_appcontext
def import_command(path: Path, dry_run: bool, errors_path: Path | None, as_json: bool) -> None:
    """把检查、测评反馈的问题（.xlsx、.xls、CSV）列入清单；同一文件重复导入不会重复列入。

    例：responder findings import 问题清单.xlsx --errors 退回.xlsx
    """

    def take() -> TableImport:
        attempt = Attempt(CONSOLE, utc_now())
        file = importing.read_file(db.session, path, importing.today_of(attempt))
        if dry_run:
            return importing.rehearse(db.session, file)
        with transaction(CONSOLE, attempt.now) as session:
            return importing.store(session, file, attempt)

    take_in(take, path, dry_run, errors_path, as_json)


@findings.command("list")
@click.option("--year", type=int, help="年度；默认今年。")
@click.option(
    "--list", "which", type=click.Choice([one.value for one in ThreeLists]),
    default=ThreeLists.PROBLEMS.value, show_default=True,
    help="哪一张：problems 问题清单，duties 责任清单，closings 问题销号清单。",
)  # fmt: skip
@click.option("--unit", "code", metavar="CODE", help="只列一个单位，填单位代码。")
@click.option("--overdue", is_flag=True, help="只列已过期限、还没有报送整改情况的。")
@json_option
@with_appcontext
def list_command(
    year: int | None, which: str, code: str | None, overdue: bool, as_json: bool
) -> None:
    """列出一年的一张清单。

    例：responder findings list --year 2026 --list duties --json
    """
    today = local_today()
    wanted = Wanted(
        year or today.year, ThreeLists(which), unit_id=_unit_of(code),
        overdue_on=today if overdue else None,
    )  # fmt: skip
    found = list(db.session.scalars(queries.with_rounds(queries.listed(CONSOLE, wanted))))
    if as_json:
        rows = [_as_json(one) | {"overdue": one.is_overdue(today)} for one in found]
        print_json({"year": wanted.year, "list": wanted.which, "findings": rows})
        return
    for one in found:
        late = "，已逾期" if one.is_overdue(today) else ""
        state = f"[{FINDING.states[one.state]}{late}]"
        due = f"{one.deadline} 前" if one.deadline else "未定期限"
        click.echo(f"{one.number}  {state} {one.unit.name}  {due}  {one.problem[:40]}")
    say(f"共 {len(found)} 项")


@findings.command()
@click.option("--year", type=int, help="年度；默认今年。")
@click.option("--unit", "code", metavar="CODE", help="只写一个单位的，填单位代码。")
@click.option(
    "--format", "kind", type=click.Choice(sorted(FORMATS)), default="xlsx", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="写到哪里；默认当前目录。"
)
@json_option
@with_appcontext
def export(year: int | None, code: str | None, kind: str, out: Path | None, as_json: bool) -> None:
    """把三张清单写成一个文件：Excel 三张表，或 Word 三个表。

    例：responder findings export --year 2026 --format docx --out 三张清单.docx
    """
    year = year or local_today().year
    tables = three_tables(db.session, year, CONSOLE, _unit_of(code))
    content = FORMATS[kind][2](year, utc_now(), tables)
    path = out or Path(file_name(year, kind))
    write_file(path, content)
    say(f"已写入 {path}")
    if as_json:
        rows = {which.value: len(table.rows) for which, table in tables.items()}
        print_json({"file": str(path), "format": kind, "bytes": len(content), "rows": rows})


def _unit_of(code: str | None) -> int | None:
    if code is None:
        return None
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise NotFound(f"没有代码为 {code} 的单位：请在“单位”页查看代码")
    return unit.id


def _as_json(one: Finding) -> dict[str, Any]:
    return {
        "number": one.number,
        "year": one.year,
        "state": one.state,
        "source": one.source,
        "inspection": one.inspection,
        "inspected_on": one.inspected_on,
        "problem": one.problem,
        "category": one.category,
        "unit": one.unit.name,
        "person": one.person,
        "post": one.post,
        "measures": one.measures,
        "basis": one.basis,
        "deadline": one.deadline,
        "closed_on": one.closed_on,
        "rounds": one.round,
    }
