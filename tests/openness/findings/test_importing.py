"""Tables of findings that come in, by page and at the console."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.intake.registers.importing import TableImport
from responder.openness.findings import importing
from responder.openness.findings.models import Finding, FindingSource, FindingState
from tests.factories import NOW, unit
from tests.openness.findings.factories import TODAY
from tests.openness.people import liaison_of
from tests.openness.workbooks import sheets, table_file

HEADINGS = (
    "序号", "年度", "问题来源", "检查名称", "检查日期", "问题描述", "问题类别", "责任单位",
    "责任人", "职务", "整改措施", "整改依据", "整改期限",
)  # fmt: skip
ROW = (
    1, "", "第三方测评", "第二次测评", "2026-10-30", "栏目停更", "更新不及时", "市住房和城乡建设局",
    "周某", "主任", "补发", "反馈意见", "2026-12-31",
)  # fmt: skip


def row(**changed: object) -> list[object]:
    return [changed.get(name, value) for name, value in zip(HEADINGS, ROW, strict=True)]


def take_in(path: Path) -> TableImport:
    unit()
    file = importing.read_file(db.session, path, TODAY)
    with transaction(CONSOLE, NOW) as session:
        return importing.store(session, file, Attempt(CONSOLE, NOW))


def test_what_is_complete_is_passed_on_and_the_rest_listed(session, tmp_path) -> None:
    path = table_file(
        tmp_path, HEADINGS, row(), row(问题描述="缺指南", 整改期限="", 年度=2025),
        row(问题描述="断链", 问题来源="省政务公开办督查", 检查日期=date(2026, 9, 1), 责任人=""),
    )  # fmt: skip
    found = take_in(path)
    assert (found.rows, found.created, found.refusals) == (3, 3, ())
    assert [number for number, _note in found.notes] == [3, 4]
    made = session.scalars(select(Finding).order_by(Finding.id)).all()
    assert [(one.state, one.year) for one in made] == [
        (FindingState.ASSIGNED, 2026), (FindingState.LISTED, 2025), (FindingState.LISTED, 2026),
    ]  # fmt: skip
    assert made[2].source is FindingSource.PROVINCE
    assert made[0].deadline == date(2026, 12, 31)
    again = take_in(path)
    assert (again.created, again.duplicates) == (0, 3)


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"问题来源": "听说"}, "问题来源", "从 省督查、第三方测评"),
        ({"检查日期": "上周"}, "检查日期", "2026-03-05"),
        ({"检查日期": "2026-11-21"}, "检查日期", "晚于今天"),
        ({"整改期限": "2026-10-01"}, "整改期限", "早于检查日期"),
        ({"责任单位": "某局"}, "责任单位", "单位名册"),
        ({"责任单位": "市住房和城乡建设局、市应急管理局"}, "责任单位", "不是一个单位"),
        ({"问题描述": ""}, "问题描述", "请补填"),
        ({"年度": "1999"}, "年度", "2008"),
        ({"问题类别": "类" * 51}, "问题类别", "最多 50 字"),
    ],
)
def test_a_bad_row_comes_back_with_its_column_and_remedy(
    session, tmp_path, changed, column, words
) -> None:
    found = take_in(table_file(tmp_path, HEADINGS, row(**changed), row(问题描述="好的")))
    assert found.created == 1
    (refusal,) = found.refusals
    assert (refusal.row.number, found.column_of(refusal)) == (2, column)
    assert words in refusal.reason


def test_only_the_office_brings_findings_in(session, tmp_path) -> None:
    path = table_file(tmp_path, HEADINGS, row())
    attempt = Attempt(liaison_of(unit()).actor, NOW)
    file = importing.read_file(session, path, TODAY)
    with transaction(attempt.actor, NOW) as writing, pytest.raises(Forbidden):
        importing.store(writing, file, attempt)


def test_a_table_comes_in_by_the_page(people, client, tmp_path) -> None:
    unit()
    office = people.sign_in(client, people.openness_officer)
    path = table_file(tmp_path, HEADINGS, row(检查日期="2025-10-30"), row(问题来源="听说"))
    for trial, stored in (("1", 0), ("", 1)):
        with path.open("rb") as file:
            data = {"file": (file, path.name), "trial": trial}
            answer = office.post("/openness/findings/import", data=data)
        assert answer.status_code == 302
        result = office.get(answer.location)
        assert "第 3 行" in result.text
        assert len(db.session.scalars(select(Finding)).all()) == stored
    template = sheets(office.get("/openness/findings/import/template.xlsx").data)
    assert template["问题清单"][0] == list(HEADINGS)
    with office.get(f"{answer.location}/errors.xlsx") as kept:
        refused = sheets(kept.data)
    assert len(next(iter(refused.values()))) == 2
