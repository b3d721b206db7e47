"""Who wrote: encrypted at rest, told apart by a keyed hash, found again by number."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.identity import KeysUnusable, ring_of
from responder.core.identity_keys import KeyRing
from responder.core.permissions import CONSOLE
from responder.intake import rules, service
from responder.intake.identity import authors, rotating
from responder.intake.identity.models import IdentityRule
from responder.intake.models import Channel, Message
from responder.intake.service import NewMessage, Stored
from tests.factories import NOW, People
from tests.intake.factories import new_message

CALLER = {"author": "王女士", "phone": "138 1234 5678"}


def store(*messages: NewMessage) -> Stored:
    with transaction(CONSOLE) as session:
        return service.store_messages(session, messages, NOW)


def as_stored(session: Session, columns: str) -> list[tuple[str, ...]]:
    return [
        tuple(row) for row in session.execute(text(f"SELECT {columns} FROM message ORDER BY id"))
    ]


def test_the_database_never_sees_a_sender(session: Session) -> None:
    store(new_message(1, **CALLER), new_message(2, author=""))
    (author, phone), empty = as_stored(session, "author, phone")
    key = ring_of(session).newest
    assert author.startswith(f"{key}:")
    assert phone.startswith(f"{key}:")
    assert empty == ("", "")
    first, second = session.scalars(select(Message).order_by(Message.id))
    assert (first.author, first.phone, second.author) == ("王女士", "138 1234 5678", "")


def test_what_a_person_corrects_is_sealed_too_and_hidden_in_the_trail(session: Session) -> None:
    store(new_message(1, **CALLER))
    with transaction(CONSOLE) as writing:
        message = writing.scalars(select(Message)).one()
        message.phone = "13900000000"
    assert "139" not in as_stored(session, "phone")[0][0]
    (event,) = audit.history(session, message)
    assert event.changes == {"phone": [audit.MASK, audit.MASK]}


def test_nothing_but_emptiness_can_be_asked_of_a_sender(session: Session) -> None:
    store(new_message(1, **CALLER), new_message(2, author=""))
    assert len(session.scalars(select(Message).where(Message.phone != "")).all()) == 1
    for ask in (lambda: Message.author == "王女士", lambda: Message.phone.contains("138")):
        with pytest.raises(TypeError, match="encrypted"):
            ask()


def test_neither_the_key_of_a_person_nor_the_fingerprint_can_be_guessed(session: Session) -> None:
    message = new_message(1, **CALLER)
    store(message)
    guess = rules.author_key(Channel.MAILBOX, "", "13812345678", "")
    ((author_key, fingerprint),) = as_stored(session, "author_key, fingerprint")
    assert author_key != guess
    assert fingerprint != message.fingerprint


def test_what_is_stored_is_known_by_what_comes_in(session: Session) -> None:
    one, two = new_message(1), new_message(2)
    store(one)
    assert service.known_fingerprints(session, [one, two]) == {one.fingerprint}
    id_ = session.scalars(select(Message.id)).one()
    assert service.stored_ids(session, [one, two]) == {one.fingerprint: id_}


def test_the_kinds_of_personal_data_are_noted_on_arrival(session: Session) -> None:
    store(new_message(1, body="请回电13812345678，车牌皖A12345"), new_message(2))
    assert as_stored(session, "private_kinds") == [("mobile,plate",), ("",)]


def test_a_callers_earlier_calls_are_found_by_number_however_it_is_written(
    session: Session,
) -> None:
    store(
        new_message(1, channel=Channel.HOTLINE, **CALLER),
        new_message(2, phone="+86 138-1234-5678"),
        new_message(3, phone="13900000000"),
        new_message(4, author="匿名"),
    )
    first, second, third, nobody = session.scalars(select(Message).order_by(Message.id))
    assert authors.earlier_of(session, "１３８１２３４５６７８") == [second, first]
    assert authors.earlier_of(session, "13812345678", limit=1) == [second]
    assert authors.earlier_of(session, first) == [second]
    assert authors.earlier_of(session, third) == []
    assert authors.earlier_of(session, nobody) == []
    assert authors.earlier_of(session, "不详") == []


def under(session: Session) -> dict[str, dict[str, int]]:
    return {name: n for name, n in rotating.usage(session).items() if name.startswith("message.")}


@pytest.fixture
def old_key(session: Session) -> str:
    return ring_of(session).newest


def test_a_rotation_moves_every_identity_and_forgets_the_old_key(
    session: Session, old_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "ROWS_A_STEP", 4)
    store(*(new_message(number, **CALLER) for number in range(9)), new_message(99, author=""))
    before = as_stored(session, "author_key, fingerprint")
    *steps, last = rotating.rotate(CONSOLE, NOW)
    assert [step.done for step in steps][:4] == [0, 4, 8, 9]
    assert (last.done, last.expected) == (9, 9)
    assert last.key != old_key
    assert under(session) == {"message.author": {last.key: 9}, "message.phone": {last.key: 9}}
    assert ring_of(session).names == [last.key]
    assert session.scalars(select(Message.author).order_by(Message.id)).all() == ["王女士"] * 9 + [
        ""
    ]
    assert as_stored(session, "author_key, fingerprint") == before
    (event,) = audit.history(session, session.get_one(IdentityRule, 1))
    assert (event.action, event.changes) == ("rotate", {"key": last.key, "rows": 9})


def test_a_rotation_that_was_stopped_goes_on_with_the_same_key(
    session: Session, old_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "ROWS_A_STEP", 2)
    store(*(new_message(number) for number in range(5)))
    stopped = rotating.rotate(CONSOLE, NOW)
    key = [next(stopped), next(stopped)][-1].key
    stopped.close()
    assert under(session)["message.author"] == {old_key: 3, key: 2}
    assert {message.author for message in session.scalars(select(Message))} == {
        f"市民{number}" for number in range(5)
    }
    *_, last = rotating.rotate(CONSOLE, NOW)
    assert (last.key, last.done) == (key, 3)
    assert under(session)["message.author"] == {key: 5}


def test_what_is_stored_under_the_old_key_meanwhile_is_moved_before_it_is_forgotten(
    session: Session, tmp_path: Path
) -> None:
    store(new_message(1))
    ring = ring_of(session)
    slow = KeyRing(tmp_path / "as it was")  # a process that wrote before it saw the new key
    slow.path.write_bytes(ring.path.read_bytes())
    running = rotating.rotate(CONSOLE, NOW)
    while (step := next(running)).done < step.expected:
        pass
    with transaction(CONSOLE) as writing:
        late = {"late": slow.seal("13800000000", b"message.phone")}
        writing.execute(text("UPDATE message SET phone = :late"), late)
    *_, last = running
    assert under(session)["message.phone"] == {last.key: 1}
    assert session.scalars(select(Message.phone)).all() == ["13800000000"]


def test_another_installations_keys_are_refused_before_anything_is_stored(
    session: Session,
) -> None:
    ring = ring_of(session)
    right = ring.path.read_bytes()
    ring.path.unlink()
    ring.make()
    try:
        with pytest.raises(KeysUnusable, match="与这个数据库不符"):
            store(new_message(1))
    finally:
        ring.path.write_bytes(right)
    assert store(new_message(1)) == Stored(1, 0)


@pytest.mark.parametrize("query", ["", "?text=回电"])
def test_lists_and_pages_show_personal_data_masked(
    client: FlaskClient, people: People, session: Session, query: str
) -> None:
    store(
        new_message(
            1, title="请回电13812345678", body="请回电13812345678，住3栋2单元402室", **CALLER
        )
    )
    people.sign_in(client, people.analyst)
    id_ = session.scalars(select(Message.id)).one()
    for address in (f"/messages{query}", f"/messages/{id_}"):
        shown = client.get(address).text
        for secret in ("13812345678", "138 1234 5678", "2单元402", "王女士"):
            assert secret not in shown, address
