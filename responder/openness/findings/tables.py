"""The three lists as they go on paper: headings, and rows of words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core import privacy
from responder.core.office import public_lines
from responder.core.papers import PaperColumn, PaperTable, papers_document, papers_workbook
from responder.core.permissions import Actor
from responder.core.times import chinese_date
from responder.openness.findings import queries
from responder.openness.findings.lifecycle import FINDING
from responder.openness.findings.models import Finding, Outcome
from responder.openness.findings.queries import Wanted
from responder.openness.findings.rules import LIST_LABELS, ThreeLists
from responder.web.media_types import DOCX, XLSX

_C = PaperColumn
PROBLEM_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("编号", 15, 32, centred=True),
    _C("问题来源", 30, 45),
    _C("问题描述", 44, 64),
    _C("类别", 14, 22, centred=True),
    _C("责任单位", 20, 32),
    _C("状态", 9, 18, centred=True),
)
DUTY_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("编号", 15, 32, centred=True),
    _C("问题描述", 36, 44),
    _C("责任单位", 20, 28),
    _C("责任人", 18, 22),
    _C("整改措施", 36, 38),
    _C("整改依据", 22, 17),
    _C("整改期限", 16, 32, centred=True),
)
CLOSING_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("编号", 15, 32, centred=True),
    _C("问题描述", 32, 38),
    _C("责任单位", 20, 26),
    _C("整改情况", 36, 38),
    _C("核查意见", 30, 32),
    _C("核查人", 10, 15, centred=True),
    _C("销号日期", 16, 32, centred=True),
)


def _masked(text: str) -> str:
    return privacy.mask(text, public_lines())


def _problem(number: int, one: Finding) -> Sequence[str]:
    came_from = f"{one.source_label}：{one.inspection}（{chinese_date(one.inspected_on)}）"
    return (
        str(number), one.number, came_from, _masked(one.problem), one.category, one.unit.name,
        FINDING.states[one.state],
    )  # fmt: skip


def _duty(number: int, one: Finding) -> Sequence[str]:
    deadline = chinese_date(one.deadline) if one.deadline else ""
    if one.extensions:
        first = one.extensions[0].old_deadline
        deadline += f"\n（原为{chinese_date(first)}）" if first else ""
    person = "\n".join(filter(None, (one.person, one.post)))
    return (
        str(number), one.number, _masked(one.problem), one.unit.name, person,
        _masked(one.measures), one.basis, deadline,
    )  # fmt: skip


def _closing(number: int, one: Finding) -> Sequence[str]:
    verdict = one.closing
    done = _masked(one.evidence[-1].text) if one.evidence else ""
    back = sum(past.outcome is not Outcome.CLOSED for past in one.verdicts)
    seen = _masked(verdict.seen) if verdict else ""
    return (
        str(number), one.number, _masked(one.problem), one.unit.name, done,
        seen + (f"\n（此前退回或重新打开 {back} 次）" if back else ""),
        verdict.by_name if verdict else "", chinese_date(one.closed_on) if one.closed_on else "",
    )  # fmt: skip


_Row = Callable[[int, Finding], Sequence[str]]
_TABLES: dict[ThreeLists, tuple[Sequence[PaperColumn], _Row]] = {
    ThreeLists.PROBLEMS: (PROBLEM_COLUMNS, _problem),
    ThreeLists.DUTIES: (DUTY_COLUMNS, _duty),
    ThreeLists.CLOSINGS: (CLOSING_COLUMNS, _closing),
}


def three_tables(
    session: Session, year: int, actor: Actor, unit_id: int | None = None
) -> dict[ThreeLists, PaperTable]:
    """The lists of a year, as far as a person sees them.

    :param unit_id: of one unit alone.
    """
    found = {}
    for which, (columns, row) in _TABLES.items():
        wanted = Wanted(year, which, unit_id=unit_id)
        findings = session.scalars(queries.with_rounds(queries.listed(actor, wanted)))
        rows = [row(number, one) for number, one in enumerate(findings, 1)]
        title = f"{year}年政务公开{LIST_LABELS[which]}"
        found[which] = PaperTable(title, f"共 {len(rows)} 项", columns, rows)
    return found


def _title(year: int) -> str:
    return f"{year}年政务公开问题整改三张清单"


def _workbook(year: int, now: datetime, tables: dict[ThreeLists, PaperTable]) -> bytes:
    sheets = {LIST_LABELS[which]: table for which, table in tables.items()}
    return papers_workbook(_title(year), now, sheets)


def _document(year: int, now: datetime, tables: dict[ThreeLists, PaperTable]) -> bytes:
    return papers_document(_title(year), now, list(tables.values()))


# By the file's suffix: what a button calls it, its media type, and what writes it.
FORMATS = {"xlsx": ("Excel", XLSX, _workbook), "docx": ("Word", DOCX, _document)}


def file_name(year: int, kind: str) -> str:
    return f"{_title(year)}.{kind}"
