"""What each correction does at once, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, Stale, WrongState
from responder.core.permissions import CONSOLE
from responder.topics import corrections, refreshing, service
from responder.topics.gathering import gather
from responder.topics.models import CorrectionKind, Membership, Topic, TopicCorrection
from tests.factories import NOW, People
from tests.topics.correcting import correct, ids_in, members, only, parking, plant, undo
from tests.topics.factories import NOISE, WINDOW, refresh, store, two_worries


@pytest.fixture(autouse=True)
def _two_topics(session: Session) -> None:
    two_worries()
    refresh()


def figures(topic: Topic) -> tuple[int, int]:
    return topic.message_count, topic.people_count


def test_merging_joins_the_messages_and_holds_all_of_them(session: Session) -> None:
    into, other = plant(), parking()
    correct(corrections.merge, into, other)
    assert set(members().values()) == {into.id}
    assert all(one.held for one in session.scalars(select(Membership)))
    assert other.merged_into_id == into.id
    assert service.survivor(session, other) is into
    assert (figures(into), figures(other)) == ((6, 3), (0, 0))
    assert (other.heat, other.heat_parts) == (0.0, [])
    assert into.heat == pytest.approx(sum(part["points"] for part in into.heat_parts), abs=0.05)


def test_a_merged_topic_cannot_be_corrected_but_names_its_survivor() -> None:
    into, other = plant(), parking()
    correct(corrections.merge, into, other)
    with pytest.raises(WrongState, match=f"已并入话题 {into.id}"):
        correct(corrections.pin, other)
    with pytest.raises(WrongState):
        correct(corrections.merge, other, into)


def test_merges_form_chains_that_lead_to_the_last_survivor(session: Session) -> None:
    store("红旗路路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW)
    refresh()
    lamp = only("路灯")
    first, second = plant(), parking()
    correct(corrections.merge, second, first)
    correct(corrections.merge, lamp, second)
    assert service.survivor(session, first) is lamp
    assert service.absorbed(session, [lamp.id]) == dict.fromkeys(
        (first.id, second.id, lamp.id), lamp.id
    )
    assert lamp.message_count == 7


def test_a_topic_does_not_go_into_itself() -> None:
    with pytest.raises(Invalid, match="并入自己"):
        correct(corrections.merge, plant(), plant())


def test_nothing_goes_into_a_dismissed_topic_until_it_is_restored() -> None:
    topic, other = plant(), parking()
    dismissed = correct(corrections.dismiss, topic)
    with pytest.raises(WrongState, match="请先恢复"):
        correct(corrections.merge, topic, other)
    with pytest.raises(WrongState, match="请先恢复"):
        correct(corrections.move, ids_in(other)[0], topic, seen_in=other)
    undo(dismissed)
    correct(corrections.move, ids_in(other)[0], topic, seen_in=other)
    correct(corrections.merge, topic, other)


def test_a_dismissed_topic_may_go_into_another_and_is_dismissed_when_it_comes_back() -> None:
    into, other = plant(), parking()
    correct(corrections.dismiss, other)
    made = correct(corrections.merge, into, other)
    assert (into.dismissed, into.message_count) == (False, 6)
    undo(made)
    assert other.dismissed


def test_splitting_makes_a_topic_with_figures_and_a_name_of_its_own(session: Session) -> None:
    whole = plant()
    correct(corrections.merge, whole, parking())
    cars = [one for one in ids_in(whole) if "车位" in title(session, one)]
    made = correct(corrections.split, whole, cars)
    new = made.other
    assert ids_in(new) == sorted(cars)
    assert (figures(new), figures(whole)) == ((3, 3), (3, 3))
    assert "云锦世家" in new.label
    assert "柳岸花园" in whole.label
    assert new.heat == pytest.approx(sum(part["points"] for part in new.heat_parts), abs=0.05)
    assert (new.first_seen, whole.merged_into_id) == (NOW - timedelta(days=6), None)


def title(session: Session, message_id: int) -> str:
    return session.get_one(Membership, message_id).message.title


def test_a_split_leaves_at_least_one_and_takes_at_least_one() -> None:
    topic = plant()
    with pytest.raises(Invalid, match="至少要留下一条"):
        correct(corrections.split, topic, ids_in(topic))
    with pytest.raises(Invalid, match="勾选"):
        correct(corrections.split, topic, [])


def test_messages_that_have_left_meanwhile_are_said_to_have() -> None:
    topic, elsewhere = plant(), parking()
    with pytest.raises(Stale, match="1 条已不在"):
        correct(corrections.split, topic, [ids_in(topic)[0], ids_in(elsewhere)[0]])
    with pytest.raises(Stale):
        correct(corrections.move, ids_in(elsewhere)[0], None, seen_in=topic)


def test_moving_holds_the_message_in_its_new_topic(session: Session) -> None:
    here, there = plant(), parking()
    one = ids_in(here)[0]
    correct(corrections.move, one, there, seen_in=here)
    assert members()[one] == there.id
    held = session.scalars(select(Membership.message_id).where(Membership.held)).all()
    assert held == [one]
    assert (figures(here), figures(there)) == ((2, 2), (4, 3))


def test_a_message_can_stand_alone_and_no_refresh_takes_it_back(session: Session) -> None:
    topic = plant()
    one = ids_in(topic)[0]
    made = correct(corrections.move, one, None, seen_in=topic)
    assert ids_in(made.other) == [one]
    said = corrections.constraints(session)
    assert said.separations == {tuple(sorted((topic.id, made.other_id)))}
    assert list(session.scalars(corrections.held_messages())) == [one]


def test_the_last_message_of_a_topic_is_merged_not_moved() -> None:
    topic = plant()
    alone = correct(corrections.move, ids_in(topic)[0], None, seen_in=topic).other
    with pytest.raises(Invalid, match="用“合并”"):
        correct(corrections.move, ids_in(alone)[0], topic, seen_in=alone)


def test_a_name_given_by_a_person_stays_through_refreshes() -> None:
    topic = plant()
    correct(corrections.rename, topic, "  柳岸花园搅拌站 夜间施工 ")
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，老人睡不着", "丁", NOW - timedelta(hours=1))
    refresh()
    assert (topic.label, topic.message_count) == ("柳岸花园搅拌站 夜间施工", 4)


@pytest.mark.parametrize(
    ("label", "remedy"),
    [
        (" ", "请填写"),
        ("长" * 41, "缩短到 40 字"),
        ("张建国先生反映柳岸花园噪音", "不写姓名"),
        ("柳岸花园噪音 13812345678", "不写姓名、电话"),
    ],
)
def test_a_name_is_short_and_names_nobody(label: str, remedy: str) -> None:
    topic = plant()
    before = topic.label
    with pytest.raises(Invalid, match=remedy):
        correct(corrections.rename, topic, label)
    assert (plant().label, plant().renamed) == (before, False)


def test_pinned_topics_stand_first_however_cool_they_are(session: Session) -> None:
    store("红旗路路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW - timedelta(days=300))
    refresh()
    lamp = only("路灯")
    correct(corrections.pin, lamp)
    query = service.topics_by_heat(min_messages=2, pinned_first=True)
    assert session.scalars(query).all()[0] is lamp
    with pytest.raises(WrongState, match="已经置顶"):
        correct(corrections.pin, lamp)
    with pytest.raises(WrongState, match="先取消置顶"):
        correct(corrections.dismiss, lamp)


def test_what_is_no_topic_leaves_the_list_and_new_messages_join_it_silently(
    session: Session,
) -> None:
    topic = plant()
    correct(corrections.dismiss, topic, note="广告")
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，老人睡不着", "丁", NOW - timedelta(hours=1))
    assert refresh().topics_created == 0
    assert topic.message_count == 4
    assert topic not in session.scalars(service.topics_by_heat()).all()
    assert session.scalars(service.topics_by_heat(dismissed=True)).all() == [topic]


def test_topics_that_are_never_the_same_are_not_merged(session: Session) -> None:
    one, other = plant(), parking()
    made = correct(corrections.never_same, one, other)
    assert service.told_apart(session, one) == {other.id}
    assert corrections.constraints(session).separations == {tuple(sorted((one.id, other.id)))}
    for pair in ((one, other), (other, one)):
        with pytest.raises(WrongState, match=f"修正 {made.id}"):
            correct(corrections.merge, *pair)
        with pytest.raises(WrongState, match="不用再标"):
            correct(corrections.never_same, *pair)
    undo(made)
    correct(corrections.merge, one, other)


def test_what_was_said_of_a_topic_holds_for_what_it_went_into(session: Session) -> None:
    store("红旗路路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW)
    refresh()
    one, other, lamp = plant(), parking(), only("路灯")
    correct(corrections.never_same, one, other)
    correct(corrections.merge, lamp, one)
    assert corrections.constraints(session).separations == {tuple(sorted((lamp.id, other.id)))}
    with pytest.raises(WrongState, match="永不合并"):
        correct(corrections.merge, lamp, other)


def test_a_refresh_may_not_merge_away_what_people_have_touched(session: Session) -> None:
    store("红旗路路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW)
    refresh()
    one, other, lamp = plant(), parking(), only("路灯")
    assert corrections.constraints(session).kept == set()
    correct(corrections.rename, one, "柳岸花园搅拌站")
    correct(corrections.pin, other)
    assert corrections.constraints(session).kept == {one.id, other.id}
    corrections.keep_topics("a test", lambda _session: {lamp.id: NOW})
    try:
        assert lamp.id in corrections.constraints(session).kept
    finally:
        corrections.keep_topics("a test", lambda _session: {})


def test_only_those_who_may_correct_do(session: Session, people: People) -> None:
    topic, other = plant(), parking()
    actor = people.editor.actor
    attempts = (
        lambda s: corrections.merge(s, topic, other, actor, NOW),
        lambda s: corrections.split(s, topic, ids_in(topic)[:1], actor, NOW),
        lambda s: corrections.move(s, ids_in(topic)[0], None, actor, NOW, seen_in=topic),
        lambda s: corrections.rename(s, topic, "新名称", actor, NOW),
        lambda s: corrections.pin(s, topic, actor, NOW),
        lambda s: corrections.dismiss(s, topic, actor, NOW),
        lambda s: corrections.never_same(s, topic, other, actor, NOW),
        lambda s: corrections.undo_mark(s, topic, CorrectionKind.PIN, actor, NOW),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden, match="研判员"), transaction(actor, NOW) as writing:
            attempt(writing)
    assert session.scalars(select(TopicCorrection)).all() == []


def test_the_trail_has_each_correction_with_who_and_what(session: Session, people: People) -> None:
    actor = people.analyst.actor
    one, other = plant(), parking()
    with transaction(actor, NOW) as writing:
        made = corrections.merge(writing, one, other, actor, NOW, "同一工地")
    with transaction(actor, NOW) as writing:
        named = corrections.rename(writing, one, "柳岸花园搅拌站", actor, NOW)
    with transaction(actor, NOW) as writing:
        corrections.undo(writing, made, actor, NOW)
    lines = audit.history(session, made)
    assert [(line.action, line.actor_name) for line in lines] == [
        ("merge", actor.name),
        ("undo", actor.name),
    ]
    assert lines[0].note == "同一工地"
    assert lines[0].changes["message_count"] == 3
    assert [line.changes["new_name"] for line in audit.history(session, named)] == [
        "柳岸花园搅拌站"
    ]
    of_topic = [set(line.changes) for line in audit.history(session, other)]
    assert of_topic == [{"merged_into_id"}, {"merged_into_id"}]


def test_a_page_from_before_another_persons_correction_is_stale(session: Session) -> None:
    topic = plant()
    seen = corrections.state_of_play(session, topic.id)
    correct(corrections.pin, topic)
    with pytest.raises(Stale, match="刷新页面"), transaction(CONSOLE, NOW) as writing:
        corrections.topic_as_seen(writing, topic.id, seen)
    refresh()  # this is no reason to be stale
    seen = corrections.state_of_play(session, topic.id)
    with transaction(CONSOLE, NOW) as writing:
        assert corrections.topic_as_seen(writing, topic.id, seen) is topic


def test_a_refresh_that_a_correction_overtakes_begins_again(session: Session, monkeypatch) -> None:
    """It has read of a topic that is gone by the time it stores."""
    into, other = plant(), parking()
    store("云锦世家捆绑销售车位", "云锦世家开发商捆绑销售车位，不买不交房", "丁", NOW)
    left = [1]

    def gather_slowly(*arguments, **named):
        found = gather(*arguments, **named)
        if left:
            left.pop()
            correct(corrections.merge, into, other)
        return found

    monkeypatch.setattr(refreshing, "gather", gather_slowly)
    refreshing.refresh(NOW, NOW, WINDOW, CONSOLE)
    assert set(members().values()) == {into.id}
    assert len(members()) == 7
