"""What people say of links, what no event covers, and what the machine proposes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.errors import Forbidden, NotFound, WrongState
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.linking import gaps
from responder.planning.models import EventState, LinkState
from responder.topics.rules import SHIPPED
from tests.factories import NOW, People
from tests.planning import factories as make

THRESHOLD = SHIPPED.levels[1]


def others() -> None:
    """Other matters, so that rare words can be told from common ones."""
    for n, matter in enumerate(("自来水发黄", "公交缩线", "食堂涨价", "桥面破损", "夜间施工")):
        make.topic(f"某地{matter}", [[matter[:3], 0.6], [matter[3:], 0.4]], heat=20.0 + n)


@pytest.mark.parametrize(
    ("confirmed", "state", "action"),
    [(True, LinkState.CONFIRMED, "confirm_link"), (False, LinkState.REFUSED, "refuse_link")],
)
def test_a_decision_is_kept_with_who_and_when(
    session: Session, people: People, confirmed: bool, state: LinkState, action: str
) -> None:
    link = make.link(make.topic(), make.event())
    make.decide(link, confirmed, people.press_officer)
    assert (link.state, link.decided_at) == (state, NOW)
    assert link.decided_by_id == people.press_officer.id
    (line,) = audit.history(session, link)
    assert (line.action, line.actor_name) == (action, people.press_officer.display_name)
    assert line.changes["topic"][1] == link.topic.label


def test_the_trail_names_no_citizen_though_the_label_did(session: Session, people: People) -> None:
    link = make.link(make.topic("张建国先生13812345678反映翠湖名苑停水"), make.event())
    make.decide(link, True, people.press_officer)
    (line,) = audit.history(session, link)
    assert line.changes["topic"][1].endswith("反映翠湖名苑停水")
    assert not any(private in str(line.changes) for private in ("张建国", "13812345678"))


def test_deciding_the_same_twice_is_one_line_in_the_trail(session: Session, people: People) -> None:
    link = make.link(make.topic(), make.event())
    make.decide(link, True, people.press_officer)
    make.decide(link, True, people.press_officer)
    assert len(audit.history(session, link)) == 1


def test_only_those_with_the_right_decide_or_link(session: Session, people: People) -> None:
    link = make.link(make.topic(), make.event())
    with pytest.raises(Forbidden):
        make.decide(link, True, people.analyst)
    actor = people.analyst.actor
    with pytest.raises(Forbidden), transaction(actor, NOW) as writing:
        service.link_by_hand(writing, link.topic, link.event, actor, NOW)
    assert link.state is LinkState.SUGGESTED


def test_a_cancelled_event_answers_nothing(session: Session, people: People) -> None:
    link = make.link(make.topic(), make.event(state=EventState.CANCELLED))
    with pytest.raises(WrongState):
        make.decide(link, True, people.press_officer)
    make.decide(link, False, people.press_officer)
    assert link.state is LinkState.REFUSED


def test_a_link_by_hand_is_confirmed_at_once_and_revives_a_refused_one(
    session: Session, people: People
) -> None:
    actor = people.press_officer.actor
    topic, event = make.topic(), make.event()
    with transaction(actor, NOW) as writing:
        first = service.link_by_hand(writing, topic, event, actor, NOW)
    assert (first.state, first.reasons) == (LinkState.CONFIRMED, [])
    make.decide(first, False, people.press_officer)
    with transaction(actor, NOW) as writing:
        again = service.link_by_hand(writing, topic, event, actor, NOW)
    assert again is first
    assert again.state is LinkState.CONFIRMED


def test_a_suggestion_that_is_gone_is_said_to_be(session: Session) -> None:
    with pytest.raises(NotFound, match="撤下"):
        service.hold_link(session, 999)


def test_a_topics_links_come_confirmed_first_and_without_the_refused(session: Session) -> None:
    topic = make.topic()
    make.link(topic, make.event("甲"), LinkState.REFUSED)
    likely = make.link(topic, make.event("乙"))
    confirmed = make.link(topic, make.event("丙"), LinkState.CONFIRMED)
    assert service.links_of_topic(session, topic.id) == [confirmed, likely]


def test_hot_topics_without_a_confirmed_link_stand_out(session: Session) -> None:
    make.topic("凉", heat=THRESHOLD - 1)
    bare = make.topic("无", heat=THRESHOLD)
    hinted, covered, stranded, unwanted = (
        make.topic(name, heat=90.0 - n)
        for n, name in enumerate(("有建议", "有活动", "活动取消", "否"))
    )
    suggestion = make.link(hinted, make.event())
    make.link(covered, make.event(), LinkState.CONFIRMED)
    make.link(stranded, make.event(state=EventState.CANCELLED), LinkState.CONFIRMED)
    make.link(unwanted, make.event(), LinkState.REFUSED)
    found = gaps.load_gaps(session, gaps.open_gaps(session))
    assert [gap.topic for gap in found] == [hinted, stranded, unwanted, bare]
    assert [gap.suggestions for gap in found] == [(suggestion,), (), (), ()]


def test_an_event_that_names_place_and_matter_is_suggested_with_its_reasons(
    session: Session,
) -> None:
    others()
    topic = make.topic()
    event = make.event(summary="通报金浦华庭地下车位租售情况")
    make.event("老旧供水管网改造", summary="介绍更新规模和施工时序")
    run = make.suggest()
    (link,) = make.links()
    assert (run.added, run.kept, run.removed) == (1, 0, 0)
    assert (link.topic_id, link.event_id, link.state) == (topic.id, event.id, LinkState.SUGGESTED)
    texts = [text for text, _ in link.reasons]
    assert "金浦华庭地下车位" in texts
    assert "时间相近（最近留言后 8 天）" in texts
    assert sum(share for _, share in link.reasons) == pytest.approx(1.0, abs=0.01)


def test_words_of_office_alone_suggest_nothing(session: Session) -> None:
    others()
    make.topic("市民反映投诉处理情况", [["处理", 0.5], ["情况", 0.3], ["市民", 0.2]])
    make.event("市民投诉处理情况新闻发布会", summary="通报市民投诉处理情况，介绍下一步工作")
    make.suggest()
    assert make.links() == []


@pytest.mark.parametrize(
    ("days", "state", "suggested"),
    [
        (7, EventState.PROPOSED, True),
        (7, EventState.POSTPONED, True),
        (7, EventState.CANCELLED, False),
        (-10, EventState.HELD, True),
        (-1, EventState.CONFIRMED, True),  # held this morning, not registered yet
        (-1, EventState.POSTPONED, False),  # it has no date any more
        (-25, EventState.HELD, False),  # before the topic's first message
        (-31, EventState.HELD, False),  # too long ago
    ],
)
def test_only_events_that_can_still_answer_are_suggested(
    session: Session, days: int, state: EventState, suggested: bool
) -> None:
    others()
    make.topic()
    make.event("金浦华庭车位租售", NOW + timedelta(days=days), state, "金浦华庭地库车位")
    make.suggest()
    assert bool(make.links()) is suggested


def test_at_most_three_events_are_suggested_for_a_topic(session: Session) -> None:
    others()
    topic = make.topic()
    events = [
        make.event("金浦华庭地库车位租售", NOW + timedelta(days=7 + 10 * n)) for n in range(5)
    ]
    make.suggest()
    shown = service.links_of_topic(session, topic.id)
    assert {link.event_id for link in shown} == {event.id for event in events[:3]}
    found = gaps.load_gaps(session, gaps.open_gaps(session))
    [gap] = [gap for gap in found if gap.topic is topic]
    assert list(gap.suggestions) == shown


def test_an_event_beyond_a_topics_best_three_is_told_which_topic_it_should_answer(
    session: Session,
) -> None:
    others()
    topic = make.topic()
    for n in range(4):
        make.event("金浦华庭地库车位租售", NOW + timedelta(days=7 + 10 * n))
    make.suggest()
    last = max((link.event for link in make.links()), key=lambda event: event.starts_at)
    assert [link.topic_id for link in service.get_event(session, last.id).links] == [topic.id]
    assert last.id not in {link.event_id for link in service.links_of_topic(session, topic.id)}


def test_the_place_of_a_topic_that_the_event_names_is_a_reason(session: Session) -> None:
    others()
    topic = make.topic()
    with transaction(CONSOLE, NOW):
        topic.place = "金浦华庭"
    make.event("金浦华庭地库车位租售")
    make.suggest()
    [link] = make.links()
    assert "同一地点（金浦华庭）" in [text for text, _ in link.reasons]


def test_only_the_hottest_topics_are_looked_at(session: Session) -> None:
    hot, cool = make.topic(heat=80.0), make.topic(heat=10.0)
    others()
    make.event("金浦华庭地库车位租售")
    proposals = service.propose_links(session, NOW, hottest=1)
    with transaction(CONSOLE, NOW) as writing:
        assert service.store_proposals(writing, proposals).topics == 1
    assert {link.topic_id for link in make.links()} == {hot.id}
    make.suggest()
    assert {link.topic_id for link in make.links()} == {hot.id, cool.id}


def test_what_was_refused_or_confirmed_stays_so_through_every_run(
    session: Session, people: People
) -> None:
    others()
    make.topic()
    make.event("金浦华庭地库车位租售")
    make.event("金浦华庭车位定价说明")
    make.suggest()
    refused, confirmed = make.links()
    make.decide(refused, False, people.press_officer)
    make.decide(confirmed, True, people.press_officer)
    before = {link.id: (link.state, link.score, link.decided_at) for link in make.links()}
    with transaction(CONSOLE, NOW):  # what would change the scores, and then every suggestion
        refused.event.summary = confirmed.event.summary = "金浦华庭地下车位只售不租"
    for now in (NOW, NOW + timedelta(days=60)):
        run = make.suggest(now)
        assert (run.added, run.kept, run.removed) == (0, 0, 0)
        found = {link.id: (link.state, link.score, link.decided_at) for link in make.links()}
        assert found == before


def test_a_suggestion_that_no_longer_holds_is_withdrawn_without_a_trace(session: Session) -> None:
    others()
    make.topic()
    event = make.event("金浦华庭地库车位租售")
    make.suggest()
    assert len(make.links()) == 1
    before = session.scalar(select(func.count()).select_from(AuditEvent))
    with transaction(CONSOLE, NOW):
        event.state = EventState.CANCELLED
    assert make.suggest().removed == 1
    assert make.links() == []
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == before


def test_a_second_run_changes_nothing(session: Session) -> None:
    others()
    make.topic()
    make.event("金浦华庭地库车位租售")
    make.suggest()
    before = [(link.id, link.score, link.reasons) for link in make.links()]
    run = make.suggest()
    assert (run.added, run.kept, run.removed) == (0, 1, 0)
    assert [(link.id, link.score, link.reasons) for link in make.links()] == before


def test_a_run_over_nothing_does_nothing(session: Session) -> None:
    assert make.suggest() == service.SuggestionRun(0, 0, 0, 0, 0)
