"""``responder calendar`` and ``responder clocks``: what the office's deadlines rest on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from responder.core.calendar_file import read_year
from responder.core.clocks import ClockRule, RuleFacts, all_rules, find_rule
from responder.core.console import json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.office import office_zone
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import find_year, set_day, store_year
from responder.deadlines import service as deadlines
from responder.responses.cli import explain


@click.group()
def calendar() -> None:
    """工作日历：放假与调休。"""


@calendar.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@with_appcontext
def calendar_import(paths: tuple[Path, ...], as_json: bool) -> None:
    """导入一年或数年的节假日 JSON，替换该年原有安排，并重算正在计时的时限和筹备事项的日期。

    例：responder calendar import 2027.json
    """
    years = []
    for path in paths:
        year, days, source = read_year(path)
        with transaction(CONSOLE) as session:
            store_year(session, year, days, source)
            moved = _recompute(session)
        years.append({"year": year, "days": len(days), **asdict(moved)})
        say(f"{year} 年：{len(days)} 天已导入，{moved}")
    if as_json:
        print_json({"years": years})


@calendar.command("show")
@click.argument("year", type=int)
@json_option
@with_appcontext
def calendar_show(year: int, as_json: bool) -> None:
    """列出一年里与平常周不同的日子。

    例：responder calendar show 2026
    """
    found = find_year(db.session, year)
    if as_json:
        days = [{"day": d.day, "working": d.is_working, "name": d.name} for d in found.days]
        print_json({"year": year, "source": found.source, "days": days})
        return
    click.echo(f"{year} 年（{found.source}）")
    for day in found.days:
        click.echo(f"  {day.day}  {'上班' if day.is_working else '放假'}  {day.name}")


@calendar.command("set")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--off/--working", "is_off", required=True, help="这一天放假，或上班。")
@click.option("--name", required=True, help="名称，例如“市庆日”。")
@with_appcontext
def calendar_set(day: datetime, is_off: bool, name: str) -> None:
    """改一天的安排，并重算正在计时的时限和筹备事项的日期。

    例：responder calendar set 2026-05-04 --off --name 市庆日
    """
    with transaction(CONSOLE) as session:
        set_day(session, day.date(), not is_off, name)
        moved = _recompute(session)
    say(f"{day:%Y-%m-%d} 已改为{'放假' if is_off else '上班'}，{moved}")


@click.group()
def clocks() -> None:
    """时限规则：事由、时长、依据。"""


@clocks.command("list")
@json_option
@with_appcontext
def clocks_list(as_json: bool) -> None:
    """列出全部时限规则。

    例：responder clocks list
    """
    rules = all_rules(db.session)
    if as_json:
        print_json({"rules": [_rule_as_json(rule) for rule in rules]})
        return
    for rule in rules:
        click.echo(f"{rule.code}  {rule.name}  {rule.length_label}\n    {rule.source}")


@clocks.command("set")
@click.argument("code")
@click.option("--length", required=True, type=click.IntRange(1, 10_000), help="新的时长。")
@click.option("--source", required=True, help="依据的文件，写全文号。")
@click.option("--reason", default="按所写依据修改", help="修改的理由，记入审计。")
@with_appcontext
def clocks_set(code: str, length: int, source: str, reason: str) -> None:
    """改一条规则的时长，并写明依据；正在计时的时限随之重算。

    例：responder clocks set public_concern --length 36 --source 市府办〔2026〕12号
    """
    if not source.strip():
        raise Invalid("请用 --source 写明依据的文件")
    with transaction(CONSOLE) as session:
        rule = find_rule(session, code)
        facts = RuleFacts(rule.name, length, rule.unit, source)
        moved = deadlines.change_rule(session, rule, facts, reason, rule.version_id, office_zone())
    say(f"{rule.name}：{rule.length_label}，{len(moved or [])} 个时限随之改变")


clocks.add_command(explain)


@dataclass(frozen=True)
class _Moved:
    """How many ends of clocks and days of checklists a change of the calendar has moved."""

    clocks_moved: int
    tasks_moved: int

    def __str__(self) -> str:
        return f"{self.clocks_moved} 个时限、{self.tasks_moved} 个筹备事项的日期随之改变"


def _recompute(session: Session) -> _Moved:
    """Reckon every running clock and every checklist anew by the calendar as it is now."""
    found = deadlines.recompute_all(session, office_zone())
    return _Moved(len(found.clocks), found.tasks)


def _rule_as_json(rule: ClockRule) -> dict[str, Any]:
    names = ("code", "level", "name", "duty", "starts_from", "stopped_by", "length", "source")
    return {**{name: getattr(rule, name) for name in names}, "unit": rule.unit}
