"""``responder evaluations list · import · rank · circular``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docx import Document
from flask import Flask

from responder.core.errors import NotFound
from responder.openness.evaluations import cli
from responder.openness.evaluations.models import RoundState
from tests.openness.evaluations import factories as make
from tests.openness.evaluations.factories import again, brought_to, score_file


@pytest.fixture
def run(app: Flask) -> Any:
    def invoke(*arguments: object) -> Any:
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(cli.evaluations, [str(argument) for argument in arguments])

    return invoke


def test_import_tells_counts_and_refusals(run, tmp_path) -> None:
    make.units()
    one = make.a_round()
    path = score_file(tmp_path, ["A", "", 54, 36], ["无此局", "", 1, 1])
    errors = tmp_path / "退回.xlsx"
    trial = run("import", path, "--year", 2026, "--number", 1, "--dry-run", "--json")
    assert json.loads(trial.stdout)["created"] == 1
    assert again(one).participants == []
    result = run("import", path, "--year", 2026, "--number", 1, "--errors", errors, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["created"], told["errors"]) == (1, 1)
    assert told["refusals"][0]["column"] == "单位"
    assert errors.is_file()
    assert len(again(one).participants) == 1


def test_list_and_rank_say_the_same_as_words_and_as_json(run) -> None:
    brought_to(RoundState.CIRCULATED)
    brought_to(RoundState.SCORED)
    told = json.loads(run("list", "--year", 2026, "--json").stdout)
    assert [(one["number"], one["state"]) for one in told["rounds"]] == [
        (2, "scored"), (1, "circulated"),
    ]  # fmt: skip
    assert "2026年第1次第三方测评  [已通报]" in run("list").stdout
    rank = json.loads(run("rank", "--year", 2026, "--number", 2, "--json").stdout)["ranking"]
    assert [(one["rank"], one["total"], one["rank_change"]) for one in rank] == [
        (1, 90.0, 0), (1, 90.0, 0), (3, 88.0, 0), (4, 50.0, 0),
    ]  # fmt: skip
    assert "持平" in run("rank", "--year", 2026, "--number", 2).stdout


def test_the_circular_is_written(run, tmp_path) -> None:
    brought_to(RoundState.SCORED)
    out = tmp_path / "通报.docx"
    result = run("circular", "--year", 2026, "--number", 1, "--out", out, "--json")
    assert json.loads(result.stdout)["file"] == str(out)
    assert "情况的通报" in Document(str(out)).paragraphs[0].text


def test_a_round_that_is_not_there_is_said_to_be(run) -> None:
    with pytest.raises(NotFound, match="没有 2026 年第 9 次"):
        run("rank", "--year", 2026, "--number", 9)
