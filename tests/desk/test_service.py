from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import NotFound
from responder.desk import drafts, joining, service
from responder.desk.models import CallAttachment, CallDraft
from responder.desk.places import Level, read_book
from responder.desk.service import AlreadyTaken, Taken
from responder.intake.models import Message
from responder.intake.service import Call
from responder.topics import service as topics
from responder.topics.models import Membership, Topic
from responder.topics.why import why
from tests.factories import NOW, People
from tests.topics.factories import NOISE, refresh, two_worries

CALL = Call(body="路灯坏了。已经三天。", author="王女士", phone="13812345678", token="t1")


def take(people: People, call: Call, now=NOW, **more) -> Taken:
    with transaction(people.operator.actor, now) as session:
        return service.take(session, people.operator.actor, call, now, **more)


def messages(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Message)) or 0


def test_the_same_form_sent_again_is_the_same_call(people: People, session: Session) -> None:
    first, again = take(people, CALL), take(people, CALL)
    assert (again.message.id, again.is_new) == (first.message.id, False)
    assert messages(session) == 1


@pytest.mark.parametrize(
    "again",
    [
        Call(body="路灯坏了。 已经三天。", token="t2"),
        Call(body="路灯坏了。已经四天。", token="t1"),
    ],
    ids=["the same words from a new form", "other words from the spent form"],
)
def test_going_back_and_saving_again_stores_nothing_until_somebody_says_it_is_another(
    people: People, session: Session, again: Call
) -> None:
    first = take(people, CALL)
    with pytest.raises(AlreadyTaken, match=f"第 {first.message.id} 号留言"):
        take(people, again)
    assert messages(session) == 1
    fresh = Call(body=again.body, token="t3")
    assert take(people, fresh, another=True).is_new
    assert messages(session) == 2


def test_the_same_words_an_hour_later_are_another_call(people: People, session: Session) -> None:
    take(people, CALL)
    take(people, Call(body=CALL.body, token="t2"), NOW + timedelta(hours=1))
    assert messages(session) == 2


def test_the_same_words_at_another_desk_are_another_call(people: People, session: Session) -> None:
    take(people, CALL)
    with transaction(people.editor.actor, NOW) as session:
        call = Call(body=CALL.body, token="t2")
        assert service.take(session, people.editor.actor, call, NOW).is_new


def test_a_call_that_is_the_same_joins_the_topic_and_raises_its_count(
    people: People, session: Session
) -> None:
    two_worries()
    refresh()
    other = session.scalars(select(Message).where(Message.title.contains("搅拌站"))).first()
    topic = topics.topic_of(session, other.id)
    assert topic.message_count == 3
    call = Call(body="又是那个事，你们到底管不管", author="丁", token="t1")
    taken = take(people, call, same_as=other.id)
    assert taken.topic.id == topic.id
    session.expire_all()
    assert (topic.message_count, topic.people_count) == (4, 4)
    refresh(NOW + timedelta(hours=2))
    session.expire_all()
    both = session.scalars(
        select(Membership).where(Membership.message_id.in_([other.id, taken.message.id]))
    ).all()
    assert [(one.topic_id, one.held) for one in both] == [(topic.id, True)] * 2


def test_a_call_the_same_as_one_without_a_topic_joins_it_once_that_has_one(
    people: People, session: Session
) -> None:
    first = take(people, Call(body=NOISE, author="甲", token="t1"))
    second = take(
        people, Call(body="公交车太少", author="乙", token="t2"), same_as=first.message.id
    )
    assert second.topic is None
    with transaction(people.operator.actor, NOW) as session:
        assert joining.settle(session, NOW) == 0
    refresh(NOW + timedelta(minutes=1))
    with transaction(people.operator.actor, NOW) as session:
        assert joining.settle(session, NOW) == 1
    topic = topics.topic_of(session, first.message.id)
    assert topics.topic_of(session, second.message.id) == topic
    assert topic.message_count == 2
    with transaction(people.operator.actor, NOW) as session:
        assert joining.settle(session, NOW) == 0


def test_a_call_the_same_as_none_that_is_there_is_not_stored(
    people: People, session: Session
) -> None:
    with pytest.raises(NotFound):
        take(people, CALL, same_as=999_999)
    assert messages(session) == 0
    assert take(people, CALL).is_new
    assert session.scalars(select(CallAttachment)).all() == []


def keep(people: People, token: str, now=NOW, username: str = "", **fields: str) -> bool:
    person = people.holding(people.operator.roles[0], username)
    with transaction(person.actor, now) as session:
        return drafts.keep(session, person.actor, token, fields, now)


def test_a_draft_is_kept_once_and_read_as_it_was_typed(people: People, session: Session) -> None:
    assert keep(people, "t1", body="我住", phone="138")
    assert keep(people, "t1", NOW + timedelta(seconds=5), body="我住白鹭湾", phone="13812345678")
    (draft,) = drafts.of_operator(session, people.operator.actor, NOW)
    assert draft.fields == {"body": "我住白鹭湾", "phone": "13812345678"}
    assert draft.saved_at == NOW + timedelta(seconds=5)


def test_a_draft_that_the_browser_brings_back_in_another_form_is_the_same(
    people: People, session: Session
) -> None:
    keep(people, "t1", body="我住白鹭湾", occurred_at="2026-03-05T09:30")
    keep(people, "t2", body="停水三天")
    keep(
        people, "t3", NOW + timedelta(minutes=1), body="我住白鹭湾", occurred_at="2026-03-05T09:31"
    )
    kept = drafts.of_operator(session, people.operator.actor, NOW)
    assert [one.token for one in kept] == ["t3", "t2"]
    keep(people, "t4", username="second", body="停水三天")
    assert len(drafts.of_operator(session, people.operator.actor, NOW)) == 2


def test_a_draft_lies_encrypted_in_the_database(people: People, session: Session) -> None:
    keep(people, "t1", body="我住白鹭湾", phone="13812345678")
    stored = session.connection().exec_driver_sql("SELECT contents FROM call_draft").scalar_one()
    assert "13812345678" not in stored
    assert "白鹭湾" not in stored


def test_a_draft_is_nobody_elses(people: People, session: Session) -> None:
    keep(people, "t1", body="我住白鹭湾")
    other = people.holding(people.operator.roles[0], "second")
    assert drafts.of_operator(session, other.actor, NOW) == []
    (mine,) = drafts.of_operator(session, people.operator.actor, NOW)
    with pytest.raises(NotFound):
        drafts.get(session, other.actor, mine.id)
    keep(people, "t1", username="second", body="盖掉")
    session.expire_all()
    assert drafts.get(session, people.operator.actor, mine.id).fields == {"body": "我住白鹭湾"}


def test_a_saved_call_leaves_no_draft_and_a_late_one_does_not_return(
    people: People, session: Session
) -> None:
    keep(people, "t1", body="路灯")
    take(people, CALL)
    assert not keep(people, "t1", body="路灯坏了")
    assert session.scalars(select(CallDraft)).all() == []


def test_drafts_are_erased_after_a_day(people: People, session: Session) -> None:
    keep(people, "t1", body="昨天")
    keep(people, "t2", NOW + timedelta(hours=2), body="今天")
    later = NOW + timedelta(days=1, minutes=1)
    assert [d.token for d in drafts.of_operator(session, people.operator.actor, later)] == ["t2"]
    with transaction(people.operator.actor, later) as session:
        assert drafts.erase_old(session, later) == 1
    assert session.scalars(select(CallDraft.token)).all() == ["t2"]


def test_a_call_that_was_joined_says_who_joined_it(people: People, session: Session) -> None:
    two_worries()
    refresh()
    first = session.scalars(select(Message).order_by(Message.id)).first()
    call = Call(body="北门外又在拌水泥了，吵得睡不着", token="t1")
    taken = take(people, call, same_as=first.id)
    member = session.get_one(Membership, taken.message.id)
    found = why(session, member)
    assert found.held_by is None
    assert found.attached.actor_name == people.operator.display_name
    assert found.attached.changes == {"same_as": first.id}


def test_a_topic_adds_no_shorter_name_of_a_place_that_messages_name(
    people: People, session: Session
) -> None:
    two_worries()
    refresh()
    [short] = {one.place for one in session.scalars(select(Topic)) if one.place.startswith("柳岸")}
    take(people, Call(body="路灯坏了。", district="青矶区", place=f"{short}东区", token="t1"))
    found = read_book(session, NOW).find(short, Level.PLACE)
    assert [(one.name, one.district) for one in found] == [(f"{short}东区", "青矶区")]
