"""Several people at the same moment, on databases that let them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Stale, WrongState
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import load_calendar
from responder.planning import service
from responder.planning.events import media, preparing
from responder.planning.events.pasted import PastedMedium
from responder.planning.models import EventState, Form, LinkState, TopicEventLink
from responder.topics.models import Topic
from tests.conftest import DATABASES
from tests.factories import NOW, People, unit
from tests.installations import PEOPLE, at_once, installation
from tests.planning import factories as make

CLICKS = 4
HELD = 0.2  # seconds in which whoever came first has stored nothing yet


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Flask]:
    with installation("postgresql", tmp_path) as app:
        yield app


def test_no_row_joins_a_plan_that_is_adopted_at_the_same_moment(postgresql: Flask) -> None:
    with postgresql.app_context():
        make.entry()
        responsible = unit().id
    has_read = threading.Event()
    refused: list[DomainError] = []

    def add() -> None:
        with postgresql.app_context(), transaction(CONSOLE, NOW) as session:
            plan = service.get_or_create_plan(session, 2026)
            responsible_unit = session.get_one(Unit, responsible)
            has_read.set()
            try:
                service.add_entry(
                    session,
                    plan,
                    theme="迟到的条目",
                    form=Form.BRIEFING,
                    month=12,
                    unit=responsible_unit,
                )
            except WrongState as error:
                refused.append(error)

    latecomer = threading.Thread(target=add)
    with postgresql.app_context():
        with transaction(CONSOLE, NOW) as session:
            plan = service.get_or_create_plan(session, 2026)
            service.adopt(session, plan, date(2026, 2, 10), "市政府第20次常务会议")
            latecomer.start()
            assert has_read.wait(10)
        latecomer.join()
        db.session.rollback()
        plan = service.find_plan(db.session, 2026)
        assert plan is not None
        assert [entry.number for entry in plan.entries] == [1]
    assert "市政府第20次常务会议" in refused[0].message


@pytest.mark.parametrize("kind", DATABASES)
def test_clicks_at_the_same_moment_propose_one_event(kind: str, tmp_path: Path) -> None:
    start = threading.Barrier(CLICKS)
    stored: list[int] = []
    with installation(kind, tmp_path) as app:
        with app.app_context():
            actor = People().press_officer.actor
            responsible = unit().id

        def click() -> None:
            with app.app_context():
                start.wait()
                with transaction(actor, NOW) as session:
                    responsible_unit = session.get_one(Unit, responsible)
                    mine = service.EventFacts("车位租售", Form.BRIEFING, NOW, responsible_unit)
                    stored.append(service.propose_event(session, mine, None, actor, NOW).id)

        clicks = [threading.Thread(target=click) for _ in range(CLICKS)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()
    assert len(stored) == CLICKS
    assert len(set(stored)) == 1


def decided_at_once(app: Flask, act: Callable[[int], object]) -> list[DomainError]:
    """Those who were refused; whoever was first has the time to be overwritten."""

    def slowly(number: int) -> None:
        with transaction(CONSOLE, NOW) as session:
            act(number)
            session.flush()
            time.sleep(HELD)

    return at_once(app, slowly)


@pytest.fixture(params=DATABASES)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with installation(request.param, tmp_path) as app:
        yield app


def test_of_opposite_decisions_on_a_link_one_holds_and_the_others_are_told(
    instance: Flask,
) -> None:
    with instance.app_context():
        link_id = make.link(make.topic(), make.event()).id

    def decide(number: int) -> None:
        link = service.hold_link(db.session, link_id)
        service.decide_link(db.session, link, number % 2 == 0, CONSOLE, NOW, seen=1)

    refused = decided_at_once(instance, decide)
    assert [type(error) for error in refused] == [Stale] * (PEOPLE // 2)
    with instance.app_context():
        link = db.session.get_one(TopicEventLink, link_id)
        (line,) = audit.history(db.session, link)
        assert line.changes["state"] == ["suggested", link.state]


def test_an_event_linked_by_hand_at_once_is_linked_once(instance: Flask) -> None:
    with instance.app_context():
        topic_id, event_id = make.topic().id, make.event().id

    def link(_number: int) -> None:
        topic, event = db.session.get_one(Topic, topic_id), service.get_event(db.session, event_id)
        service.link_by_hand(db.session, topic, event, CONSOLE, NOW, seen=0)

    assert decided_at_once(instance, link) == []
    with instance.app_context():
        (stored,) = db.session.scalars(select(TopicEventLink))
        assert stored.state is LinkState.CONFIRMED


def test_media_pasted_or_entered_at_once_are_asked_once(instance: Flask) -> None:
    with instance.app_context():
        event_id = make.event().id

    def invite(number: int) -> None:
        event = service.get_event(db.session, event_id)
        if number % 2:
            media.invite_many(db.session, event, [PastedMedium("市日报", "王小明")])
        else:
            media.invite(db.session, event, media.MediumFacts("市日报", "王小明"))

    assert decided_at_once(instance, invite) == []
    with instance.app_context():
        event = service.get_event(db.session, event_id)
        assert len(media.invitations(db.session, event)) == 1


@pytest.mark.parametrize("deed", ["make", "add", "edit"])
def test_a_checklist_is_due_by_the_day_to_which_the_event_is_moved_meanwhile(
    postgresql: Flask, deed: str
) -> None:
    """Whoever read the event before it was moved waits, and then reckons with its new day."""
    with postgresql.app_context():
        with transaction(CONSOLE, NOW) as session:
            preparing.seed_preparation(session)
        event = make.event(state=EventState.PREPARING)
        event_id, moved_to = event.id, event.starts_at + timedelta(days=21)
        if deed == "edit":
            with transaction(CONSOLE, NOW) as session:
                task_id = preparing.add_task(session, event, "场地", 5).id
    has_read, has_moved = threading.Event(), threading.Event()

    def prepare() -> None:
        with postgresql.app_context(), transaction(CONSOLE, NOW) as session:
            event = service.get_event(session, event_id)
            has_read.set()
            assert has_moved.wait(10)
            if deed == "make":
                preparing.make_tasks(session, event)
            elif deed == "add":
                preparing.add_task(session, event, "场地", 5)
            else:
                task = preparing.hold_task(session, task_id)
                preparing.edit_task(session, task, "场地", 6)

    slow = threading.Thread(target=prepare)
    slow.start()
    assert has_read.wait(10)
    with postgresql.app_context():
        with transaction(CONSOLE, NOW) as session:
            event = service.get_event(session, event_id)
            service.move_event(session, event, moved_to, CONSOLE, NOW)
        has_moved.set()
        slow.join()
        db.session.rollback()
        event = service.get_event(db.session, event_id)
        tasks = preparing.tasks_of(db.session, event)
        calendar = load_calendar(db.session)
        assert tasks
        for task in tasks:
            assert task.due_on == preparing.due_of(event, task.days, calendar), task.name
            assert task.due_on > (moved_to - timedelta(days=14)).date()
