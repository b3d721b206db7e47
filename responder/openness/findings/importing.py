"""A table of findings comes in: what is new is listed, and passed on where it is complete."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.texts import clean
from responder.core.times import local
from responder.core.turns import one_at_a_time
from responder.intake.registers.columns import Column, UnitNames, day, line, one_of, plain, whole
from responder.intake.registers.importing import TableImport, sifted
from responder.intake.registers.reading import Finish, RowRefused, TableFile, Values, read_table
from responder.intake.registers.template import write_template
from responder.intake.rules import parse_text
from responder.openness.findings import rules, service
from responder.openness.findings.models import SOURCE_LABELS, Finding, FindingSource
from responder.openness.findings.service import FindingFacts
from responder.openness.years import EARLIEST, LATEST

MOST_ROWS = 2_000  # an inspection finds some dozens
IMPORT_LOCK = 20_260_134  # nothing else in this database locks by it

_SOURCES = {label: source for source, label in SOURCE_LABELS.items()}
_OTHER_SOURCES = {
    "省级督查": FindingSource.PROVINCE,
    "省政务公开办督查": FindingSource.PROVINCE,
    "第三方": FindingSource.THIRD_PARTY,
    "测评": FindingSource.THIRD_PARTY,
    "第三方评估": FindingSource.THIRD_PARTY,
    "国务院督查": FindingSource.NATION,
    "国家抽查": FindingSource.NATION,
    "自查自纠": FindingSource.SELF,
    "投诉": FindingSource.PUBLIC,
}
NOT_YET = "责任人、整改措施、整改期限没有填全：已列入问题清单，补齐后再交办"


def _text(cell: Any) -> str:
    return clean(parse_text(cell)).strip()


def finding_columns(units: UnitNames) -> list[Column]:
    """The columns of the office's own table, each with what others call it."""
    return [
        Column("number", ("序号", "编号"), width=6, hint="可不填", example="1"),
        Column(
            "year", ("年度", "年份"), whole(EARLIEST, LATEST), empty=None, width=8,
            hint="列入哪一年的清单；不填则为检查日期的年份", example="2026",
        ),
        Column(
            "source", ("问题来源", "来源"), one_of("问题来源", _SOURCES, _OTHER_SOURCES),
            required=True, width=14, choices=tuple(_SOURCES), hint="从下拉列表中选",
            example="第三方测评",
        ),
        Column(
            "inspection", ("检查名称", "督查名称", "检查（测评）名称"), line, required=True,
            limit=100, width=24, hint="哪一次检查、测评", example="2026年第二次第三方测评",
        ),
        Column(
            "inspected_on", ("检查日期", "督查日期", "检查时间", "反馈日期"), day, required=True,
            width=14, hint="年月日", example="2026-09-10",
        ),
        Column(
            "problem", ("问题描述", "存在问题", "问题", "具体问题"), _text, required=True,
            limit=2000, width=44, hint="一行一个问题", example="“房地产市场监管”栏目三个月没有更新",
        ),
        Column(
            "category", ("问题类别", "类别", "问题类型"), line, limit=50, width=14,
            hint="可不填", example="更新不及时",
        ),
        Column(
            "unit", ("责任单位", "整改单位", "牵头单位", "单位"), units.one, required=True,
            width=20, hint="一个单位；涉及几个单位的分行填写", example="市住房和城乡建设局",
        ),
        Column(
            "person", ("责任人", "整改责任人"), line, limit=32, width=12,
            hint="责任人、整改措施、整改期限都填的，直接交办", example="周某",
        ),
        Column("post", ("职务", "责任人职务"), line, limit=64, width=16, example="办公室主任"),
        Column("measures", ("整改措施", "措施"), _text, limit=2000, width=36, example="补发信息"),
        Column("basis", ("整改依据", "依据"), line, limit=300, width=20, example="测评反馈"),
        Column(
            "deadline", ("整改期限", "整改时限", "完成时限", "期限"), day, empty=None, width=14,
            hint="年月日", example="2026-12-31",
        ),
    ]  # fmt: skip


def finding_template(units: Sequence[Unit]) -> bytes:
    """The workbook to fill in (.xlsx)."""
    columns = finding_columns(UnitNames(units))
    return write_template("问题清单", columns, [unit.name for unit in units])


def read_file(session: Session, path: Path, today: date) -> TableFile:
    """Read a table of findings. Stores nothing.

    :raises Invalid: it cannot be read as such a table.
    """
    units = UnitNames(session.scalars(select(Unit).order_by(Unit.code)))
    return read_table(path, finding_columns(units), _whole_row(today), MOST_ROWS)


def rehearse(session: Session, file: TableFile) -> TableImport:
    """What :func:`store` would do; stores nothing."""
    return sifted(file, _key, _known(session))[1]


def store(session: Session, file: TableFile, attempt: Attempt) -> TableImport:
    """List what is new. The same file again adds nothing: a problem of the same unit, inspection
    and year is known.

    :raises Forbidden: the person does not keep the lists.
    """
    one_at_a_time(session, IMPORT_LOCK)
    new, found = sifted(file, _key, _known(session))
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    stored = []
    for one in new:
        values = one.values
        facts = FindingFacts(
            year=values["year"], source=values["source"], inspection=values["inspection"],
            inspected_on=values["inspected_on"], problem=values["problem"],
            unit=units[values["unit"].id], category=values["category"], basis=values["basis"],
            person=values["person"], post=values["post"], measures=values["measures"],
            deadline=values["deadline"],
        )  # fmt: skip
        finding = service.enter(session, facts, attempt)
        service.assign_if_ready(session, finding, attempt)
        stored.append(finding)
    if stored:
        service.note_import(session, stored[0], file.name, found.counts)
    return found


def _whole_row(today: date) -> Finish:
    def finish(values: Values) -> str | None:
        if values["year"] is None:
            values["year"] = values["inspected_on"].year
        try:
            rules.check_dates(rules.Dates(values["inspected_on"], values["deadline"]), today)
        except Invalid as error:
            raise RowRefused(next(iter(error.fields)), error.message) from error
        whole_duty = all(values[name] for name in ("person", "measures", "deadline"))
        return None if whole_duty else NOT_YET

    return finish


def _key(values: dict[str, Any]) -> Hashable:
    return (
        values["year"], values["source"], values["unit"].id, plain(values["inspection"]),
        plain(values["problem"]),
    )  # fmt: skip


def _known(session: Session) -> frozenset[Hashable]:
    query = select(
        Finding.year, Finding.source, Finding.unit_id, Finding.inspection, Finding.problem
    )
    return frozenset(
        (year, source, unit_id, plain(inspection), plain(problem))
        for year, source, unit_id, inspection, problem in session.execute(query)
    )


def today_of(attempt: Attempt) -> date:
    """The office's day at the moment of an import."""
    return local(attempt.now, office_zone()).date()
