"""After an event: its statements become response items, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Stale, WrongState
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.planning import service as planning
from responder.planning.briefing.answers import answers
from responder.planning.models import EventState, LinkState, PressEvent
from responder.responses import service
from responder.responses.models import ItemState, ResponseItem
from responder.responses.service.feeding_back import Skip, Source, Turn, turns
from tests.factories import NOW
from tests.planning import factories as planned
from tests.planning.briefing.factories import answered_event, fill, say
from tests.responses.factories import ANSWER, brought_to, opened
from tests.responses.pages import strict

SAID = "已约谈开发企业，年底前公布租售方案。"


@pytest.fixture
def held(session) -> PressEvent:
    event, _ = answered_event(EventState.HELD, starts_at=NOW - timedelta(days=1))
    return event


def seen(event: PressEvent) -> list[Turn]:
    db.session.expire_all()
    return turns(db.session, planning.get_event(db.session, event.id))


def feed(event: PressEvent, actor, **facts) -> list[ResponseItem]:
    with transaction(actor, NOW) as session:
        return service.feed_back(session, event.id, actor, NOW, **facts)


def items() -> list[ResponseItem]:
    db.session.expire_all()
    return list(db.session.scalars(select(ResponseItem)))


def test_a_statement_becomes_the_draft_of_an_item_with_its_clock(people, held):
    say(held, SAID)
    (item,) = feed(held, people.editor.actor)
    assert (item.answer, item.state) == (SAID, ItemState.DRAFT)
    assert (item.event_id, item.topic_id) == (held.id, held.links[0].topic_id)
    assert item.unit_id == held.unit_id
    assert item.found_at == item.opened_at == NOW
    assert item.clocks
    assert all(clock.started_at == NOW for clock in item.clocks)
    assert [(draft.number, draft.text) for draft in item.drafts] == [(1, SAID)]
    assert item.drafted_by_id == people.editor.id


def test_a_second_click_doubles_nothing(people, held):
    say(held, SAID)
    feed(held, people.editor.actor)
    assert feed(held, people.analyst.actor) == []
    assert len(items()) == 1
    (turn,) = seen(held)
    assert (turn.skip, turn.item) == (Skip.FED_BACK, items()[0])


def test_nor_after_the_item_was_published(people, held):
    say(held, SAID)
    brought_to(ItemState.PUBLISHED, topic=held.links[0].topic, event=held)
    assert seen(held)[0].skip is Skip.FED_BACK


def test_without_a_statement_the_transcript_serves_and_then_the_wording(held):
    fill(held, wording="口径。")
    assert (seen(held)[0].source, seen(held)[0].answer) == (Source.WORDING, "口径。")
    fill(held, transcript="实录。")
    assert seen(held)[0].source is Source.TRANSCRIPT
    fill(held, transcript="长" * 20_001)
    assert seen(held)[0].source is Source.WORDING
    fill(held, wording="")
    assert seen(held)[0].skip is Skip.TOO_LONG
    say(held, SAID)
    assert seen(held)[0].source is Source.STATEMENT


def test_what_gets_none_is_said_why(held):
    assert seen(held)[0].skip is Skip.NOTHING_SAID
    say(held, SAID)
    topic = held.links[0].topic
    item = opened(topic=topic)
    assert (seen(held)[0].skip, seen(held)[0].item.id) == (Skip.IN_HAND, item.id)
    with transaction(CONSOLE, NOW):
        topic.dismissed = True
    assert seen(held)[0].skip is Skip.DISMISSED


def test_an_earlier_answer_that_is_out_does_not_stand_in_the_way(people, held):
    say(held, SAID)
    brought_to(ItemState.PUBLISHED, topic=held.links[0].topic)
    assert len(feed(held, people.editor.actor)) == 1


def test_topics_that_became_one_get_one_item(people, held):
    other, kept = planned.topic("车位太贵"), held.links[0].topic_id
    planned.link(other, held, LinkState.CONFIRMED)
    say(held, SAID)
    with transaction(CONSOLE, NOW):
        other.merged_into_id = kept
    assert len(feed(held, people.editor.actor)) == 1


def test_only_a_held_event_and_only_whoever_may_open_items(people, held):
    say(held, SAID)
    with pytest.raises(Forbidden):
        feed(held, people.spokesperson.actor)
    fill(held, state=EventState.CONFIRMED)
    with pytest.raises(WrongState):
        feed(held, people.editor.actor)


def test_a_topic_that_the_preview_did_not_show_gets_none_unseen(people, held):
    say(held, SAID)
    with pytest.raises(Stale):
        feed(held, people.editor.actor, seen=[])
    assert items() == []


def test_the_pages_lead_from_the_event_to_the_items(client, people, held):
    say(held, SAID)
    unsaid = planned.topic("没有说到的话题")
    planned.link(unsaid, held, LinkState.CONFIRMED)
    people.sign_in(client, people.press_officer)
    address = f"/planning/events/{held.id}/feed-back"
    assert address in client.get(f"/planning/events/{held.id}").text
    page = client.get(address).text
    strict(page)
    assert "初稿取自：会上回应" in page
    assert "没有可用的内容" in page
    data = {
        "level": "ordinary",
        "found_at": utc_now().strftime("%Y-%m-%dT%H:%M"),
        "topics": ",".join(str(turn.topic.id) for turn in seen(held) if turn.skip is None),
    }
    done = client.post(address, data=data, follow_redirects=True)
    assert "已建立 1 个回应事项" in done.text
    strict(done.text)
    again = client.post(address, data=data, follow_redirects=True)
    assert "没有新的回应事项" in again.text
    assert len(items()) == 1


def test_a_page_that_is_out_of_date_shows_the_new_list(client, people, held):
    say(held, SAID)
    people.sign_in(client, people.press_officer)
    address = f"/planning/events/{held.id}/feed-back"
    data = {"level": "ordinary", "found_at": "2026-01-01T09:00", "topics": ""}
    answer = client.post(address, data=data)
    assert answer.status_code == 409
    assert "关联的话题有变化" in answer.text
    assert client.post(address, data={}).status_code == 422


def test_the_pack_is_told_what_is_in_hand_and_what_is_out(held):
    topic = held.links[0].topic
    opened(topic=topic)
    brought_to(ItemState.PUBLISHED, topic=topic)
    found = answers(db.session, [topic.id])[topic.id]
    assert [one.standing for one in found] == ["已公开", "起草中"]
    assert found[0].text == ANSWER
    assert found[0].number.startswith("HY-2026-")
