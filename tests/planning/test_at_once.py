"""A plan is adopted while somebody adds a row, on a PostgreSQL that lets both run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, WrongState
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.models import Form
from tests.conftest import DATABASES
from tests.factories import NOW, People, unit
from tests.installations import installation
from tests.planning import factories as make

CLICKS = 4


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
