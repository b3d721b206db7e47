"""``responder report figures · rows · freeze``: the year's figures at the console."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.errors import NotFound
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import CONSOLE
from responder.core.privacy import mask
from responder.core.times import utc_now
from responder.openness.years import check_year, local_today
from responder.reports.statistics import counting, entered, freezing, rules
from responder.reports.statistics.freezing import Standing
from responder.reports.statistics.helpers import row_day
from responder.reports.statistics.spans import Span

YEAR = click.option("--year", type=int, help="年份；默认今年。")


def _span(year: int | None) -> Span:
    asked = year or local_today().year
    check_year(asked)
    return Span(asked, office_zone(), today=local_today())


@click.command()
@YEAR
@json_option
@with_appcontext
def figures(year: int | None, as_json: bool) -> None:
    """列出一年的全部指标：数值、口径、列出记录的命令和页面。

    例：responder report figures --year 2017 --json
    """
    span = _span(year)
    found = freezing.standings(db.session, span)
    frozen = freezing.latest(db.session, span.year)
    if as_json:
        listed = [as_json_row(one, span.year) for one in found.values()]
        print_json({"year": span.year, "frozen": frozen is not None, "figures": listed})
        return
    for one in found.values():
        figure = one.counted.figure
        differs = f"（现在 {rules.shown(one.counted.value)}）" if one.differs else ""
        click.echo(f"{figure.code:<28}{rules.shown(one.said)} {figure.measure}{differs}")
        click.echo(f"    {figure.name}：{figure.meaning}")


def as_json_row(standing: Standing, year: int) -> dict[str, Any]:
    """All that a document may say of a figure, and where its rows are."""
    counted = standing.counted
    figure, said, last = counted.figure, standing.said, standing.last_year
    address = current_app.extensions["settings"].desk_url.rstrip("/")
    return {
        "code": figure.code,
        "name": figure.name,
        "section": str(figure.section),
        "value": _number(said),
        "about": rules.about(said),
        "measure": figure.measure,
        "last_year": _number(last),
        "change": _number(rules.change_of(said, last)),
        "change_percent": _number(rules.change_percent(said, last)),
        "definition": figure.meaning,
        "source": figure.source,
        "command": f"responder report rows {figure.code} --year {year}",
        "page": f"{address}/statistics/{figure.code}?year={year}",
        "frozen": standing.frozen,
        "now": _number(counted.value),
        "difference": _number(standing.difference),
    }


def _number(value: rules.Value | None) -> int | float | None:
    return value if value is None or isinstance(value, int) else float(value)


@click.command()
@click.argument("code")
@YEAR
@json_option
@with_appcontext
def rows(code: str, year: int | None, as_json: bool) -> None:
    """列出一项指标数的是哪些记录。

    例：responder report rows responses --year 2017
    """
    figure, span = entered.find_figure(db.session, code), _span(year)
    if figure is None:
        raise NotFound(f"没有代码为 {code} 的指标：用 responder report figures 查看")
    found = db.session.execute(counting.listed(figure, span)).all()
    listed = [
        {
            "id": row.id,
            "title": mask(row.title) if figure.private else row.title,
            "day": row_day(row.at),
            "unit": row.unit,
            "amount": _number(counting.plain(row.amount)),
        }
        for row in found
    ]
    if as_json:
        print_json({"code": code, "year": span.year, "rows": listed})
        return
    for one in listed:
        click.echo(f"{one['id']:>8}  {one['day']}  {one['title']}  {one['unit']}")


@click.command()
@click.option("--year", type=int, required=True, help="年份。")
@click.option("--reason", default="", help="再次冻结的理由。")
@with_appcontext
def freeze(year: int, reason: str) -> None:
    """冻结一年的数据：此后总结按冻结的数写，记录的变动只显示为差异。

    例：responder report freeze --year 2017
    """
    span = _span(year)
    with transaction(CONSOLE) as session:
        frozen = freezing.freeze(session, span, Attempt(CONSOLE, utc_now(), reason))
        say(f"{year} 年第 {frozen.number} 次冻结：{len(frozen.figures)} 项指标")


commands = (figures, rows, freeze)
