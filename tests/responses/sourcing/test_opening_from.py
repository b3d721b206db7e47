"""An item is opened from a message and from an event; nothing of a report is quoted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import local, utc_now
from responder.intake.models import Message, Nature
from responder.planning.models import EventState, LinkState
from responder.responses.models import ResponseItem
from responder.responses.sourcing import service
from responder.topics.models import Membership
from tests.factories import NOW, unit
from tests.orders.factories import CALLER, PHONE, message
from tests.planning import factories as planned
from tests.responses.factories import opened, topic
from tests.responses.pages import strict


def put(one: Message, into) -> None:
    with transaction(CONSOLE, NOW) as session:
        session.add(Membership(message_id=one.id, topic_id=into.id, similarity=1.0))


def post(client, **changes):
    data = {
        "title": "关于夜间施工的回应", "concern": "居民反映工地夜间施工。", "unit_id": unit().id,
        "level": "ordinary", "found_at": f"{local(utc_now()):%Y-%m-%dT%H:%M}",
        "event_id": 0, **changes,
    }  # fmt: skip
    return client.post("/responses/open", data=data)


def last() -> ResponseItem:
    return db.session.scalars(select(ResponseItem).order_by(ResponseItem.id.desc())).first()


def test_a_message_fills_in_the_form_masked_and_is_named_by_the_item(client, people):
    one, matter = message(), topic()
    put(one, matter)
    people.sign_in(client, people.analyst)
    shown = client.get(f"/messages/{one.id}").text
    strict(shown)
    assert f"/responses/open?message_id={one.id}" in shown
    page = client.get(f"/responses/open?message_id={one.id}").text
    strict(page)
    assert "滨江路工地夜里十一点还在打桩" in page
    assert PHONE not in page
    assert CALLER not in page
    assert "市长热线" in page
    assert post(client, message_id=one.id).status_code == 302
    item = last()
    assert service.message_ids(db.session, item.id) == [one.id]
    assert item.topic_id == matter.id
    assert post(client, message_id=one.id).status_code == 302  # a double click
    assert last().id == item.id
    page = client.get(f"/responses/{item.id}").text
    strict(page)
    assert f"第 {one.id} 号" in page
    assert item.title in client.get(f"/messages/{one.id}").text
    assert item.title in client.get(f"/responses/open?message_id={one.id}").text  # is it a repeat?
    # The import that brought it cannot be undone any more.
    held = service.held_among(db.session, select(Message.id))
    assert list(db.session.scalars(held)) == [one.id]


def test_of_a_report_the_form_quotes_nothing(client, people):
    one = message(title="举报某局", body="我举报某局工作人员收礼", nature=Nature.REPORT)
    people.sign_in(client, people.analyst)
    page = client.get(f"/responses/open?message_id={one.id}").text
    strict(page)
    assert "收礼" not in page
    assert "这条留言是举报" in page


def test_an_items_own_messages_and_its_topics_make_it_a_matter_of_reports(session, people):
    clean, own, of_topic = opened(), opened(), opened(topic=(matter := topic()))
    report = message(nature=Nature.REPORT)
    with transaction(CONSOLE, NOW) as session:
        service.attach(session, session.get_one(ResponseItem, own.id), report)
    put(message(2, nature=Nature.REPORT), matter)
    assert service.with_reports(db.session, [clean, own, of_topic]) == {own.id, of_topic.id}


@pytest.mark.parametrize("linked", [True, False])
def test_an_event_is_where_it_will_be_answered(client, people, linked):
    held = planned.event(state=EventState.CONFIRMED)
    matter = planned.topic()
    if linked:
        planned.link(matter, held, LinkState.CONFIRMED)
    people.sign_in(client, people.press_officer)
    assert f"from_event={held.id}" in client.get(f"/planning/events/{held.id}").text
    page = client.get(f"/responses/open?from_event={held.id}").text
    strict(page)
    assert f'selected value="{held.id}"' in page
    assert (matter.label in page) is linked
    assert post(client, from_event=held.id, event_id=held.id).status_code == 302
    assert (last().event_id, last().topic_id) == (held.id, matter.id if linked else None)


def test_what_is_not_there_or_cancelled_opens_nothing(client, people):
    people.sign_in(client, people.analyst)
    assert client.get("/responses/open?message_id=4711").status_code == 404
    assert client.get("/responses/open?from_event=4711").status_code == 404
    cancelled = planned.event(state=EventState.CANCELLED)
    assert client.get(f"/responses/open?from_event={cancelled.id}").status_code == 409
