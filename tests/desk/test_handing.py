from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Message
from responder.orders import service as orders
from responder.routing import service as routing
from responder.routing.models import Category
from responder.routing.taxonomy import seed_taxonomy
from tests.factories import People

CALL = {
    "token": "t1",
    "body": "翠湖名苑停水两天，没人管",
    "occurred_at": "2026-11-05T09:30",
    "nature": "help",
}
AGAIN = {**CALL, "token": "t2", "body": "我们翠湖名苑又停水了，已经好多天"}


@pytest.fixture
def desk(app: Flask, client: FlaskClient, people: People) -> FlaskClient:
    app.extensions.pop("desk_places", None)
    yield people.sign_in(client, people.operator)
    app.extensions.pop("desk_places", None)


def newest(session: Session) -> Message:
    return session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def test_a_call_becomes_a_work_order_at_once_and_the_next_one_joins_it(
    desk: FlaskClient, session: Session
) -> None:
    desk.post("/messages/new", data={**CALL, "order": "y"})
    first = newest(session)
    order = orders.order_of(session, first.id)
    assert f"工单 {order.number}" in desk.get("/messages/new").text
    beside = desk.post("/messages/new/similar", data=AGAIN).text
    assert re.search(rf"工单 {order.number} \S+", beside)
    desk.post("/messages/new", data={**AGAIN, "same_as": first.id, "order": "y"})
    second = newest(session)
    assert second.id != first.id
    assert orders.order_of(session, second.id).id == order.id


def test_a_message_of_a_settled_order_is_not_suggested(desk: FlaskClient, session: Session) -> None:
    desk.post("/messages/new", data={**CALL, "order": "y"})
    number = str(newest(session).id)
    assert f'value="{number}"' in desk.post("/messages/new/similar", data=AGAIN).text
    orders.order_of(session, int(number)).state = "refused"
    session.flush()
    assert f'value="{number}"' not in desk.post("/messages/new/similar", data=AGAIN).text


def test_a_category_is_confirmed_as_chosen_and_another_than_suggested_needs_a_reason(
    desk: FlaskClient, session: Session
) -> None:
    with transaction(CONSOLE) as session:
        seed_taxonomy(session)
    suggested = routing.suggest(session, CALL["body"], CALL["body"])
    assert f'data-value="{suggested.category_id}"' in (
        desk.post("/messages/new/similar", data=CALL).text
    )
    top = suggested.code[:2]
    other = session.scalars(select(Category).where(~Category.code.startswith(top))).first()
    refused = desk.post("/messages/new", data={**CALL, "category": other.id})
    assert refused.status_code == 422
    assert "改选类别的理由" in refused.text
    assert session.scalars(select(Message)).all() == []
    told = {**CALL, "category": other.id, "category_reason": "来电人说的是物业"}
    assert desk.post("/messages/new", data=told).status_code == 302
    message = newest(session)
    assert routing.of_message(session, [message.id])[message.id].category_id == other.id
