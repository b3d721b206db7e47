"""``responder alerts``: what the scheduler does, by hand."""

from __future__ import annotations

import json

from responder.alerts.models import Kind
from responder.topics import corrections
from tests.alerts.factories import alerts, rule
from tests.topics.correcting import correct, parking, plant
from tests.topics.factories import refresh, two_worries


def test_alerts_are_raised_once_and_listed_with_their_figures(app) -> None:
    rule(Kind.NEW, people=3, name="多人反映")
    two_worries()
    refresh()
    run = app.test_cli_runner().invoke
    assert json.loads(run(args=["alerts", "raise", "--json"]).stdout) == {"raised": 2}
    assert json.loads(run(args=["alerts", "raise", "--json"]).stdout) == {"raised": 0}
    listed = json.loads(run(args=["alerts", "list", "--json"]).stdout)["alerts"]
    assert len(listed) == len(alerts()) == 2
    assert listed[0]["facts"]["asked_people"] == 3
    assert "规则“多人反映”" in run(args=["alerts", "list"]).stdout


def test_alerts_of_topics_that_are_none_or_went_into_another_are_marked(app) -> None:
    rule(Kind.NEW, people=3)
    two_worries()
    refresh()
    run = app.test_cli_runner().invoke
    run(args=["alerts", "raise"])
    into, other = plant(), parking()
    assert "（已" not in run(args=["alerts", "list"]).stdout
    correct(corrections.merge, into, other)
    assert run(args=["alerts", "list"]).stdout.count("（已并入其他话题）\n") == 1
    correct(corrections.dismiss, into)
    assert run(args=["alerts", "list"]).stdout.count("（已判为不是话题）\n") == 1
    listed = json.loads(run(args=["alerts", "list", "--json"]).stdout)["alerts"]
    marks = {row["topic_id"]: (row["merged_into"], row["dismissed"]) for row in listed}
    assert marks == {into.id: (None, True), other.id: (into.id, False)}


def test_an_empty_list_says_what_to_do(app) -> None:
    assert "还没有提醒" in app.test_cli_runner().invoke(args=["alerts", "list"]).stderr
