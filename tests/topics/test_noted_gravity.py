"""The grave words of a message are read once, and again when the lexicon has changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.topics import gathering, noting, refreshing
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import Membership, Topic
from tests.factories import NOW
from tests.topics.factories import NOISE, WINDOW, refresh, store

OTHER_EDITION = "00000000 塌陷"


def said_again(person: str, hours: int, more: str = "") -> None:
    store(
        "柳岸花园旁搅拌站噪音扰民",
        f"{NOISE}，{more or '盼早日停工'}",
        person,
        NOW - timedelta(hours=hours),
    )


def notes(session: Session) -> list[str | None]:
    return list(session.scalars(select(Membership.gravity).order_by(Membership.message_id)))


def texts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read from now on."""
    read = list[str]()
    normalise = gathering.normalise
    monkeypatch.setattr(gathering, "normalise", lambda text: read.append(text) or normalise(text))
    return read


def gravity(session: Session) -> str:
    [topic] = session.scalars(select(Topic))
    return next(part["evidence"] for part in topic.heat_parts if part["name"] == "gravity")


def test_what_was_noted_counts_without_its_text(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refresh(as_of: datetime) -> None:
        refreshing.refresh(as_of, as_of, WINDOW, CONSOLE, folder=tmp_path)

    said_again("甲", 9, "昨天有人触电")
    said_again("乙", 8)
    refresh(NOW - timedelta(hours=7))
    edition = gravity_lexicon().edition
    assert notes(session) == [f"{edition} 触电", edition]
    read = texts_read(monkeypatch)
    monkeypatch.setattr("responder.topics.describing.RENAMED_BY", 100.0)
    said_again("丙", 2, "又有人触电")
    refresh(NOW)
    assert [text for text in read if NOISE in text] == [f"{NOISE}，又有人触电"]
    assert gravity(session).startswith("2 人提到：触电")


@pytest.mark.parametrize("note", [OTHER_EDITION, "", None])
def test_another_edition_has_the_words_read_anew(session: Session, note: str | None) -> None:
    said_again("甲", 9, "昨天有人触电")
    refresh(NOW - timedelta(hours=8))
    with transaction(CONSOLE) as writing:
        writing.execute(update(Membership).values(gravity=note))
    said_again("乙", 2)
    refresh(NOW)
    assert gravity(session).startswith("1 人提到：触电")
    edition = gravity_lexicon().edition
    assert notes(session) == [f"{edition} 触电", edition]


def test_a_topic_that_only_ages_keeps_what_is_grave_and_is_not_read(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refresh(as_of: datetime) -> None:
        refreshing.refresh(as_of, as_of, WINDOW, CONSOLE, folder=tmp_path)

    said_again("甲", 9, "昨天有人触电")
    said_again("乙", 8)
    refresh(NOW - timedelta(hours=7))
    with transaction(CONSOLE) as writing:
        writing.execute(update(Membership).values(gravity=None))
    read = texts_read(monkeypatch)
    refresh(NOW)
    [topic] = session.scalars(select(Topic))
    assert topic.ranked_as_of == NOW
    assert gravity(session).startswith("1 人提到：触电")
    assert [text for text in read if NOISE in text] == []


def test_no_more_is_noted_anew_at_once_than_was_agreed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_again("甲", 9)
    said_again("乙", 8)
    refresh(NOW - timedelta(hours=8))
    with transaction(CONSOLE) as writing:
        writing.execute(update(Membership).values(gravity=None))
    monkeypatch.setattr(noting, "NOTED_AT_ONCE", 1)
    said_again("丙", 2)
    refresh(NOW)
    *earlier, newest = notes(session)
    assert newest == gravity_lexicon().edition
    assert earlier.count(None) == 1


def test_every_word_of_the_lexicon_can_be_noted_and_read_back() -> None:
    lexicon = gravity_lexicon()
    by_length = sorted(lexicon.words, key=len)
    longest = {lexicon.words[word].group: word for word in by_length}
    assert lexicon.noted(lexicon.note(lexicon.words)) == tuple(lexicon.words)
    assert len(lexicon.note(longest.values())) <= Membership.gravity.type.length
