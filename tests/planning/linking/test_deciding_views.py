"""Decisions on links as several people send them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from responder.core.database import transaction
from responder.core.times import utc_now
from responder.planning.briefing import statements
from responder.planning.models import LinkState
from tests.factories import NOW, People
from tests.planning import factories as make


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.press_officer)


def test_a_decision_on_what_was_not_seen_is_refused_and_tells_to_look(
    press: FlaskClient, people: People
) -> None:
    """Linked and answered for meanwhile; an old page would undo both without a word."""
    link = make.link(make.topic(), make.event())
    path = f"/planning/links/{link.id}"
    assert press.post(f"{path}/confirm", data={"version": 1}).status_code == 302
    actor = people.press_officer.actor
    with transaction(actor, NOW) as session:
        statements.write(session, link.id, "会上这样说", statements.seen(link), actor)
    for old in ({"version": 1}, {"version": 2}, {}):
        answer = press.post(f"{path}/refuse", data=old)
        assert answer.status_code == 409
        assert "已有变化" in answer.text
    (stored,) = make.links()
    assert (stored.state, stored.statement) == (LinkState.CONFIRMED, "会上这样说")
    assert press.post(f"{path}/confirm", data={"version": 1}).status_code == 302  # as it is
    assert press.post(f"{path}/refuse", data={"version": 3}).status_code == 302


@pytest.mark.parametrize("address", ["/topics/{topic}", "/planning/gaps?attach={topic}"])
def test_linking_by_hand_is_refused_once_somebody_decided_on_the_topic(
    press: FlaskClient, people: People, address: str
) -> None:
    topic, event = make.topic(heat=90.0), make.event(starts_at=utc_now() + timedelta(days=3))
    link = make.link(topic, event)
    page = press.get(address.format(topic=topic.id)).text
    seen = page.partition('name="decisions" value="')[2].partition('"')[0]
    make.decide(link, False, people.press_officer)
    wish = {"topic_id": topic.id, "event_id": event.id, "decisions": seen}
    answer = press.post("/planning/links", data=wish)
    assert answer.status_code == 409
    assert "关联已有变化" in answer.text
    assert press.post("/planning/links", data={**wish, "decisions": ""}).status_code == 409
    assert make.links()[0].state is LinkState.REFUSED
    for _click in range(2):
        answer = press.post("/planning/links", data={**wish, "decisions": 1})
        assert answer.status_code == 302
    assert make.links()[0].state is LinkState.CONFIRMED
