"""A table of scores comes in: a row a unit, a column an indicator."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.lifecycle import Attempt
from responder.intake.files import Cell
from responder.intake.registers.columns import Column, UnitNames, line, plain, points
from responder.intake.registers.importing import Key, TableImport, sifted
from responder.intake.registers.reading import Finish, RowRefused, TableFile, Values, read_table
from responder.intake.registers.template import write_template
from responder.intake.rules import Unreadable
from responder.openness.evaluations.entering import HIGHEST_MARK, plain_name
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import EvaluationRound, Indicator
from responder.openness.evaluations.rules import Mark
from responder.openness.evaluations.scoring import (
    LONGEST_GROUP,
    NOT_APPLICABLE,
    UnitMarks,
    mark_problem,
    mark_sentence,
    put_unit,
)
from responder.openness.points import plain as number

MOST_ROWS = 2_000
_NOT = {
    plain(word) for word in (NOT_APPLICABLE, "不涉及", "无此项", "/", "—", "--", "-", "N/A", "NA")
}


@dataclass(frozen=True)
class ScoreFile:
    """A file that was read for a round."""

    round_id: int
    table: TableFile


def score_columns(one: EvaluationRound, units: UnitNames) -> list[Column]:
    """The columns that a round's table has: one for each of its indicators, else 得分."""
    first = [
        Column(
            "unit", ("单位", "单位名称", "被测评单位"), units.one, required=True, width=26,
            hint="写单位全称、简称或代码", example="市教育局",
        ),
        Column(
            "group", ("分组", "组别", "单位类别"), line, empty="", limit=LONGEST_GROUP, width=14,
            hint="可不填；填了就分组排名", example="市直部门",
        ),
    ]  # fmt: skip
    if not one.indicators:
        given = Column(
            "given", ("得分", "总分"), points(0, 100), required=True, width=12,
            hint="百分制，最多两位小数", example="86.5",
        )  # fmt: skip
        return [*first, given]
    return [*first, *(_score_column(indicator) for indicator in one.indicators)]


def score_template(one: EvaluationRound, units: Sequence[Unit]) -> bytes:
    """The workbook to fill in for a round (.xlsx)."""
    columns = score_columns(one, UnitNames(units))
    return write_template("测评得分", columns, [unit.name for unit in units])


def read_file(session: Session, path: Path, one: EvaluationRound) -> ScoreFile:
    """Read a table of scores (.xlsx, .xls, CSV) for a round. Stores nothing.

    :raises Invalid: it cannot be read as such a table.
    """
    units = UnitNames(session.scalars(select(Unit).order_by(Unit.code)))
    columns = score_columns(one, units)
    return ScoreFile(one.id, read_table(path, columns, _each_unit_once(one), MOST_ROWS))


def rehearse(one: EvaluationRound, file: ScoreFile, attempt: Attempt) -> TableImport:
    """Count what :func:`store` would do, and store nothing."""
    EVALUATION.allow(one, "edit", attempt)
    return sifted(file.table, _key(one), _known(one))[1]


def store(session: Session, one: EvaluationRound, file: ScoreFile, attempt: Attempt) -> TableImport:
    """Enter the scores of a file; a unit that has scores already gets the new ones.

    :raises Forbidden, WrongState: as the lifecycle.
    """
    EVALUATION.allow(one, "edit", attempt)
    rows, found = sifted(file.table, _key(one), _known(one))
    # The file was read before this transaction began: its units are read anew, all at once.
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    for row in rows:
        put_unit(session, one, units[row.values["unit"].id], _marks(one, row.values), attempt)
    counts = {name: found.counts[name] for name in ("rows", "created", "errors")}
    audit.record(session, "import", one, {"file_name": file.table.name, **counts})
    return found


def _score_column(indicator: Indicator) -> Column:
    def read(cell: Cell) -> Mark:
        if plain(line(cell)) in _NOT:
            return None
        try:
            score = points(0, HIGHEST_MARK)(cell)
        except Unreadable as error:
            told = f"“{line(cell)[:20]}”不能作为得分：{mark_sentence(indicator)}"
            raise Unreadable(told) from error
        if problem := mark_problem(indicator, score):
            raise Unreadable(f"“{line(cell)[:20]}”超出范围：{problem}")
        return score

    return Column(
        f"score-{indicator.id}", (indicator.name, plain_name(indicator.name)), read,
        required=True, width=14,
        hint=f"0 到 {number(indicator.full)}，最多两位小数；不适用的填“{NOT_APPLICABLE}”",
        example=number(indicator.full),
    )  # fmt: skip


def _each_unit_once(one: EvaluationRound) -> Finish:
    """Says that a unit's scores will be replaced; a second row that says otherwise is refused."""
    known = {each.unit_id: each for each in one.participants}
    rows: dict[int, Hashable] = {}
    key = _key(one)
    before = _known(one)

    def finish(values: Values) -> str | None:
        unit, said = values["unit"], key(values)
        if rows.setdefault(unit.id, said) != said:
            raise RowRefused("unit", f"{unit.name}在上面已有一行，得分不同：请只留正确的一行")
        if unit.id in known and said not in before:
            return f"{unit.name}已有得分，以本表为准"
        return None

    return finish


def _marks(one: EvaluationRound, values: Values) -> UnitMarks:
    marks: dict[int, Mark] = {each.id: values[f"score-{each.id}"] for each in one.indicators}
    given: Decimal | None = values.get("given")
    return UnitMarks(values["group"], marks, given)


def _key(one: EvaluationRound) -> Key:
    names = [f"score-{each.id}" for each in one.indicators]

    def key(values: Values) -> Hashable:
        scores = tuple(values[name] for name in names)
        return (values["unit"].id, values["group"], values.get("given"), scores)

    return key


def _known(one: EvaluationRound) -> set[Hashable]:
    """What the round has of each unit, as :func:`_key` says it."""
    ids = [each.id for each in one.indicators]
    return {
        (
            each.unit_id, each.group, each.given,
            tuple(marks[number].score if number in marks else "" for number in ids),
        )
        for each in one.participants
        for marks in [each.marks]
    }  # fmt: skip
