"""``responder evaluations list · import · rank · circular``: rounds at the console."""

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
from responder.openness.evaluations import circular as circulars
from responder.openness.evaluations import importing, queries
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import EvaluationRound, RoundKind
from responder.openness.evaluations.ranking import Line, ranking
from responder.openness.points import plain
from responder.openness.years import local_today

KINDS = click.Choice([kind.value for kind in RoundKind])


def _which(command: Any) -> Any:
    """``--year``, ``--kind`` and ``--number``: which round."""
    for option in (
        click.option("--number", type=int, required=True, help="本年同类的第几次。"),
        click.option(
            "--kind", type=KINDS, default=RoundKind.THIRD_PARTY.value, show_default=True,
            help="internal 内部、third_party 第三方、province 省级。",
        ),
        click.option("--year", type=int, help="年份；默认今年。"),
    ):  # fmt: skip
        command = option(command)
    return command


def _round(year: int | None, kind: str, number: int) -> EvaluationRound:
    return queries.by_number(db.session, year or local_today().year, RoundKind(kind), number)


@click.group()
def evaluations() -> None:
    """政务公开测评：轮次、得分、名次、通报。

    例：responder evaluations list --year 2026
    """


@evaluations.command("list")
@click.option("--year", type=int, help="只列这一年的。")
@json_option
@with_appcontext
def list_command(year: int | None, as_json: bool) -> None:
    """列出测评轮次，新的在前。

    例：responder evaluations list --json
    """
    rounds = list(db.session.scalars(queries.listed(CONSOLE, year)))
    if as_json:
        print_json({"rounds": [_round_as_json(one) for one in rounds]})
        return
    for one in rounds:
        state = EVALUATION.states[one.state]
        click.echo(f"{one.ordinal}  [{state}] {one.name}  {len(one.participants)} 个单位")
    say(f"共 {len(rounds)} 轮")


@evaluations.command("import")
@file_argument
@_which
@json_option
@with_appcontext
def import_command(
    path: Path,
    year: int | None,
    kind: str,
    number: int,
    dry_run: bool,
    errors_path: Path | None,
    as_json: bool,
) -> None:
    """导入一轮的得分表（.xlsx、.xls、CSV）：一行一个单位，一列一项指标。

    例：responder evaluations import 得分.xlsx --year 2026 --number 2 --errors 退回.xlsx
    """
    attempt = Attempt(CONSOLE, utc_now())

    def take() -> TableImport:
        one = _round(year, kind, number)
        file = importing.read_file(db.session, path, one)
        if dry_run:
            return importing.rehearse(one, file, attempt)
        round_id = one.id
        with transaction(CONSOLE, attempt.now) as session:
            return importing.store(session, queries.hold(session, round_id, CONSOLE), file, attempt)

    take_in(take, path, dry_run, errors_path, as_json, {"kind": kind, "number": number})


@evaluations.command()
@_which
@json_option
@with_appcontext
def rank(year: int | None, kind: str, number: int, as_json: bool) -> None:
    """列出一轮的名次，以及比上一轮的变化。

    例：responder evaluations rank --year 2026 --number 2 --json
    """
    one = _round(year, kind, number)
    groups = ranking(one, queries.previous(db.session, one, CONSOLE))
    if as_json:
        rows = [_line_as_json(group.name, line) for group in groups for line in group.lines]
        print_json({**_round_as_json(one), "ranking": rows})
        return
    for group in groups:
        if group.name:
            click.echo(group.name)
        for line in group.lines:
            places, gained = circulars.change_words(line.change)
            click.echo(
                f"{line.rank or '—':>4}  {plain(line.total):>6}  {line.participant.unit.name}"
                f"  {places}  {gained}"
            )


@evaluations.command()
@_which
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="写到哪里。")
@json_option
@with_appcontext
def circular(year: int | None, kind: str, number: int, out: Path | None, as_json: bool) -> None:
    """把一轮的通报写成 Word；已通报的按当时印发的内容。

    例：responder evaluations circular --year 2026 --number 2 --out 通报.docx
    """
    one = _round(year, kind, number)
    words = circulars.template(db.session)
    found = circulars.circular_of(one, queries.previous_circulated(db.session, one), words)
    path = out or Path(f"{found.title}.docx")
    write_file(path, circulars.circular_document(found, utc_now()))
    say(f"已写入 {path}")
    if as_json:
        print_json({"file": str(path), **_round_as_json(one)})


def _round_as_json(one: EvaluationRound) -> dict[str, Any]:
    return {
        "id": one.id,
        "year": one.year,
        "kind": one.kind,
        "number": one.number,
        "name": one.name,
        "state": one.state,
        "evaluator": one.evaluator,
        "evaluated_on": one.evaluated_on,
        "units": len(one.participants),
    }


def _line_as_json(group: str, line: Line) -> dict[str, Any]:
    change = line.change
    return {
        "group": group,
        "unit": line.participant.unit.name,
        "rank": line.rank,
        "total": line.total,
        "rank_change": change.rank if change else None,
        "total_change": change.total if change else None,
        "new": bool(change and change.new),
        "asked": line.asked,
        "corrected": line.corrected,
    }
