"""``responder responses audit``: late answers, and answers that say nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say, write_file
from responder.core.database import db
from responder.core.times import utc_now
from responder.intake.imports.mapping import load_mapping
from responder.intake.imports.reading import Source
from responder.responses.auditing.exporting import workbook
from responder.responses.auditing.reading import from_file, from_office
from responder.responses.auditing.report import Report, audit
from responder.settings import Settings

_FILE = click.Path(path_type=Path)


@click.command("audit")
@click.argument("path", required=False, type=_FILE)
@click.option("--mapping", default="default", show_default=True, help="列映射的名称。")
@click.option("--sheet", help="工作表名称；不给则取第一张有内容的。")
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="超过几天算迟。"
)
@click.option("--out", type=_FILE, metavar="OUT.xlsx", help="把逐条清单写入这个工作簿。")
@json_option
@with_appcontext
def audit_answers(
    path: Path | None, mapping: str, sheet: str | None, days: int, out: Path | None, as_json: bool
) -> None:
    """核查已有的答复：用了多久，哪些没有实质内容。给出文件则核查文件，否则核查库中带答复的留言。

    例：responder responses audit 留言答复.xlsx --mapping taidi --out 核查.xlsx
    """
    settings: Settings = current_app.extensions["settings"]
    refused = 0
    if path is None:
        report = audit(from_office(db.session), days)
    else:
        source = Source(path, load_mapping(mapping), sheet)
        given, refused = from_file(source, settings, utc_now())
        report = audit(given, days)
    if out:
        write_file(out, workbook(report, settings.zone).getvalue())
    if as_json:
        print_json(_as_json(report, refused, settings.zone))
    else:
        _say(report, settings.zone)
    if refused:
        say(f"{refused} 行无法读取，未计入")
        raise SystemExit(DONE_WITH_REFUSALS)


def _say(report: Report, zone: ZoneInfo) -> None:
    if not report.answers:
        say("没有带答复的留言：可给出文件，或先导入留言答复")
        return
    middle = f"，用时中位数 {report.median_days:.1f} 天" if report.median_days is not None else ""
    timed = f"其中有答复时间的 {report.timed} 条{middle}"
    say(f"留言 {report.messages} 条，答复 {report.answers} 条，{timed}")
    hourless = sum(one.lacks_hour(zone) for one in report.late)
    dated = f"，其中 {hourless} 条只有答复日期，按当日零时计" if hourless else ""
    say(f"超过 {report.days} 天的 {len(report.late)} 条{dated}")
    if report.before:
        say(f"答复时间早于留言时间的 {len(report.before)} 条，不计入用时：请核对原始记录")
    kinds = Counter(one.label for one in report.empty)
    told = "、".join(f"{label} {count} 条" for label, count in kinds.most_common())
    say(f"没有实质内容的 {len(report.empty)} 条{f'（{told}）' if told else ''}")
    for one in report.empty:
        click.echo(f"{one.given.id}  {one.label}")


def _as_json(report: Report, refused: int, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "messages": report.messages,
        "refused": refused,
        "answers": report.answers,
        "timed": report.timed,
        "median_days": None if report.median_days is None else round(report.median_days, 1),
        "days": report.days,
        "late": len(report.late),
        "late_without_hour": sum(one.lacks_hour(zone) for one in report.late),
        "answered_before_asked": [one.given.id for one in report.before],
        "says_nothing": len(report.empty),
        "kinds": Counter(one.label for one in report.empty),
        "late_ids": [{"id": one.given.id, "days": round(one.days, 1)} for one in report.late],
        "empty": [
            {
                "id": one.given.id,
                "kind": one.label,
                "clauses": [[clause.part, clause.text] for clause in one.reading.clauses],
            }
            for one in report.empty
        ],
    }
