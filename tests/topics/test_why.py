"""Why a message is where it is: words, place and neighbours that a person can check."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Message
from responder.topics import corrections, service, why
from responder.topics.models import Membership, Topic, TopicCorrection
from tests.factories import NOW
from tests.topics.correcting import correct, ids_in, only, parking, plant
from tests.topics.factories import NOISE, refresh, store, two_worries


@pytest.fixture(autouse=True)
def _two_topics(session: Session) -> None:
    two_worries()
    refresh()


def explained(session: Session, topic: Topic, message_id: int) -> why.Why:
    return why.why(session, service.get_membership(session, topic, message_id))


def given(topic: Topic, **facts: object) -> None:
    """What a refresh will have found out."""
    with transaction(CONSOLE, NOW):
        for name, value in facts.items():
            setattr(topic, name, value)


def test_a_membership_shows_the_words_that_made_it_with_their_shares(session: Session) -> None:
    topic = plant()
    found = explained(session, topic, ids_in(topic)[0])
    words = [word for word, _ in found.words]
    assert any("搅拌站" in word for word in words)
    assert any("噪音" in word for word in words)
    assert not any("车位" in word for word in words)
    shares = [share for _, share in found.words]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1.001
    assert 0.5 < found.score <= 1
    assert found.held_by is None


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        ("翠屏湾小区施工", ["在翠屏湾小区旁"], [("翠屏湾小区", 0.9), ("施工", 0.1)]),
        ("翠屏湾小区施工", ["翠屏湾的小区"], [("翠屏湾", 0.7), ("小区", 0.2), ("施工", 0.1)]),
        ("翠屏湾小区施工", ["翠屏湾小区施工"], [("翠屏湾小区", 0.9), ("施工", 0.1)]),
        ("施工翠", ["屏湾", "翠小区"], [("翠", 0.4), ("屏湾", 0.3), ("小区", 0.2), ("施工", 0.1)]),
    ],
)
def test_words_are_joined_where_both_texts_have_them_side_by_side(
    own: str, others: list[str], expected: list[tuple[str, float]]
) -> None:
    words = (("翠", 0.4), ("屏湾", 0.3), ("小区", 0.2), ("施工", 0.1))
    found = why.phrases(words, own, others)
    assert [word for word, _ in found] == [word for word, _ in expected]
    assert [share for _, share in found] == pytest.approx([share for _, share in expected])


def test_the_nearest_neighbours_come_first_and_are_of_the_topic(session: Session) -> None:
    topic = plant()
    own = ids_in(topic)
    found = explained(session, topic, own[0])
    assert [one.message_id for one in found.neighbours] == sorted(
        own[1:], key=lambda one: [n.message_id for n in found.neighbours].index(one)
    )
    assert [one.score for one in found.neighbours] == sorted(
        (one.score for one in found.neighbours), reverse=True
    )
    assert all(one.words for one in found.neighbours)


def test_the_place_is_named_where_both_name_it(session: Session) -> None:
    topic = plant()
    given(topic, place="柳岸花园")
    assert explained(session, topic, ids_in(topic)[0]).place == "柳岸花园"
    given(topic, place="东湖公馆")
    assert explained(session, topic, ids_in(topic)[0]).place == ""


def test_a_place_that_an_operator_noted_counts_too(session: Session) -> None:
    for person in "丁戊":
        store(
            "路灯不亮",
            "红旗路的路灯坏了半个月没人修，晚上很黑",
            person,
            NOW - timedelta(hours=ord(person) % 7),
            place="红旗路",
        )
    refresh()
    topic = only("路灯")
    assert explained(session, topic, ids_in(topic)[0]).place == "红旗路"


def test_a_message_that_stands_alone_has_no_neighbours(session: Session) -> None:
    topic = plant()
    alone = correct(corrections.move, ids_in(topic)[0], None, seen_in=topic).other
    found = explained(session, alone, ids_in(alone)[0])
    assert (found.score, found.words, found.neighbours) == (None, (), [])
    assert found.held_by.other_id == alone.id


def test_the_last_correction_that_holds_a_message_is_named(session: Session) -> None:
    here, there = plant(), parking()
    one = ids_in(here)[0]
    correct(corrections.merge, there, here)
    last = correct(corrections.split, there, [one])
    assert explained(session, last.other, one).held_by is last
    assert explained(session, there, ids_in(there)[0]).held_by is last


def test_only_corrections_of_the_topic_and_of_what_went_into_it_are_read(
    session: Session,
) -> None:
    store("红旗路路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW)
    refresh()
    topic, cars, lamp = plant(), parking(), only("路灯")
    held = correct(corrections.move, ids_in(topic)[0], topic_of_its_own(topic), seen_in=topic)
    with transaction(CONSOLE, NOW) as writing:  # as a refresh does
        members = update(Membership).where(Membership.topic_id == held.other_id)
        writing.execute(members.values(topic_id=lamp.id))
        held.other.merged_into_id = lamp.id
    correct(corrections.split, cars, ids_in(cars)[:1])
    (one,), lamp_id, held_id, elsewhere = held.details["messages"], lamp.id, held.id, cars.id
    session.expunge_all()
    read: list[TopicCorrection] = []

    def note(correction: TopicCorrection, _context: object) -> None:
        read.append(correction)

    event.listen(TopicCorrection, "load", note)
    try:
        found = explained(session, session.get_one(Topic, lamp_id), one)
    finally:
        event.remove(TopicCorrection, "load", note)
    assert found.held_by.id == held_id
    assert elsewhere not in {correction.topic_id for correction in read}


def topic_of_its_own(topic: Topic) -> Topic:
    return correct(corrections.move, ids_in(topic)[-1], None, seen_in=topic).other


def test_the_topic_that_it_could_be_confused_with_is_less_alike(session: Session) -> None:
    topic, other = plant(), parking()
    given(topic, confusions=[[other.id, 0.41, ["小区"]]])
    found = explained(session, topic, ids_in(topic)[0])
    (rival,) = found.rivals
    assert rival.topic is other
    assert rival.score < found.score


def test_confusions_follow_merges_and_end_where_people_told_them_apart(session: Session) -> None:
    store("红旗路路灯不亮", "红旗路的路灯坏了半个月没人修", "丁", NOW)
    refresh()
    topic, other, lamp = plant(), parking(), only("路灯")
    given(topic, confusions=[[other.id, 0.41, ["小区"]], [lamp.id, 0.2, []]])
    assert [one.topic for one in why.confusions(session, topic)] == [other, lamp]
    correct(corrections.merge, lamp, other)
    assert [one.topic for one in why.confusions(session, topic)] == [lamp]
    correct(corrections.never_same, topic, lamp)
    assert why.confusions(session, topic) == []


def test_nobody_is_named_among_the_shared_words(session: Session) -> None:
    for person, days in (("丁", 1), ("戊", 2)):
        body = "翠湖名苑停水，请联系张建国先生13812345678"
        store("张建国先生13812345678反映翠湖名苑停水", body, person, NOW - timedelta(days=days))
    refresh()
    topic = only("翠湖名苑")
    found = explained(session, topic, ids_in(topic)[0])
    words = [word for word, _ in found.words]
    words += [word for one in found.neighbours for word, _ in one.words]
    assert any("停水" in word for word in words)
    assert [word for word in words if "张建国" in word or "138" in word] == []


def test_a_portrait_shows_representatives_in_their_order_and_the_first_message(
    session: Session,
) -> None:
    topic = plant()
    own = ids_in(topic)
    given(topic, representatives=[own[2], own[0]])
    found = why.portrait(session, topic)
    assert [message.id for message in found.representatives] == [own[2], own[0]]
    assert found.first.occurred_at == topic.first_seen
    assert (found.districts, found.confusions) == ([], [])
    correct(corrections.split, topic, [own[2]])
    assert topic.representatives == [own[0]]


def test_explaining_reads_a_bounded_number_of_messages(session: Session, monkeypatch) -> None:
    for name in ("COMPARED_EACH_WAY", "COMPARED_OF_A_RIVAL", "BACKGROUND"):
        monkeypatch.setattr(why, name, 2)
    for number in range(12):
        said_at = NOW - timedelta(hours=number + 1)
        store(f"柳岸花园旁搅拌站噪音扰民 {number}", f"{NOISE}，第{number}次", f"{number}", said_at)
    refresh()
    topic = plant()
    given(topic, representatives=[])
    rows: list[int] = []

    def count(*_arguments: object) -> None:
        rows.append(1)

    event.listen(Message, "load", count)
    try:
        session.expunge_all()
        topic = plant()
        found = explained(session, topic, ids_in(topic)[5])
    finally:
        event.remove(Message, "load", count)
    assert len(found.neighbours) == 4
    assert len(rows) == 1
    assert db.session.scalar(select(Topic.message_count).where(Topic.id == topic.id)) == 15
