"""What the database counts of topics is what their messages amount to, one by one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import Stale
from responder.core.permissions import CONSOLE
from responder.intake.models import Channel, Message, MessageRepeat
from responder.topics import tallying
from responder.topics.gathering import Texts
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import Membership, Topic
from responder.topics.rules import Tally
from responder.topics.tallying import Belonging
from tests.factories import NOW
from tests.topics.tallied import Saying, tally

GRAVE = {"触电": "昨天有人触电", "老人": "老人过不去", "": "路灯不亮"}
TOPICS = [1, 2, 3, 4, 5]
NEW_TOPIC = -1


@dataclass(frozen=True)
class Town:
    """`said`: message → what it amounts to. `at`: its stored topic. `firsts`: what it repeats."""

    said: dict[int, Saying]
    at: dict[int, int]
    firsts: dict[int, int]

    def tallies(self, belonging: Belonging) -> dict[int, Tally]:
        at = {message: belonging.goes_to.get(topic, topic) for message, topic in self.at.items()}
        at = {one: topic for one, topic in at.items() if topic in belonging.topic_ids}
        groups: dict[int, list[int]] = defaultdict(list)
        for message, topic in (at | dict(belonging.joins)).items():
            if self.said[message].occurred_at <= belonging.until:
                groups[topic].append(message)
        return {
            topic: tally([self._in(ids, one) for one in ids], belonging.until)
            for topic, ids in groups.items()
        }

    def _in(self, ids: list[int], message: int) -> Saying:
        return self.said[message]._replace(repeats=self.firsts.get(message) in ids)


def town(seed: int) -> Town:
    """Eighty messages by few people: ten wait, some repeat others, some notes are lacking."""
    chance = Random(seed)
    found = Town({}, {}, {})
    messages, notes = [], {}
    for number in range(1, 81):
        word = chance.choice([*GRAVE])
        one = Saying(
            f"人{chance.randrange(12)}",
            chance.choice([*Channel]),
            chance.choice(["", "城东区", "城西区"]),
            NOW - timedelta(hours=chance.randrange(-48, 60 * 24)),
            3 * chance.randrange(9),
            (word,) if word else (),
        )
        found.said[number] = one
        third = one.reactions // 3
        messages.append(
            {
                "id": number, "fingerprint": str(number), "channel": one.channel,
                "title": GRAVE[word], "body": "请处理", "author_key": one.author_key,
                "district": one.district, "occurred_at": one.occurred_at, "received_at": NOW,
                "likes": third, "comments": third, "shares": third,
            }
        )  # fmt: skip
        if number <= 70:
            found.at[number] = chance.choice(TOPICS)
            notes[number] = chance.choice(
                [gravity_lexicon().note(one.words), "00000000 塌陷", None]
            )
        if number > 5 and chance.random() < 0.4:
            found.firsts[number] = chance.randrange(1, 6)
    topics = [
        {"id": one, "label": "话题", "first_seen": NOW, "last_seen": NOW, "ranked_as_of": NOW}
        for one in TOPICS
    ]
    members = [
        {"message_id": message, "topic_id": topic, "gravity": notes[message]}
        for message, topic in found.at.items()
    ]
    repeats = [{"message_id": one, "first_id": first} for one, first in found.firsts.items()]
    with transaction(CONSOLE, NOW) as session:
        for model, rows in (
            (Message, messages), (Topic, topics), (Membership, members), (MessageRepeat, repeats)
        ):  # fmt: skip
            session.execute(insert(model), rows)
    return found


def plain(found: dict[int, Tally]) -> dict[int, Tally]:
    """The same, without the order in which messages were read."""
    return {
        topic: replace(one, lately=sorted(one.lately), grave=sorted(one.grave))
        for topic, one in found.items()
    }


def belongings(seed: int) -> list[Belonging]:
    chance = Random(seed)
    joins = {message: chance.choice([2, 3, NEW_TOPIC]) for message in range(71, 81)}
    later, now = NOW + timedelta(days=3), NOW - timedelta(hours=5)
    return [
        Belonging(later, TOPICS),
        Belonging(now, [1, 2]),
        Belonging(later, []),
        Belonging(later, [2, 3], joins=joins),
        Belonging(now, [2, 3], {1: 2, 4: 2}, joins),
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_the_database_counts_is_what_each_message_adds(session: Session, seed: int) -> None:
    told = town(seed)
    for belonging in belongings(seed):
        found = tallying.count(session, belonging, Texts(session).of).tallies
        assert plain(found) == plain(told.tallies(belonging))


def test_only_messages_without_a_note_of_this_edition_are_read(session: Session) -> None:
    told = town(4)
    belonging = belongings(4)[3]
    asked = set[int]()

    def texts(ids):
        asked.update(ids := list(ids))
        return Texts(session).of(ids)

    reread = tallying.count(session, belonging, texts).reread
    edition = gravity_lexicon().edition
    notes = {one.message_id: one.gravity or "" for one in session.query(Membership)}
    lacking = {
        message
        for message, topic in told.at.items()
        if topic in belonging.topic_ids and not notes[message].startswith(edition)
    }
    assert {one.id for one in reread} == lacking
    assert asked == lacking | belonging.joins.keys()


def test_members_come_in_order_of_time(session: Session) -> None:
    told = town(5)
    for belonging in belongings(5):
        found = tallying.members(session, belonging)
        counted = {topic: one.messages for topic, one in told.tallies(belonging).items()}
        assert {topic: len(ids) for topic, ids in found.items()} == counted
        for ids in found.values():
            assert ids == sorted(ids, key=lambda one: (told.said[one].occurred_at, one))
            assert len(set(ids)) == len(ids)


def test_a_part_of_what_belongs_counts_as_it_does_in_the_whole(session: Session) -> None:
    told = town(6)
    whole = belongings(6)[4]
    found = tallying.count(session, whole.of([NEW_TOPIC, 2]), Texts(session).of).tallies
    of_whole = told.tallies(whole)
    assert plain(found) == plain({topic: of_whole[topic] for topic in (NEW_TOPIC, 2)})


def test_what_changes_between_two_readings_has_the_count_begin_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    town(7)
    everybody = frozenset(map(str, range(99)))
    monkeypatch.setattr(tallying, "_copiers", lambda *_: {1: everybody})
    with pytest.raises(Stale):
        tallying.count(session, belongings(7)[0], Texts(session).of)


def test_without_texts_what_is_not_noted_counts_as_not_grave(session: Session) -> None:
    town(8)
    belonging = belongings(8)[0]
    with_texts = tallying.count(session, belonging, Texts(session).of).tallies
    counted = tallying.count(session, belonging)
    assert counted.reread == []
    for topic, one in counted.tallies.items():
        assert set(one.grave) <= set(with_texts[topic].grave)
        assert replace(one, grave=()) == replace(with_texts[topic], grave=())
