"""Other rooms follow: merged topics bring their work along, dismissed ones ask for none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import WrongState
from responder.core.permissions import CONSOLE
from responder.planning import service as planning
from responder.planning.linking import gaps as gap_list
from responder.planning.models import EventState, LinkState
from responder.reports.service import today
from responder.responses import service as responses
from responder.responses.models import Level, ResponseItem
from responder.topics import corrections
from responder.topics.models import Topic
from tests.factories import NOW, unit
from tests.planning import factories as make
from tests.topics.correcting import correct, undo


def item(topic: Topic) -> ResponseItem:
    with transaction(CONSOLE, NOW) as session:
        return responses.open_item(
            session,
            CONSOLE,
            NOW,
            title="回应",
            concern="车位只售不租",
            concern_source="市长热线",
            unit=unit(),
            level=Level.ORDINARY,
            found_at=NOW - timedelta(hours=1),
            topic=topic,
        )


def heated(topic: Topic) -> None:
    """The topics of these tests have no messages that would heat them."""
    with transaction(CONSOLE, NOW):
        topic.heat, topic.message_count = 90.0, 12


def gaps(session: Session) -> list[Topic]:
    found = gap_list.load_gaps(session, gap_list.open_gaps(session))
    return [gap.topic for gap in found]


def test_a_dismissed_topic_leaves_today_and_the_gaps_until_restored(session: Session) -> None:
    topic = make.topic()
    made = correct(corrections.dismiss, topic)
    assert gaps(session) == []
    assert today(session, CONSOLE, NOW).hot == []
    undo(made)
    assert gaps(session) == [topic]
    assert [one.topic for one in today(session, CONSOLE, NOW).hot] == [topic]


def test_a_pinned_topic_stands_first_on_today(session: Session) -> None:
    cool, hot = make.topic("凉", heat=1.0), make.topic("热", heat=90.0)
    correct(corrections.pin, cool)
    assert [one.topic for one in today(session, CONSOLE, NOW).hot] == [cool, hot]


def test_no_event_is_suggested_for_a_dismissed_topic(session: Session) -> None:
    for n, matter in enumerate(("自来水发黄", "公交缩线", "食堂涨价", "桥面破损")):
        make.topic(f"某地{matter}", [[matter[:3], 0.6], [matter[3:], 0.4]], heat=20.0 + n)
    topic = make.topic()
    make.event("金浦华庭地库车位租售")
    make.suggest()
    assert [link.topic_id for link in make.links()] == [topic.id]
    correct(corrections.dismiss, topic)
    make.suggest()
    assert make.links() == []


@pytest.fixture
def merged(session: Session):
    """A survivor without work, and one merged into it that an event and an item answer."""
    into, other = make.topic("丙", heat=80.0), make.topic("丁", heat=50.0)
    event = make.event()
    make.link(other, event, LinkState.CONFIRMED)
    made = item(other)
    return into, other, event, made


def test_events_and_items_follow_into_the_survivor_and_come_back(session: Session, merged) -> None:
    into, other, event, answer = merged
    assert planning.links_of_topic(session, into.id) == []
    correction = correct(corrections.merge, into, other)
    heated(into)
    assert [link.event for link in planning.links_of_topic(session, into.id)] == [event]
    assert responses.items_of_topic(session, into.id) == [answer]
    assert responses.prefill(session, other.id).topic is into
    assert responses.prefill(session, into.id).events == [event]
    assert gaps(session) == []
    undo(correction)
    assert planning.links_of_topic(session, into.id) == []
    assert responses.items_of_topic(session, into.id) == []
    assert [link.event for link in planning.links_of_topic(session, other.id)] == [event]


def test_work_follows_through_a_chain_of_merges(session: Session, merged) -> None:
    into, other, event, answer = merged
    last = make.topic("戊", heat=90.0)
    correct(corrections.merge, into, other)
    correct(corrections.merge, last, into)
    heated(last)
    assert [link.event for link in planning.links_of_topic(session, last.id)] == [event]
    assert responses.items_of_topic(session, last.id) == [answer]
    assert gaps(session) == []
    with transaction(CONSOLE, NOW):
        event.state = EventState.CANCELLED
    assert gaps(session) == []
    with transaction(CONSOLE, NOW) as writing:
        writing.delete(answer)
    assert gaps(session) == [last]


def test_an_event_of_both_topics_stands_once_and_as_confirmed(session: Session) -> None:
    into, other, event = make.topic("丙"), make.topic("丁"), make.event()
    make.link(into, event)
    confirmed = make.link(other, event, LinkState.CONFIRMED)
    correct(corrections.merge, into, other)
    assert planning.links_of_topic(session, into.id) == [confirmed]


def test_what_was_refused_for_a_merged_topic_is_not_suggested_for_its_survivor(
    session: Session,
) -> None:
    for n, matter in enumerate(("自来水发黄", "公交缩线", "食堂涨价", "桥面破损")):
        make.topic(f"某地{matter}", [[matter[:3], 0.6], [matter[3:], 0.4]], heat=20.0 + n)
    into, other = make.topic(), make.topic("金浦华庭车位涨价")
    event = make.event("金浦华庭地库车位租售")
    make.link(other, event, LinkState.REFUSED)
    correct(corrections.merge, into, other)
    heated(into)
    make.suggest()
    assert [(link.topic_id, link.state) for link in make.links()] == [(other.id, LinkState.REFUSED)]


def test_a_refresh_may_not_merge_away_topics_that_work_rests_on(session: Session, merged) -> None:
    into, other, _event, _answer = merged
    answered = make.topic("己")
    item(answered)
    kept = corrections.constraints(session).kept
    assert kept == {other.id, answered.id}
    assert into.id not in kept


def test_nothing_is_opened_from_a_dismissed_topic(session: Session) -> None:
    topic = make.topic()
    correct(corrections.dismiss, topic)
    with pytest.raises(WrongState, match="先在话题页面恢复"):
        responses.prefill(session, topic.id)
