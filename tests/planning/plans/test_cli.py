"""``responder plan import · adopt · status · export`` at the console."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from responder.core.errors import GuardRefused, Invalid, NotFound
from responder.planning import cli, service
from responder.planning.models import EntryState
from responder.planning.plans.service import get_plan
from tests.factories import People, unit
from tests.planning import factories as make
from tests.planning.plans.workbooks import plan_file, row


@pytest.fixture
def run(app: Flask) -> Any:
    """Run ``plan …`` and return the result; domain errors come through."""

    def invoke(*arguments: object) -> Any:
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(cli.plan, [str(argument) for argument in arguments])

    return invoke


def test_import_reports_rows_refusals_and_writes_them(
    session: Session, run: Any, tmp_path: Path
) -> None:
    unit()
    path = plan_file(tmp_path, row(), row(拟发布时间="二季度"))
    errors = tmp_path / "退回.xlsx"
    result = run("import", path, "--year", 2026, "--errors", errors, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert {name: told[name] for name in ("year", "rows", "created", "duplicates", "errors")} == {
        "year": 2026,
        "rows": 2,
        "created": 1,
        "duplicates": 0,
        "errors": 1,
    }
    assert told["refusals"][0]["row"] == 3
    assert told["refusals"][0]["column"] == "拟发布时间"
    assert told["errors_file"] == str(errors)
    assert errors.is_file()
    assert "退回 1" in result.stderr
    (entry,) = get_plan(session, 2026).entries
    assert entry.state is EntryState.LISTED


def test_import_without_refusals_ends_well_and_writes_no_errors(
    session: Session, run: Any, tmp_path: Path
) -> None:
    unit()
    errors = tmp_path / "退回.xlsx"
    result = run("import", plan_file(tmp_path, row()), "--year", 2026, "--errors", errors)
    assert result.exit_code == 0
    assert not errors.exists()


def test_import_for_a_unit_needs_no_column_and_a_known_code(
    session: Session, run: Any, tmp_path: Path
) -> None:
    unit()
    path = plan_file(tmp_path, ["改造", "发布会", "3月"], headings=["主题", "形式", "时间"])
    assert run("import", path, "--year", 2026, "--unit", "zjj").exit_code == 0
    with pytest.raises(NotFound, match="没有代码为 nobody"):
        run("import", path, "--year", 2026, "--unit", "nobody")


def test_a_dry_run_stores_nothing(session: Session, run: Any, tmp_path: Path) -> None:
    unit()
    result = run("import", plan_file(tmp_path, row()), "--year", 2026, "--dry-run", "--json")
    assert json.loads(result.stdout)["created"] == 1
    assert service.list_plans(session) == []


def test_import_refuses_a_place_for_errors_before_it_stores(
    session: Session, run: Any, tmp_path: Path
) -> None:
    unit()
    path = plan_file(tmp_path, row())
    with pytest.raises(Invalid, match="不能覆盖"):
        run("import", path, "--year", 2026, "--errors", path)
    assert service.list_plans(session) == []


def test_adopt_names_the_minutes_and_the_baseline(session: Session, run: Any) -> None:
    make.entry()
    arguments = ("--year", 2026, "--date", "2026-02-10", "--meeting", "常务会议")
    result = run("adopt", *arguments, "--minutes", "市府纪要〔2026〕3号", "--json")
    told = json.loads(result.stdout)
    assert (told["baseline"], told["rows"], told["minutes_number"]) == (1, 1, "市府纪要〔2026〕3号")
    assert told["state"] == "adopted"


def test_adopt_says_how_many_rows_are_undecided(session: Session, run: Any, people: People) -> None:
    make.send_in(make.liaison(people, unit()))
    make.entry()
    with pytest.raises(GuardRefused, match="还有 1 条"):
        run("adopt", "--year", 2026, "--date", "2026-02-10", "--meeting", "常务会议")


def test_status_prints_figures_and_rules(session: Session, run: Any) -> None:
    make.entry(month=3)
    make.adopt()
    arguments = ("status", "--year", 2026, "--as-of", "2026-11-20")
    told = json.loads(run(*arguments, "--json").stdout)
    assert (told["year"], told["total"]["baseline"], told["total"]["late"]) == (2026, 1, 1)
    assert told["as_of"] == "2026-11-20"
    assert "逾期未办 1" in run(*arguments).stdout


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_export_writes_a_file(session: Session, run: Any, tmp_path: Path, kind: str) -> None:
    make.entry()
    out = tmp_path / f"计划.{kind}"
    result = run("export", "--year", 2026, "--format", kind, "--out", out, "--json")
    assert json.loads(result.stdout)["file"] == str(out)
    assert out.read_bytes().startswith(b"PK")
    with pytest.raises(Invalid, match="--out"):
        run("export", "--year", 2026, "--out", tmp_path / "none" / "计划.xlsx")
    with pytest.raises(NotFound, match="2031"):
        run("export", "--year", 2031, "--out", out)
