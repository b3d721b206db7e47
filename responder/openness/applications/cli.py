"""``responder applications``: list, import, table, export, explain."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core import clocks as core_clocks
from responder.core import privacy
from responder.core.console import json_option, print_json, say, write_file
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import local, utc_now
from responder.intake.registers.console import file_argument, take_in
from responder.intake.registers.importing import TableImport
from responder.openness.applications import exporting, importing, queries, revealing, tables
from responder.openness.applications.lifecycle import APPLICATION, OPEN
from responder.openness.applications.models import Application
from responder.openness.applications.queries import ApplicationFilter
from responder.openness.applications.rules import TableRow, kind_name
from responder.openness.years import check_year

VIEWS = ("all", "open", "late")
FILES = {
    ("tables", "xlsx"): "依申请公开统计表",
    ("tables", "docx"): "依申请公开统计表",
    ("register", "xlsx"): "依申请公开登记簿",
}


@click.group()
def applications() -> None:
    """依申请公开：登记簿、期限的算法、年度报告表三和表四。"""


@applications.command("list")
@click.option("--year", type=int, help="编号的年份；默认全部。")
@click.option("--view", default="all", show_default=True, type=click.Choice(VIEWS))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_appcontext
def list_(year: int | None, view: str, limit: int, as_json: bool) -> None:
    """按期限先后列出申请；open 为在办，late 为逾期。不显示申请人身份。

    例：responder applications list --view open --json
    """
    wanted = ApplicationFilter(year, is_open=view == "open", late=view == "late")
    found = list(db.session.scalars(queries.listed(wanted, utc_now()).limit(limit)))
    if as_json:
        print_json({"applications": [_as_json(one) for one in found]})
        return
    if not found:
        say("没有符合条件的申请：可在“政务公开 → 依申请公开”登记，或用 import 导入")
    for one in found:
        end = one.outcome.path if one.outcome else ""
        if one.state in OPEN and (day := _due(one)):
            end = f"{day} 到期"
        click.echo(f"{one.number}  {APPLICATION.states[one.state]}  {_content(one)[:40]}  {end}")


@applications.command("import")
@file_argument
@json_option
@with_appcontext
def import_command(path: Path, dry_run: bool, errors_path: Path | None, as_json: bool) -> None:
    """导入原有的登记簿（.xlsx、.xls、CSV）；同一文件重复导入不会重复登记。

    例：responder applications import 登记簿.xlsx --errors 退回.xlsx
    """

    def take() -> TableImport:
        now, zone = utc_now(), _zone()
        file = importing.read_file(db.session, path, local(now, zone).date())
        if dry_run:
            return importing.rehearse(db.session, file)
        return importing.store(file, Attempt(CONSOLE, now), zone)

    take_in(take, path, dry_run, errors_path, as_json)


@applications.command()
@click.option("--year", type=int, help="年份；默认今年。")
@json_option
@with_appcontext
def table(year: int | None, as_json: bool) -> None:
    """由登记簿得出年度报告表三、表四，并核对勾稽关系。

    例：responder applications table --year 2026 --json
    """
    three, four = _tables(year)
    if as_json:
        print_json(_tables_as_json(three, four))
        return
    heads = "｜".join([*map(kind_name, tables.KINDS), "总计"])
    click.echo(f"{three.year} 年{exporting.THREE}（{heads}）")
    for row in three.rows:
        click.echo(f"{exporting.row_words(row)}：{'｜'.join(map(str, row.counts))}")
    say(exporting.balance_words(three))
    click.echo(f"{four.year} 年{exporting.FOUR}（结果维持｜结果纠正｜其他结果｜尚未审结｜总计）")
    for row in four.rows:
        click.echo(f"{row.label}：{'｜'.join(map(str, row.counts))}")


@applications.command()
@click.option("--year", type=int, help="年份；默认今年。")
@click.option(
    "--what", default="tables", show_default=True, type=click.Choice(["tables", "register"]),
    help="统计表，或登记簿。",
)  # fmt: skip
@click.option(
    "--format", "kind", default="xlsx", show_default=True, type=click.Choice(["xlsx", "docx"])
)
@click.option("--identities", is_flag=True, help="登记簿写明申请人身份；逐件记入审计。")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="写到哪里；默认当前目录。"
)
@json_option
@with_appcontext
def export(
    year: int | None, what: str, kind: str, identities: bool, out: Path | None, as_json: bool
) -> None:
    """把表三、表四（.xlsx、.docx）或登记簿（.xlsx）写成文件。

    例：responder applications export --year 2026 --format docx --out 统计表.docx
    """
    if (what, kind) not in FILES:
        raise Invalid("登记簿只能写成 xlsx：请改用 --format xlsx")
    year = _year(year)
    content = _tables_file(year, kind) if what == "tables" else _register_file(year, identities)
    path = out or Path(f"{year}年{FILES[what, kind]}.{kind}")
    write_file(path, content)
    say(f"已写入 {path}")
    if as_json:
        print_json({"file": str(path), "what": what, "format": kind, "bytes": len(content)})


def _tables_file(year: int, kind: str) -> bytes:
    write = exporting.tables_workbook if kind == "xlsx" else exporting.tables_document
    found: BytesIO = write(*_tables(year), utc_now())
    return found.getvalue()


def _register_file(year: int, identities: bool) -> bytes:
    now = utc_now()
    query = queries.listed(ApplicationFilter(year), now).limit(exporting.MOST_ROWS)
    with transaction(CONSOLE, now) as session:
        found = list(session.scalars(query))
        if identities:
            revealing.reveal_all(session, found, CONSOLE)
        return exporting.register_workbook(found, now, _zone(), identities)


@applications.command()
@click.argument("number")
@json_option
@with_appcontext
def explain(number: str, as_json: bool) -> None:
    """说明一件申请的每个期限是怎样算出来的，包括补正、征求意见和延期。

    例：responder applications explain 2026-001
    """
    one = queries.find_by_number(db.session, number)
    if as_json:
        clocks = [
            {"kind": clock.kind, "round": clock.round, **core_clocks.as_json(clock)}
            for clock in one.clocks
        ]
        print_json({**_as_json(one), "clocks": clocks})
        return
    for clock in one.clocks:
        click.echo("\n".join(core_clocks.told(clock, _zone())))


def _as_json(one: Application) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": one.state,
        "received_on": one.received_on,
        "way": one.way,
        "basis": one.basis,
        "applicant_kind": one.applicant_kind,
        "applicant": revealing.shown_name(one),
        "content": _content(one),
        "due_on": _due(one),
        "provisional": bool(one.end_clock and one.end_clock.provisional),
        "outcome": one.outcome.code if one.outcome else None,
        "closed_on": one.closed_on,
        "late": one.late,
    }


def _content(one: Application) -> str:
    return privacy.mask(one.content, names=revealing.names_of(one))


def _due(one: Application) -> str | None:
    """The last day for the reply; None while the applicant is waited for."""
    clock = one.end_clock
    return local(clock.due_at, _zone()).date().isoformat() if clock else None


def _tables(year: int | None) -> tuple[tables.ApplicationTable, tables.ProceedingTable]:
    wanted = _year(year)
    return (
        tables.application_table(db.session, wanted),
        tables.proceeding_table(db.session, wanted),
    )


def _tables_as_json(three: tables.ApplicationTable, four: tables.ProceedingTable) -> dict[str, Any]:
    return {
        "year": three.year,
        "applications": [_row(row, (*tables.KINDS, tables.TOTAL)) for row in three.rows],
        "balanced": three.holds,
        "balance": three.balances[-1].told,
        "strays": [{"number": one.number, "reason": reason} for one, reason in three.strays],
        "proceedings": [_row(row, (*tables.RESULTS, tables.TOTAL)) for row in four.rows],
    }


def _row(row: TableRow, columns: tuple[str, ...]) -> dict[str, Any]:
    counts = {str(name): count for name, count in zip(columns, row.counts, strict=True)}
    return {"code": row.code, "label": row.label, "depth": row.depth, **counts}


def _year(year: int | None) -> int:
    wanted = year if year is not None else local(utc_now(), _zone()).year
    check_year(wanted)
    return wanted


def _zone() -> ZoneInfo:
    zone: ZoneInfo = current_app.extensions["settings"].zone
    return zone
