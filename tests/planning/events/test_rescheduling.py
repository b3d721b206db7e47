"""Holidays announced after checklists were made."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import load_calendar, store_year
from responder.planning import service
from responder.planning.briefing.words import context
from responder.planning.events import preparing, rescheduling
from responder.planning.events.models import PreparationTask
from responder.planning.models import EventState, PressEvent
from responder.reference import calendar
from tests.factories import NOW, People
from tests.planning import factories as make
from tests.planning.briefing import factories as briefing
from tests.planning.queries import count_queries

NEW_YEAR = [(date(2027, 1, day), False, "元旦") for day in (1, 4, 5)]
JANUARY = datetime(2027, 1, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def known(session: Session) -> None:
    announce(2026, [])


def announce(year: int, days: list[tuple[date, bool, str]]) -> None:
    with transaction(CONSOLE, NOW) as session:
        store_year(session, year, days, "国办通知")


def task_of(
    event: PressEvent, days: int = 5, name: str = "材料", done: bool = False
) -> PreparationTask:
    with transaction(CONSOLE, NOW) as session:
        made = preparing.add_task(session, service.get_event(session, event.id), name, days)
        if done:
            preparing.finish_task(session, made, CONSOLE, NOW)
    return made


def reschedule() -> list[PreparationTask]:
    with transaction(CONSOLE, NOW) as session:
        return service.reschedule_all(session, load_calendar(session))


def test_importing_a_years_holidays_moves_the_checklists(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    task = task_of(make.event(state=EventState.APPROVED, starts_at=JANUARY))
    assert task.due_on == date(2026, 12, 29)  # 1 January is off, whatever will be announced
    days = [{"date": day.isoformat(), "isOffDay": True, "name": name} for day, _, name in NEW_YEAR]
    days.append({"date": "2027-10-01", "isOffDay": True, "name": "国庆节"})
    path = tmp_path / "2027.json"
    path.write_text(json.dumps({"year": 2027, "days": days}), encoding="utf-8")
    runner = app.test_cli_runner(catch_exceptions=False)
    told = json.loads(runner.invoke(calendar, ["import", str(path), "--json"]).stdout)
    assert told["years"] == [{"year": 2027, "days": 4, "clocks_moved": 0, "tasks_moved": 1}]
    session.expire_all()
    assert task.due_on == date(2026, 12, 25)
    set_off = ["set", "2027-01-03", "--working", "--name", "调休"]
    assert "1 个筹备事项的日期随之改变" in runner.invoke(calendar, set_off).stderr
    session.expire_all()
    assert task.due_on == date(2026, 12, 28)


def test_what_is_over_or_undated_keeps_its_days_and_done_tasks_move_along(
    session: Session,
) -> None:
    open_one, over, postponed = (
        make.event(name, JANUARY, state)
        for name, state in (
            ("甲", EventState.PREPARING), ("乙", EventState.APPROVED), ("丙", EventState.POSTPONED)
        )
    )  # fmt: skip
    done, kept, undated = task_of(open_one, done=True), task_of(over), task_of(postponed)
    with transaction(CONSOLE, NOW):
        over.state = EventState.EVALUATED
    announce(2027, NEW_YEAR)
    assert [task.id for task in reschedule()] == [done.id]
    assert (done.due_on, kept.due_on) == (date(2026, 12, 25), date(2026, 12, 29))
    assert undated.due_on is None
    assert reschedule() == []


def test_checklists_of_many_events_are_reckoned_in_the_same_queries(session: Session) -> None:
    task_of(make.event(state=EventState.APPROVED, starts_at=JANUARY))
    few = count_queries(reschedule)
    for n in range(8):
        task_of(make.event(f"第{n}场", JANUARY, EventState.APPROVED), n + 1)
    assert count_queries(reschedule) == few


@pytest.mark.parametrize(
    ("days", "starts_at", "expected"),
    [
        (5, JANUARY, True),
        (1, datetime(2027, 1, 1, 1, tzinfo=UTC), False),  # counted through December alone
        (-3, datetime(2026, 12, 29, 1, tzinfo=UTC), True),
        (-1, datetime(2026, 12, 29, 1, tzinfo=UTC), False),
        (0, JANUARY, False),
        (5, NOW + timedelta(days=7), False),
    ],
)
def test_a_day_is_provisional_when_it_is_counted_through_a_year_nobody_announced(
    session: Session, days: int, starts_at: datetime, expected: bool
) -> None:
    task = task_of(make.event(state=EventState.APPROVED, starts_at=starts_at), days)

    def is_provisional() -> bool:
        return task.id in rescheduling.provisional([task], load_calendar(session))

    assert is_provisional() is expected
    announce(2027, [])
    assert not is_provisional()


def test_a_done_task_is_not_provisional(session: Session) -> None:
    task = task_of(make.event(state=EventState.APPROVED, starts_at=JANUARY), done=True)
    assert rescheduling.provisional([task], load_calendar(session)) == frozenset()


def test_pages_files_and_the_console_say_which_days_are_provisional(
    app: Flask, client: FlaskClient, people: People
) -> None:
    people.sign_in(client, people.press_officer)
    event = make.event(state=EventState.APPROVED, starts_at=JANUARY)
    task_of(event)
    runner = app.test_cli_runner(catch_exceptions=False)

    def console() -> bool:
        arguments = ["plan", "preparation", "--days", "365", "--json"]
        [task] = json.loads(runner.invoke(args=arguments).stdout)["tasks"]
        return bool(task["provisional"])

    def pages() -> list[bool]:
        event_page = client.get(f"/planning/events/{event.id}").text
        briefing_page = client.get(f"/planning/events/{event.id}/briefing").text
        return ["（暂定）" in page for page in (event_page, briefing_page)]

    def file() -> str:
        db.session.expire_all()
        pack = briefing.pack_of(service.get_event(db.session, event.id))
        return str(context(pack, {})["清单"][0]["期限"])

    assert (pages(), console(), file()) == ([True, True], True, "2026年12月29日（暂定）")
    announce(2027, NEW_YEAR)
    reschedule()
    assert (pages(), console(), file()) == ([False, False], False, "2026年12月25日")
