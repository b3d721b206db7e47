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
from responder.core.errors import DomainError, GuardRefused, Stale, WrongState
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import load_calendar
from responder.planning import service
from responder.planning.events import media, preparing
from responder.planning.events.pasted import PastedMedium
from responder.planning.models import (
    EventState,
    Form,
    LinkState,
    PlanEntry,
    PressEvent,
    TopicEventLink,
)
from responder.planning.plans import changing, entries
from responder.topics.models import Topic
from tests.databases import DATABASES
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


def at_the_same_moment(
    app: Flask, first: Callable[[], None], second: Callable[[], None]
) -> DomainError | None:
    """``first`` is stored while ``second`` waits for it; what refused the second."""
    has_acted, refused = threading.Event(), list[DomainError]()

    def follow() -> None:
        with app.app_context():
            assert has_acted.wait(10)
            try:
                with transaction(CONSOLE, NOW):
                    second()
            except DomainError as error:
                refused.append(error)

    late = threading.Thread(target=follow)
    late.start()
    with app.app_context():
        with transaction(CONSOLE, NOW) as session:
            first()
            session.flush()
            has_acted.set()
            time.sleep(HELD)
        late.join()
    return refused[0] if refused else None


def test_no_event_is_confirmed_while_somebody_adds_what_must_come_before(
    instance: Flask,
) -> None:
    with instance.app_context():
        event_id = make.event(state=EventState.PREPARING).id

    def add() -> None:
        event = service.get_event(db.session, event_id)
        preparing.add_task(db.session, event, "消防检查", 1, before_confirmation=True)

    def confirm() -> None:
        event = service.get_event(db.session, event_id)
        service.advance_event(db.session, event, "confirm", CONSOLE, NOW)

    refused = at_the_same_moment(instance, add, confirm)
    assert isinstance(refused, GuardRefused)
    assert "消防检查" in refused.message


def test_who_moves_an_event_on_is_told_that_it_has_changed_meanwhile(postgresql: Flask) -> None:
    """Read before somebody else saved, advanced after."""
    with postgresql.app_context():
        event_id = make.event(state=EventState.APPROVED).id
    has_read, has_saved = threading.Event(), threading.Event()
    refused: list[DomainError] = []

    def prepare() -> None:
        with postgresql.app_context(), transaction(CONSOLE, NOW) as session:
            event = service.get_event(session, event_id)
            has_read.set()
            assert has_saved.wait(10)
            try:
                service.advance_event(session, event, "prepare", CONSOLE, NOW)
            except DomainError as error:
                refused.append(error)

    slow = threading.Thread(target=prepare)
    slow.start()
    assert has_read.wait(10)
    with postgresql.app_context():
        with transaction(CONSOLE, NOW) as session:
            service.get_event(session, event_id).host = "李主持"
        has_saved.set()
        slow.join()
    assert [type(error) for error in refused] == [Stale]


@pytest.mark.parametrize("first", ["drop", "propose"])
def test_a_row_is_not_dropped_while_an_event_comes_of_it(instance: Flask, first: str) -> None:
    with instance.app_context():
        entry_id, responsible = make.entry().id, unit().id
        make.adopt()

    def drop() -> None:
        entry = service.get_entry(db.session, entry_id)
        ground = changing.Ground("不办了", "", CONSOLE, NOW)
        changing.drop_entry(db.session, entry, entry.version_id, ground)

    def propose() -> None:
        entry = service.get_entry(db.session, entry_id)
        own = db.session.get_one(Unit, responsible)
        facts = service.EventFacts("车位租售", Form.BRIEFING, NOW, own, plan_entry=entry)
        service.propose_event(db.session, facts, None, CONSOLE, NOW)

    both = (drop, propose) if first == "drop" else (propose, drop)
    refused = at_the_same_moment(instance, *both)
    assert type(refused) is (WrongState if first == "drop" else GuardRefused)


def test_no_event_comes_of_a_row_that_is_removed_at_the_same_moment(postgresql: Flask) -> None:
    with postgresql.app_context():
        entry_id, responsible = make.entry().id, unit().id
    has_read = threading.Event()
    refused: list[DomainError] = []

    def propose() -> None:
        with postgresql.app_context():
            try:
                with transaction(CONSOLE, NOW) as session:
                    entry = session.get_one(PlanEntry, entry_id)
                    has_read.set()
                    own = session.get_one(Unit, responsible)
                    facts = service.EventFacts(
                        "车位租售", Form.BRIEFING, NOW, own, plan_entry=entry
                    )
                    service.propose_event(session, facts, None, CONSOLE, NOW)
            except DomainError as error:
                refused.append(error)

    late = threading.Thread(target=propose)
    with postgresql.app_context():
        with transaction(CONSOLE, NOW) as session:
            entry = service.get_entry(session, entry_id)
            entries.remove_entry(session, entry, entry.version_id, CONSOLE)
            late.start()
            assert has_read.wait(10)
            time.sleep(HELD)
        late.join()
        db.session.rollback()
        assert db.session.scalars(select(PressEvent)).all() == []
    assert [type(error) for error in refused] == [WrongState]


def test_of_two_who_want_one_room_at_once_the_second_is_told(instance: Flask) -> None:
    with instance.app_context():
        events = [make.event(f"第{n}项", NOW + timedelta(days=3 + n)).id for n in range(PEOPLE)]
    wanted = NOW + timedelta(days=10)

    def move(number: int) -> None:
        event = service.get_event(db.session, events[number])
        service.move_event(db.session, event, wanted, CONSOLE, NOW)

    refused = decided_at_once(instance, move)
    assert [type(error) for error in refused] == [GuardRefused] * (PEOPLE - 1)
    with instance.app_context():
        assert len(service.events_between(db.session, wanted, wanted + timedelta(hours=1))) == 1
