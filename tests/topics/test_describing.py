"""What names a topic holds nothing of the people who wrote its messages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.privacy import find
from responder.intake.models import Message
from responder.topics import gathering, refreshing
from responder.topics.describing import UNNAMED, Earlier, Name, opening, without_people
from responder.topics.models import Membership, Topic
from tests.factories import NOW
from tests.topics.factories import (
    NOISE,
    PRIVATE,
    named_worry,
    refresh,
    store,
    two_worries,
)


def test_a_topic_is_named_by_the_matter_and_not_by_the_citizen(session) -> None:
    named_worry()
    refresh()
    topic = session.scalar(select(Topic))
    assert "翠湖名苑停水" in topic.label
    said = [topic.label, *(word for word, _ in topic.keywords)]
    assert topic.keywords
    assert [word for word in said for private in PRIVATE if private in word] == []
    assert not any("先生" in word for word in said)


def test_a_topic_of_nothing_but_a_citizen_has_a_name_too(session) -> None:
    store("张建国先生13812345678", "13812345678", "甲")
    refresh()
    assert session.scalar(select(Topic)).label == UNNAMED


def test_a_headline_names_the_place_that_was_noted_beside_the_message(session) -> None:
    for person in "甲乙丙":
        store("夜里一直停水", "家里老人没有水喝", person, place="翠湖名苑")
    refresh()
    topic = session.scalar(select(Topic))
    assert topic.place == "翠湖名苑"
    assert topic.label == "翠湖名苑夜里一直停水"


def test_a_topic_is_shown_by_some_of_its_messages_and_no_copies(session) -> None:
    two_worries()
    refresh()
    for topic in session.scalars(select(Topic)):
        members = select(Membership.message_id).where(Membership.topic_id == topic.id)
        assert set(topic.representatives) <= set(session.scalars(members))
        assert len(topic.representatives) == 1  # the three say the same


def plant(numbers: range) -> Topic:
    """The topic of the mixer plant, after these people have spoken of it too."""
    for n in numbers:
        store(f"柳岸花园旁搅拌站噪音扰民 {n}", f"{NOISE}，已经{n + 2}天了", f"居民{n}")
    refresh()
    return db.session.scalars(select(Topic)).one()


def test_a_topic_is_named_anew_when_it_has_grown_enough(session) -> None:
    plant(range(10))
    with transaction(CONSOLE, NOW) as writing:
        writing.scalars(select(Topic)).one().label = "昨天的名称"
    assert plant(range(10, 11)).label == "昨天的名称"
    grown = plant(range(11, 16))
    assert "柳岸花园" in grown.label
    assert grown.message_count == sum(grown.tones.values()) == 16


def test_a_topic_that_lost_a_message_is_named_anew(session) -> None:
    plant(range(10))
    with transaction(CONSOLE, NOW) as writing:
        writing.scalars(select(Topic)).one().label = "昨天的名称"
        writing.delete(writing.scalars(select(Message)).first())
    grown = plant(range(10, 11))
    assert "柳岸花园" in grown.label
    assert grown.message_count == sum(grown.tones.values()) == 10


@given(st.integers(0, 80), st.integers(0, 80))
def test_an_opening_holds_no_half_of_a_person(before: int, length: int) -> None:
    text = "停" * before + "张建国先生13812345678反映翠湖名苑停水" + "停" * 80
    assert [private for private in PRIVATE if private in opening(text, length)] == []
    assert len(opening(text, length)) <= length


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("翠湖名苑停水", "翠湖名苑停水"),
        ("张建国先生反映停水", "反映停水"),
        ("停水，电话13812345678，速修", "停水，电话，，速修"),
        ("翠湖名苑3栋201室停水", "翠湖名苑，停水"),
        ("联系人：张建国王建国先生", "联系人："),  # the first is seen when the second is gone
    ],
)
def test_a_clause_ends_where_personal_data_stood(text: str, rest: str) -> None:
    assert without_people(text) == rest


@given(st.text(st.sampled_from("0123458-栋室单元先生女士王李张建国联系人："), max_size=60))
def test_no_personal_data_is_left(text: str) -> None:
    assert find(without_people(text)) == []


def test_topics_that_became_one_of_twice_the_size_are_named_anew_and_keep_each_tone(
    session, monkeypatch
) -> None:
    two_worries()
    refresh()
    kept, lost = session.scalars(select(Topic).order_by(Topic.id))
    with transaction(CONSOLE, NOW):
        kept.label, kept.tones, lost.tones = "昨天的名称", {"平静": 3}, {"气愤": 3}

    def as_one(*asked, **options):
        found = gathering.gather(*asked, **options | {"all_topics": True})
        one = {"topic_ids": [kept.id], "touched": {kept.id}}
        return replace(found, merges=[(kept.id, lost.id)], became={lost.id: kept.id}, **one)

    monkeypatch.setattr(refreshing, "gather", as_one)
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子睡不着", "丁", NOW)
    refresh()
    assert (kept.message_count, lost.merged_into_id) == (7, kept.id)
    assert kept.label != "昨天的名称"
    assert sum(kept.tones.values()) == 7
    assert kept.tones["平静"] >= 3
    assert kept.tones["气愤"] >= 3


@pytest.mark.parametrize(("kept_named", "lost_named", "name"), [(8, 1, "留"), (1, 8, "去")])
def test_a_topic_that_takes_in_another_has_the_name_of_the_larger(
    kept_named: int, lost_named: int, name: str
) -> None:
    kept, lost = (
        Earlier(Name(label, "", [], []), Counter({"平静": messages}), messages, messages)
        for label, messages in (("留", kept_named), ("去", lost_named))
    )
    both = kept.joined(lost)
    assert both.name is not None
    assert both.name.label == name
    assert (both.messages, both.named, both.tones) == (9, 8, {"平静": 9})
