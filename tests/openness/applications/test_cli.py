"""``responder applications list · import · table · export · explain`` at the console."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docx import Document
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.errors import Invalid, NotFound
from responder.openness.applications import cli
from tests.openness.applications.factories import (
    NAME,
    S,
    brought_to,
    registered,
    take,
    words_of,
)
from tests.openness.applications.test_importing import workbook


@pytest.fixture
def run(app) -> Any:
    """Run ``applications …`` and return the result; domain errors come through."""

    def invoke(*arguments: object) -> Any:
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(cli.applications, [str(argument) for argument in arguments])

    return invoke


def test_list_tells_no_identity(run) -> None:
    brought_to(S.ACCEPTED)
    brought_to(S.REPLIED)
    told = json.loads(run("list", "--view", "open", "--json").stdout)["applications"]
    assert [one["number"] for one in told] == ["2026-001"]
    assert told[0]["due_on"] == "2026-11-30"
    assert told[0]["applicant"] == "郑**"
    text = run("list").output
    assert "2026-002" in text
    assert NAME not in text


def test_list_says_what_to_do_when_there_is_nothing(run) -> None:
    assert "import" in run("list").stderr


def test_explain_tells_the_arithmetic_of_every_clock(run) -> None:
    application = brought_to(S.ACCEPTED)
    take(application, "extend", "2026-11-10", length=5)
    told = json.loads(run("explain", application.number, "--json").stdout)
    reply = next(one for one in told["clocks"] if one["kind"] == "reply")
    assert told["due_on"] == "2026-12-07"
    assert any("延期 5 个工作日" in line for line in reply["steps"])
    assert "第三十三条" in run("explain", application.number).output
    with pytest.raises(NotFound):
        run("explain", "2026-999")


def test_table_prints_and_balances(run) -> None:
    brought_to(S.REPLIED)
    registered()
    told = json.loads(run("table", "--year", "2026", "--json").stdout)
    new = told["applications"][0]
    assert (new["code"], new["person"], new["total"]) == ("new", 2, 2)
    assert told["balanced"] is True
    assert "勾稽关系相符" in run("table", "--year", "2026").stderr
    with pytest.raises(Invalid):
        run("table", "--year", "1900")


def test_export_writes_each_file(run, session, tmp_path) -> None:
    brought_to(S.REPLIED)
    word, excel, register = (tmp_path / name for name in ("a.docx", "a.xlsx", "b.xlsx"))
    run("export", "--year", "2026", "--format", "docx", "--out", word)
    assert len(Document(word).tables) == 2
    run("export", "--year", "2026", "--out", excel)
    assert "表四" in CalamineWorkbook.from_path(str(excel)).sheet_names
    run("export", "--year", "2026", "--what", "register", "--out", register)
    revealed = select(AuditEvent).where(AuditEvent.action == "reveal_export")
    assert session.scalars(revealed).all() == []
    assert NAME not in words_of(register, "登记簿")
    run("export", "--year", "2026", "--what", "register", "--identities", "--out", register)
    assert session.scalars(revealed).one().actor_name == "控制台"
    assert NAME in words_of(register, "登记簿")
    with pytest.raises(Invalid, match="xlsx"):
        run("export", "--what", "register", "--format", "docx")
    with pytest.raises(Invalid, match="无法写入"):
        run("export", "--year", "2026", "--out", tmp_path / "no" / "x.xlsx")


def test_import_reports_rows_and_returns_what_it_refuses(run, tmp_path) -> None:
    path = workbook(tmp_path, {}, {"申请人": ""})
    errors = tmp_path / "退回.xlsx"
    tried = run("import", path, "--dry-run", "--json")
    assert json.loads(tried.stdout)["dry_run"] is True
    result = run("import", path, "--errors", errors, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["created"], told["refusals"][0]["column"]) == (1, "申请人")
    assert errors.is_file()
