"""``responder responses`` at the console."""

from __future__ import annotations

import json

import pytest

from responder import reference
from responder.core.errors import NotFound
from responder.responses import cli
from responder.responses.models import ItemState, Level
from tests.responses.factories import brought_to, opened, take
from tests.responses.test_clock_steps import do


@pytest.fixture
def run(app):
    """Run ``responses …`` and return the result; domain errors come through."""

    def invoke(*words: str):
        return app.test_cli_runner(catch_exceptions=False).invoke(cli.responses, list(words))

    return invoke


@pytest.fixture
def explain(app):
    """Run ``clocks explain …`` and return the result."""

    def invoke(*words: str):
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(reference.clocks, ["explain", *words])

    return invoke


def as_json(result):
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_list_names_items_and_filters_by_state(run):
    item = brought_to(ItemState.FIRST_REVIEW)
    opened(title="另一件")
    rows = as_json(run("list", "--state", "first_review", "--json"))["items"]
    assert [(row["id"], row["state"], row["unit"]) for row in rows] == [
        (item.id, "first_review", "市住房和城乡建设局")
    ]
    assert rows[0]["due_at"].startswith("2026-11-22T01:00:00")
    text = run("list").stdout
    assert "待初审" in text
    assert "另一件" in text


def test_an_empty_list_says_so_beside_the_output(run):
    result = run("list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "没有符合条件" in result.stderr


def test_an_unknown_state_is_wrong_use(run):
    assert run("list", "--state", "melted").exit_code == 2


def test_show_tells_reviews_and_history(run, people):
    item = brought_to(ItemState.SECOND_REVIEW)
    take(item, "return", people.second_reviewer, note="数字待核实")
    shown = as_json(run("show", str(item.id), "--json"))
    assert [(row["round"], row["approved"]) for row in shown["reviews"]] == [(1, True), (1, False)]
    assert shown["history"][-1]["note"] == "数字待核实"
    assert "退回修改：数字待核实" in run("show", str(item.id)).stdout


def test_explain_does_the_arithmetic_to_the_hour(explain):
    item = opened(level=Level.MAJOR_EMERGENCY)
    clocks = as_json(explain(str(item.id), "--json"))["clocks"]
    assert [clock["due_at"] for clock in clocks] == [
        "2026-11-20T06:00:00+00:00",
        "2026-11-21T01:00:00+00:00",
    ]
    text = explain(str(item.id)).stdout
    assert "连续计时 5 小时，不扣除夜间和节假日" in text
    assert "到期：2026年11月20日 星期五 14:00" in text
    assert "依据：国办发〔2016〕80号" in text


def test_explain_tells_what_happened_to_a_clock(explain, people):
    item = opened()
    clock = item.clocks[0]
    do(clock, "ask", people.editor.actor, note="须检测", length=24)
    do(clock, "grant", people.signer.actor, note="同意")
    do(clock, "pause", people.supervisor.actor, note="等意见")
    (told,) = as_json(explain(str(item.id), "--json"))["clocks"]
    assert (told["state"], told["due_at"]) == ("paused", "2026-11-23T01:00:00+00:00")
    assert (told["pauses"][0]["reason"], told["pauses"][0]["until"]) == ("等意见", None)
    extension = told["extensions"][0]
    assert (extension["asked_by"], extension["decided_by"]) == ("editor 某", "signer 某")
    assert (extension["granted"], extension["counts"], extension["length"]) == (True, True, 24)
    text = explain(str(item.id)).stdout
    assert "延期 24 小时：editor 某申请，signer 某于" in text
    assert "尚未恢复" in text


def test_due_lists_what_runs_and_nothing_that_stopped(run):
    brought_to(ItemState.PUBLISHED)
    item = opened()
    rows = as_json(run("due", "--json"))["due"]
    assert [(row["item_id"], row["duty"]) for row in rows] == [(item.id, "作出回应")]
    assert f"#{item.id}" in run("due").stdout


def test_an_unknown_item_cannot_be_shown(run):
    with pytest.raises(NotFound):
        run("show", "4711")
