"""``responder findings`` at the console."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from responder.core.errors import NotFound
from responder.openness.findings import cli
from responder.openness.findings.models import FindingState
from tests.factories import unit
from tests.openness.findings.factories import brought_to
from tests.openness.findings.test_importing import HEADINGS, row
from tests.openness.workbooks import sheets, table_file

S = FindingState


@pytest.fixture
def run(app: Flask) -> Any:
    """Run ``findings …`` and return the result; domain errors come through."""

    def invoke(*arguments: str) -> Any:
        return app.test_cli_runner(catch_exceptions=False).invoke(cli.findings, list(arguments))

    return invoke


def test_a_list_as_text_and_as_json(session, run) -> None:
    brought_to(S.CLOSED, problem="已销号的")
    late = brought_to(S.ASSIGNED, problem="逾期的", deadline=date(2026, 11, 1))
    result = run("list", "--year", "2026", "--json")
    told = json.loads(result.stdout)
    assert [(one["state"], one["overdue"]) for one in told["findings"]] == [
        ("closed", False), ("assigned", True),
    ]  # fmt: skip
    text = run("list", "--year", "2026", "--overdue", "--unit", "zjj").stdout
    assert f"{late.number}  [整改中，已逾期] 市住房和城乡建设局  2026-11-01 前  逾期的" in text
    told = json.loads(run("list", "--year", "2026", "--list", "closings", "--json").stdout)
    assert [one["problem"] for one in told["findings"]] == ["已销号的"]
    with pytest.raises(NotFound, match="代码"):
        run("list", "--unit", "没有")


def test_import_and_export(session, run, tmp_path) -> None:
    unit()
    path = table_file(tmp_path, HEADINGS, row(), row(问题来源="听说"))
    errors = tmp_path / "退回.xlsx"
    result = run("import", str(path), "--dry-run", "--json")
    assert (result.exit_code, json.loads(result.stdout)["created"]) == (1, 1)
    result = run("import", str(path), "--errors", str(errors), "--json")
    assert (result.exit_code, errors.is_file()) == (1, True)
    assert json.loads(result.stdout)["refusals"][0]["column"] == "问题来源"
    out = tmp_path / "清单.xlsx"
    told = json.loads(run("export", "--year", "2026", "--out", str(out), "--json").stdout)
    assert told["rows"] == {"problems": 1, "duties": 1, "closings": 0}
    assert list(sheets(out.read_bytes())) == ["问题清单", "责任清单", "问题销号清单"]
