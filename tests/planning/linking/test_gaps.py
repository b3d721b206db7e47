"""Hot topics that nothing answers: which they are, in which order, and what takes them off."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.permissions import CONSOLE
from responder.planning.linking import gaps, verdicts
from responder.planning.linking.gaps import Order
from responder.planning.linking.models import TopicVerdict
from responder.planning.models import EventState, LinkState
from responder.responses import service as responses
from responder.responses.models import Level
from responder.topics import corrections
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.topics.correcting import correct, undo

REASON = "谣言，公安机关已澄清"


def labels(session: Session, order: Order = Order.HEAT) -> list[str]:
    return [gap.topic.label for gap in gaps.load_gaps(session, gaps.open_gaps(session, order))]


def answer_in_writing(topic: Topic) -> None:
    office = unit()
    with transaction(CONSOLE, NOW) as session:
        responses.open_item(
            session, CONSOLE, NOW, title="回应", concern="关切", concern_source="热线",
            unit=office, level=Level.ORDINARY, found_at=NOW - timedelta(hours=1), topic=topic,
        )  # fmt: skip


def heat_on(topic: Topic, *days: tuple[date, float]) -> None:
    with transaction(CONSOLE, NOW) as session:
        for day, heat in days:
            session.add(
                TopicDay(topic_id=topic.id, day=day, heat=heat, level=2, people=1, messages=2)
            )


def warm(topic: Topic, heat: float) -> None:
    """As a refresh or a merge leaves it; these topics have no messages of their own."""
    with transaction(CONSOLE, NOW):
        topic.heat, topic.message_count = heat, 12


def settle(topic: Topic, people: People, reason: str = REASON) -> TopicVerdict:
    actor = people.press_officer.actor
    with transaction(actor, NOW) as session:
        return verdicts.say_no_answer(session, topic, reason, actor, NOW)


def withdraw(verdict: TopicVerdict, people: People) -> None:
    actor = people.press_officer.actor
    with transaction(actor, NOW) as session:
        verdicts.withdraw(session, verdict, actor, NOW)


def test_a_topic_with_an_event_or_a_response_is_no_gap(session: Session) -> None:
    make.topic("凉", heat=20.0)
    make.topic("无", heat=60.0)
    answered, covered, stranded = (make.topic(name, heat=80.0) for name in ("书面", "活动", "取消"))
    answer_in_writing(answered)
    make.link(covered, make.event(), LinkState.CONFIRMED)
    make.link(stranded, make.event(state=EventState.CANCELLED), LinkState.CONFIRMED)
    assert labels(session) == ["取消", "无"]


def test_what_answers_a_topic_answers_what_it_was_merged_into(session: Session) -> None:
    into, other = make.topic("丙", heat=90.0), make.topic("丁", heat=50.0)
    answer_in_writing(other)
    assert labels(session) == ["丙"]
    made = correct(corrections.merge, into, other)
    warm(into, 90.0)
    assert labels(session) == []
    undo(made)
    warm(into, 90.0)
    assert labels(session) == ["丙"]


def test_the_list_goes_by_heat_or_by_how_long_nothing_was_said(session: Session) -> None:
    today = NOW.date()
    lately = make.topic("刚热", heat=90.0)
    long_ago = make.topic("久热", heat=50.0)
    heat_on(lately, (today - timedelta(3), 10.0), (today - timedelta(1), 80.0))
    heat_on(long_ago, (today - timedelta(9), 10.0), (today - timedelta(8), 50.0))
    assert labels(session, Order.HEAT) == ["刚热", "久热"]
    assert labels(session, Order.CLOCK) == ["久热", "刚热"]
    [gap, _] = gaps.load_gaps(session, gaps.open_gaps(session, Order.CLOCK))
    assert gap.clock.due_at - gap.hot_since == timedelta(hours=48)
    assert any("48 小时" in step for step in gap.clock.steps)


def test_a_topic_without_a_curve_is_timed_from_its_first_message(session: Session) -> None:
    topic = make.topic()
    [gap] = gaps.open_gaps(session)
    assert gap.hot_since == topic.first_seen


def test_the_clock_of_a_merged_topic_goes_on(session: Session) -> None:
    today = NOW.date()
    into, other = make.topic("丙", heat=90.0), make.topic("丁", heat=50.0)
    heat_on(into, (today, 90.0))
    heat_on(other, *((today - timedelta(n), 50.0) for n in range(1, 6)))
    correct(corrections.merge, into, other)
    warm(into, 90.0)
    [gap] = gaps.open_gaps(session)
    assert gap.hot_since.date() == today - timedelta(6)  # midnight in Shanghai is the day before


def test_what_needs_no_answer_leaves_the_list_with_who_when_and_why(
    session: Session, people: People
) -> None:
    topic = make.topic(heat=60.0)
    verdict = settle(topic, people)
    assert labels(session) == []
    assert (verdict.reason, verdict.heat, verdict.at) == (REASON, 60.0, NOW)
    assert verdict.by_name == people.press_officer.display_name
    assert list(session.scalars(verdicts.settled())) == [verdict]
    [line] = audit.history(session, verdict)
    assert line.changes["reason"][1] == REASON


def test_a_topic_that_rose_by_a_level_comes_back_and_says_so(
    session: Session, people: People
) -> None:
    topic = make.topic(heat=40.0)
    verdict = settle(topic, people)
    warm(topic, 44.0)
    assert gaps.open_gaps(session) == []
    warm(topic, 95.0)
    [gap] = gaps.open_gaps(session)
    assert gap.verdict is verdict
    again = settle(topic, people, "仍是同一谣言")
    assert gaps.open_gaps(session) == []
    assert list(session.scalars(verdicts.settled())) == [again]


def test_a_verdict_that_is_withdrawn_brings_the_topic_back(
    session: Session, people: People
) -> None:
    verdict = settle(make.topic("甲"), people)
    withdraw(verdict, people)
    assert labels(session) == ["甲"]
    assert list(session.scalars(verdicts.settled())) == []
    assert [line.action for line in audit.history(session, verdict)] == ["create", "withdraw"]
    with pytest.raises(WrongState, match="已经撤回"):
        withdraw(verdict, people)


def test_a_verdict_holds_for_what_its_topic_was_merged_into_until_that_is_hotter(
    session: Session, people: People
) -> None:
    into, other = make.topic("丙", heat=40.0), make.topic("丁", heat=40.0)
    verdict = settle(other, people)
    correct(corrections.merge, into, other)
    warm(into, 40.0)
    assert labels(session) == []
    assert verdicts.living_topics(session, [verdict]) == {other.id: into}
    warm(into, 95.0)
    assert labels(session) == ["丙"]
    own = settle(into, people)
    assert labels(session) == []
    withdraw(own, people)
    assert labels(session) == ["丙"]
    assert verdict.withdrawn_at is not None


def test_the_same_verdict_sent_twice_is_one(session: Session, people: People) -> None:
    topic = make.topic()
    assert settle(topic, people) is settle(topic, people)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
def test_a_verdict_wants_a_reason_of_sensible_length(
    session: Session, people: People, reason: str
) -> None:
    with pytest.raises(Invalid):
        settle(make.topic(), people, reason)


def test_only_those_who_link_events_say_that_none_is_needed(
    session: Session, people: People
) -> None:
    topic, actor = make.topic(), people.analyst.actor
    with pytest.raises(Forbidden), transaction(actor, NOW) as writing:
        verdicts.say_no_answer(writing, topic, REASON, actor, NOW)
    verdict = settle(topic, people)
    with pytest.raises(Forbidden), transaction(actor, NOW) as writing:
        verdicts.withdraw(writing, verdict, actor, NOW)


def test_a_verdict_that_never_was_is_said_to_be_missing(session: Session) -> None:
    with pytest.raises(NotFound):
        verdicts.get_verdict(session, 999)
