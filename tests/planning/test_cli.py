"""``responder plan`` at the console."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import GuardRefused, NotFound
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.planning import cli, service
from responder.planning.events import preparing
from responder.planning.models import EventState, PlanState
from tests.planning import factories as make


@pytest.fixture
def run(app: Flask) -> Any:
    """Run ``plan …`` and return the result; domain errors come through."""

    def invoke(*arguments: str) -> Any:
        return app.test_cli_runner(catch_exceptions=False).invoke(cli.plan, list(arguments))

    return invoke


def as_json(result: Any) -> Any:
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_show_says_how_far_each_row_has_come(session: Session, run: Any) -> None:
    entry = make.entry(day=12)
    event = make.event(plan_entry=entry, state=EventState.HELD)
    shown = as_json(run("show", "--year", "2026", "--json"))
    assert (shown["year"], shown["state"], shown["counts"]["held"]) == (2026, "draft", 1)
    (row,) = shown["entries"]
    assert (row["month"], row["day"], row["progress"]) == (11, 12, "held")
    assert row["event_ids"] == [event.id]
    text = run("show", "--year", "2026").stdout
    assert "11月12日  [已举行] 新闻发布会  老旧小区改造进展" in text


def test_show_of_a_year_without_a_plan_says_where_to_begin(session: Session, run: Any) -> None:
    with pytest.raises(NotFound, match="年度计划"):
        run("show", "--year", "2031")


def test_events_lists_the_days_asked_for_and_both_ends(session: Session, run: Any) -> None:
    event = make.event()  # 27 November
    span = ("--from", "2026-11-27", "--to", "2026-11-27")
    (found,) = as_json(run("events", *span, "--json"))["events"]
    assert (found["id"], found["state"]) == (event.id, "proposed")
    assert as_json(run("events", "--from", "2026-11-28", "--json"))["events"] == []
    assert "2026-11-27 09:00  [待审批]" in run("events", *span).stdout


def test_suggest_reports_what_it_did(session: Session, run: Any) -> None:
    make.topic()
    make.event("金浦华庭地库车位租售")
    report = as_json(run("suggest", "--as-of", "2026-11-20", "--json"))
    assert report == {"topics": 1, "events": 1, "added": 1, "kept": 0, "removed": 0}
    assert "保留 1 条" in run("suggest", "--as-of", "2026-11-20").stderr


def test_adopt_freezes_the_plan(session: Session, run: Any) -> None:
    make.entry()
    arguments = ("adopt", "--year", "2026", "--date", "2026-02-10", "--meeting", "常务会议")
    assert run(*arguments).exit_code == 0
    session.expire_all()
    plan = service.find_plan(session, 2026)
    assert plan is not None
    assert plan.state is PlanState.ADOPTED
    with pytest.raises(GuardRefused, match="没有需要再次审议的变更"):
        run(*arguments)


def test_gaps_lists_hot_topics_with_their_suggestions(session: Session, run: Any) -> None:
    topic = make.topic(heat=70.0)
    make.link(topic, make.event("车位租售管理"))
    (gap,) = as_json(run("gaps", "--json"))["topics"]
    assert (gap["id"], gap["heat"]) == (topic.id, 70.0)
    assert gap["suggestions"][0]["theme"] == "车位租售管理"
    assert "（建议 1 条）" in run("gaps").stdout


def test_gaps_names_no_citizen_though_the_label_did(session: Session, run: Any) -> None:
    make.topic("张建国先生13812345678反映翠湖名苑停水", heat=70.0)
    for output in (run("gaps").stdout, run("gaps", "--json").stdout):
        assert "翠湖名苑停水" in output
        assert not any(private in output for private in ("张建国", "13812345678"))


@pytest.mark.parametrize("command", sorted(cli.plan.commands))
def test_each_command_shows_an_example(run: Any, command: str) -> None:
    assert f"例：responder plan {command}" in run(command, "--help").stdout


def test_preparation_lists_what_is_due_and_what_is_late(session: Session, run: Any) -> None:
    event = make.event("车位租售", utc_now() + timedelta(days=3))
    with transaction(CONSOLE) as writing:
        late = preparing.add_task(writing, event, "审批", 20)
        soon = preparing.add_task(writing, event, "场地", 1)
        preparing.add_task(writing, event, "效果评估", -20)
    found = as_json(run("preparation", "--days", "7", "--json"))
    assert found["overdue"] == 1
    assert [(row["id"], row["overdue"], row["theme"]) for row in found["tasks"]] == [
        (late.id, True, "车位租售"),
        (soon.id, False, "车位租售"),
    ]
    assert "[已过期] 审批  车位租售" in run("preparation").stdout
