"""``responder report``: compose, list, export at the console."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say, write_file
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.office import public_lines
from responder.core.permissions import CONSOLE
from responder.core.times import local, utc_now
from responder.planning.briefing.reading import Standpoint
from responder.reports.documents import queries, rules, service
from responder.reports.documents.content import to_json
from responder.reports.documents.kinds import ANNUAL, KINDS, find_kind, label_of
from responder.reports.documents.lifecycle import REPORT
from responder.reports.documents.models import Report
from responder.reports.documents.rules import NEEDS_LABELS, Needs, Request
from responder.reports.documents.word import linking, word_file

UNLINKED = "文中的数字没有链接到页面：请把 RESPONDER_DESK_URL 设为工作台的外部地址，然后重新导出"

OPTIONS = {Needs.YEAR: "--year", Needs.MONTH: "--month", Needs.DAY: "--day", Needs.TOPIC: "--topic"}


@click.group()
def report() -> None:
    """报告：生成、列出、存成 Word。

    例：responder report make hotline --month 2026-10
    """


@report.command("make")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--year", type=int, help="年份，例如 2026。")
@click.option("--month", help="月份，例如 2026-10。")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="日期，例如 2026-10-09。")
@click.option("--topic", type=int, help="话题编号。")
@json_option
@with_appcontext
def make(
    kind: str,
    year: int | None,
    month: str | None,
    day: datetime | None,
    topic: int | None,
    as_json: bool,
) -> None:
    """生成一份报告的草稿并编号。

    例：responder report make special --topic 12 --json
    """
    chosen, now = find_kind(kind), utc_now()
    given = {Needs.YEAR: year, Needs.MONTH: month, Needs.DAY: day, Needs.TOPIC: topic}
    request = _request(chosen.needs, chosen.label, given, local(now, _zone()).date())
    at = Standpoint(now, _zone(), public_lines())
    with transaction(CONSOLE, now) as session:
        made = service.make(session, chosen, request, at, Attempt(CONSOLE, now))
        told = _as_json(made) | {"content": to_json(made.said)}
    if as_json:
        print_json(told)
        return
    say(f"已生成 {told['number']}：{told['title']}（编号 {told['id']}，草稿）")


def _request(needs: Needs, label: str, given: dict[Needs, Any], today: date) -> Request:
    """:raises Invalid: what the kind needs was not given, or something else was."""
    if given[needs] is None:
        raise Invalid(f"{label}要写明{NEEDS_LABELS[needs]}：请加 {OPTIONS[needs]}")
    if extra := [OPTIONS[one] for one, value in given.items() if one is not needs and value]:
        raise Invalid(f"{label}不用 {extra[0]}：请去掉，只写 {OPTIONS[needs]}")
    match needs:
        case Needs.YEAR:
            return rules.of_year(given[needs], today)
        case Needs.MONTH:
            return rules.of_month(given[needs], today)
        case Needs.DAY:
            return rules.of_day(given[needs].date(), today)
        case Needs.TOPIC:
            return rules.of_topic(given[needs], today)


@report.command("list")
@click.option("--kind", default="", help="只列一种：" + "、".join(sorted(KINDS)) + "。")
@click.option("--year", type=int, help="只列这一年编号的。")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_appcontext
def list_(kind: str, year: int | None, limit: int, as_json: bool) -> None:
    """列出报告，新的在前。

    例：responder report list --kind daily --year 2026
    """
    if kind:
        find_kind(kind)
    found = list(db.session.scalars(queries.listed(kind, year).limit(limit)))
    if as_json:
        print_json({"reports": [_as_json(one) for one in found]})
        return
    if not found:
        say("没有符合条件的报告：可用 responder report make 生成")
    for one in found:
        state = REPORT.states[one.state]
        click.echo(f"{one.id:>5}  {queries.number(one)}  {state}  {one.title}")


@report.command("annual")
@click.option("--year", type=int, required=True, help="年份，例如 2026。")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="写入的文件（.docx）。",
)
@json_option
@with_appcontext
def annual(year: int, out: Path, as_json: bool) -> None:
    """把一年的年度总结存成 Word：没有就生成草稿，草稿按现在的数重写，已签发的原样导出。

    例：responder report annual --year 2026 -o 总结.docx
    """
    now = utc_now()
    request = rules.of_year(year, local(now, _zone()).date())
    with transaction(CONSOLE, now) as session:
        at = Standpoint(now, _zone(), public_lines())
        made = service.up_to_date(session, ANNUAL, request, at, Attempt(CONSOLE, now))
        content, told = _word_file(made), _as_json(made)
    write_file(out, content)
    if as_json:
        print_json(told | {"file": str(out)})
        return
    say(f"{out}：{told['number']} {told['title']}（{REPORT.states[told['state']]}）")


@report.command("export")
@click.argument("report_id", type=int)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="写入的文件（.docx）。",
)
@json_option
@with_appcontext
def export(report_id: int, out: Path, as_json: bool) -> None:
    """把一份报告存成公文格式的 Word。

    例：responder report export 12 -o 专报.docx
    """
    found = queries.find(db.session, report_id)
    write_file(out, _word_file(found))
    if as_json:
        print_json(_as_json(found) | {"file": str(out)})
        return
    say(f"{out}：{queries.number(found)} {found.title}")


def _word_file(one: Report) -> bytes:
    """Its figures lead to the desk's pages, where the office has said at which address they are."""
    settings = current_app.extensions["settings"]
    if not settings.desk_url and one.said.has_links:
        say(UNLINKED)
    return word_file(one, settings.publisher_name, settings.zone, linking(settings.desk_url))


def _zone() -> ZoneInfo:
    zone: ZoneInfo = current_app.extensions["settings"].zone
    return zone


def _as_json(one: Report) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": queries.number(one),
        "kind": one.kind,
        "kind_label": label_of(one.kind),
        "title": one.title,
        "state": one.state,
        "period_start": one.period_start,
        "period_end": one.period_end,
        "topic_id": one.topic_id,
        "author": one.author_name,
        "signer": one.signer_name,
        "signed_at": one.signed_at,
    }
