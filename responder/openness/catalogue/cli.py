"""``responder catalogue …``: the catalogue of what is published, at the console."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say, write_file
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.registers.console import file_argument, take_in
from responder.intake.registers.importing import TableImport
from responder.openness.catalogue import (
    column_importing,
    importing,
    queries,
    standing,
    syncing,
)
from responder.openness.catalogue.importing import Headings
from responder.openness.catalogue.rules import URGENCY_LABELS, Urgency
from responder.openness.catalogue.tables import catalogue_workbook, file_title
from responder.openness.years import local_today


@click.group()
def catalogue() -> None:
    """公开目录：栏目、公开信息、更新提醒。

    例：responder catalogue stale --json
    """


@catalogue.command("import-columns")
@file_argument
@json_option
@with_appcontext
def import_columns(path: Path, dry_run: bool, errors_path: Path | None, as_json: bool) -> None:
    """把栏目表（.xlsx、.xls、CSV）导入目录；代码已有的栏目不变。

    例：responder catalogue import-columns 目录.xlsx --errors 退回.xlsx
    """

    def take() -> TableImport:
        file = column_importing.read_file(db.session, path)
        if dry_run:
            return column_importing.rehearse(db.session, file)
        with transaction(CONSOLE) as session:
            return column_importing.store(session, file, Attempt(CONSOLE, utc_now()))

    take_in(take, path, dry_run, errors_path, as_json)


@catalogue.command("import")
@file_argument
@click.option("--column", "code", default="", metavar="CODE", help="文件没有栏目一列时，栏目代码。")
@click.option("--column-heading", default="", metavar="TEXT", help="文件里栏目一列的表头。")
@click.option("--title-heading", default="", metavar="TEXT", help="文件里标题一列的表头。")
@click.option("--date-heading", default="", metavar="TEXT", help="文件里发布日期一列的表头。")
@click.option("--url-heading", default="", metavar="TEXT", help="文件里网址一列的表头。")
@click.option("--index-heading", default="", metavar="TEXT", help="文件里索引号一列的表头。")
@json_option
@with_appcontext
def import_command(
    path: Path,
    dry_run: bool,
    errors_path: Path | None,
    code: str,
    column_heading: str,
    title_heading: str,
    date_heading: str,
    url_heading: str,
    index_heading: str,
    as_json: bool,
) -> None:
    """把公开信息（.xlsx、.xls、CSV）登记到各栏目；已登记的不重复，中断后再次导入即可接着做。

    例：responder catalogue import 全年信息.xlsx --column-heading 所属频道 --errors 退回.xlsx
    """
    headings = Headings(column_heading, title_heading, date_heading, url_heading, index_heading)
    attempt = Attempt(CONSOLE, utc_now())
    take_in(
        lambda: importing.take(path, attempt, dry_run, code, headings),
        path, dry_run, errors_path, as_json,
    )  # fmt: skip


@catalogue.command()
@click.option("--all", "everything", is_flag=True, help="也列出正常的栏目。")
@json_option
@with_appcontext
def stale(everything: bool, as_json: bool) -> None:
    """列出已超期和即将超期的栏目：最近一次发布、更新周期、网站检查期限。

    例：responder catalogue stale --json
    """
    today = local_today()
    found = standing.standings(db.session, CONSOLE, today)
    shown = [one for one in found if everything or one.due.urgency is not Urgency.FINE]
    if as_json:
        rows = [
            {
                "code": one.column.code, "name": one.column.name, "unit": one.column.unit.name,
                "urgency": one.due.urgency, "last": one.last, "days": one.days,
                "cadence": one.column.cadence, "cadence_by": one.due.cadence_by,
                "missed_since": one.due.missed_cadence(today), "check_by": one.due.check_by,
                "fails_check": one.due.fails_check(today), "working_days_left": one.due.left,
            }
            for one in shown
        ]  # fmt: skip
        counts = {urgency.value: count for urgency, count in standing.counts(found).items()}
        print_json({"as_of": today, "counts": counts, "columns": rows})
        return
    for one in shown:
        last = f"最近 {one.last}" if one.last else "从未发布"
        label = URGENCY_LABELS[one.due.urgency]
        click.echo(f"[{label}] {one.column.code} {one.column.name}  {last}，最迟 {one.due.by}")
    say(f"共 {len(shown)} 个栏目")


@catalogue.command()
@json_option
@with_appcontext
def sync(as_json: bool) -> None:
    """把本系统发布的回应、政策文件和解读登记到对应栏目；每件一次。

    例：responder catalogue sync
    """
    settings = current_app.extensions["settings"]
    attempt = Attempt(CONSOLE, utc_now())
    with transaction(CONSOLE, attempt.now) as session:
        found = syncing.sync(session, attempt, settings.zone, settings.public_url)
    say(
        f"新登记 {found.created} 条，原已登记 {found.known} 条，没有对应栏目 {found.unmapped} 条，"
        f"栏目已停用 {found.closed} 条"
    )
    if as_json:
        print_json(vars(found))


@catalogue.command()
@click.option("--year", type=int, help="年份；默认今年。")
@json_option
@with_appcontext
def counts(year: int | None, as_json: bool) -> None:
    """一年的公开信息条数：合计、各栏目、重点领域、新增栏目。

    例：responder catalogue counts --year 2026 --json
    """
    year = year or local_today().year
    session = db.session
    areas = [
        {"name": area.name, "columns": columns, "items": items}
        for area, columns, items in queries.counts_by_area(session, year)
    ]
    by_column = queries.items_by_column(session, year)
    names = queries.new_column_names(session, year)
    total, in_areas = queries.count_of_year(session, year)
    if as_json:
        columns = [{"code": code, "name": name, "items": n} for code, name, n in by_column]
        print_json(
            {
                "year": year, "published_items": total, "key_area_items": in_areas,
                "new_columns": len(names), "new_column_names": names, "columns": columns,
                "key_areas": areas,
            }
        )  # fmt: skip
        return
    for code, name, count in by_column:
        click.echo(f"{count:>7}  {code} {name}")
    say(f"{year} 年共 {total} 条，其中重点领域 {in_areas} 条；新增栏目 {len(names)} 个")


@catalogue.command()
@click.option("--year", type=int, help="年份；默认今年。")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="写到哪里；默认当前目录。"
)
@json_option
@with_appcontext
def export(year: int | None, out: Path | None, as_json: bool) -> None:
    """把目录连同一年的条数和调整记录写成 Excel。

    例：responder catalogue export --year 2026 --out 目录.xlsx
    """
    year = year or local_today().year
    content = catalogue_workbook(db.session, year, utc_now(), CONSOLE)
    path = out or Path(f"{file_title(year)}.xlsx")
    write_file(path, content)
    say(f"已写入 {path}")
    if as_json:
        print_json({"file": str(path), "year": year, "bytes": len(content)})
