"""Several people act on one item at the same moment, on both databases for real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, text

from responder.accounts.models import Unit
from responder.core.clocks import Unit as ClockUnit
from responder.core.clocks import find_rule
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.core.times import SHANGHAI
from responder.core.work_calendar import load_calendar, store_year
from responder.planning.models import EventState, LinkState
from responder.responses import service
from responder.responses.models import ItemState, Level, ResponseItem
from tests.databases import DATABASES
from tests.factories import NOW, People, unit
from tests.installations import PEOPLE, at_once, installation
from tests.planning import factories as planning
from tests.responses.factories import brought_to, drafted, opened
from tests.responses.test_clock_steps import do

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture(params=DATABASES)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with installation(request.param, tmp_path) as app:
        yield app


def test_of_several_who_save_at_once_one_is_kept_and_the_others_are_told(instance: Flask) -> None:
    with instance.app_context():
        item = drafted()
        item_id, seen = item.id, item.version_id
        editor = People().editor.actor

    def save(number: int) -> None:
        with transaction(editor, NOW) as session:
            found = service.find_item(session, item_id)
            text = f"第{number}人同时保存的稿件，情况已经核实。"
            service.save_draft(session, found, text, editor, NOW, seen)

    refused = at_once(instance, save)
    assert [type(error) for error in refused] == [Stale] * (PEOPLE - 1)
    with instance.app_context():
        item = service.find_item(db.session, item_id)
        assert [draft.number for draft in item.drafts] == [1, 2]
        assert item.answer == item.drafts[-1].text


@pytest.mark.skipif("postgresql" not in DATABASES, reason="SQLite has one writer at a time")
def test_what_is_opened_while_a_year_is_imported_counts_by_the_new_year(tmp_path: Path) -> None:
    days = [(date(2026, 11, day), False, "市庆日") for day in (23, 24, 25)]

    def imports() -> None:
        with app.app_context(), transaction(CONSOLE, NOW) as session:
            store_year(session, 2026, days, "试验")
            service.recompute_clocks(session, load_calendar(session))

    with installation("postgresql", tmp_path) as app, app.app_context():
        analyst, own = People().analyst.actor, unit()
        with transaction(CONSOLE, NOW) as session:
            find_rule(session, "public_concern").unit = ClockUnit.WORKING_DAYS
        importing = Thread(target=imports)
        with transaction(analyst, NOW) as session:
            facts = {"title": "停水", "concern": "何时恢复", "concern_source": "热线"}
            item = service.open_item(
                session, analyst, NOW, **facts, unit=own, level=Level.ORDINARY, found_at=NOW
            )
            session.flush()
            importing.start()
            while importing.is_alive() and not session.scalar(text(WAITING)):
                pass
        importing.join()
        db.session.expire_all()
        (clock,) = service.find_item(db.session, item.id).clocks
        stored = clock.due_at
        clock.reckon(load_calendar(db.session), SHANGHAI)
        assert stored == clock.due_at
        db.session.rollback()


def test_of_several_who_approve_at_once_one_is_counted(instance: Flask) -> None:
    with instance.app_context():
        item = brought_to(ItemState.FIRST_REVIEW)
        item_id = item.id
        reviewers = [
            People().holding(Role.FIRST_REVIEWER, f"first{number}").actor
            for number in range(PEOPLE)
        ]

    def approve(number: int) -> None:
        with transaction(reviewers[number], NOW) as session:
            found = service.find_item(session, item_id)
            service.advance(session, found, "approve_first", Attempt(reviewers[number], NOW))

    refused = at_once(instance, approve)
    assert len(refused) == PEOPLE - 1
    with instance.app_context():
        item = service.find_item(db.session, item_id)
        assert item.state is ItemState.SECOND_REVIEW
        assert len(item.reviews) == 1


def test_clicks_at_the_same_moment_open_one_item(instance: Flask) -> None:
    with instance.app_context():
        analyst = People().analyst.actor
        responsible = unit().id
    opened: list[int] = []

    def click(_number: int) -> None:
        with transaction(analyst, NOW) as session:
            item = service.open_item_once(
                session,
                analyst,
                NOW,
                title="关于车位的回应",
                concern="车位只售不租",
                concern_source="",
                unit=session.get_one(Unit, responsible),
                level=Level.ORDINARY,
                found_at=NOW,
            )
            opened.append(item.id)

    assert at_once(instance, click) == []
    assert len(opened) == PEOPLE
    assert len(set(opened)) == 1


def test_events_fed_back_at_once_give_their_topic_one_item(instance: Flask) -> None:
    """Each event has the topic confirmed; whoever waits finds the item of the one before."""
    with instance.app_context():
        editor = People().editor.actor
        topic = planning.topic()
        event_ids = []
        for number in range(PEOPLE):
            held = planning.event(f"第{number}场", NOW - timedelta(days=1), EventState.HELD)
            planning.link(topic, held, LinkState.CONFIRMED)
            with transaction(CONSOLE, NOW):
                held.transcript = "已答复。"
            event_ids.append(held.id)

    def feed_back(number: int) -> None:
        with transaction(editor, NOW) as session:
            service.feed_back(session, event_ids[number], editor, NOW)

    assert at_once(instance, feed_back) == []
    with instance.app_context():
        (item,) = db.session.scalars(select(ResponseItem))
        assert item.event_id in event_ids


def test_of_several_who_grant_time_at_once_one_is_kept(instance: Flask) -> None:
    with instance.app_context():
        item = opened()
        clock = item.clocks[0]
        do(clock, "ask", People().editor.actor, length=24)
        item_id, clock_id, seen = item.id, clock.id, clock.version_id
        signer = People().signer.actor

    def grant(_number: int) -> None:
        with transaction(signer, NOW) as session:
            found = service.find_clock(session, item_id, clock_id, seen)
            service.change_clock(session, found, "grant", Attempt(signer, NOW))

    refused = at_once(instance, grant)
    # Who looks before the first is done is told what changed, who looks after it what is so.
    assert len(refused) == PEOPLE - 1
    assert {type(error) for error in refused} <= {Stale, GuardRefused}
    with instance.app_context():
        (clock,) = service.find_item(db.session, item_id).clocks
        assert [one.granted for one in clock.extensions] == [True]
        assert clock.due_at == NOW + timedelta(hours=48 + 24)
