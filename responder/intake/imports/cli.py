"""``responder import``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.database import db
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.imports import saved_mappings
from responder.intake.imports.importing import (
    ImportReport,
    ImportRequest,
    Progress,
    Watch,
    import_file,
    rehearse,
)
from responder.intake.imports.mapping import DEFAULT, ColumnMapping, load_mapping, mapping_names
from responder.intake.imports.rows import described
from responder.intake.models import CHANNEL_LABELS, Channel

REPORTED = ("rows", "created", "duplicates", "errors")
PLAIN_EVERY = 10_000
SHOWN_REFUSALS = 5


@click.command("mappings")
@json_option
@with_appcontext
def mappings_command(as_json: bool) -> None:
    """列出导入可用的列映射（自带的和在网页上保存的），以及每个字段认得的表头。

    例：responder mappings
    """
    known = [*(load_mapping(name) for name in mapping_names()), *_saved_mappings()]
    if as_json:
        print_json({"mappings": [{"name": m.name, "columns": m.columns} for m in known]})
        return
    for mapping in known:
        click.echo(f"{mapping.name}（{mapping.title}）")
        for field, headings in mapping.columns.items():
            needed = "，必需" if field in mapping.required else ""
            click.echo(f"  {field}{needed}：{'、'.join(headings)}")


def _saved_mappings() -> list[ColumnMapping]:
    """What people saved; nothing where there is no database yet."""
    try:
        names = [one.name for one in saved_mappings.saved(db.session)]
    except (OperationalError, ProgrammingError):
        return []
    return [saved_mappings.get_mapping(db.session, name) for name in names]


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--channel",
    required=True,
    type=click.Choice([channel.value for channel in Channel]),
    help="渠道："
    + "，".join(f"{key.value} {label}" for key, label in CHANNEL_LABELS.items())
    + "。",
)
@click.option("--mapping", default=DEFAULT, show_default=True, help="列映射的名称。")
@click.option("--sheet", help="工作表名称；不给则取第一张有内容的。")
@click.option("--member", help="压缩包里的文件名；里面只有一个表格时不用给。")
@click.option("--year", type=click.IntRange(1990, 2100), help="时间没写年份时所用的年份。")
@click.option("--dry-run", is_flag=True, help="只检查，不写入。")
@click.option(
    "--errors",
    "errors_path",
    type=click.Path(path_type=Path),
    metavar="OUT.xlsx",
    help="把退回的行连同原因写入这个工作簿；更正后可再次导入。",
)
@json_option
@with_appcontext
def import_command(
    path: Path,
    channel: str,
    mapping: str,
    sheet: str | None,
    member: str | None,
    year: int | None,
    dry_run: bool,
    errors_path: Path | None,
    as_json: bool,
) -> None:
    """导入 .xlsx、.xls、CSV、.jsonl（或装有其中之一的 .zip）中的留言。

    同一文件可重复导入，不会重复入库；中断后再运行即续上。

    例：responder import 留言.xlsx --channel mailbox --errors 退回.xlsx
    """
    columns = saved_mappings.get_mapping(db.session, mapping)
    request = ImportRequest(
        path, Channel(channel), columns, sheet, year, errors_path, member=member
    )
    settings = current_app.extensions["settings"]
    begin = time.perf_counter()
    with _progress(path.name) as progress:
        if dry_run:
            report = rehearse(request, settings, utc_now(), Watch(progress))
        else:
            report = import_file(request, CONSOLE, settings, utc_now(), Watch(progress))
    seconds = round(time.perf_counter() - begin, 2)
    _tell(report, seconds, dry_run)
    if as_json:
        print_json(_payload(report, seconds, dry_run))
    if report.errors:
        sys.exit(DONE_WITH_REFUSALS)


def _payload(report: ImportReport, seconds: float, dry_run: bool) -> dict[str, object]:
    counts = asdict(report)
    payload: dict[str, object] = {name: counts[name] for name in REPORTED}
    payload |= {"seconds": seconds, "dry_run": dry_run, "batch": report.batch}
    if report.bad_bytes is not None:
        payload["bad_bytes"] = report.bad_bytes
    if report.errors_file is not None:
        payload["errors_file"] = str(report.errors_file)
    return payload


def _tell(report: ImportReport, seconds: float, dry_run: bool) -> None:
    if report.resumed_at_row:
        say(f"接着上次中断的导入，从第 {report.resumed_at_row + 1} 条续起")
    verb = "试运行，未写入：将新增" if dry_run else "新增"
    say(
        f"共 {report.rows} 条：{verb} {report.created}，重复 {report.duplicates}，"
        f"退回 {report.errors}，用时 {seconds} 秒"
    )
    if report.bad_bytes:
        say(f"文件中有 {report.bad_bytes} 处乱码字节，已以“\ufffd”代替：请向来源索取原件核对")
    for line in described(report.first_refusals[:SHOWN_REFUSALS]):
        say(f"  {line}")
    if report.errors_file is not None:
        say(f"退回的行及原因见 {report.errors_file}，更正后可再次导入")
    elif report.errors:
        say("加上 --errors OUT.xlsx 可取回全部退回的行及原因")


@contextmanager
def _progress(label: str) -> Iterator[Progress]:
    """A bar where somebody watches, otherwise a line now and then."""
    if not sys.stderr.isatty():
        yield _plain_progress
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def show(done: int, expected: int) -> None:
            bar.length = max(expected, done)
            bar.update(done - bar.pos)

        yield show


def _plain_progress(done: int, expected: int) -> None:
    if done % PLAIN_EVERY == 0:
        say(f"已处理 {done} / 约 {expected} 条")
