"""``responder assessment compute · export``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docx import Document
from flask import Flask

from responder.core.errors import NotFound
from responder.openness.assessment import cli
from responder.openness.assessment.models import SchemeState
from responder.planning.models import EventState
from tests.factories import unit
from tests.openness.assessment import factories as make
from tests.planning import factories as planning


@pytest.fixture
def run(app: Flask) -> Any:
    def invoke(*arguments: object) -> Any:
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(cli.assessment, [str(argument) for argument in arguments])

    return invoke


def test_compute_tells_points_and_their_arithmetic(run) -> None:
    home = unit()
    planning.event(state=EventState.HELD)
    make.brought_to(SchemeState.IN_FORCE, home)
    told = json.loads(run("compute", "--year", 2026, "--json").stdout)
    assert (told["total"], told["share"], told["state"]) == (3.0, 5.0, "in_force")
    (row,) = told["units"]
    assert (row["code"], row["rank"], row["total"]) == ("zjj", 1, 1.0)
    first = row["criteria"][0]
    assert (first["measure"], first["count"], first["records"]) == ("press_events_held", 1.0, 1)
    assert "得 1 分" in first["arithmetic"]
    assert home.name in run("compute", "--year", 2026).stdout


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_export_writes_a_file(run, tmp_path, kind) -> None:
    make.brought_to(SchemeState.IN_FORCE, unit())
    out = tmp_path / f"得分.{kind}"
    result = run("export", "--year", 2026, "--format", kind, "--out", out, "--json")
    assert json.loads(result.stdout)["file"] == str(out)
    assert out.stat().st_size > 1000
    if kind == "docx":
        assert "得分" in Document(str(out)).paragraphs[0].text


def test_a_year_without_a_scheme_is_said_to_have_none(run) -> None:
    with pytest.raises(NotFound, match="2020 年还没有考核方案"):
        run("compute", "--year", 2020)
