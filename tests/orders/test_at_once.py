"""Several people act on one order at the same moment, on both databases for real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.intake import service as intake
from responder.orders import service
from responder.orders.models import OrderState, WorkOrder
from tests.databases import DATABASES
from tests.factories import NOW, People
from tests.installations import PEOPLE, at_once, installation
from tests.orders.factories import brought_to, message, opened


@pytest.fixture(params=DATABASES)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with installation(request.param, tmp_path) as app:
        yield app


def test_of_several_steps_at_once_one_is_taken(instance: Flask) -> None:
    with instance.app_context():
        order_id, seen = (order := opened()).id, order.version_id
        operator = People().operator.actor

    def accept(_number: int) -> None:
        with transaction(operator, NOW) as session:
            order = service.find_as_seen(session, order_id, seen, operator)
            service.take(session, order, "accept", Attempt(operator, NOW))

    assert len(at_once(instance, accept)) == PEOPLE - 1
    with instance.app_context():
        order = service.find_for(db.session, order_id, CONSOLE)
        assert (order.state, len(order.clocks)) == (OrderState.ACCEPTED, 1)


def test_of_several_urgings_at_once_one_is_counted(instance: Flask) -> None:
    with instance.app_context():
        order_id, seen = (order := brought_to(OrderState.HANDLING)).id, order.version_id
        operator = People().operator.actor

    def urge(_number: int) -> None:
        with transaction(operator, NOW) as session:
            order = service.find_as_seen(session, order_id, seen, operator)
            service.take(session, order, "urge", Attempt(operator, NOW))

    assert len(at_once(instance, urge)) == PEOPLE - 1


def test_orders_opened_at_once_have_each_a_number(instance: Flask) -> None:
    with instance.app_context():
        ids = [message(number).id for number in range(PEOPLE)]
        operator = People().operator.actor

    def open_one(number: int) -> None:
        with transaction(operator, NOW) as session:
            service.open_from_message(session, intake.get(session, ids[number]), operator, NOW)

    assert at_once(instance, open_one) == []
    with instance.app_context():
        serials = sorted(db.session.scalars(select(WorkOrder.serial)))
        assert serials == list(range(1, PEOPLE + 1))
