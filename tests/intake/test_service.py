from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.intake import service
from responder.intake.models import Channel, Message, Nature
from responder.intake.service import Call, Stored
from tests.factories import NOW, People
from tests.intake.factories import new_message

CALL = Call(body="路灯坏了。已经三天。", author="王女士", phone="13812345678", token="t1")


def store(*messages: service.NewMessage) -> Stored:
    with transaction(CONSOLE) as session:
        return service.store_messages(session, messages, NOW)


def log(people: People, call: Call, now: datetime = NOW) -> Message:
    with transaction(people.operator.actor, now) as session:
        return service.log_call(session, people.operator.actor, call, now)


def test_messages_are_stored_once(session: Session) -> None:
    messages = [new_message(number) for number in range(1, 1203)]
    assert store(*messages, messages[0]) == Stored(1202, 1)
    assert store(*messages[:5], new_message(9999)) == Stored(1, 5)
    assert session.scalar(select(func.count()).select_from(Message)) == 1203


def test_a_message_that_is_there_stays_as_it_is(session: Session) -> None:
    store(new_message(1, external_id="7", body="原文", likes=1))
    assert store(new_message(1, external_id="7", body="原文", likes=9)) == Stored(0, 1)
    assert session.scalars(select(Message.likes)).all() == [1]


def test_two_lists_that_count_from_one_lose_nothing(session: Session) -> None:
    store(new_message(1, external_id="1", body="九月的第一条"))
    assert store(new_message(1, external_id="1", body="十月的第一条")) == Stored(1, 0)


def test_words_are_kept_in_the_script_they_came_in(session: Session) -> None:
    store(new_message(1, title="馬路壞了", body="請儘快修復"))
    (message,) = session.scalars(select(Message))
    assert (message.title, message.body, message.received_at) == ("馬路壞了", "請儘快修復", NOW)


def test_a_call_is_logged_with_its_operator_and_its_headline(people: People) -> None:
    message = log(people, replace(CALL, nature=Nature.COMPLAINT, urgent=True))
    assert (message.title, message.channel) == ("路灯坏了", Channel.HOTLINE)
    assert (message.occurred_at, message.received_at) == (NOW, NOW)
    assert message.logged_by_id == people.operator.id
    assert (message.nature, message.urgent) == (Nature.COMPLAINT, True)


def test_logging_is_told_by_the_trail_without_the_words(session: Session, people: People) -> None:
    message = log(people, CALL)
    (event,) = audit.history(session, message)
    assert (event.action, event.actor_id, event.changes) == ("log", people.operator.id, {})


def test_a_double_click_logs_one_call(session: Session, people: People) -> None:
    at = NOW - timedelta(minutes=1)
    first = log(people, replace(CALL, occurred_at=at))
    second = log(people, replace(CALL, occurred_at=at), NOW + timedelta(seconds=1))
    assert first.id == second.id
    assert len(audit.history(session, first)) == 1


def test_the_same_words_in_another_form_or_corrected_are_another_call(people: People) -> None:
    ids = {
        log(people, call).id
        for call in (CALL, replace(CALL, token="t2"), replace(CALL, body="路灯修好了"))
    }
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"body": " \n"}, "body"), ({"occurred_at": NOW + timedelta(hours=1)}, "occurred_at")],
)
def test_a_call_that_cannot_be_is_refused(people: People, changes: dict, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        log(people, replace(CALL, **changes))
    assert field in caught.value.fields


def test_one_person_calls_twice_and_strangers_are_many(people: People) -> None:
    def key(**changes: str) -> str:
        return log(people, replace(CALL, **changes)).author_key

    assert key() == key(token="t2", author="小王")
    assert key(token="t3", author="", phone="") != key(token="t4", author="", phone="", body="别的")


def test_looking_at_a_caller_leaves_a_trace(session: Session, people: People) -> None:
    message = log(people, CALL)
    with transaction(people.operator.actor) as writing:
        assert service.reveal_identity(writing, message.id).phone == "13812345678"
    assert [event.action for event in audit.history(session, message)] == ["log", "reveal"]


def test_a_message_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound, match="第 12345 号"):
        service.get(session, 12345)
