"""``responder assessment compute · export``: the year's points at the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say, write_file
from responder.core.database import db
from responder.core.office import office_zone
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.openness.assessment import queries
from responder.openness.assessment.computing import Cell, Row, Sheet, compute
from responder.openness.assessment.exporting import FORMATS
from responder.openness.assessment.lifecycle import ASSESSMENT
from responder.openness.points import plain
from responder.openness.years import local_today

YEAR = click.option("--year", type=int, help="年份；默认今年。")


@click.group()
def assessment() -> None:
    """政务公开考核：按方案由记录算出各单位得分。

    例：responder assessment compute --year 2026
    """


def _sheet(year: int | None) -> Sheet:
    scheme = queries.get_of_year(db.session, year or local_today().year, CONSOLE)
    return compute(db.session, scheme, office_zone())


@assessment.command("compute")
@YEAR
@json_option
@with_appcontext
def compute_command(year: int | None, as_json: bool) -> None:
    """算出一年的得分和名次；已核定的列核定得分。

    例：responder assessment compute --year 2026 --json
    """
    sheet = _sheet(year)
    scheme = sheet.scheme
    if as_json:
        print_json(
            {
                "year": scheme.year,
                "name": scheme.name,
                "state": scheme.state,
                "total": scheme.total,
                "share": scheme.share,
                "units": [_row_as_json(row) for row in sheet.rows],
            }
        )
        return
    for row in sheet.rows:
        moved = f"  按现有记录 {plain(row.now)}" if row.moved else ""
        click.echo(f"{row.rank:>4}  {plain(row.total):>6}  {row.unit.name}{moved}")
    state = ASSESSMENT.states[scheme.state]
    say(f"{scheme.name}（{state}）：{len(sheet.rows)} 个单位，总分 {plain(scheme.total)} 分")


@assessment.command()
@YEAR
@click.option(
    "--format", "kind", type=click.Choice(sorted(FORMATS)), default="xlsx", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="写到哪里。")
@json_option
@with_appcontext
def export(year: int | None, kind: str, out: Path | None, as_json: bool) -> None:
    """把一年的得分和计分明细写成文件。

    例：responder assessment export --year 2026 --format docx --out 考核得分.docx
    """
    sheet = _sheet(year)
    content = FORMATS[kind](sheet, utc_now())
    path = out or Path(f"{sheet.scheme.name}得分.{kind}")
    write_file(path, content)
    say(f"已写入 {path}")
    if as_json:
        print_json({"file": str(path), "format": kind, "bytes": len(content)})


def _row_as_json(row: Row) -> dict[str, Any]:
    return {
        "unit": row.unit.name,
        "code": row.unit.code,
        "rank": row.rank,
        "total": row.total,
        "by_records_now": row.now,
        "criteria": [_cell_as_json(cell) for cell in row.cells],
    }


def _cell_as_json(cell: Cell) -> dict[str, Any]:
    return {
        "group": cell.criterion.group,
        "name": cell.criterion.name,
        "measure": cell.criterion.measure or None,
        "count": cell.tally.value if cell.tally else None,
        "records": cell.tally.records if cell.tally else 0,
        "arithmetic": cell.arithmetic,
        "adjusted": cell.now - cell.computed,
        "points": cell.points,
    }
