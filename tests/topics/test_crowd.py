"""Who spoke lately is counted alike, whether it was remembered or read."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import delete, select

from responder.intake.models import Channel, Message
from responder.topics import crowd
from responder.topics.crowd import Crowd
from responder.topics.rules import Voice
from tests.factories import NOW
from tests.topics.channels import channel_past
from tests.topics.factories import WINDOW, store

SPANS = 35  # days that the longest past has


def spoken(count: int, seed: int = 1) -> list[tuple[str, str, object]]:
    """Messages by few people in all channels, over more days than count; some in the future."""
    random = np.random.default_rng(seed)
    days = random.uniform(-1, SPANS + 10, count)
    channels = random.choice([channel.value for channel in Channel], count)
    people = random.integers(0, count // 4, count)
    return [
        (str(channel), f"人{person}", NOW - timedelta(days=day))
        for channel, person, day in zip(channels, people, days.tolist(), strict=True)
    ]


def voices(rows) -> list[Voice]:
    return [Voice(key, channel, at) for channel, key, at in rows]


def begun(days: float) -> int:
    return round((NOW - timedelta(days=days)).timestamp() * 1e6)


def past_by_hand(rows, as_of=NOW):
    return channel_past([row for row in rows if row[2] <= as_of], as_of)


def test_people_count_once_in_each_span_and_channel() -> None:
    rows = spoken(4_000)
    assert Crowd.of(rows, begun(SPANS + 10)).past(NOW) == past_by_hand(rows)


@pytest.mark.parametrize("days", [0, 7, 35])
def test_a_span_holds_its_end_and_not_its_beginning(days) -> None:
    rows = [("hotline", "甲", NOW - timedelta(days=days))]
    assert Crowd.of(rows, begun(SPANS)).past(NOW) == past_by_hand(rows)


def test_a_crowd_of_nobody_counts_nobody() -> None:
    assert Crowd.of([], begun(SPANS)).past(NOW).counts == {"speed": {}, "burst": {}}


def test_what_is_kept_and_joined_later_counts_as_what_is_read_at_once() -> None:
    rows, later = spoken(2_000), NOW + timedelta(days=3)
    first = Crowd.of(rows[:1_500], begun(SPANS))
    kept = Crowd.from_notes(first.notes())
    assert kept is not None
    joined = kept.joined(voices(rows[1_500:]), later)
    assert joined.past(later) == past_by_hand(rows, later)
    assert len(joined.moments) < len(rows)  # what is too old is gone
    twice = joined.joined(voices(rows[1_500:]), later)
    assert twice.past(later) == joined.past(later)


def test_the_database_counts_as_the_crowd_does(session) -> None:
    moments = [NOW - timedelta(hours=hours) for hours in (0, 1, 23, 24, 25, 167, 168, 400, 900)]
    for number, moment in enumerate(moments):
        for person in "甲乙" if number % 2 else "甲":
            store(f"第{number}处路灯不亮", f"{person}说路灯坏了", person, moment)
    store("还没有发生", "说的是明天", "丙", NOW + timedelta(hours=1))
    counted = crowd.counted(session, NOW)
    assert counted == crowd.read(session, NOW).past(NOW)
    assert counted.counts["speed"]["forum"][1] > 2  # some are of earlier spans


def test_notes_with_other_channels_are_not_believed() -> None:
    notes = Crowd.of(spoken(10), begun(SPANS)).notes()
    assert Crowd.from_notes({}) is None
    assert Crowd.from_notes({**notes, "crowd_names": np.array(["telegraph"])}) is None


def test_what_was_kept_is_asked_only_as_far_back_as_it_goes(session) -> None:
    store("城东路路灯不亮", "城东路的路灯坏了一个月", "戊", NOW - timedelta(days=2))
    kept = crowd.read(session, NOW)
    session.execute(delete(Message).where(Message.id.in_(select(Message.id))))
    speakers = {
        when: crowd.lately(session, kept, [], when, WINDOW).past(when).counts["speed"]
        for when in (NOW, NOW - timedelta(days=1))
    }
    assert [bool(counts) for counts in speakers.values()] == [True, False]
    assert not crowd.lately(session, kept, [], NOW, timedelta(days=7)).past(NOW).counts["speed"]
    assert not crowd.lately(session, None, [], NOW, WINDOW).past(NOW).counts["speed"]
